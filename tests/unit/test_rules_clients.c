/*
 * What a policy expects of one client it does not expect of another. A row is one run: a policy
 * file, what happened, and the one alert that comes of it, or none.
 */
#include "tests/unit/support/judge_policy.h"

#define SRFLX    "srflx-outside-egress"
#define OUTSIDE  "stun-outside-tunnel"
#define EXPOSURE "exposure"
#define ASK      .kind = OBS_STUN_REQUEST

static const char home[] = "clients:\n"
			   "  - match: 192.168.77.0/24\n"
			   "    tunnel: wg9\n"
			   "    egress: [203.0.113.7, 2001:db8:113::/48]\n"
			   "  - match: 192.168.77.99\n"
			   "    tunnel: eth0\n"
			   "  - match: 192.168.88.0/24\n"
			   "    egress: 198.51.100.0/24\n"
			   "  - match: 192.168.66.6\n"
			   "    proxy: 192.0.2.10:3478\n"
			   "  - match: 192.168.66.7\n"
			   "    tunnel: 192.0.2.10:3478\n"
			   "  - match: [198.51.100.50, 2001:db8:77::50]\n"
			   "    egress: 203.0.113.50\n";

static const struct row {
	const char *name;
	struct deed deed;
	const char *id, *expected; /* NULL: silence, nothing */
} rows[] = {
	{"its egress is not met", {0}, SRFLX, "203.0.113.7"},
	{"its egress is met", {.mapped = "203.0.113.7:1"}, NULL, NULL},
	{"its egress of the other family", {.mapped = "[2001:db8:113::7]:1"}, NULL, NULL},
	{"another's egress is no excuse", {.client = "192.168.88.8:1", .mapped = "203.0.113.7:1"},
		SRFLX, "198.51.100.0/24"},
	{"the other's own is", {.client = "192.168.88.8:1"}, NULL, NULL},
	{"who has no entry is judged by what is known", {.client = "192.168.99.9:1"}, EXPOSURE,
		NULL},
	{"a tunnel is to be used", {ASK}, OUTSIDE, "203.0.113.7"},
	{"who has no tunnel need not", {ASK, .client = "192.168.88.8:1"}, NULL, NULL},
	{"an interface is one client's tunnel", {ASK, .client = "192.168.77.99:1"}, NULL, NULL},
	{"the longest prefix decides, and nothing of the others holds",
		{.interface = TUN0, .client = "192.168.77.99:1"}, NULL, NULL},
	{"a proxy is to be used", {ASK, .client = "192.168.66.6:1", .server = "192.0.2.11:3478"},
		OUTSIDE, NULL},
	{"... and is", {ASK, .client = "192.168.66.6:1"}, NULL, NULL},
	{"the far end of its tunnel", {ASK, .client = "192.168.66.7:1"}, NULL, NULL},
	{"... is for another no way to go", {ASK}, OUTSIDE, "203.0.113.7"},
	{"a global address that has an entry is a client",
		{.client = "198.51.100.50:1", .hop_limit = 50}, SRFLX, "203.0.113.50"},
	{"... wherever it comes from",
		{.client = "198.51.100.50:1", .direction = DIRECTION_IN, .hop_limit = 50}, SRFLX,
		"203.0.113.50"},
	{"... and another is none", {.client = "198.51.100.51:1", .hop_limit = 50}, NULL, NULL},
	{"a client's second address",
		{.client = "[2001:db8:77::50]:1",
			.server = "[2001:db8:10::10]:3478",
			.mapped = "[2001:db8:77::50]:1",
			.hop_limit = 50},
		SRFLX, "203.0.113.50"},
};

static void row_check(const struct judge *j, const char *name, const char *id, const char *expected)
{
	char text[PREFIX_TEXT_MAX] = "";
	if (!id && j->count)
		fail_msg("%s: %s", name, judge_last(j)->detection->id);
	if (!id)
		return;
	if (j->count != 1)
		fail_msg("%s: %u alerts", name, j->count);
	const struct alert *a = judge_last(j);
	if (a->expected_count)
		prefix_text(&a->expected[0], text);
	assert_false(a->learned);
	if (strcmp(a->detection->id, id) != 0 || strcmp(text, expected ? expected : "") != 0)
		fail_msg("%s: %s, expected \"%s\"", name, a->detection->id, text);
}

static void by_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct judge *j = judge_of_policy(home);
		judge_see(j, &rows[i].deed);
		judge_pass(j, 5 * SECOND_NS);
		row_check(j, rows[i].name, rows[i].id, rows[i].expected);
		judge_free(j);
	}
}

static const char by_mac[] = "clients:\n"
			     "  - match: 02:00:00:00:00:0a\n"
			     "    egress: 203.0.113.99\n"
			     "  - match: 192.168.77.0/24\n"
			     "    egress: 203.0.113.7\n";

static void see_with_mac(struct judge *j, const struct deed *d, uint8_t last)
{
	struct observation o = judge_observation(j, d);
	o.head.has_macs = true;
	memcpy(o.head.src_mac, (uint8_t[6]){2, 0, 0, 0, 0, last}, 6);
	engine_observe(j->engine, &o);
}

