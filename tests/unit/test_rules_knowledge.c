/*
 * What the engine learns from the wire, and measures clients against: the tunnel's exits, who is a
 * client, which servers there are; and the lists of the summary.
 */
#include "rules/knowledge.h"
#include "tests/unit/support/judge.h"

/* That one socket came out of two places would be a finding of its own. */
#define ANOTHER_SOCKET "192.168.77.10:50001"

static const struct alert *only_alert(const struct judge *j, const char *id)
{
	assert_int_equal(j->count, 1);
	assert_string_equal(j->alerts[0].detection->id, id);
	return &j->alerts[0];
}

static void exits_are_learned(void **state)
{
	(void)state;
	const struct deed inside = {.interface = TUN0, .mapped = "203.0.113.7:1"};
	const struct deed same = {.mapped = "203.0.113.7:2"};
	const struct deed other = {.client = ANOTHER_SOCKET};
	const struct deed pool = {.interface = TUN0, .mapped = "203.0.113.8:1"};
	struct judge *j = judge_new("");
	judge_links(j, SEEN(ETH0) | SEEN(TUN0));
	judge_see(j, &inside);
	judge_see(j, &same); /* however it came there, it is the exit's address */
	judge_see(j, &pool); /* an exit may have several */
	assert_int_equal(j->count, 0);
	judge_see(j, &other);
	const struct alert *a = only_alert(j, "srflx-outside-egress");
	char text[PREFIX_TEXT_MAX];
	assert_true(a->learned);
	assert_int_equal(a->expected_count, 2);
	assert_string_equal(prefix_text(&a->expected[0], text), "203.0.113.7");
	assert_string_equal(prefix_text(&a->expected[1], text), "203.0.113.8");
	assert_int_equal(a->confidence, CONFIDENCE_HIGH);
	judge_free(j);
}

/* What was declared is not added to by what was learned. */
static void declared_beats_learned(void **state)
{
	(void)state;
	const struct deed inside = {.interface = TUN0, .mapped = "203.0.113.8:1"};
	struct judge *j = judge_new("egress=203.0.113.7");
	judge_links(j, SEEN(TUN0));
	judge_see(j, &inside);
	const struct alert *a = only_alert(j, "srflx-outside-egress");
	assert_false(a->learned);
	assert_int_equal(a->expected_count, 1);
	judge_free(j);
}

/* IPv4 in the tunnel says nothing of IPv6 around it. */
static void families_are_learned_apart(void **state)
{
	(void)state;
	const struct deed inside = {.interface = TUN0, .mapped = "203.0.113.7:1"};
	const struct deed around = {.client = "[2001:db8:77::10]:1",
		.server = "[2001:db8:10::10]:3478",
		.mapped = "[2001:db8:77::10]:1",
		.direction = DIRECTION_OUT};
	struct judge *j = judge_new("");
	judge_links(j, SEEN(ETH0) | SEEN(TUN0));
	judge_see(j, &inside);
	judge_see(j, &around);
	assert_non_null(strstr(only_alert(j, "srflx-outside-egress")->remedy, "IPv6"));
	judge_free(j);
}

/* Behind a gateway each client has its own way out: the tunnel of one is no duty of another. */
static void gateways_learn_by_client(void **state)
{
	(void)state;
	const struct deed inside = {.interface = TUN0, .mapped = "203.0.113.7:1"};
	const struct deed other = {.interface = WAN0, .client = "192.168.77.11:1"};
	const struct deed around = {.interface = WAN0, .client = ANOTHER_SOCKET};
	struct judge *j = judge_new("");
	judge_links(j, SEEN(LAN0) | SEEN(WAN0) | SEEN(TUN0));
	judge_see(j, &inside);
	judge_see(j, &other);
	only_alert(j, "exposure");
	judge_see(j, &around);
	assert_int_equal(j->count, 2);
	assert_string_equal(judge_last(j)->detection->id, "srflx-outside-egress");
	assert_true(judge_last(j)->learned);
	judge_free(j);
}

