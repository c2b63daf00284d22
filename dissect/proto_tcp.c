/*
 * TCP (RFC 9293), as far as a flow needs it: ports, numbers, flags, and where the payload
 * starts. Segments are put in order by stream.c. Options are stepped over, checksums not checked (a
 * host's own packets are captured before the card fills them in).
 */
#include "dissect/dissector.h"

#define HEADER_MIN   20U
#define PROTOCOL_TCP 6

static enum verdict tcp_dissect(struct dissection *d, struct reader *r)
{
	struct packet *p = d->packet;
	struct reader h;
	if (!reader_header(r, &h, HEADER_MIN))
		return reader_verdict(r);
	p->src.port = reader_u16(&h);
	p->dst.port = reader_u16(&h);
	p->sequence = reader_u32(&h);
	p->acknowledged = reader_u32(&h);
	size_t header = (reader_u8(&h) >> 4) * 4U;
	p->tcp_flags = reader_u8(&h);
	if (header < HEADER_MIN)
		return MALFORMED;
	reader_skip(r, header - HEADER_MIN);
	if (r->failed)
		return reader_verdict(r);
	p->has_ports = true;
	d->stats->tcp++;
	return dissection_next(d, CARRIER_STREAM, 0);
}

extern const struct dissector dissector_tcp;
const struct dissector dissector_tcp = {
	.info = {"tcp", "RFC 9293"},
	.carrier = CARRIER_IPPROTO,
	.numbers = {PROTOCOL_TCP},
	.number_count = 1,
	.dissect = tcp_dissect,
};
