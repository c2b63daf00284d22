/*
 * Community ID v1, https://github.com/corelight/community-id-spec: the name under which Suricata,
 * Zeek, Wireshark and others know a flow. Our own, because nDPI 4.2 puts ports in order by their
 * network bytes and is wrong whenever both addresses are equal.
 *
 * For ICMP and ICMPv6 src.port is the type and dst.port the code; a type that has an answer is
 * hashed with the answer's type as its second port, so that both ways have one name. Packets that
 * have a protocol with ports but no ports (fragments) have no Community ID, nor have packets inside
 * a tunnel's outer header: the spec does not define one, the innermost flow is named.
 *
 * The digest is that of OpenSSL 1.1.1, which needs no heap: every record has one.
 */
#define OPENSSL_API_COMPAT 0x10101000L

#include "output/output.h"

#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>

#define HASHED_MAX      (2 + 16 + 16 + 2 + 2 + 2)
#define PROTOCOL_ICMP   IPPROTO_ICMP
#define PROTOCOL_ICMPV6 IPPROTO_ICMPV6

struct icmp_row {
	uint8_t protocol, type, answer;
};

/* Types that answer each other (the spec's list). */
static const struct icmp_row icmp_rows[] = {
	{PROTOCOL_ICMP, 8, 0},   /* echo */
	{PROTOCOL_ICMP, 13, 14}, /* timestamp */
	{PROTOCOL_ICMP, 15, 16}, /* information */
	{PROTOCOL_ICMP, 10, 9},  /* router solicitation and advertisement */
	{PROTOCOL_ICMP, 17, 18}, /* address mask */
	{PROTOCOL_ICMPV6, 128, 129},
	{PROTOCOL_ICMPV6, 133, 134}, /* router solicitation and advertisement */
	{PROTOCOL_ICMPV6, 135, 136}, /* neighbour solicitation and advertisement */
	{PROTOCOL_ICMPV6, 130, 131}, /* multicast listener query and report */
	{PROTOCOL_ICMPV6, 144, 145}, /* home agent address discovery */
	{PROTOCOL_ICMPV6, 139, 140}, /* node information (RFC 4620) */
};

struct tuple {
	struct endpoint src, dst;
	bool ports;   /* the protocol has some, real or made of ICMP types */
	bool one_way; /* no packet answers this one: its order is its own */
};

static void tuple_map_icmp(struct tuple *t, uint8_t protocol)
{
	t->ports = true;
	t->one_way = true;
	for (size_t i = 0; i < sizeof(icmp_rows) / sizeof(icmp_rows[0]); i++) {
		const struct icmp_row *row = &icmp_rows[i];
		if (row->protocol != protocol)
			continue;
		if (t->src.port != row->type && t->src.port != row->answer)
			continue;
		t->dst.port = t->src.port == row->type ? row->answer : row->type;
		t->one_way = false;
		return;
	}
}

static bool protocol_has_ports(uint8_t protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_SCTP;
}

static void tuple_order(struct tuple *t)
{
	int order = memcmp(t->src.addr.bytes, t->dst.addr.bytes, sizeof(t->src.addr.bytes));
	if (t->one_way || order < 0 || (order == 0 && t->src.port <= t->dst.port))
		return;
	struct endpoint first = t->dst;
	t->dst = t->src;
	t->src = first;
}

static uint8_t *put_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return at + 2;
}

static uint8_t *put_addr(uint8_t *at, const struct addr *a)
{
	size_t n = a->family == ADDR_V4 ? 4 : 16;
	memcpy(at, a->bytes, n);
	return at + n;
}

static size_t tuple_bytes(const struct tuple *t, uint8_t protocol, uint16_t seed, uint8_t *bytes)
{
	uint8_t *at = put_u16(bytes, seed);
	at = put_addr(at, &t->src.addr);
	at = put_addr(at, &t->dst.addr);
	at = put_u16(at, (uint16_t)(protocol << 8));
	if (t->ports) {
		at = put_u16(at, t->src.port);
		at = put_u16(at, t->dst.port);
	}
	return (size_t)(at - bytes);
}

void community_id(const struct obs_head *h, uint16_t seed, char out[COMMUNITY_ID_SIZE])
{
	struct tuple t = {.src = h->src, .dst = h->dst, .ports = protocol_has_ports(h->protocol)};
	out[0] = 0;
	if (t.src.addr.family == ADDR_NONE || t.src.addr.family != t.dst.addr.family)
		return;
	if (t.ports && !t.src.port && !t.dst.port)
		return;
	if (h->protocol == PROTOCOL_ICMP || h->protocol == PROTOCOL_ICMPV6)
		tuple_map_icmp(&t, h->protocol);
	tuple_order(&t);

	uint8_t bytes[HASHED_MAX], digest[SHA_DIGEST_LENGTH];
	size_t length = tuple_bytes(&t, h->protocol, seed, bytes);
	SHA_CTX sha;
	SHA1_Init(&sha);
	SHA1_Update(&sha, bytes, length);
	SHA1_Final(digest, &sha);
	memcpy(out, "1:", 2);
	EVP_EncodeBlock((unsigned char *)out + 2, digest, sizeof(digest));
}
