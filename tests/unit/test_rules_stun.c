/*
 * What STUN tells besides the mapped address, and answers that are not the server's: grades and
 * limits that captures do not show. A row is one run: what is declared, what was observed, and the
 * worst finding of the detection it is about.
 */
#include "tests/unit/support/judge.h"

#define EGRESS "egress=203.0.113.7"
#define TUNNEL "tunnel=tun0"
#define CLIENT "192.168.77.10:50000"
#define SERVER "192.0.2.10:3478"
#define PEER   "203.0.113.50:40000"
#define NONE   (-1)

enum { METHOD_SEND = 6, METHOD_DATA = 7, METHOD_PERMIT = 8, METHOD_ALLOCATE = 3 };

/* The worst that stands of a detection; NONE without any. */
static int worst(const struct judge *j, const char *id)
{
	int found = NONE;
	for (uint32_t i = 0; i < j->count && i < JUDGE_ALERTS_MAX; i++) {
		if (strcmp(j->alerts[i].detection->id, id) == 0 &&
			(int)j->alerts[i].severity > found)
			found = (int)j->alerts[i].severity;
	}
	return found;
}

static void observe(struct judge *j, struct observation *o, const char *src, const char *dst)
{
	o->head.src = end(src);
	o->head.dst = end(dst);
	engine_observe(j->engine, o);
}

static void told(struct judge *j, const char *name, const char *id, int expected)
{
	if (worst(j, id) != expected)
		fail_msg("%s: %s is %d, expected %d", name, id, worst(j, id), expected);
	judge_free(j);
}

/* TURN peers. */

static void peer_named(struct judge *j, unsigned method, unsigned class, const char *peer)
{
	struct observation o = judge_head(j, OBS_TURN_PEER, ETH0);
	o.turn_peer = (struct obs_turn_peer){
		.method = (uint16_t)method, .stun_class = (uint8_t) class, .peer = end(peer)};
	bool by_client = method != METHOD_DATA;
	observe(j, &o, by_client ? CLIENT : SERVER, by_client ? SERVER : CLIENT);
}

static const struct {
	const char *name, *declared;
	uint8_t method, stun_class;
	const char *peer, *neighbour; /* of the LAN; NULL: nobody was seen */
	int severity;
} peer_rows[] = {
	{"the same /24", EGRESS, METHOD_PERMIT, STUN_REQUEST, "192.168.77.20:1", NULL,
		SEVERITY_LOW},
	{"seen in the LAN", EGRESS, METHOD_PERMIT, STUN_REQUEST, "192.168.77.20:1", "192.168.77.20",
		SEVERITY_MEDIUM},
	{"seen in another part of it", EGRESS, METHOD_PERMIT, STUN_REQUEST, "192.168.78.20:1",
		"192.168.78.20", SEVERITY_MEDIUM},
	{"another was seen", EGRESS, METHOD_PERMIT, STUN_REQUEST, "192.168.78.20:1",
		"192.168.77.20", SEVERITY_INFO},
	{"somewhere", EGRESS, METHOD_PERMIT, STUN_REQUEST, "10.1.2.3:1", NULL, SEVERITY_INFO},
	{"nothing expected", "", METHOD_PERMIT, STUN_REQUEST, "192.168.77.20:1", "192.168.77.20",
		SEVERITY_INFO},
	{"Send", EGRESS, METHOD_SEND, STUN_INDICATION, "192.168.77.20:1", NULL, SEVERITY_LOW},
	{"written as IPv6", EGRESS, METHOD_PERMIT, STUN_REQUEST, "[::ffff:192.168.77.20]:1", NULL,
		SEVERITY_LOW},
	{"Data: the server's word", EGRESS, METHOD_DATA, STUN_INDICATION, "192.168.77.20:1", NULL,
		NONE},
	{"a success repeats it", EGRESS, METHOD_PERMIT, STUN_SUCCESS, "192.168.77.20:1", NULL,
		NONE},
	{"public", EGRESS, METHOD_PERMIT, STUN_REQUEST, "203.0.113.50:1", NULL, NONE},
};

static void private_peers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(peer_rows); i++) {
		struct judge *j = judge_new(peer_rows[i].declared);
		if (peer_rows[i].neighbour) {
			struct observation o = judge_head(j, OBS_NEIGHBOUR, ETH0);
			o.neighbour.addr = ip(peer_rows[i].neighbour);
			engine_observe(j->engine, &o);
		}
		peer_named(j, peer_rows[i].method, peer_rows[i].stun_class, peer_rows[i].peer);
		told(j, peer_rows[i].name, "private-peer-told-to-turn", peer_rows[i].severity);
	}
}

