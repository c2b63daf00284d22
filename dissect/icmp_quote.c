/*
 * What an ICMP error quotes (RFC 792, RFC 4443 §3) was sent before and did not arrive; whoever
 * could see that packet has it already, so it is no message of a flow: STUN in it is counted, not
 * said. The quote may end anywhere. That a destination is unreachable is told to the dissectors
 * which know the quoted flow: a tunnel whose far end went away shows so. Anybody can forge an error
 * for a flow that he sees; it opens none.
 */
#include "dissect/icmp_quote.h"

#include "dissect/address.h"
#include "dissect/run.h"
#include "dissect/stun.h"

#define IPV4_HEADER  20U
#define IPV4_OFFSET  0x1fff
#define IPV6_NEXT_AT 6
#define PROTOCOL_UDP 17

/* Reads an IPv4 header. */
static void ipv4_read(struct reader *r, struct packet *p)
{
	size_t header = (reader_u8(r) & 0x0fU) * 4;
	reader_skip(r, 5); /* DSCP, total length, identification */
	uint16_t fragment = reader_u16(r);
	reader_skip(r, 1); /* hops */
	p->protocol = reader_u8(r);
	reader_skip(r, 2); /* checksum */
	p->src.addr = address_read(r, ADDR_V4);
	p->dst.addr = address_read(r, ADDR_V4);
	if (header < IPV4_HEADER || fragment & IPV4_OFFSET)
		reader_fail(r);
	else
		reader_skip(r, header - IPV4_HEADER);
}

/* The same for IPv6; extension headers are not followed. */
static void ipv6_read(struct reader *r, struct packet *p)
{
	reader_skip(r, IPV6_NEXT_AT);
	p->protocol = reader_u8(r);
	reader_skip(r, 1); /* hops */
	p->src.addr = address_read(r, ADDR_V6);
	p->dst.addr = address_read(r, ADDR_V6);
}

/* Up to the ports of a UDP datagram; false when it is none. */
static bool datagram_read(struct reader *r, struct packet *p)
{
	struct reader peek = *r;
	switch (reader_u8(&peek) >> 4) {
	case 4:
		ipv4_read(r, p);
		break;
	case 6:
		ipv6_read(r, p);
		break;
	default:
		return false;
	}
	p->src.port = reader_u16(r);
	p->dst.port = reader_u16(r);
	return !r->failed && p->protocol == PROTOCOL_UDP;
}

static bool stun_quoted(struct reader r)
{
	reader_skip(&r, 4); /* UDP's length and checksum */
	uint16_t type = reader_u16(&r);
	reader_skip(&r, 2); /* length */
	bool cookie = reader_u32(&r) == STUN_COOKIE;
	return !r.failed && cookie && type <= STUN_TYPE_MAX;
}

/* As if the other end had said it, in the flow of the quoted packet. */
static struct packet packet_back(const struct dissection *d, const struct packet *quoted)
{
	struct packet back = *d->packet;
	back.src = quoted->dst;
	back.dst = quoted->src;
	back.protocol = quoted->protocol;
	back.has_ports = true;
	return back;
}

static void flow_refused(struct dissection *d, const struct packet *quoted)
{
	struct dissect *run = d->run;
	struct packet back = packet_back(d, quoted);
	packet_key(run, &back);
	struct dissection in = {.run = run, .stats = d->stats, .packet = &back};
	in.flow = flow_find(&run->flows, &back, run->now_ns);
	if (!in.flow)
		return;
	for (unsigned i = 0; i < DISSECTORS_MAX && run->rows[i]; i++) {
		const struct dissector *row = row_enter(&in, i);
		if (row->refused)
			row->refused(&in);
	}
}

void icmp_quote_read(struct dissection *d, struct reader quoted, bool unreachable)
{
	struct packet p = {0};
	if (!datagram_read(&quoted, &p))
		return;
	d->stats->stun_quoted += stun_quoted(quoted);
	if (unreachable)
		flow_refused(d, &p);
}
