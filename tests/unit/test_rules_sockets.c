/*
 * Sockets that are a tunnel's own, and meshes: what the VPN program asks by itself is no leak, what
 * any other socket of the same host asks is.
 */
#include "tests/unit/support/judge.h"

#define OWN     "192.168.77.10:41641"
#define OTHER   "192.168.77.10:50000"
#define FAR     "203.0.113.50:41641"
#define MINUTES (60 * SECOND_NS)

static void tunnel_see(struct judge *j, uint8_t kind, const char *src, const char *dst)
{
	struct observation o = judge_head(j, OBS_TUNNEL, ETH0);
	o.head.src = end(src);
	o.head.dst = end(dst);
	o.tunnel = (struct obs_tunnel){.kind = kind, .event = TUNNEL_DATA};
	engine_observe(j->engine, &o);
}

static void ask(struct judge *j, const char *client, const char *software)
{
	const struct deed deed = {.kind = OBS_STUN_REQUEST, .client = client};
	struct observation o = judge_observation(j, &deed);
	o.stun_request.software.length = (uint8_t)strlen(software);
	memcpy(o.stun_request.software.bytes, software, strlen(software));
	engine_observe(j->engine, &o);
}

static void answer(struct judge *j, const char *client)
{
	const struct deed deed = {.client = client};
	judge_see(j, &deed);
}

static const struct {
	const char *name;
	uint8_t kind;
	const char *src, *dst; /* of the tunnel's packet; NULL: none */
	uint64_t later_ns;
	const char *client, *software;
	bool quiet;
} rows[] = {
	{"nothing known", 0, NULL, NULL, 0, OWN, "", false},
	{"WireGuard goes there", TUNNEL_WIREGUARD, OWN, FAR, 0, OWN, "", true},
	{"it comes from there", TUNNEL_WIREGUARD, FAR, OWN, 0, OWN, "", true},
	{"Tailscale's discovery", TUNNEL_TAILSCALE, OWN, FAR, 0, OWN, "", true},
	{"another socket", TUNNEL_WIREGUARD, OWN, FAR, 0, OTHER, "", false},
	{"another protocol", TUNNEL_OPENVPN, OWN, FAR, 0, OWN, "", false},
	{"a while ago", TUNNEL_WIREGUARD, OWN, FAR, 5 * MINUTES, OWN, "", true},
	{"too long ago", TUNNEL_WIREGUARD, OWN, FAR, 5 * MINUTES + 1, OWN, "", false},
	{"it says so itself", 0, NULL, NULL, 0, OWN, "tailnode", true},
	{"it says more", 0, NULL, NULL, 0, OWN, "tailnode2", false},
	{"another program", 0, NULL, NULL, 0, OWN, "coturn", false},
};

static void what_a_tunnel_asks_by_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct judge *j = judge_new("tunnel=tun0 egress=203.0.113.7");
		if (rows[i].src)
			tunnel_see(j, rows[i].kind, rows[i].src, rows[i].dst);
		judge_pass(j, rows[i].later_ns);
		ask(j, rows[i].client, rows[i].software);
		answer(j, rows[i].client);
		judge_pass(j, 10 * SECOND_NS);
		if ((j->count == 0) != rows[i].quiet)
			fail_msg("%s: %u alerts", rows[i].name, j->count);
		judge_free(j);
	}
}

/* The tunnel is seen after the questions: what only they have shown is taken back. */
static const struct {
	const char *name;
	const char *clients[3]; /* whose sockets ask, in order; NULL: the end */
	uint32_t told, withdrawn;
} late_rows[] = {
	{"its own socket", {OWN}, 1, 1},
	{"another socket", {OTHER}, 1, 0},
	{"both", {OWN, OTHER}, 1, 0},
	{"both, the other way round", {OTHER, OWN}, 1, 0},
	{"twice", {OWN, OWN}, 1, 1},
	{"another host with that port", {"192.168.77.11:41641"}, 1, 0},
};

static void questions_before_the_tunnel(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(late_rows); i++) {
		struct judge *j = judge_new("tunnel=tun0 egress=203.0.113.7");
		for (size_t k = 0; k < ROWS(late_rows[i].clients) && late_rows[i].clients[k]; k++) {
			ask(j, late_rows[i].clients[k], "");
			answer(j, late_rows[i].clients[k]);
		}
		judge_pass(j, SECOND_NS / 2);
		assert_int_equal(j->by_state[STATE_OPEN], late_rows[i].told);
		tunnel_see(j, TUNNEL_WIREGUARD, OWN, FAR);
		judge_pass(j, 10 * SECOND_NS);
		if (j->by_state[STATE_WITHDRAWN] != late_rows[i].withdrawn)
			fail_msg("%s: %u withdrawn", late_rows[i].name,
				j->by_state[STATE_WITHDRAWN]);
		assert_int_equal(j->by_state[STATE_OPEN], late_rows[i].told);
		assert_int_equal(engine_findings(j->engine, SEVERITY_INFO),
			late_rows[i].told - late_rows[i].withdrawn);
		judge_free(j);
	}
}

/* What is taken back hides nothing: a request of another socket is told as if it were the first. */
static void what_comes_after_is_told(void **state)
{
	(void)state;
	struct judge *j = judge_new("tunnel=tun0");
	ask(j, OWN, "");
	answer(j, OWN);
	tunnel_see(j, TUNNEL_WIREGUARD, OWN, FAR);
	assert_int_equal(j->by_state[STATE_WITHDRAWN], 1);
	ask(j, OTHER, "");
	judge_pass(j, 10 * SECOND_NS);
	assert_string_equal(judge_last(j)->detection->id, "stun-outside-tunnel");
	answer(j, OTHER);
	assert_int_equal(engine_findings(j->engine, SEVERITY_CRITICAL), 1);
	judge_free(j);
}

/* Held, and not told yet. */
static void unanswered_before_the_tunnel(void **state)
{
	(void)state;
	struct judge *j = judge_new("tunnel=tun0");
	ask(j, OWN, "");
	tunnel_see(j, TUNNEL_WIREGUARD, OWN, FAR);
	judge_pass(j, 10 * SECOND_NS);
	assert_int_equal(j->count, 0);
	judge_free(j);
}

static uint64_t findings_beside(const char *interface, const char *inside)
{
	struct judge *j = judge_new("");
	const uint16_t number = (uint16_t)source_add_interface(j->sources, 0, interface, LINK_RAW);
	judge_links(j, SEEN(ETH0) | SEEN(number));
	const struct deed through = {
		.interface = number, .client = "100.64.0.9:1", .mapped = inside};
	judge_see(j, &through);
	answer(j, OTHER);
	uint64_t found = engine_findings(j->engine, SEVERITY_LOW);
	judge_free(j);
	return found;
}

/* What is not in the mesh's own network goes out beside it by right, unless there is an exit node.
 */
static void a_mesh_is_no_tunnel_for_all(void **state)
{
	(void)state;
	assert_int_equal(findings_beside("tailscale0", "100.64.0.9:1"), 0);
	assert_int_equal(findings_beside("wt0", "100.64.0.9:1"), 0);
	assert_int_equal(findings_beside("tailscale0", "203.0.113.7:1"), 1);
	assert_int_equal(findings_beside("wg0", "100.64.0.9:1"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_tunnel_asks_by_itself),
		cmocka_unit_test(questions_before_the_tunnel),
		cmocka_unit_test(what_comes_after_is_told),
		cmocka_unit_test(unanswered_before_the_tunnel),
		cmocka_unit_test(a_mesh_is_no_tunnel_for_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
