/*
 * Ethernet II (IEEE 802.3 clause 3). Reads both addresses and hands on by EtherType. IEEE 802.3
 * frames with a length instead of a type carry no IP and are left to be counted as not read.
 */
#include "core/link_type.h"
#include "dissect/dissector.h"

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
	return dissection_next(d, CARRIER_ETHERTYPE, type);
}

extern const struct dissector dissector_ethernet;
const struct dissector dissector_ethernet = {
	.info = {"ethernet", "IEEE 802.3"},
	.carrier = CARRIER_LINK,
	.numbers = {LINK_ETHERNET},
	.number_count = 1,
	.dissect = ethernet_dissect,
};
