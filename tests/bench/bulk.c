/*
 * The kinds of flows and the headers around their payloads. Clients are private addresses, servers
 * come out of the blocks for benchmarks (RFC 2544, RFC 5180), so nothing in it is anybody's.
 *
 * Left out on purpose: TCP and UDP checksums (zero) and retransmissions.
 */
#include "tests/bench/bulk.h"

#include "tests/bench/play.h"
#include "tests/bench/put.h"

#define CLIENTS       1024
#define PORT_FIRST    32768
#define PORTS         28000
#define SERVERS       65536
#define V6_TWENTIETHS 3   /* of the flows of each kind */
#define KIND_STEP     613 /* prime to BULK_KINDS: neighbours are of different kinds */
#define SEED          20260101U

enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };

/* How long a flow of this kind is: `least` packets; of more than one kind of length, see there. */
enum length {
	LENGTH_FIXED,
	LENGTH_THIRD, /* one more in a third of the cases */
	LENGTH_TAIL,  /* `mean` on average, with a heavy tail */
};

struct bulk_kind {
	uint32_t permille; /* of the flows */
	uint8_t protocol;
	uint16_t port; /* 0: of the flow's own choice */
	enum length length;
	uint32_t least, mean;
	play *play;
};

static const struct bulk_kind kinds[] = {
	{300, PROTOCOL_TCP, 0, LENGTH_THIRD, 1, 0, play_tcp_scan},
	{50, PROTOCOL_UDP, 0, LENGTH_FIXED, 1, 0, play_udp_scan},
	{200, PROTOCOL_UDP, 53, LENGTH_FIXED, 2, 0, play_dns},
	{245, PROTOCOL_TCP, 443, LENGTH_TAIL, 9, 28, play_tls},
	{30, PROTOCOL_TCP, 80, LENGTH_TAIL, 9, 14, play_http},
	{70, PROTOCOL_UDP, 443, LENGTH_TAIL, 4, 32, play_quic},
	{30, PROTOCOL_UDP, 0, LENGTH_TAIL, 4, 90, play_rtp},
	{5, PROTOCOL_UDP, 51820, LENGTH_TAIL, 4, 60, play_wireguard},
	{40, PROTOCOL_UDP, 0, LENGTH_TAIL, 2, 20, play_udp_unknown},
	{4, PROTOCOL_UDP, 123, LENGTH_FIXED, 2, 0, play_ntp},
	{3, PROTOCOL_UDP, 161, LENGTH_FIXED, 2, 0, play_snmp},
	{3, PROTOCOL_UDP, 6881, LENGTH_TAIL, 2, 4, play_dht},
	{20, PROTOCOL_TCP, 0, LENGTH_TAIL, 7, 20, play_tcp_unknown},
};

static uint32_t length_draw(struct random *r, const struct bulk_kind *k)
{
	/* Percentages of the mean, each as likely, on average 100. */
	static const uint32_t quantile[] = {10, 15, 20, 30, 40, 50, 70, 100, 170, 495};
	if (k->length == LENGTH_FIXED)
		return k->least;
	if (k->length == LENGTH_THIRD)
		return k->least + !random_below(r, 3);
	uint32_t n = k->mean * quantile[random_below(r, 10)] / 100;
	return n < k->least ? k->least : n;
}

void bulk_start(struct bulk_flow *f, uint32_t number, uint32_t tuple, uint32_t segment)
{
	const struct bulk_kind *kind = kinds;
	uint32_t place = tuple % BULK_KINDS * KIND_STEP % BULK_KINDS;
	for (uint32_t i = place; i >= kind->permille; kind++)
		i -= kind->permille;
	*f = (struct bulk_flow){.kind = kind, .tuple = tuple, .segment = segment};
	f->random.state = SEED + ((uint64_t)number << 32);
	f->seed = random_next(&f->random);
	if (kind->protocol == PROTOCOL_TCP) {
		f->sequence[0] = (uint32_t)random_next(&f->random);
		f->sequence[1] = (uint32_t)random_next(&f->random);
	}
	f->v6 = place % 20 < V6_TWENTIETHS;
	f->total = f->left = length_draw(&f->random, kind);
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
	at = put8(put8(at, protocol), 64);
	at = put(at, up ? near : far, 16);
	return put(at, up ? far : near, 16);
}

static uint8_t *put_network(uint8_t *at, const struct bulk_flow *f, bool up, uint32_t length)
{
	uint32_t client = f->tuple % CLIENTS, server = f->tuple * 2654435761U % SERVERS;
	at = put_ethernet(at, client, up, f->v6);
	return (f->v6 ? put_ipv6 : put_ipv4)(at, client, server, up, f->kind->protocol, length);
}

static uint8_t *put_ports(uint8_t *at, const struct bulk_flow *f, bool up)
{
	struct random address = {f->tuple + 1};
	uint32_t client = PORT_FIRST + f->tuple / CLIENTS % PORTS;
	uint32_t server = f->kind->port ? f->kind->port : 1024 + random_below(&address, 30000) * 2;
	return put16(put16(at, up ? client : server), up ? server : client);
}

/* Everything sent so far has arrived. */
static uint8_t *put_tcp(uint8_t *at, struct bulk_flow *f, const struct turn *t)
{
	at = put32(at, f->sequence[t->up]);
	at = put32(at, t->flags & TCP_ACK ? f->sequence[!t->up] : 0);
	at = put16(at, 0x8000U | t->flags | (t->size ? TCP_PSH : 0));
	at = put16(at, 0xfaf0);
	at = put32(at, 0);
	at = put32(at, 0x0101080aU); /* two NOPs, timestamps */
	f->sequence[t->up] += t->size + !!(t->flags & (TCP_SYN | TCP_FIN));
	return put32(put32(at, f->sent + 1), f->sent);
}

uint32_t bulk_next(struct bulk_flow *f, uint8_t frame[BULK_FRAME_MAX])
{
	uint32_t transport = f->kind->protocol == PROTOCOL_TCP ? 32 : 8;
	struct turn t = {.payload = frame + 14 + (f->v6 ? 40 : 20) + transport};
	f->kind->play(f, &t);
	uint8_t *at = put_network(frame, f, t.up, transport + t.size);
	at = put_ports(at, f, t.up);
	if (f->kind->protocol == PROTOCOL_TCP)
		at = put_tcp(at, f, &t);
	else
		at = put16(put16(at, transport + t.size), 0);
	f->sent++;
	f->left--;
	return (uint32_t)(at - frame) + t.size;
}
