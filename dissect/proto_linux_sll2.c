/*
 * Linux cooked capture, version 2 (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html):
 * like version 1, with the protocol in front and the interface index, which means something only on
 * the capturing host and is not kept here.
 */
#include "core/link_type.h"
#include "dissect/dissector.h"
#include "dissect/sll.h"

static enum verdict linux_sll2_dissect(struct dissection *d, struct reader *r)
{
	uint16_t protocol = reader_u16(r);
	reader_skip(r, 2 + 4 + 2); /* reserved, interface index, ARPHRD_ type */
	uint8_t packet_type = reader_u8(r);
	reader_skip(r, 1 + SLL_ADDRESS_SIZE); /* address length, address */
	d->packet->direction = sll_direction(packet_type);
	if (r->failed)
		return reader_verdict(r);
	return dissection_next(d, CARRIER_ETHERTYPE, protocol);
}

extern const struct dissector dissector_linux_sll2;
const struct dissector dissector_linux_sll2 = {
	.info = {"linux_sll2", "LINKTYPE_LINUX_SLL2"},
	.carrier = CARRIER_LINK,
	.numbers = {LINK_LINUX_SLL2},
	.number_count = 1,
	.dissect = linux_sll2_dissect,
};
