/*
 * PPP over Ethernet, session stage (RFC 2516 §4, §6). Ends the payload where the length says, so
 * that Ethernet's padding is not taken for it, and hands on to PPP. Discovery (EtherType 0x8863)
 * carries no packets and is not read.
 */
#include "dissect/dissector.h"
#include "dissect/ethertype.h"

#define HEADER_SIZE  6
#define VERSION_TYPE 0x11
#define CODE_SESSION 0

static enum verdict pppoe_dissect(struct dissection *d, struct reader *r)
{
	struct reader h;
	if (!reader_header(r, &h, HEADER_SIZE))
		return reader_verdict(r);
	uint8_t version = reader_u8(&h);
	uint8_t code = reader_u8(&h);
	reader_skip(&h, 2); /* session id */
	size_t length = reader_u16(&h);
	if (version != VERSION_TYPE || code != CODE_SESSION)
		return MALFORMED;
	if (length > reader_left(r))
		r->cut = true;
	reader_limit(r, length);
	d->packet->encapsulation |= WRAPPED_PPPOE;
	d->stats->pppoe++;
	return dissection_next(d, CARRIER_ETHERTYPE, ETHERTYPE_PPP);
}

extern const struct dissector dissector_pppoe;
const struct dissector dissector_pppoe = {
	.info = {"pppoe", "RFC 2516"},
	.carrier = CARRIER_ETHERTYPE,
	.numbers = {ETHERTYPE_PPPOE_SESSION},
	.number_count = 1,
	.dissect = pppoe_dissect,
};
