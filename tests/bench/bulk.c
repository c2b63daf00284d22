/*
 * Makes DNS, TCP, QUIC and RTP lookalikes: right headers, a first payload byte of the right range
 * (RFC 7983, RFC 9443), noise behind it. Clients are private addresses, servers come out of the
 * blocks for benchmarks (RFC 2544, RFC 5180), so nothing in it is anybody's.
 *
 * Left out on purpose: TCP and UDP checksums (zero), retransmissions, and meaning.
 */
#include "tests/bench/bulk.h"

#include <stddef.h>
#include <string.h>

#define CLIENTS    1024
#define PORT_FIRST 32768
#define PORTS      28000
#define SERVERS    65536
#define V6_PERCENT 15
#define TCP_STEP   1448 /* of the sequence number */

enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };

struct shape {
	uint32_t size; /* bytes of payload */
	bool up;       /* sent by the client */
	uint8_t first; /* first byte of the payload */
	uint8_t flags; /* of TCP */
};

struct bulk_kind {
	uint32_t percent; /* of the flows */
	uint32_t mean;    /* packets in a flow; 0: always two */
	uint8_t protocol;
	uint16_t port;
	struct shape (*shape)(const struct bulk_flow *, struct random *);
};

static struct shape shape_dns(const struct bulk_flow *f, struct random *r)
{
	if (f->sent == 0)
		return (struct shape){.size = random_between(r, 30, 60), .up = true};
	return (struct shape){.size = random_between(r, 80, 300)};
}

/* Half of TCP's packets carry nothing, a quarter is full. */
static struct shape shape_tcp(const struct bulk_flow *f, struct random *r)
{
	enum { FIN = 0x01, SYN = 0x02, ACK = 0x10, TLS_DATA = 0x17 };
	if (f->sent < 2)
		return (struct shape){.up = !f->sent, .flags = f->sent ? SYN | ACK : SYN};
	if (f->left == 1)
		return (struct shape){.up = true, .flags = FIN | ACK};
	struct shape s = {.first = TLS_DATA, .flags = ACK};
	uint32_t dice = random_below(r, 100);
	if (dice < 55)
		s.up = true;
	else if (dice < 73)
		s.size = 1448;
	else {
		s.up = dice < 87;
		s.size = random_between(r, 40, 600);
	}
	return s;
}

static struct shape shape_quic(const struct bulk_flow *f, struct random *r)
{
	enum { INITIAL = 0xc3, SHORT = 0x43 };
	if (f->sent < 2)
		return (struct shape){.size = 1200, .up = !f->sent, .first = INITIAL};
	struct shape s = {.first = SHORT};
	uint32_t dice = random_below(r, 100);
	if (dice < 24)
		s.size = 1252;
	else {
		s.up = dice < 70;
		s.size = random_between(r, 24, s.up ? 60 : 300);
	}
	return s;
}

static struct shape shape_rtp(const struct bulk_flow *f, struct random *r)
{
	(void)f;
	uint32_t dice = random_below(r, 100);
	struct shape s = {.first = 0x90, .up = dice % 2};
	s.size = dice < 65 ? random_between(r, 80, 180) : random_between(r, 700, 1180);
	return s;
}

static const struct bulk_kind kinds[] = {
	{34, 0, PROTOCOL_UDP, 53, shape_dns},
	{36, 15, PROTOCOL_TCP, 443, shape_tcp},
	{24, 18, PROTOCOL_UDP, 443, shape_quic},
	{6, 90, PROTOCOL_UDP, 19305, shape_rtp},
};

/* Lengths of flows have a heavy tail: percentages of the mean, each as likely, on average 100. */
static uint32_t length_draw(struct random *r, uint32_t mean)
{
	static const uint32_t quantile[] = {10, 15, 20, 30, 40, 50, 70, 100, 170, 495};
	uint32_t n = mean * quantile[random_below(r, 10)] / 100;
	return n < 3 ? 3 : n;
}

void bulk_start(struct bulk_flow *f, struct random *r, uint32_t serial, uint32_t scale)
{
	const struct bulk_kind *kind = kinds;
	for (uint32_t dice = random_below(r, 100); dice >= kind->percent; kind++)
		dice -= kind->percent;
	*f = (struct bulk_flow){.kind = kind, .serial = serial};
	f->v6 = random_below(r, 100) < V6_PERCENT;
	f->left = kind->mean ? length_draw(r, kind->mean * scale / 100) : 2;
}

