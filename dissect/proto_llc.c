/*
 * IEEE 802.2 LLC with a SNAP header (RFC 1042 and IEEE 802.1H): how 802.11 carries IP, and 802.3
 * frames with a length instead of a type. Hands on by EtherType. Everything else that LLC carries
 * (spanning tree, discovery protocols, NetBEUI) is no IP and is counted as such.
 */
#include "dissect/dissector.h"
#include "dissect/ethertype.h"

#define SAPS_SNAP        0xaaaa
#define CONTROL_RFC_1042 0x03000000 /* unnumbered information, organization 00-00-00 */
#define CONTROL_802_1H   0x030000f8 /* the same for a bridge's types, organization 00-00-F8 */

static enum verdict llc_dissect(struct dissection *d, struct reader *r)
{
	uint16_t saps = reader_u16(r);
	if (!r->failed && saps != SAPS_SNAP)
		return dissection_next(d, CARRIER_ETHERTYPE, ETHERTYPE_NONE);
	uint32_t control = reader_u32(r);
	uint16_t type = reader_u16(r);
	if (r->failed)
		return reader_verdict(r);
	if (control != CONTROL_RFC_1042 && control != CONTROL_802_1H)
		type = ETHERTYPE_NONE;
	return dissection_next(d, CARRIER_ETHERTYPE, type);
}

extern const struct dissector dissector_llc;
const struct dissector dissector_llc = {
	.info = {"llc", "IEEE 802.2, RFC 1042"},
	.carrier = CARRIER_ETHERTYPE,
	.numbers = {ETHERTYPE_LLC},
	.number_count = 1,
	.dissect = llc_dissect,
};
