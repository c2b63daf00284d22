/* Traffic around a tunnel: what counts, of whom, and in which window of the tunnel's life. */
#include "rules/outings.h"
#include "tests/unit/support/judge_policy.h"
#include "tests/unit/support/judge_traffic.h"
#include "tests/unit/support/unit.h"

#define NEAR   "192.168.77.10:40000"
#define FAR    "203.0.113.7:51820"
#define WEB    "192.0.2.80:443"
#define INSIDE "10.8.0.2:41000"

static void page(struct judge *j, const char *dst)
{
	say(j, &(struct saying){.src = "192.168.77.10:50000", .dst = dst});
}

static void tunnel_says(struct judge *j, enum tunnel_event event, bool from_near, uint8_t repeated)
{
	struct observation o = judge_head(j, OBS_TUNNEL, ETH0);
	o.head.src = end(from_near ? NEAR : FAR);
	o.head.dst = end(from_near ? FAR : NEAR);
	o.head.from_opener = from_near;
	o.tunnel = (struct obs_tunnel){
		.kind = TUNNEL_WIREGUARD, .event = (uint8_t)event, .repeated = repeated};
	engine_observe(j->engine, &o);
}

/* Up, and used, as seen from outside and on its own interface. */
static struct judge *judge_behind_tunnel(const char *declarations)
{
	struct judge *j = judge_new(declarations);
	judge_links(j, SEEN(ETH0) | SEEN(TUN0));
	tunnel_says(j, TUNNEL_ASKS, true, 0);
	tunnel_says(j, TUNNEL_ANSWERS, false, 0);
	tunnel_says(j, TUNNEL_DATA, true, 0);
	tunnel_says(j, TUNNEL_DATA, false, 0);
	say(j, &(struct saying){.src = INSIDE, .dst = WEB, .interface = TUN0});
	judge_pass(j, SECOND_NS);
	return j;
}

/* The alert of this detection that was reported last; NULL: none. Ends the judge's run. */
static const struct alert *judge_verdict(struct judge *j, const char *id)
{
	const struct alert *found = NULL;
	engine_finish(j->engine);
	for (uint32_t i = 0; i < j->count && i < JUDGE_ALERTS_MAX; i++) {
		if (strcmp(j->alerts[i].detection->id, id) == 0)
			found = &j->alerts[i];
	}
	return found;
}

/* Live: what waits for its moment is handed out by time alone. */
static void test_time_alone(void **state)
{
	(void)state;
	struct judge *j = judge_behind_tunnel("tunnel=tun0");
	page(j, WEB);
	engine_advance(j->engine, j->now_ns + OUTING_GRACE_NS - 1);
	uint32_t before = j->count;
	engine_advance(j->engine, j->now_ns + OUTING_GRACE_NS + SECOND_NS);
	engine_advance(j->engine, j->now_ns + OUTING_GRACE_NS + 60 * SECOND_NS);
	assert_int_equal(before, 0);
	assert_int_equal(j->count, 1);
	assert_string_equal(j->alerts[0].detection->id, "untunnelled-traffic");
	judge_free(j);
}

/* One conversation beside a tunnel that is up. */
static void test_what_counts(void **state)
{
	static const struct {
		struct saying says;
		bool counts;
	} rows[] = {
		{{.src = "192.168.77.10:50000", .dst = WEB}, true},
		{{.src = "192.168.77.10:50000", .dst = "192.168.77.20:443"}, false},
		{{.src = "192.168.77.10:123", .dst = "192.0.2.80:123", .protocol = PROTOCOL_UDP},
			false},
		{{.src = "192.168.77.10:50000",
			 .dst = "192.0.2.80:123",
			 .protocol = PROTOCOL_UDP,
			 .frame_bytes = 1200},
			true},
		{{.src = "192.168.77.10:123", .dst = "192.0.2.80:123"}, true}, /* TCP */
		{{.src = "192.168.77.10:68", .dst = "192.0.2.80:67", .protocol = PROTOCOL_UDP},
			false},
		{{.src = "192.168.77.10", .dst = "192.0.2.80", .protocol = PROTOCOL_ICMP_HERE},
			true},
		{{.src = "192.168.77.10",
			 .dst = "192.0.2.80",
			 .protocol = PROTOCOL_ICMP_HERE,
			 .unanswered = true},
			false},
		/* a stranger's question, answered */
		{{.src = "192.0.2.80:50000", .dst = "192.168.77.10:22", .to = PACKETS}, false},
		/* who began it was before the capture */
		{{.src = "192.0.2.80:443",
			 .dst = "192.168.77.10:50000",
			 .to = PACKETS,
			 .mid_stream = true},
			true},
		{{.src = "192.0.2.80:443",
			 .dst = "192.168.77.10:50000",
			 .mid_stream = true,
			 .reset = true},
			false},
		/* the host at the far end, and the tunnel's socket: not for this detection */
		{{.src = "192.168.77.10:50000", .dst = "203.0.113.7:443"}, false},
		{{.src = NEAR, .dst = "192.0.2.99:51820", .protocol = PROTOCOL_UDP}, false},
		/* another host, whose tunnel it is not */
		{{.src = "192.168.77.20:50000", .dst = WEB}, false},
		/* a gateway's outer side and its LAN show no path of a client */
		{{.src = "198.51.100.23:50000", .dst = WEB, .interface = WAN0}, false},
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct judge *j = judge_behind_tunnel("");
		say(j, &rows[i].says);
		bool found = judge_verdict(j, "untunnelled-traffic");
		if (found != rows[i].counts)
			fail_msg("row %zu: %s > %s", i, rows[i].says.src, rows[i].says.dst);
		judge_free(j);
	}
}