/* What a forger or a peer says inside the tunnel is no exit: believing it would excuse a leak. */
static void forged_exits_are_not_learned(void **state)
{
	(void)state;
	const struct deed lies[] = {
		{.interface = TUN0, .elsewhere = true},
		{.interface = TUN0, .disputed = true},
		{.interface = TUN0, .check = true},
	};
	const struct deed around = {0};
	for (size_t i = 0; i < ROWS(lies); i++) {
		struct judge *j = judge_new("");
		judge_links(j, SEEN(ETH0) | SEEN(TUN0));
		judge_see(j, &lies[i]);
		judge_see(j, &around);
		only_alert(j, "srflx-outside-egress");
		judge_free(j);
	}
}

static void more_exits_than_are_kept(void **state)
{
	(void)state;
	struct judge *j = judge_new("");
	judge_links(j, SEEN(TUN0));
	for (unsigned i = 0; i <= EGRESS_SET_MAX; i++) {
		char mapped[ENDPOINT_TEXT_MAX];
		snprintf(mapped, sizeof(mapped), "203.0.113.%u:1", 1 + i);
		const struct deed inside = {.interface = TUN0, .mapped = mapped};
		judge_see(j, &inside);
	}
	assert_int_equal(j->stats.egresses_forgotten, 1);
	assert_int_equal(j->count, 0);
	judge_free(j);
}

/* The policy takes more egresses than an alert can show; each of them counts. */
static void more_declared_than_an_alert_shows(void **state)
{
	(void)state;
	char declared[2048] = "";
	for (unsigned i = 1; i <= ALERT_EXPECTED_MAX + 1; i++) {
		size_t length = strlen(declared);
		snprintf(declared + length, sizeof(declared) - length, "%segress=203.0.113.%u",
			i > 1 ? " " : "", i);
	}
	const struct deed seventeenth = {.mapped = "203.0.113.17:1"};
	const struct deed eighteenth = {.client = ANOTHER_SOCKET, .mapped = "203.0.113.18:1"};
	struct judge *j = judge_new(declared);
	judge_see(j, &seventeenth);
	assert_int_equal(j->count, 0);
	judge_see(j, &eighteenth);
	const struct alert *a = only_alert(j, "srflx-outside-egress");
	assert_int_equal(a->expected_count, ALERT_EXPECTED_MAX);
	assert_true(a->expected_cut);
	assert_true(strlen(a->message) < ALERT_TEXT_MAX);
	judge_free(j);
}

/* What a capture tells before its tunnel is seen stays exposure; then it is a leak. */
static void a_tunnel_seen_late(void **state)
{
	(void)state;
	const struct deed direct = {0};
	struct judge *j = judge_new("");
	judge_links(j, SEEN(ETH0));
	judge_see(j, &direct);
	only_alert(j, "exposure");
	judge_links(j, SEEN(TUN0));
	judge_see(j, &direct);
	assert_string_equal(judge_last(j)->detection->id, "srflx-outside-egress");
	judge_free(j);
}

static void unknown_paths_are_counted(void **state)
{
	(void)state;
	const struct deed asks[] = {
		{.kind = OBS_STUN_REQUEST, .interface = NAMELESS_RAW},
		{.kind = OBS_STUN_REQUEST, .interface = LAN0},
		{.kind = OBS_STUN_REQUEST, .interface = ETH0},
		{.kind = OBS_STUN_REQUEST, .interface = NAMELESS_RAW, .server = "10.0.0.1:3478"},
	};
	struct judge *j = judge_new("tunnel=tun0");
	for (size_t i = 0; i < ROWS(asks); i++)
		judge_see(j, &asks[i]);
	assert_int_equal(j->stats.path_unknown, 2);
	judge_free(j);
}

static void summaries_list_who_was_seen(void **state)
{
	(void)state;
	const struct deed ask = {.kind = OBS_STUN_REQUEST}, answer = {0};
	const struct deed check = {.check = true, .server = "198.51.100.50:1"};
	struct summary s = {0};
	char text[ENDPOINT_TEXT_MAX];
	struct judge *j = judge_new("");
	for (int i = 0; i < 3; i++)
		judge_see(j, &ask);
	judge_see(j, &answer);
	judge_see(j, &answer);
	judge_see(j, &check); /* a peer is no server */
	engine_summarise(j->engine, &s);
	assert_false(s.expectation);
	assert_int_equal(s.client_count, 1);
	assert_int_equal(s.clients[0].requests, 3);
	assert_int_equal(s.clients[0].findings[SEVERITY_INFO], 1);
	assert_int_equal(s.server_count, 1);
	assert_int_equal(s.servers[0].answers, 2);
	assert_string_equal(endpoint_text(&s.servers[0].server, text), SERVER_DEFAULT);
	assert_int_equal(j->stats.clients, 1);
	assert_int_equal(j->stats.servers, 1);
	judge_free(j);
}

