/*
 * Linux cooked capture, version 1: what `-i any` writes
 * (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html). Tells the direction; of the link
 * addresses there is only the sender's, which is not kept.
 */
#include "core/link_type.h"
#include "dissect/dissector.h"
#include "dissect/sll.h"

static enum verdict linux_sll_dissect(struct dissection *d, struct reader *r)
{
	uint16_t packet_type = reader_u16(r);
	reader_skip(r, 2 + 2 + SLL_ADDRESS_SIZE); /* ARPHRD_ type, address length, address */
	d->packet->direction = sll_direction(packet_type);
	uint16_t protocol = reader_u16(r);
	if (r->failed)
		return reader_verdict(r);
	return dissection_next(d, CARRIER_ETHERTYPE, protocol);
}

extern const struct dissector dissector_linux_sll;
const struct dissector dissector_linux_sll = {
	.info = {"linux_sll", "LINKTYPE_LINUX_SLL"},
	.carrier = CARRIER_LINK,
	.numbers = {LINK_LINUX_SLL},
	.number_count = 1,
	.dissect = linux_sll_dissect,
};
