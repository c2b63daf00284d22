/*
 * Ethernet II (IEEE 802.3 clause 3). Reads both addresses and hands on by EtherType, or to LLC
 * where there is a length instead of a type. Inside a tunnel the addresses are the inner frame's,
 * as the IP addresses are.
 */
#include "core/link_type.h"
#include "dissect/dissector.h"
#include "dissect/ethertype.h"

#define HEADER_SIZE 14

static enum verdict ethernet_dissect(struct dissection *d, struct reader *r)
{
	struct packet *p = d->packet;
	struct reader h;
	if (!reader_header(r, &h, HEADER_SIZE))
		return reader_verdict(r);
	reader_copy(&h, p->dst_mac, sizeof(p->dst_mac));
	reader_copy(&h, p->src_mac, sizeof(p->src_mac));
	uint16_t type = reader_u16(&h);
	p->has_macs = true;
	return ethertype_next(d, r, type);
}

extern const struct dissector dissector_ethernet;
const struct dissector dissector_ethernet = {
	.info = {"ethernet", "IEEE 802.3"},
	.carrier = CARRIER_LINK,
	.numbers = {LINK_ETHERNET},
	.number_count = 1,
	.dissect = ethernet_dissect,
};