/* Who leaked stands first, whoever was heard of last. */
static void clients_with_findings_first(void **state)
{
	(void)state;
	const struct deed told = {.kind = OBS_BINDING_RESULT, .client = "192.168.77.11:1"};
	const struct deed asks = {.kind = OBS_STUN_REQUEST, .client = "192.168.77.10:1"};
	struct summary s = {0};
	char text[ADDR_TEXT_MAX];
	struct judge *j = judge_new("");
	judge_see(j, &asks);
	j->now_ns += SECOND_NS;
	judge_see(j, &told);
	engine_summarise(j->engine, &s);
	assert_int_equal(s.client_count, 2);
	assert_string_equal(addr_text(&s.clients[0].addr, text), "192.168.77.11");
	assert_string_equal(addr_text(&s.clients[1].addr, text), "192.168.77.10");
	judge_free(j);
}

/* An endpoint has a byte of padding, which C lets be anything: it names no other server. */
static void padding_makes_no_server(void **state)
{
	(void)state;
	struct judge *j = judge_new("");
	const struct deed deed = {0};
	for (int fill = 0; fill < 256; fill += 51) {
		const struct observation plain = judge_observation(j, &deed);
		struct observation o = plain;
		struct endpoint *server = &o.binding_result.answer.server;
		memset(server, fill, sizeof(*server));
		server->addr = plain.binding_result.answer.server.addr;
		server->port = plain.binding_result.answer.server.port;
		engine_observe(j->engine, &o);
	}
	assert_int_equal(j->stats.servers, 1);
	judge_free(j);
}

static void others_ask(struct judge *j, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char client[ENDPOINT_TEXT_MAX];
		snprintf(client, sizeof(client), "10.%u.%u.%u:1", i >> 16, i >> 8 & 0xff, i & 0xff);
		const struct deed ask = {.kind = OBS_STUN_REQUEST, .client = client};
		judge_see(j, &ask);
	}
}

/* A client that was forgotten and comes back starts from nothing, while its finding goes on: no
 * count may fall below zero. */
static void forgotten_clients_come_back(void **state)
{
	(void)state;
	const struct deed tunnel = {.interface = TUN0}, direct = {0};
	struct summary s = {0};
	struct judge *j = judge_new("egress=203.0.113.7");
	judge_see(j, &tunnel); /* medium */
	others_ask(j, JUDGE_CLIENTS);
	assert_int_equal(j->stats.clients_evicted, 1);
	judge_see(j, &direct); /* the same finding, now critical */
	others_ask(j, JUDGE_CLIENTS - 1);
	engine_summarise(j->engine, &s);
	for (uint32_t i = 0; i < s.client_count; i++) {
		for (int severity = 0; severity < SEVERITIES; severity++)
			assert_true(s.clients[i].findings[severity] <= 1);
	}
	assert_int_equal(engine_findings(j->engine, SEVERITY_INFO), 1);
	judge_free(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exits_are_learned),
		cmocka_unit_test(declared_beats_learned),
		cmocka_unit_test(families_are_learned_apart),
		cmocka_unit_test(gateways_learn_by_client),
		cmocka_unit_test(forged_exits_are_not_learned),
		cmocka_unit_test(more_exits_than_are_kept),
		cmocka_unit_test(more_declared_than_an_alert_shows),
		cmocka_unit_test(a_tunnel_seen_late),
		cmocka_unit_test(unknown_paths_are_counted),
		cmocka_unit_test(summaries_list_who_was_seen),
		cmocka_unit_test(clients_with_findings_first),
		cmocka_unit_test(padding_makes_no_server),
		cmocka_unit_test(forgotten_clients_come_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
