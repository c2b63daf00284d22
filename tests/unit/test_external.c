/*
 * NAT-PMP (RFC 6886) and PCP (RFC 6887) answers: the external address that a gateway tells, and
 * what does not tell one. All at every shorter length.
 */
#include "tests/unit/support/packet.h"
#include "tests/unit/support/watch.h"

#define GATEWAY "192.168.77.1:5351"
#define HOST    "192.168.77.10:50000"

/* RFC 6886 §3.2 */
static const uint8_t natpmp_address[] = {
	0, 128,           /* version, answer to 0 */
	0, 0,             /* result */
	0, 1, 0, 0,       /* epoch */
	198, 51, 100, 23, /* external address */
};

/* RFC 6886 §3.3 */
static const uint8_t natpmp_mapping[] = {
	0, 129,           /* version, answer to 1 */
	0, 0,             /* result */
	0, 1, 0, 0,       /* epoch */
	0xc3, 0x50,       /* internal port */
	0xc3, 0x51,       /* external port */
	0, 0, 0x0e, 0x10, /* lifetime */
};

/* RFC 6887 §7.2, §11.1 */
static const uint8_t pcp_map[] = {
	2, 0x81, 0, 0,                         /* version, answer to MAP, result */
	0, 0, 0x0e, 0x10,                      /* lifetime */
	0, 1, 0, 0,                            /* epoch */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    /* reserved */
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, /* nonce */
	17, 0, 0, 0,                           /* UDP, reserved */
	0xc3, 0x50, 0xc3, 0x51,                /* internal, external port */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 198, 51, 100, 23, /* external address */
};

static void datagram_send(struct watch *w, const uint8_t *bytes, size_t size, const char *from)
{
	const struct endpoint src = end(from), dst = end(HOST);
	struct bytes b = {0};
	bytes_put(&b, bytes, size);
	packet_ip_udp(&b, &src, &dst);
	watch_prefixes(LINK_RAW, b.at, b.length);
	watch_frame(w, b.at, b.length);
}

static void external_check(const struct watch *w, enum external_protocol protocol, const char *text)
{
	char found[ENDPOINT_TEXT_MAX];
	const struct observation *o = watch_seen(w, OBS_EXTERNAL, 0);
	assert_non_null(o);
	assert_int_equal(w->count, 1);
	assert_int_equal(o->external.protocol, protocol);
	assert_string_equal(endpoint_text(&o->external.addr, found), text);
}

static void natpmp_answers(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	datagram_send(w, natpmp_mapping, sizeof(natpmp_mapping), GATEWAY);
	assert_int_equal(w->count, 0); /* the address is not known yet */
	datagram_send(w, natpmp_address, sizeof(natpmp_address), GATEWAY);
	external_check(w, EXTERNAL_NATPMP, "198.51.100.23");
	watch_forget(w);
	datagram_send(w, natpmp_mapping, sizeof(natpmp_mapping), GATEWAY);
	external_check(w, EXTERNAL_NATPMP, "198.51.100.23:50001");
	watch_free(w);
}

static void pcp_answers(void **state)
{
	(void)state;
	uint8_t peer[80] = {0};
	struct watch *w = watch_new(LINK_RAW);
	datagram_send(w, pcp_map, sizeof(pcp_map), GATEWAY);
	external_check(w, EXTERNAL_PCP, "198.51.100.23:50001");
	watch_forget(w);
	memcpy(peer, pcp_map, sizeof(pcp_map));
	peer[1] = 0x82;
	peer[60] = 0x01;
	memset(peer + 44, 0, 16);
	memcpy(peer + 44, "\x20\x01\x0d\xb8", 4);
	datagram_send(w, peer, sizeof(peer), "192.168.77.1:40000");
	external_check(w, EXTERNAL_PCP, "[2001:db8::]:50001");
	watch_free(w);
}

static const struct refused_row {
	const char *name, *from;
	const uint8_t *message;
	size_t size, at;
	uint8_t value;
} refused_rows[] = {
	{"NAT-PMP, another port", "192.168.77.1:40000", natpmp_address, sizeof(natpmp_address), 0,
		0},
	{"NAT-PMP, refused", GATEWAY, natpmp_address, sizeof(natpmp_address), 3, 3},
	{"NAT-PMP, a request", GATEWAY, natpmp_address, sizeof(natpmp_address), 1, 0},
	{"NAT-PMP, short", GATEWAY, natpmp_address, sizeof(natpmp_address) - 1, 0, 0},
	{"NAT-PMP, another opcode", GATEWAY, natpmp_address, sizeof(natpmp_address), 1, 131},
	{"PCP, refused", GATEWAY, pcp_map, sizeof(pcp_map), 3, 2},
	{"PCP, a request", GATEWAY, pcp_map, sizeof(pcp_map), 1, 1},
	{"PCP, ANNOUNCE", GATEWAY, pcp_map, sizeof(pcp_map), 1, 0x80},
	{"PCP, PEER too short", GATEWAY, pcp_map, sizeof(pcp_map), 1, 0x82},
	{"PCP, reserved bytes", GATEWAY, pcp_map, sizeof(pcp_map), 20, 1},
	{"PCP, short", GATEWAY, pcp_map, sizeof(pcp_map) - 4, 0, 2},
	{"PCP, another version", GATEWAY, pcp_map, sizeof(pcp_map), 0, 3},
};

static void refusals_tell_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(refused_rows); i++) {
		const struct refused_row *row = &refused_rows[i];
		uint8_t message[sizeof(pcp_map)];
		struct watch *w = watch_new(LINK_RAW);
		memcpy(message, row->message, row->size);
		message[row->at] = row->value;
		datagram_send(w, message, row->size, row->from);
		if (w->count || w->stats.external)
			fail_msg("%s: told", row->name);
		watch_free(w);
	}
}

/* Zeroes stand for no address; a mapping with a lifetime of 0 is gone. */
static void nothing_is_no_address(void **state)
{
	(void)state;
	uint8_t none[sizeof(pcp_map)], gone[sizeof(natpmp_mapping)];
	uint8_t zero[sizeof(natpmp_address)] = {0, 128};
	struct watch *w = watch_new(LINK_RAW);
	memcpy(none, pcp_map, sizeof(none));
	memset(none + sizeof(none) - 4, 0, 4);
	datagram_send(w, none, sizeof(none), GATEWAY);
	memcpy(none, pcp_map, sizeof(none));
	memset(none + 4, 0, 4);
	datagram_send(w, none, sizeof(none), GATEWAY);
	datagram_send(w, zero, sizeof(zero), GATEWAY);
	assert_int_equal(w->count, 0);
	datagram_send(w, natpmp_address, sizeof(natpmp_address), GATEWAY);
	watch_forget(w);
	memcpy(gone, natpmp_mapping, sizeof(gone));
	memset(gone + 12, 0, 4);
	datagram_send(w, gone, sizeof(gone), GATEWAY);
	assert_int_equal(w->count, 0);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(natpmp_answers),
		cmocka_unit_test(pcp_answers),
		cmocka_unit_test(refusals_tell_nothing),
		cmocka_unit_test(nothing_is_no_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
