/* ICMP errors about a tunnel's datagrams (RFC 792, RFC 4443 §3.1): its far end is not there. */
#include "tests/unit/support/talk.h"

#define CLIENT  "192.168.77.10:50000"
#define SERVER  "192.0.2.10:4500"
#define CLIENT6 "[2001:db8:77::10]:50000"
#define SERVER6 "[2001:db8:5::10]:4500"

#define PROTOCOL_ICMP   1
#define PROTOCOL_ICMPV6 58

struct sent {
	uint8_t at[160];
	size_t length;
};

/* First messages, as far as their shape goes. */
static const struct sent wireguard = {{1}, 148};
static const struct sent openvpn = {{0x38, 'S', 'E', 'S', 'S', 'I', 'O', 'N', 'A'}, 14};
static const struct sent ike = {{1, 2, 3, 4, 5, 6, 7, 8, [16] = 33, 0x20, 34, 0x08, [27] = 28}, 28};
static const struct sent l2tp = {{0xc8, 2, 0, 20, [12] = 0x80, 8, [19] = 1}, 20};
static const struct sent disco = {{'T', 'S', 0xf0, 0x9f, 0x92, 0xac}, 120};
static const struct sent anyconnect = {
	{22, 1, 0, [12] = 54, 1, [16] = 42, [24] = 42, 1, 0, 7, [62] = 2, 0x13, 1, 1}, 67};
static const struct sent stranger = {{0xfe}, 40};

/* An error about the datagram that `p` made, from a router or the far end. */
static void error_send(
	struct talk *t, const struct sent *p, unsigned type, unsigned code, size_t cut)
{
	bool six = t->end[0].addr.family == ADDR_V6;
	struct bytes b = {0};
	bytes_put(&b, p->at, p->length);
	packet_ip_udp(&b, &t->end[FROM_CLIENT], &t->end[FROM_SERVER]);
	if (cut < b.length)
		b.length = cut;
	const uint8_t header[] = {(uint8_t)type, (uint8_t)code, 0, 0, 0, 0, 0, 0};
	bytes_front(&b, header, sizeof(header));
	if (six)
		packet_ipv6(
			&b, &t->end[FROM_SERVER].addr, &t->end[FROM_CLIENT].addr, PROTOCOL_ICMPV6);
	else
		packet_ipv4(
			&b, &t->end[FROM_SERVER].addr, &t->end[FROM_CLIENT].addr, PROTOCOL_ICMP);
	talk_send(t, &b);
}

static void ask(struct talk *t, const struct sent *p)
{
	struct bytes b = {0};
	bytes_put(&b, p->at, p->length);
	talk_udp(t, FROM_CLIENT, &b);
}

static void far_ends_that_are_not_there(void **state)
{
	(void)state;
	static const struct {
		const struct sent *sent;
		const char *heard;
	} cases[] = {
		{&wireguard, "wireguard asks 1, wireguard resets 0"},
		{&openvpn, "openvpn asks 7, openvpn resets 0"},
		{&ike, "ike asks 34, ike resets 0"},
		{&l2tp, "l2tp asks 1, l2tp resets 0"},
		{&disco, "tailscale asks 0, tailscale resets 0"},
		{&anyconnect, "anyconnect asks 1, anyconnect resets 0"},
		{&stranger, ""},
	};
	for (size_t i = 0; i < ROWS(cases); i++) {
		struct talk *t = talk_new(CLIENT, SERVER);
		ask(t, cases[i].sent);
		error_send(t, cases[i].sent, 3, 3, SIZE_MAX);
		error_send(t, cases[i].sent, 3, 3, SIZE_MAX); /* said once */
		talk_expect(t, cases[i].heard);
		talk_free(t);
	}
}

static void which_errors(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		unsigned type, code;
		size_t cut;
		bool said;
	} cases[] = {
		{"port", 3, 3, SIZE_MAX, true},
		{"host", 3, 1, SIZE_MAX, true},
		{"forbidden", 3, 13, SIZE_MAX, true},
		{"the eight bytes of RFC 792", 3, 3, 28, true},
		{"ports cut off", 3, 3, 23, false},
		{"too big", 3, 4, SIZE_MAX, false},
		{"time exceeded", 11, 0, SIZE_MAX, false},
		{"an echo", 8, 3, SIZE_MAX, false},
	};
	for (size_t i = 0; i < ROWS(cases); i++) {
		struct talk *t = talk_new(CLIENT, SERVER);
		ask(t, &wireguard);
		watch_forget(t->w);
		error_send(t, &wireguard, cases[i].type, cases[i].code, cases[i].cut);
		if (strcmp(talk_heard(t), cases[i].said ? "wireguard resets 0" : "") != 0)
			fail_msg("%s: %s", cases[i].name, t->text);
		talk_free(t);
	}
}

static void over_ipv6(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT6, SERVER6);
	ask(t, &wireguard);
	watch_forget(t->w);
	error_send(t, &wireguard, 2, 0, SIZE_MAX); /* too big */
	error_send(t, &wireguard, 3, 0, SIZE_MAX); /* time exceeded */
	talk_expect(t, "");
	error_send(t, &wireguard, 1, 4, SIZE_MAX);
	talk_expect(t, "wireguard resets 0");
	talk_free(t);
}

/* The far end speaks in the flow's own name, and an error opens no flow. */
static void whose_it_is(void **state)
{
	(void)state;
	char text[ENDPOINT_TEXT_MAX];
	struct talk *t = talk_new(CLIENT, SERVER);
	error_send(t, &wireguard, 3, 3, SIZE_MAX);
	assert_int_equal(t->w->stats.flows, 0);
	ask(t, &wireguard);
	uint64_t flow = watch_seen(t->w, OBS_TUNNEL, 0)->head.flow_id;
	watch_forget(t->w);
	error_send(t, &wireguard, 3, 3, SIZE_MAX);
	const struct observation *o = watch_seen(t->w, OBS_TUNNEL, 0);
	assert_string_equal(endpoint_text(&o->head.src, text), SERVER);
	assert_string_equal(endpoint_text(&o->head.dst, text), CLIENT);
	assert_int_equal(o->head.protocol, PROTOCOL_UDP);
	assert_true(o->head.flow_id == flow && !o->head.from_opener);
	talk_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(far_ends_that_are_not_there),
		cmocka_unit_test(which_errors),
		cmocka_unit_test(over_ipv6),
		cmocka_unit_test(whose_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