/* judge_observation's allocations have a private relayed address. */
static void peers_of_a_private_relay(void **state)
{
	(void)state;
	struct judge *j = judge_new(EGRESS);
	judge_see(j, &(struct deed){.kind = OBS_ALLOCATION, .mapped = "203.0.113.7:1"});
	peer_named(j, METHOD_PERMIT, STUN_REQUEST, "192.168.77.20:1");
	told(j, "its own network", "private-peer-told-to-turn", NONE);
	j = judge_new(EGRESS);
	judge_see(j,
		&(struct deed){.kind = OBS_ALLOCATION,
			.server = "192.0.2.99:3478",
			.mapped = "203.0.113.7:1"});
	peer_named(j, METHOD_PERMIT, STUN_REQUEST, "192.168.77.20:1");
	told(j, "another relay's", "private-peer-told-to-turn", SEVERITY_LOW);
}

/* The kind of network. */

static void check_see(struct judge *j, const struct obs_ice *ice, const char *src, const char *dst)
{
	struct observation o = judge_head(j, OBS_STUN_REQUEST, ETH0);
	o.stun_request = (struct obs_stun_request){
		.method = METHOD_BINDING, .check = true, .ice = *ice};
	observe(j, &o, src, dst);
}

static const struct {
	uint16_t cost;
	bool has;
	int severity;
} cost_rows[] = {
	{0, true, SEVERITY_LOW},
	{10, true, SEVERITY_LOW},
	{50, true, NONE},
	{249, true, NONE},
	{250, true, SEVERITY_MEDIUM},
	{500, true, SEVERITY_MEDIUM},
	{900, true, SEVERITY_MEDIUM},
	{980, true, SEVERITY_MEDIUM},
	{981, true, SEVERITY_INFO},
	{982, true, NONE},
	{999, true, NONE},
	{1, true, SEVERITY_INFO},
	{11, true, SEVERITY_INFO},
	{10, false, NONE},
};

static void kinds_of_network(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(cost_rows); i++) {
		const struct obs_ice ice = {
			.has_network = cost_rows[i].has, .network_cost = cost_rows[i].cost};
		char name[16];
		snprintf(name, sizeof(name), "cost %u", cost_rows[i].cost);
		struct judge *j = judge_new(EGRESS);
		check_see(j, &ice, CLIENT, PEER);
		told(j, name, "network-type-told", cost_rows[i].severity);
	}
}

static void number_of_networks(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		uint32_t priority[2];
		const char *ufrag[2], *from[2];
		int severity;
	} rows[] = {
		{"two interfaces", {0x6e7f1eff, 0x6e7e1eff}, {"a", "a"}, {CLIENT, "10.8.0.2:1"},
			SEVERITY_INFO},
		{"two families of one", {0x6e7f1eff, 0x6e7f28ff}, {"a", "a"}, {CLIENT, CLIENT},
			NONE},
		{"two components of one", {0x6e7f1eff, 0x6e7f1efe}, {"a", "a"}, {CLIENT, CLIENT},
			NONE},
		{"another type of candidate", {0x6e7f1eff, 0x7e7f1eff}, {"a", "a"},
			{CLIENT, CLIENT}, NONE},
		{"two sessions", {0x6e7f1eff, 0x6e7e1eff}, {"a", "b"}, {CLIENT, CLIENT}, NONE},
		{"no session", {0x6e7f1eff, 0x6e7e1eff}, {"", ""}, {CLIENT, CLIENT}, NONE},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct judge *j = judge_new(EGRESS);
		for (unsigned k = 0; k < 2; k++) {
			struct obs_ice ice = {.priority = rows[i].priority[k]};
			ice.ufrag.length = (uint8_t)strlen(rows[i].ufrag[k]);
			memcpy(ice.ufrag.bytes, rows[i].ufrag[k], ice.ufrag.length);
			check_see(j, &ice, rows[i].from[k], PEER);
		}
		told(j, rows[i].name, "local-paths-told", rows[i].severity);
	}
}

/* Redirections. */

