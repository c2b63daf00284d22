/*
 * ARP (RFC 826) for IPv4 over 48-bit MAC addresses: who says to be where, and whom it asks for.
 * Probes (RFC 5227) have no sender's address. Emits NEIGHBOUR.
 *
 * Reverse and inverse ARP, and other hardware, are left alone. Nothing tells a forged message here.
 */
#include "dissect/address.h"
#include "dissect/dissector.h"
#include "dissect/ethertype.h"

#define MESSAGE_SIZE 28

enum { HARDWARE_ETHERNET = 1, HARDWARE_IEEE802 = 6 };
enum { OPERATION_REQUEST = 1, OPERATION_REPLY = 2 };

static bool is_ipv4_over_mac(struct reader *h)
{
	uint16_t hardware = reader_u16(h);
	uint16_t protocol = reader_u16(h);
	uint8_t hardware_size = reader_u8(h);
	uint8_t protocol_size = reader_u8(h);
	return (hardware == HARDWARE_ETHERNET || hardware == HARDWARE_IEEE802) &&
		protocol == ETHERTYPE_IPV4 && hardware_size == 6 && protocol_size == ADDR_V4_SIZE;
}

static enum verdict arp_dissect(struct dissection *d, struct reader *r)
{
	struct reader h;
	struct observation o;
	if (!reader_header(r, &h, MESSAGE_SIZE))
		return reader_verdict(r);
	d->stats->arp++;
	if (!dissection_wants(d, OBS_NEIGHBOUR) || !is_ipv4_over_mac(&h))
		return DONE;
	uint16_t operation = reader_u16(&h);
	if (operation != OPERATION_REQUEST && operation != OPERATION_REPLY)
		return DONE;
	dissection_observe(d, OBS_NEIGHBOUR, &o);
	struct obs_neighbour *n = &o.neighbour;
	n->protocol = NEIGHBOUR_ARP;
	n->request = operation == OPERATION_REQUEST;
	reader_copy(&h, n->mac, sizeof(n->mac));
	n->addr = address_read_known(&h, ADDR_V4);
	reader_skip(&h, sizeof(n->mac)); /* the target's: what is asked for, or the asker's */
	struct addr target = address_read(&h, ADDR_V4);
	n->gratuitous = addr_equal(&target, &n->addr);
	if (n->request)
		n->target = target;
	dissection_emit(d, &o);
	return DONE;
}

extern const struct dissector dissector_arp;
const struct dissector dissector_arp = {
	.info = {"arp", "RFC 826"},
	.carrier = CARRIER_ETHERTYPE,
	.numbers = {ETHERTYPE_ARP},
	.number_count = 1,
	.emits = true,
	.dissect = arp_dissect,
};
