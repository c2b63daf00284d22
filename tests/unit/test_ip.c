/*
 * IPv4, IPv6 with its extension headers, and UDP: what lengths and flags say is believed only as
 * far as the bytes go. Behind each header lies the same STUN request; a row tells whether it is
 * found, and which counter says why not.
 */
#include "tests/unit/support/stun.h"
#include "tests/unit/support/watch.h"

/* Offsets of fields that rows patch, from the start of the IP header. */
enum {
	V4_VERSION = 0,
	V4_TOTAL = 2,
	V4_FRAGMENT = 6,
	V4_PROTOCOL = 9,
	V6_VERSION = 0,
	V6_LENGTH = 4,
	V6_NEXT = 6,
	V4_UDP_LENGTH = IPV4_SIZE + 4,
	V6_UDP_LENGTH = IPV6_SIZE + 4,
};

#define REQUEST_SIZE (UDP_SIZE + STUN_HEADER)
#define V4_WHOLE     (IPV4_SIZE + REQUEST_SIZE)

enum outcome { FOUND, INVALID, TRUNCATED_PACKET, FRAGMENT, NO_PROTOCOL, NOTHING };

static void outcome_check(const char *name, const struct watch *w, enum outcome expected)
{
	unsigned found = watch_count(w, OBS_STUN_REQUEST);
	if (found != (expected == FOUND) || w->stats.invalid != (expected == INVALID) ||
		w->stats.truncated_packets != (expected == TRUNCATED_PACKET) ||
		w->stats.fragments != (expected == FRAGMENT) ||
		w->stats.unknown_protocol != (expected == NO_PROTOCOL))
		fail_msg("%s: found %u, invalid %u, truncated %u, fragments %u, protocol %u", name,
			found, (unsigned)w->stats.invalid, (unsigned)w->stats.truncated_packets,
			(unsigned)w->stats.fragments, (unsigned)w->stats.unknown_protocol);
}

static void request_v4(struct bytes *b)
{
	const struct endpoint src = end("192.168.77.10:50000"), dst = end("192.0.2.10:3478");
	stun_begin(b, BINDING_REQUEST, 1);
	packet_ip_udp(b, &src, &dst);
}

static void request_v6(struct bytes *b)
{
	const struct endpoint src = end("[2001:db8:77::10]:50000"), dst = end("[2001:db8::1]:53");
	stun_begin(b, BINDING_REQUEST, 1);
	packet_ip_udp(b, &src, &dst);
}

static const struct patch_row {
	const char *name;
	size_t at;
	unsigned value; /* 16 bits; the second byte of a one-byte field is what was there */
	bool one_byte;
	enum outcome outcome;
} v4_rows[] = {
	{"as it should be", V4_VERSION, 0x45, true, FOUND},
	{"total length 0: to be cut up by the card", V4_TOTAL, 0, false, FOUND},
	{"total length less than the header", V4_TOTAL, IPV4_SIZE - 1, false, INVALID},
	{"total length 1", V4_TOTAL, 1, false, INVALID},
	{"total length of the header alone", V4_TOTAL, IPV4_SIZE, false, INVALID},
	{"total length that ends in UDP's header", V4_TOTAL, IPV4_SIZE + 7, false, INVALID},
	{"total length that ends before STUN does", V4_TOTAL, V4_WHOLE - 1, false, NOTHING},
	{"total length beyond the frame", V4_TOTAL, V4_WHOLE + 1, false, FOUND},
	{"total length 0xffff", V4_TOTAL, 0xffff, false, FOUND},
	{"header of no length", V4_VERSION, 0x40, true, INVALID},
	{"header of 16 bytes", V4_VERSION, 0x44, true, INVALID},
	{"header beyond the packet", V4_VERSION, 0x4f, true, INVALID},
	{"version 6 in an IPv4 frame", V4_VERSION, 0x65, true, INVALID},
	{"version 0", V4_VERSION, 0x05, true, INVALID},
	{"first fragment", V4_FRAGMENT, 0x2000, false, FRAGMENT},
	{"last fragment", V4_FRAGMENT, 0x0001, false, FRAGMENT},
	{"middle fragment", V4_FRAGMENT, 0x3fff, false, FRAGMENT},
	{"don't fragment", V4_FRAGMENT, 0x4000, false, FOUND},
	{"the reserved flag", V4_FRAGMENT, 0x8000, false, FOUND},
	{"ICMP", V4_PROTOCOL, 1, true, NOTHING},
	{"SCTP", V4_PROTOCOL, 132, true, NO_PROTOCOL},
	{"protocol 255", V4_PROTOCOL, 255, true, NO_PROTOCOL},
	{"UDP length 0: a jumbogram", V4_UDP_LENGTH, 0, false, FOUND},
	{"UDP length 1", V4_UDP_LENGTH, 1, false, INVALID},
	{"UDP length 7", V4_UDP_LENGTH, 7, false, INVALID},
	{"UDP length 8: no payload", V4_UDP_LENGTH, 8, false, NOTHING},
	{"UDP length that cuts STUN's header", V4_UDP_LENGTH, REQUEST_SIZE - 1, false, NOTHING},
	{"UDP length beyond the packet", V4_UDP_LENGTH, REQUEST_SIZE + 1, false, FOUND},
	{"UDP length 0xffff", V4_UDP_LENGTH, 0xffff, false, FOUND},
};