/* The request tells whose address it is; the answer comes from a router. */
static void by_mac_address(void **state)
{
	(void)state;
	static const struct {
		const char *name, *client;
		uint16_t interface;
		uint8_t mac;
		const char *id, *expected;
	} mac_rows[] = {
		{"the MAC's entry", "192.168.77.10:1", LAN0, 10, SRFLX, "203.0.113.99"},
		{"another MAC", "192.168.77.10:1", LAN0, 11, SRFLX, "203.0.113.7"},
		{"an address that nothing else is said of", "192.168.1.1:1", LAN0, 10, SRFLX,
			"203.0.113.99"},
		{"a global one", "198.51.100.50:1", LAN0, 10, SRFLX, "203.0.113.99"},
		{"a global one that nobody knows", "198.51.100.50:1", LAN0, 11, NULL, NULL},
		{"outside, a MAC is the gateway's", "192.168.77.10:1", WAN0, 10, SRFLX,
			"203.0.113.7"},
	};
	for (size_t i = 0; i < ROWS(mac_rows); i++) {
		struct judge *j = judge_of_policy(by_mac);
		struct deed deed = {ASK, .client = mac_rows[i].client,
			.interface = mac_rows[i].interface, .hop_limit = 50};
		see_with_mac(j, &deed, mac_rows[i].mac);
		deed.kind = OBS_BINDING_RESULT;
		deed.direction = DIRECTION_IN; /* so that only the entry speaks for it */
		see_with_mac(j, &deed, 200);
		row_check(j, mac_rows[i].name, mac_rows[i].id, mac_rows[i].expected);
		judge_free(j);
	}
}

/* "self" is who sent what the capturing host sent. */
static void by_being_self(void **state)
{
	(void)state;
	static const char laptop[] = "clients: [{match: self, egress: 203.0.113.7}]";
	static const struct {
		const char *name;
		struct deed deed;
		const char *id, *expected;
	} self_rows[] = {
		{"sent", {.direction = DIRECTION_OUT}, SRFLX, "203.0.113.7"},
		{"nothing says where it came from", {0}, SRFLX, "203.0.113.7"},
		{"inside the tunnel", {.interface = TUN0}, SRFLX, "203.0.113.7"},
		{"received", {.direction = DIRECTION_IN}, EXPOSURE, NULL},
		{"on a gateway's inner side", {.interface = LAN0}, EXPOSURE, NULL},
		{"a global address, sent",
			{.client = "198.51.100.50:1", .direction = DIRECTION_OUT}, SRFLX,
			"203.0.113.7"},
		{"a global address from afar", {.client = "198.51.100.50:1", .hop_limit = 50}, NULL,
			NULL},
	};
	for (size_t i = 0; i < ROWS(self_rows); i++) {
		struct judge *j = judge_of_policy(laptop);
		judge_see(j, &self_rows[i].deed);
		row_check(j, self_rows[i].name, self_rows[i].id, self_rows[i].expected);
		judge_free(j);
	}
}

/* Whom to judge is the last word on that. */
static void the_list_of_clients(void **state)
{
	(void)state;
	const char *why = NULL;
	struct judge *j = judge_of_policy(home);
	assert_true(policy_add_client(j->policy, "192.168.88.0/24", &why));
	judge_see(j, &(struct deed){0});
	judge_see(j, &(struct deed){.client = "198.51.100.50:1", .direction = DIRECTION_OUT});
	assert_int_equal(j->count, 0);
	judge_see(j, &(struct deed){.client = "192.168.88.8:1", .mapped = "203.0.113.7:1"});
	assert_int_equal(j->count, 1);
	judge_free(j);
}

/* What is learned for who has an entry that does not say. */
static void what_is_learned(void **state)
{
	(void)state;
	struct judge *j = judge_of_policy(
		"clients: [{match: 192.168.77.0/24, resolvers: 10.8.0.1}]");
	judge_links(j, SEEN(ETH0) | SEEN(TUN0));
	judge_see(j, &(struct deed){.interface = TUN0, .mapped = "203.0.113.7:1"});
	assert_int_equal(j->count, 0);
	judge_see(j, &(struct deed){.client = "192.168.77.10:50001"});
	assert_int_equal(j->count, 1);
	assert_string_equal(judge_last(j)->detection->id, SRFLX);
	assert_true(judge_last(j)->learned);
	judge_free(j);
	/* On an interface that is a tunnel for this client alone. */
	j = judge_of_policy("clients: [{match: 192.168.77.0/24, tunnel: eth0}]");
	judge_see(j, &(struct deed){.mapped = "203.0.113.7:1"});
	assert_int_equal(j->count, 0);
	judge_see(
		j, &(struct deed){.interface = NAMELESS_ETHERNET, .client = "192.168.77.10:50001"});
	assert_int_equal(j->count, 1);
	assert_true(judge_last(j)->learned);
	assert_int_equal(judge_last(j)->expected_count, 1);
	judge_free(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_address),
		cmocka_unit_test(by_mac_address),
		cmocka_unit_test(by_being_self),
		cmocka_unit_test(the_list_of_clients),
		cmocka_unit_test(what_is_learned),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