/* What another detection judges is left to it. */
static void test_recognised(void **state)
{
	static const uint8_t kinds[] = {
		OBS_STUN_REQUEST, OBS_BINDING_RESULT, OBS_ALLOCATION, OBS_DNS, OBS_MEDIA};
	(void)state;
	for (size_t i = 0; i < ROWS(kinds); i++) {
		struct judge *j = judge_behind_tunnel("");
		const struct saying s = {.src = "192.168.77.10:50000", .dst = WEB};
		struct observation o = traffic_of(j, &s);
		engine_observe(j->engine, &o);
		uint64_t flow_id = o.head.flow_id;
		o = judge_head(j, kinds[i], ETH0);
		o.head.src = end(s.src);
		o.head.dst = end(s.dst);
		o.head.flow_id = flow_id;
		engine_observe(j->engine, &o);
		assert_null(judge_verdict(j, "untunnelled-traffic"));
		judge_free(j);
	}
}

/* A phone that asks several IPsec gateways: of who has such a tunnel, IKE is the tunnel's. */
static void test_another_gateway(void **state)
{
	(void)state;
	for (int ipsec = 0; ipsec < 2; ipsec++) {
		struct judge *j = judge_behind_tunnel("");
		struct observation o = judge_head(j, OBS_TUNNEL, ETH0);
		o.head.src = end("192.168.77.10:10500");
		o.head.dst = end("203.0.113.8:500");
		o.head.from_opener = true;
		o.tunnel.kind = TUNNEL_IKE;
		o.tunnel.event = TUNNEL_DATA;
		if (ipsec)
			engine_observe(j->engine, &o);
		say(j,
			&(struct saying){.src = "192.168.77.10:43811",
				.dst = "203.0.113.9:4500",
				.protocol = PROTOCOL_UDP});
		assert_int_equal(judge_verdict(j, "untunnelled-traffic") != NULL, !ipsec);
		judge_free(j);
	}
}

static void test_sums(void **state)
{
	(void)state;
	struct judge *j = judge_behind_tunnel("");
	page(j, "192.0.2.80:443");
	page(j, "192.0.2.80:80");
	page(j, "192.0.2.81:443");
	judge_pass(j, 3 * SECOND_NS);
	page(j, "192.0.2.82:443");
	const struct alert *a = judge_verdict(j, "untunnelled-traffic");
	assert_non_null(a);
	assert_int_equal(a->traffic.destinations, 3);
	assert_int_equal(a->traffic.packets, 4 * PACKETS);
	assert_int_equal(a->traffic.bytes, 4 * PACKETS * 100);
	assert_string_equal(a->message,
		"192.168.77.10 sent beside its tunnel 16 packets (1600 bytes) to 3 destinations, "
		"the first 192.0.2.80:443");
	judge_free(j);
}

/* More places than are kept, and more conversations than can wait. */
static void test_many(void **state)
{
	(void)state;
	struct judge *j = judge_behind_tunnel("");
	for (int i = 0; i < 2000; i++) {
		char to[32];
		snprintf(to, sizeof(to), "198.51.%d.%d:443", 100 + i / 200, 1 + i % 200);
		page(j, to);
	}
	const struct alert *a = judge_verdict(j, "untunnelled-traffic");
	assert_non_null(a);
	assert_int_equal(a->traffic.packets, 2000 * PACKETS);
	assert_true(j->stats.outings_early > 0);
	judge_free(j);
}

/* The user ends it, and goes on without. */
static void test_turned_off(void **state)
{
	(void)state;
	struct judge *j = judge_behind_tunnel("");
	tunnel_says(j, TUNNEL_RESETS, true, 0);
	judge_pass(j, SECOND_NS);
	page(j, WEB);
	assert_null(judge_verdict(j, "untunnelled-traffic"));
	judge_free(j);
	j = judge_behind_tunnel("tunnel=" FAR);
	tunnel_says(j, TUNNEL_RESETS, true, 0);
	judge_pass(j, SECOND_NS);
	page(j, WEB);
	assert_non_null(judge_verdict(j, "untunnelled-traffic"));
	judge_free(j);
}

