/*
 * Which packets belong to a conversation, and to which: those without ports, pieces, and packets
 * inside others.
 */
#include "tests/unit/support/traffic.h"

#define PROTOCOL_IPV4 4
#define PROTOCOL_GRE  47
#define PROTOCOL_ESP  50
#define OUTER_SRC     "198.51.100.1"
#define OUTER_DST     "198.51.100.2"
#define VXLAN_HEADER  8
#define VXLAN                             \
	{                                 \
		0x08, 0, 0, 0, 0, 0, 1, 0 \
	}

static void payload_send(struct watch *w, uint8_t protocol, const void *bytes, size_t length)
{
	const struct addr src = ip(CLIENT), dst = ip(SERVER);
	struct bytes b = {0};
	bytes_put(&b, bytes, length);
	packet_ipv4(&b, &src, &dst, protocol);
	watch_frame(w, b.at, b.length);
}

/* ICMP has a type where others have ports; of a protocol that nobody reads nothing is known. */
static void any_protocol_counts(void **state)
{
	(void)state;
	static const uint8_t payload[8] = {8};
	static const struct {
		uint8_t protocol;
		bool flow;
		const char *expected;
	} rows[] = {
		{1, false, "1 begins 192.168.77.10 > 192.0.2.10 1: 1+0 28+0"},
		{PROTOCOL_GRE, true, "1 begins 192.168.77.10 > 192.0.2.10 47: 1+0 28+0"},
		{PROTOCOL_ESP, true, "1 begins 192.168.77.10 > 192.0.2.10 50: 1+0 28+0"},
		{200, true, "1 begins 192.168.77.10 > 192.0.2.10 200: 1+0 28+0"},
		/* Its header is not whole. */
		{PROTOCOL_TCP, false, "1 begins 192.168.77.10 > 192.0.2.10 6: 1+0 28+0"},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct watch *w = traffic_watch(LINK_RAW, 0);
		payload_send(w, rows[i].protocol, payload, sizeof(payload));
		assert_int_equal(watch_seen(w, OBS_TRAFFIC, 0)->head.flow_id != 0, rows[i].flow);
		traffic_check(w, rows[i].expected);
		watch_free(w);
	}
}

/* What the packet before had must not be taken for this one's. */
static void ports_are_never_the_last_packets(void **state)
{
	(void)state;
	static const uint8_t echo[8] = {8};
	struct watch *w = traffic_watch(LINK_RAW, 0);
	for (int i = 0; i < 2; i++) {
		traffic_send(w, 0, CLIENT, SERVER);
		payload_send(w, i ? 1 : 200, echo, sizeof(echo));
		traffic_send(w, 0, OTHER, SERVER);
		payload_send(w, i ? 200 : 1, echo, sizeof(echo));
	}
	assert_int_equal(w->stats.conversations, 4);
	watch_free(w);
}

static void what_is_not_ip_does_not_count(void **state)
{
	(void)state;
	static const uint8_t arp[28] = {0, 1, 8, 0, 6, 4, 0, 1};
	struct watch *w = traffic_watch(LINK_ETHERNET, 0);
	struct bytes b = {0};
	bytes_put(&b, arp, sizeof(arp));
	packet_ethernet(&b, 0x0806);
	watch_frame(w, b.at, b.length);
	/* Nor what only says to be IPv4. */
	b.length = 0;
	bytes_zero(&b, 40);
	packet_ethernet(&b, 0x0800);
	watch_frame(w, b.at, b.length);
	traffic_check(w, "");
	watch_free(w);
}

/* A datagram of 24 bytes in three pieces. The last to come carries the whole on, ports and all. */
static void fragment_send(struct watch *w, bool v6, unsigned part)
{
	static const uint8_t whole[24] = {0x13, 0x88, 0x0f, 0xa0, 0, 24};
	const uint8_t header[8] = {
		PROTOCOL_UDP, 0, 0, (uint8_t)(8 * part | (part < 2)), 0, 0, 0, 7};
	const struct addr src = ip(v6 ? "2001:db8::1" : CLIENT),
			  dst = ip(v6 ? "2001:db8::2" : SERVER);
	struct bytes b = {0};
	bytes_put(&b, whole + 8 * part, 8);
	if (v6) {
		bytes_front(&b, header, sizeof(header));
		packet_ipv6(&b, &src, &dst, 44);
	} else {
		packet_ipv4(&b, &src, &dst, PROTOCOL_UDP);
		b.at[6] = part < 2 ? 0x20 : 0;
		b.at[7] = (uint8_t)part;
	}
	watch_frame(w, b.at, b.length);
}