static void redirections(void **state)
{
	(void)state;
	static const struct {
		const char *name, *declared, *alternate;
		struct deed deed;
		int severity;
	} rows[] = {
		{"around a tunnel", TUNNEL, "192.0.2.99:3478", {0}, SEVERITY_LOW},
		{"around a proxy", "proxy=192.0.2.80:1", "192.0.2.99:3478", {0}, SEVERITY_LOW},
		{"nobody says that it is around", EGRESS, "192.0.2.99:3478", {0}, NONE},
		{"in the tunnel", TUNNEL, "192.0.2.99:3478", {.interface = TUN0}, NONE},
		{"to another port", TUNNEL, "192.0.2.10:3479", {0}, NONE},
		{"nobody asked", TUNNEL, "192.0.2.99:3478", {.unmatched = true}, NONE},
		{"of a server in the LAN", TUNNEL, "192.0.2.99:3478",
			{.server = "192.168.77.1:3478"}, NONE},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct judge *j = judge_new(rows[i].declared);
		struct observation o = judge_observation(j, &rows[i].deed);
		const struct obs_stun_answer answer = o.binding_result.answer;
		o.head.kind = OBS_REDIRECT;
		o.redirect = (struct obs_redirect){
			.answer = answer, .code = 300, .alternate = end(rows[i].alternate)};
		engine_observe(j->engine, &o);
		told(j, rows[i].name, "stun-redirect", rows[i].severity);
	}
}

/* Mirrors other than STUN. */

static void external_addresses(void **state)
{
	(void)state;
	static const struct {
		const char *name, *declared;
		uint16_t interface;
		const char *from, *to, *told;
		int severity;
	} rows[] = {
		{"the router", EGRESS, ETH0, "192.168.77.1:5351", CLIENT, "198.51.100.23",
			SEVERITY_MEDIUM},
		{"the router, exit unknown", TUNNEL, ETH0, "192.168.77.1:5351", CLIENT,
			"198.51.100.23", SEVERITY_MEDIUM},
		{"on a gateway's inner side", EGRESS, LAN0, "192.168.77.1:5351", CLIENT,
			"198.51.100.23", SEVERITY_MEDIUM},
		{"its own, without NAT", EGRESS " client=198.51.100.23", ETH0, "192.0.2.80:5060",
			"198.51.100.23:5060", "198.51.100.23:5060", NONE},
		{"another, without NAT", EGRESS " client=198.51.100.24", ETH0, "192.0.2.80:5060",
			"198.51.100.24:5060", "198.51.100.23:5060", SEVERITY_MEDIUM},
		{"it is the exit", EGRESS, ETH0, "192.168.77.1:5351", CLIENT, "203.0.113.7", NONE},
		{"a router's own question", EGRESS, WAN0, "100.64.0.1:5351", "100.64.7.7:1",
			"198.51.100.23", NONE},
		{"inside the tunnel", TUNNEL, TUN0, "10.8.0.1:5351", "10.8.0.2:1", "203.0.113.8",
			NONE},
		{"carrier-grade NAT", EGRESS, ETH0, "192.168.77.1:5351", CLIENT, "100.64.7.7",
			NONE},
		{"to everybody", EGRESS, ETH0, "192.168.77.1:5351", "224.0.0.1:5350",
			"198.51.100.23", NONE},
		{"SIP outside", TUNNEL, ETH0, "192.0.2.80:5060", CLIENT, "198.51.100.23:5060",
			SEVERITY_MEDIUM},
		{"SIP through the tunnel", TUNNEL, TUN0, "192.0.2.80:5060", "10.8.0.2:5060",
			"203.0.113.8:5060", NONE},
		{"SIP with a proxy", "proxy=192.0.2.80", ETH0, "192.0.2.80:5060", CLIENT,
			"198.51.100.23:5060", NONE},
		{"nothing expected", "", ETH0, "192.168.77.1:5351", CLIENT, "198.51.100.23", NONE},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct judge *j = judge_new(rows[i].declared);
		struct observation o = judge_head(j, OBS_EXTERNAL, rows[i].interface);
		o.external.addr = end(rows[i].told);
		observe(j, &o, rows[i].from, rows[i].to);
		told(j, rows[i].name, "external-address-told", rows[i].severity);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(private_peers),
		cmocka_unit_test(peers_of_a_private_relay),
		cmocka_unit_test(kinds_of_network),
		cmocka_unit_test(number_of_networks),
		cmocka_unit_test(redirections),
		cmocka_unit_test(external_addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