static const struct patch_row v6_rows[] = {
	{"as it should be", V6_VERSION, 0x60, true, FOUND},
	{"payload length 0", V6_LENGTH, 0, false, FOUND},
	{"payload length 1", V6_LENGTH, 1, false, INVALID},
	{"payload length that ends in UDP's header", V6_LENGTH, 7, false, INVALID},
	{"payload length beyond the frame", V6_LENGTH, REQUEST_SIZE + 1, false, FOUND},
	{"payload length 0xffff", V6_LENGTH, 0xffff, false, FOUND},
	{"version 4 in an IPv6 frame", V6_VERSION, 0x40, true, INVALID},
	{"no next header", V6_NEXT, 59, true, NO_PROTOCOL},
	{"ESP", V6_NEXT, 50, true, NOTHING},
	{"ICMPv6", V6_NEXT, 58, true, NOTHING},
	{"UDP length 7", V6_UDP_LENGTH, 7, false, INVALID},
	{"UDP length 0", V6_UDP_LENGTH, 0, false, FOUND},
};

static void patch_check(
	const struct patch_row *row, struct bytes *b, unsigned ethertype, const uint8_t padding[6])
{
	if (!row->one_byte)
		b->at[row->at] = (uint8_t)(row->value >> 8);
	b->at[row->at + !row->one_byte] = (uint8_t)row->value;
	packet_ethernet(b, ethertype);
	watch_prefixes(LINK_ETHERNET, b->at, b->length - REQUEST_SIZE - 1);
	struct watch *w = watch_new(LINK_ETHERNET);
	watch_frame(w, b->at, b->length);
	outcome_check(row->name, w, row->outcome);
	watch_free(w);
	/* Padding behind the packet changes nothing as long as a length tells where it ends. */
	if (row->outcome != FOUND)
		return;
	bytes_put(b, padding, 6);
	w = watch_new(LINK_ETHERNET);
	watch_frame(w, b->at, b->length);
	outcome_check(row->name, w, FOUND);
	watch_free(w);
}

