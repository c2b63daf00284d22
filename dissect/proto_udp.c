/*
 * UDP (RFC 768). Reads the ports and ends the payload where the length says; a length of 0 is a
 * jumbogram (RFC 2675). What the payload is, its shape will tell.
 */
#include "dissect/dissector.h"

#define HEADER_SIZE  8
#define PROTOCOL_UDP 17

static enum verdict udp_dissect(struct dissection *d, struct reader *r)
{
	struct packet *p = d->packet;
	struct reader h;
	if (!reader_header(r, &h, HEADER_SIZE))
		return reader_verdict(r);
	p->src.port = reader_u16(&h);
	p->dst.port = reader_u16(&h);
	size_t length = reader_u16(&h);
	if (length && length < HEADER_SIZE)
		return MALFORMED;
	if (length > HEADER_SIZE + reader_left(r))
		r->cut = true;
	if (length)
		reader_limit(r, length - HEADER_SIZE);
	p->has_ports = true;
	d->stats->udp++;
	return dissection_next(d, CARRIER_UDP, 0);
}

extern const struct dissector dissector_udp;
const struct dissector dissector_udp = {
	.info = {"udp", "RFC 768"},
	.carrier = CARRIER_IPPROTO,
	.numbers = {PROTOCOL_UDP},
	.number_count = 1,
	.dissect = udp_dissect,
};
