/*
 * IPv4 (RFC 791). Reads addresses, TTL and protocol, and ends the payload where the total length
 * says, so that link-layer padding is not taken for payload. Options are stepped over, checksums
 * not checked (a host's own packets are captured before the card fills them in). Fragments are put
 * together by defrag.c; the last to come carries the packet on.
 */
#include "dissect/defrag.h"
#include "dissect/dissector.h"
#include "dissect/ethertype.h"

#define HEADER_MIN      20U
#define FRAGMENT_OFFSET 0x1fff
#define MORE_FRAGMENTS  0x2000

/* Ends the reader behind the packet. A total length of 0 is a segment that the network card was to
 * cut up; one beyond what was captured makes running out a truncation. */
static void packet_limit(struct reader *r, size_t header, size_t total)
{
	if (total == 0)
		return;
	size_t payload = total - header;
	if (payload > reader_left(r))
		r->cut = true;
	reader_limit(r, payload);
}

static enum verdict ipv4_dissect(struct dissection *d, struct reader *r)
{
	struct packet *p = d->packet;
	struct reader h;
	if (!reader_header(r, &h, HEADER_MIN))
		return reader_verdict(r);
	uint8_t version = reader_u8(&h);
	reader_skip(&h, 1); /* DSCP, ECN */
	uint16_t total = reader_u16(&h);
	uint16_t id = reader_u16(&h);
	uint16_t fragment = reader_u16(&h);
	uint8_t hop_limit = reader_u8(&h);
	uint8_t protocol = reader_u8(&h);
	reader_skip(&h, 2); /* checksum */
	const uint8_t *src = reader_take(&h, 4);
	const uint8_t *dst = reader_take(&h, 4);
	size_t header = (version & 0x0fU) * 4;
	if (version >> 4 != 4 || header < HEADER_MIN || (total && total < header))
		return MALFORMED;
	reader_skip(r, header - HEADER_MIN);
	if (r->failed)
		return reader_verdict(r);
	packet_limit(r, header, total);
	dissection_enter_ip(d);
	addr_set_v4(&p->src.addr, src);
	addr_set_v4(&p->dst.addr, dst);
	p->hop_limit = hop_limit;
	p->protocol = protocol;
	d->stats->ipv4++;
	if (fragment & (FRAGMENT_OFFSET | MORE_FRAGMENTS)) {
		struct fragment f = {
			.id = id,
			.offset = (fragment & FRAGMENT_OFFSET) * 8U,
			.more = fragment & MORE_FRAGMENTS,
			.protocol = protocol,
		};
		if (!dissection_defrag(d, &f, r))
			return DONE;
	}
	return dissection_next(d, CARRIER_IPPROTO, protocol);
}

extern const struct dissector dissector_ipv4;
const struct dissector dissector_ipv4 = {
	.info = {"ipv4", "RFC 791"},
	.carrier = CARRIER_ETHERTYPE,
	.numbers = {ETHERTYPE_IPV4},
	.number_count = 1,
	.dissect = ipv4_dissect,
};
