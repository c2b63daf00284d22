/*
 * Captures of PPP links (LINKTYPE_PPP, LINKTYPE_PPP_HDLC): the frames as proto_ppp.c reads them.
 * Cisco's own HDLC framing, which LINKTYPE_PPP_HDLC also allows, starts with another address and is
 * counted as not read.
 */
#include "core/link_type.h"
#include "dissect/dissector.h"
#include "dissect/ethertype.h"

enum { CISCO_UNICAST = 0x0f, CISCO_MULTICAST = 0x8f };

static enum verdict ppp_link_dissect(struct dissection *d, struct reader *r)
{
	struct reader peek = *r;
	uint8_t address = reader_u8(&peek);
	if (peek.failed)
		return reader_verdict(&peek);
	bool cisco = address == CISCO_UNICAST || address == CISCO_MULTICAST;
	return dissection_next(d, CARRIER_ETHERTYPE, cisco ? ETHERTYPE_NONE : ETHERTYPE_PPP);
}

extern const struct dissector dissector_ppp_link;
const struct dissector dissector_ppp_link = {
	.info = {"ppp_link", "LINKTYPE_PPP, LINKTYPE_PPP_HDLC"},
	.carrier = CARRIER_LINK,
	.numbers = {LINK_PPP, LINK_PPP_HDLC},
	.number_count = 2,
	.dissect = ppp_link_dissect,
};