static uint8_t *put(uint8_t *at, const void *bytes, size_t n)
{
	memcpy(at, bytes, n);
	return at + n;
}

static uint8_t *put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return at + 2;
}

static uint8_t *put32(uint8_t *at, uint32_t value)
{
	return put16(put16(at, value >> 16), value);
}

static uint8_t *put_ethernet(uint8_t *at, uint32_t client, bool up, bool v6)
{
	uint8_t host[6] = {0x02, 0, 0, 0, (uint8_t)(client >> 8), (uint8_t)client};
	static const uint8_t router[6] = {0x02, 0xff, 0, 0, 0, 1};
	at = put(at, up ? router : host, 6);
	at = put(at, up ? host : router, 6);
	return put16(at, v6 ? 0x86dd : 0x0800);
}

static void header_sum(uint8_t *header)
{
	uint32_t sum = 0;
	for (int i = 0; i < 20; i += 2)
		sum += (uint32_t)header[i] << 8 | header[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	put16(header + 10, ~(sum + (sum >> 16)));
}

static uint8_t *put_ipv4(
	uint8_t *at, uint32_t client, uint32_t server, bool up, uint8_t protocol, uint32_t length)
{
	uint32_t near = 0x0a4d0000U + client; /* 10.77.0.0/16 */
	uint32_t far = 0xc6120000U + server;  /* 198.18.0.0/15 */
	uint8_t *start = at;
	at = put16(at, 0x4500);
	at = put16(at, 20 + length);
	at = put32(at, 0x00004000);
	at = put32(at, 0x40000000U | (uint32_t)protocol << 16);
	at = put32(at, up ? near : far);
	at = put32(at, up ? far : near);
	header_sum(start);
	return at;
}

static uint8_t *put_ipv6(
	uint8_t *at, uint32_t client, uint32_t server, bool up, uint8_t protocol, uint32_t length)
{
	uint8_t near[16] = {0xfd, 0x00, 0x00, 0x77};
	uint8_t far[16] = {0x20, 0x01, 0x00, 0x02}; /* 2001:2::/48 */
	put32(near + 12, client + 1);
	put32(far + 12, server + 1);
	at = put32(at, 0x60000000U);
	at = put16(at, length);
	*at++ = protocol;
	*at++ = 64;
	at = put(at, up ? near : far, 16);
	return put(at, up ? far : near, 16);
}

/* Sequence numbers only grow: seep follows no stream of it, and others don't have to like it. */
static uint8_t *put_tcp(uint8_t *at, const struct bulk_flow *f, const struct shape *s)
{
	at = put32(at, f->sent * TCP_STEP);
	at = put32(at, 1);
	at = put16(at, 0x8000U | s->flags);
	at = put16(at, 0xfaf0);
	at = put32(at, 0);
	at = put32(at, 0x0101080aU); /* two NOPs, timestamps */
	return put32(put32(at, f->sent), 0);
}

/* Noise comes in eights: what runs over is overwritten or left behind. */
static uint8_t *put_payload(uint8_t *at, struct random *r, const struct shape *s)
{
	for (uint32_t i = 0; i < s->size; i += 8) {
		uint64_t noise = random_next(r);
		memcpy(at + i, &noise, 8);
	}
	if (s->size)
		at[0] = s->first;
	return at + s->size;
}

uint32_t bulk_next(struct bulk_flow *f, struct random *r, uint8_t frame[BULK_FRAME_MAX])
{
	const struct shape s = f->kind->shape(f, r);
	const uint8_t protocol = f->kind->protocol;
	uint32_t client = f->serial % CLIENTS, server = f->serial * 2654435761U % SERVERS;
	uint32_t port = PORT_FIRST + f->serial / CLIENTS % PORTS;
	uint32_t length = (protocol == PROTOCOL_TCP ? 32 : 8) + s.size;

	uint8_t *at = put_ethernet(frame, client, s.up, f->v6);
	at = (f->v6 ? put_ipv6 : put_ipv4)(at, client, server, s.up, protocol, length);
	at = put16(at, s.up ? port : f->kind->port);
	at = put16(at, s.up ? f->kind->port : port);
	if (protocol == PROTOCOL_TCP)
		at = put_tcp(at, f, &s);
	else
		at = put16(put16(at, length), 0);
	at = put_payload(at, r, &s);
	f->sent++;
	f->left--;
	return (uint32_t)(at - frame);
}