static void fields_of_ipv4(void **state)
{
	(void)state;
	const uint8_t padding[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	for (size_t i = 0; i < ROWS(v4_rows); i++) {
		struct bytes b;
		request_v4(&b);
		patch_check(&v4_rows[i], &b, 0x0800, padding);
	}
}

static void fields_of_ipv6(void **state)
{
	(void)state;
	const uint8_t padding[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	for (size_t i = 0; i < ROWS(v6_rows); i++) {
		struct bytes b;
		request_v6(&b);
		patch_check(&v6_rows[i], &b, 0x86dd, padding);
	}
}

/* Padding is no part of a message: a classic one must fit its datagram exactly. */
static void padding_is_no_payload(void **state)
{
	(void)state;
	const struct endpoint src = end("192.168.77.10:50000"), dst = end("192.0.2.10:3478");
	struct bytes b;
	stun_begin_classic(&b, BINDING_REQUEST, 1);
	packet_ip_udp(&b, &src, &dst);
	packet_ethernet(&b, 0x0800);
	bytes_zero(&b, 4);
	struct watch *w = watch_new(LINK_ETHERNET);
	watch_frame(w, b.at, b.length);
	assert_int_equal(watch_count(w, OBS_STUN_REQUEST), 1);
	watch_free(w);
}

static void options_are_stepped_over(void **state)
{
	(void)state;
	const uint8_t options[40] = {0x94, 0x04, 0x00, 0x00}; /* router alert, end of options */
	for (unsigned words = 1; words <= 10; words++) {
		const struct endpoint src = end("192.168.77.10:50000"), dst = end("192.0.2.10:1");
		struct bytes b;
		stun_begin(&b, BINDING_REQUEST, 1);
		packet_udp(&b, &src, &dst);
		bytes_front(&b, options, 4 * words);
		packet_ipv4(&b, &src.addr, &dst.addr, PROTOCOL_UDP);
		b.at[V4_VERSION] = (uint8_t)(0x45 + words);
		watch_prefixes(LINK_RAW, b.at, b.length);
		struct watch *w = watch_new(LINK_RAW);
		watch_frame(w, b.at, b.length);
		outcome_check("options", w, FOUND);
		watch_free(w);
	}
}

#define EXTENSION_MAX 16

struct extension {
	uint8_t protocol, size;
	uint8_t bytes[EXTENSION_MAX]; /* the next header is filled in */
};

#define HOP_BY_HOP                             \
	{                                      \
		0, 8,                          \
		{                              \
			0, 0, 5, 2, 0, 0, 1, 0 \
		}                              \
	}
#define ROUTING                    \
	{                          \
		43, 8,             \
		{                  \
			0, 0, 4, 0 \
		}                  \
	}
#define DESTINATION                \
	{                          \
		60, 16,            \
		{                  \
			0, 1, 1, 4 \
		}                  \
	}
#define AUTHENTICATION       \
	{                    \
		51, 16,      \
		{            \
			0, 2 \
		}            \
	}
#define ATOMIC_FRAGMENT                        \
	{                                      \
		44, 8,                         \
		{                              \
			0, 0, 0, 0, 1, 2, 3, 4 \
		}                              \
	}

static const struct {
	const char *name;
	enum outcome outcome;
	unsigned count;
	struct extension chain[10];
} chain_rows[] = {
	{"hop-by-hop", FOUND, 1, {HOP_BY_HOP}},
	{"routing", FOUND, 1, {ROUTING}},
	{"destination", FOUND, 1, {DESTINATION}},
	{"authentication", FOUND, 1, {AUTHENTICATION}},
	{"mobility", FOUND, 1, {{135, 8, {0}}}},
	{"HIP", FOUND, 1, {{139, 8, {0}}}},
	{"shim6", FOUND, 1, {{140, 8, {0}}}},
	{"atomic fragment", FOUND, 1, {ATOMIC_FRAGMENT}},
	{"fragment with reserved bits", FOUND, 1, {{44, 8, {0, 0xff, 0, 0x06}}}},
	{"first fragment", FRAGMENT, 1, {{44, 8, {0, 0, 0, 1}}}},
	{"last fragment", FRAGMENT, 1, {{44, 8, {0, 0, 0, 8}}}},
	{"fragment far away", FRAGMENT, 1, {{44, 8, {0, 0, 0xff, 0xf8}}}},
	{"all of them", FOUND, 5,
		{HOP_BY_HOP, DESTINATION, ROUTING, ATOMIC_FRAGMENT, AUTHENTICATION}},
	{"eight", FOUND, 8,
		{HOP_BY_HOP, DESTINATION, DESTINATION, DESTINATION, DESTINATION, DESTINATION,
			DESTINATION, DESTINATION}},
	{"nine: more than is followed", INVALID, 9,
		{HOP_BY_HOP, DESTINATION, DESTINATION, DESTINATION, DESTINATION, DESTINATION,
			DESTINATION, DESTINATION, DESTINATION}},
	{"longer than the packet", INVALID, 1, {{60, 8, {0, 0xff}}}},
	{"authentication, longer than the packet", INVALID, 1, {{51, 8, {0, 0xff}}}},
};

static void chain_make(struct bytes *b, const struct extension *chain, unsigned count)
{
	const struct endpoint src = end("[2001:db8:77::10]:50000"), dst = end("[2001:db8::1]:53");
	uint8_t next = PROTOCOL_UDP;
	stun_begin(b, BINDING_REQUEST, 1);
	packet_udp(b, &src, &dst);
	for (unsigned i = count; i-- > 0;) {
		bytes_front(b, chain[i].bytes, chain[i].size);
		b->at[0] = next;
		next = chain[i].protocol;
	}
	packet_ipv6(b, &src.addr, &dst.addr, next);
}

static void extension_headers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(chain_rows); i++) {
		struct bytes b;
		chain_make(&b, chain_rows[i].chain, chain_rows[i].count);
		watch_prefixes(LINK_RAW, b.at, b.length);
		struct watch *w = watch_new(LINK_RAW);
		watch_frame(w, b.at, b.length);
		outcome_check(chain_rows[i].name, w, chain_rows[i].outcome);
		watch_free(w);
	}
}

/* What was cut is silent, what is short is counted. */
static void cut_and_short_are_told_apart(void **state)
{
	(void)state;
	struct bytes b;
	request_v4(&b);
	for (size_t n = 1; n < V4_WHOLE; n++) {
		struct watch *w = watch_new(LINK_RAW);
		watch_cut(w, b.at, n, V4_WHOLE - n);
		assert_int_equal(w->stats.invalid, 0);
		assert_int_equal(w->stats.truncated_packets, n < IPV4_SIZE + UDP_SIZE);
		watch_free(w);
	}
	for (size_t n = 1; n < IPV4_SIZE; n++) {
		struct watch *w = watch_new(LINK_RAW);
		watch_frame(w, b.at, n);
		assert_int_equal(w->stats.invalid, 1);
		watch_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_of_ipv4),
		cmocka_unit_test(fields_of_ipv6),
		cmocka_unit_test(padding_is_no_payload),
		cmocka_unit_test(options_are_stepped_over),
		cmocka_unit_test(extension_headers),
		cmocka_unit_test(cut_and_short_are_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
