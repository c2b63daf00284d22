/*
 * ERSPAN types II and III (draft-foschiano-erspan-03 §4): frames that a switch mirrors to a sensor,
 * in GRE with a sequence number. Steps over the header to the mirrored Ethernet frame. Type I has
 * no header (proto_gre.c). What the header says of the mirror (session, port, time) is ignored.
 */
#include "core/link_type.h"
#include "dissect/dissector.h"
#include "dissect/ethertype.h"

#define TYPE_II_SIZE      8U
#define TYPE_III_SIZE     12U
#define SUBHEADER_SIZE    8U
#define SUBHEADER_FOLLOWS 0x0001 /* the last bit of type III's header */

enum { VERSION_II = 1, VERSION_III = 2 };

static enum verdict erspan_dissect(struct dissection *d, struct reader *r)
{
	struct reader peek = *r;
	unsigned version = reader_u8(&peek) >> 4;
	if (version == VERSION_III) {
		reader_skip(&peek, TYPE_III_SIZE - 1 - 2);
		bool more = reader_u16(&peek) & SUBHEADER_FOLLOWS;
		reader_skip(r, TYPE_III_SIZE + (more ? SUBHEADER_SIZE : 0));
	} else {
		reader_skip(r, TYPE_II_SIZE);
	}
	if (r->failed)
		return reader_verdict(r);
	if (version != VERSION_II && version != VERSION_III)
		return MALFORMED;
	return dissection_next(d, CARRIER_LINK, LINK_ETHERNET);
}

extern const struct dissector dissector_erspan;
const struct dissector dissector_erspan = {
	.info = {"erspan", "draft-foschiano-erspan-03"},
	.carrier = CARRIER_ETHERTYPE,
	.numbers = {ETHERTYPE_ERSPAN, ETHERTYPE_ERSPAN_III},
	.number_count = 2,
	.dissect = erspan_dissect,
};