static void fragments_count(void **state)
{
	(void)state;
	static const char *const expected[] = {
		"1 begins 192.168.77.10 > 192.0.2.10 17: 1+0 28+0,"
		" 3 begins 192.168.77.10:5000 > 192.0.2.10:4000 17: 1+0 28+0,"
		" 2 ends 192.168.77.10 > 192.0.2.10 17: 1+0 28+0",
		"1 begins 2001:db8::1 > 2001:db8::2 17: 1+0 56+0,"
		" 3 begins [2001:db8::1]:5000 > [2001:db8::2]:4000 17: 1+0 56+0,"
		" 2 ends 2001:db8::1 > 2001:db8::2 17: 1+0 56+0"};
	for (int v6 = 0; v6 < 2; v6++) {
		struct watch *w = traffic_watch(LINK_RAW, 0);
		for (unsigned part = 0; part < 3; part++)
			fragment_send(w, v6, part);
		assert_int_equal(watch_seen(w, OBS_TRAFFIC, 0)->head.flow_id, 0);
		dissect_finish(w->dissect);
		traffic_check(w, expected[v6]);
		watch_free(w);
	}
}

static void outer_ip_wrap(struct bytes *b)
{
	const struct addr src = ip(OUTER_SRC), dst = ip(OUTER_DST);
	packet_ipv4(b, &src, &dst, PROTOCOL_IPV4);
}

static void outer_vxlan_wrap(struct bytes *b)
{
	const struct endpoint src = end(OUTER_SRC ":6000"), dst = end(OUTER_DST ":4789");
	const uint8_t header[VXLAN_HEADER] = VXLAN;
	bytes_front(b, header, sizeof(header));
	packet_ip_udp(b, &src, &dst);
}

static void outer_check(const struct obs_head *head, uint8_t encapsulation)
{
	const struct addr src = ip(OUTER_SRC), dst = ip(OUTER_DST);
	assert_int_equal(head->encapsulation, encapsulation);
	assert_true(addr_equal(&head->outer_src, &src) && addr_equal(&head->outer_dst, &dst));
}

/* Between the same ends, but one of them has a tunnel around it. */
static void inner_packets_count_by_themselves(void **state)
{
	(void)state;
	struct watch *w = traffic_watch(LINK_RAW, 0);
	struct bytes b;
	traffic_bytes(&b, CLIENT, SERVER);
	outer_ip_wrap(&b);
	watch_frame(w, b.at, b.length);
	outer_check(&watch_seen(w, OBS_TRAFFIC, 0)->head, WRAPPED_IP);
	traffic_send(w, 0, CLIENT, SERVER);
	traffic_check(w,
		"1 begins " CLIENT " > " SERVER " 17: 1+0 52+0,"
		" 2 begins " CLIENT " > " SERVER " 17: 1+0 32+0");
	watch_free(w);
}

/* Its own datagram is a conversation, too; it begins first. */
static void datagrams_around_others_count(void **state)
{
	(void)state;
	struct watch *w = traffic_watch(LINK_RAW, 0);
	struct bytes b;
	traffic_bytes(&b, CLIENT, SERVER);
	packet_ethernet(&b, 0x0800);
	outer_vxlan_wrap(&b);
	watch_frame(w, b.at, b.length);
	assert_int_equal(watch_count(w, OBS_TRAFFIC), 2);
	assert_int_equal(watch_seen(w, OBS_TRAFFIC, 0)->head.encapsulation, 0);
	outer_check(&watch_seen(w, OBS_TRAFFIC, 1)->head, WRAPPED_UDP);
	traffic_check(w,
		"1 begins 198.51.100.1:6000 > 198.51.100.2:4789 17: 1+0 82+0,"
		" 1 begins " CLIENT " > " SERVER " 17: 1+0 82+0");
	watch_free(w);
}

/* What is inside has no IP header, so it is nobody's second packet. */
static void inner_frames_without_ip_do_not_count(void **state)
{
	(void)state;
	static const uint8_t arp[28] = {0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 192, 168, 77, 10};
	struct watch *w = traffic_watch(LINK_RAW, INTEREST_IN(OBS_NEIGHBOUR));
	struct bytes b = {0};
	bytes_put(&b, arp, sizeof(arp));
	packet_ethernet(&b, 0x0806);
	outer_vxlan_wrap(&b);
	watch_frame(w, b.at, b.length);
	assert_int_equal(watch_count(w, OBS_NEIGHBOUR), 1);
	dissect_finish(w->dissect);
	traffic_check(w, "1 begins 198.51.100.1:6000 > 198.51.100.2:4789 17: 1+0 78+0");
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_protocol_counts),
		cmocka_unit_test(ports_are_never_the_last_packets),
		cmocka_unit_test(what_is_not_ip_does_not_count),
		cmocka_unit_test(fragments_count),
		cmocka_unit_test(inner_packets_count_by_themselves),
		cmocka_unit_test(datagrams_around_others_count),
		cmocka_unit_test(inner_frames_without_ip_do_not_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