/* A handshake waits for its answer, and a page is fetched: the answer tells what that was. */
static void test_doubt(void **state)
{
	(void)state;
	for (int answered = 0; answered < 2; answered++) {
		struct judge *j = judge_behind_tunnel("");
		judge_pass(j, 60 * SECOND_NS);
		tunnel_says(j, TUNNEL_ASKS, true, 0);
		page(j, WEB);
		judge_pass(j, 5 * SECOND_NS);
		if (answered)
			tunnel_says(j, TUNNEL_ANSWERS, false, 0);
		else
			tunnel_says(j, TUNNEL_ASKS, true, 1);
		judge_pass(j, 3 * SECOND_NS);
		page(j, "192.0.2.81:443");
		const struct alert *down = judge_verdict(j, "kill-switch-window");
		const struct alert *up = judge_verdict(j, "untunnelled-traffic");
		assert_int_equal(down != NULL, !answered);
		assert_int_equal(up != NULL, answered);
		if (down)
			assert_int_equal(down->traffic.destinations, 2);
		judge_free(j);
	}
}

/* Only from the same port is it the same conversation. */
static void test_handed_over(void **state)
{
	static const struct {
		const char *src;
		bool same;
	} rows[] = {{"192.168.77.10:41000", true}, {"192.168.77.10:41001", false}};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct judge *j = judge_behind_tunnel("");
		say(j, &(struct saying){.src = rows[i].src, .dst = WEB});
		const struct alert *a = judge_verdict(j, "kill-switch-window");
		assert_int_equal(a != NULL, rows[i].same);
		judge_free(j);
	}
}

static void test_allowed(void **state)
{
	(void)state;
	struct judge *j = judge_of_policy("clients:\n"
					  "  - match: 192.168.77.0/24\n"
					  "    tunnel: [203.0.113.7:51820]\n"
					  "    allow: [{to: 192.0.2.0/24, why: office}]\n");
	tunnel_says(j, TUNNEL_DATA, true, 0);
	tunnel_says(j, TUNNEL_DATA, false, 0);
	page(j, WEB);
	judge_pass(j, 3 * SECOND_NS);
	page(j, WEB);
	page(j, "198.51.100.99:443");
	const struct alert *a = judge_verdict(j, "untunnelled-traffic");
	assert_non_null(a);
	assert_int_equal(a->traffic.destinations, 1);
	assert_string_equal(strstr(a->message, "198.51.100.99"), "198.51.100.99:443");
	judge_free(j);
}

/* Which packets are the tunnel's own is not known: those of the place that got most. */
static void test_presumed(void **state)
{
	(void)state;
	struct judge *j = judge_new("tunnel=wg9");
	say(j, &(struct saying){.src = "192.168.77.10:50000", .dst = FAR, .from = 100});
	judge_pass(j, 3 * SECOND_NS);
	assert_int_equal(j->count, 0);
	page(j, WEB);
	const struct alert *a = judge_verdict(j, "untunnelled-traffic");
	assert_non_null(a);
	assert_int_equal(a->severity, SEVERITY_LOW);
	assert_int_equal(a->traffic.packets, PACKETS);
	judge_free(j);
}

/* A tunnel seen from outside: info as long as it is not nearly all that the client sends. */
static void test_split(void **state)
{
	static const struct {
		uint32_t inside;
		enum severity severity;
	} rows[] = {{8, SEVERITY_INFO}, {9 * PACKETS - 1, SEVERITY_INFO}, {400, SEVERITY_MEDIUM}};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct judge *j = judge_new("");
		tunnel_says(j, TUNNEL_DATA, true, 0);
		tunnel_says(j, TUNNEL_DATA, false, 0);
		say(j,
			&(struct saying){.src = NEAR,
				.dst = FAR,
				.protocol = PROTOCOL_UDP,
				.from = rows[i].inside});
		page(j, WEB);
		const struct alert *a = judge_verdict(j, "untunnelled-traffic");
		assert_non_null(a);
		assert_int_equal(a->severity, rows[i].severity);
		judge_free(j);
	}
}

/* A gateway's two sides: too far apart in time is another packet. */
static void test_crossing(void **state)
{
	static const struct {
		uint64_t after_ns;
		const char *outside;
		bool same;
	} rows[] = {
		{1000000, "198.51.100.23:50000", true},
		{1000000, "198.51.100.23:50001", false},
		{3 * SECOND_NS, "198.51.100.23:50000", false},
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct judge *j = judge_new("tunnel=" FAR);
		judge_links(j, SEEN(LAN0) | SEEN(WAN0));
		say(j,
			&(struct saying){
				.src = "192.168.77.20:50000", .dst = WEB, .interface = LAN0});
		j->now_ns += rows[i].after_ns;
		say(j, &(struct saying){.src = rows[i].outside, .dst = WEB, .interface = WAN0});
		const struct alert *a = judge_verdict(j, "wrong-egress");
		assert_int_equal(a != NULL, rows[i].same);
		judge_free(j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time_alone),
		cmocka_unit_test(test_what_counts),
		cmocka_unit_test(test_recognised),
		cmocka_unit_test(test_another_gateway),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_turned_off),
		cmocka_unit_test(test_doubt),
		cmocka_unit_test(test_handed_over),
		cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_presumed),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_crossing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
