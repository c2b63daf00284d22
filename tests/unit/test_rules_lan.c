/*
 * Leases: which routes and which public networks lead a tunnelled client astray, and which are
 * nobody's business.
 */
#include "rules/lan.h"
#include "tests/unit/support/judge_policy.h"
#include "tests/unit/support/lan.h"

#define TUNNEL   "tunnel=203.0.113.7:51820"
#define VISION   "tunnelvision"
#define LOCALNET "tunnelcrack-localnet"

#define HALF                                        \
	{                                           \
		DHCP_CLASSLESS_ROUTE, "128.0.0.0/1" \
	}
#define MASK                                 \
	{                                    \
		DHCP_MASK, "192.168.77.0/24" \
	}
#define PARTS_MAX 8

static void prefixes_public(void **state)
{
	static const struct {
		const char *prefix;
		bool public;
	} rows[] = {
		{"0.0.0.0/0", false},
		{"0.0.0.0/1", true},
		{"128.0.0.0/1", true},
		{"192.0.0.0/2", true},
		{"224.0.0.0/3", false},
		{"224.0.0.0/4", false},
		{"10.0.0.0/8", false},
		{"8.0.0.0/6", true},
		{"172.16.0.0/12", false},
		{"172.0.0.0/8", true},
		{"192.168.0.0/16", false},
		{"100.64.0.0/10", false},
		{"169.254.0.0/16", false},
		{"192.0.2.80", true},
		{"::/0", false},
		{"::/1", true},
		{"2000::/3", true},
		{"fc00::/7", false},
		{"fd12:3456::/32", false},
		{"fe80::/10", false},
		{"2001:db8::/32", true},
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct prefix p = prefix_said(rows[i].prefix);
		if (prefix_is_public(&p) != rows[i].public)
			fail_msg("%s", rows[i].prefix);
	}
}

/* A policy, a lease for `yours`, what the laptop then says from there to `to`, and the verdict. */
static const struct {
	const char *name, *declared, *yours;
	struct part parts[PARTS_MAX];
	const char *to; /* or NULL */
	const char *id;
	enum severity severity;
} leases[] = {
	{"half of all addresses", TUNNEL, LAPTOP, {HALF}, NULL, VISION, SEVERITY_HIGH},
	{"one host", TUNNEL, LAPTOP, {{249, "192.0.2.80"}}, NULL, VISION, SEVERITY_MEDIUM},
	{"by class", TUNNEL, LAPTOP, {{DHCP_STATIC_ROUTE, "128.66.0.0/16"}}, NULL, VISION,
		SEVERITY_MEDIUM},
	{"followed", TUNNEL, LAPTOP, {HALF}, WEB, VISION, SEVERITY_CRITICAL},
	{"followed elsewhere", TUNNEL, LAPTOP, {{249, "192.0.2.81"}}, WEB, VISION, SEVERITY_MEDIUM},
	{"followed by the tunnel alone", TUNNEL, LAPTOP, {HALF}, VPN, VISION, SEVERITY_HIGH},
	{"only an exit is declared: where it comes out is not known here", "egress=203.0.113.7",
		LAPTOP, {HALF}, WEB, VISION, SEVERITY_HIGH},
	{"a proxy's user", "proxy=192.0.2.99:3128", LAPTOP, {HALF}, NULL, .id = NULL},
	{"nothing expected", "", LAPTOP, {HALF}, WEB, .id = NULL},
	{"another client is judged", TUNNEL " client=192.168.78.0/24", LAPTOP, {HALF}, WEB,
		.id = NULL},
	{"a default", TUNNEL, LAPTOP, {{DHCP_CLASSLESS_ROUTE, "0.0.0.0/0"}}, VPN, .id = NULL},
	{"private", TUNNEL, LAPTOP, {{DHCP_CLASSLESS_ROUTE, "10.0.0.0/8"}}, "10.1.2.3:80",
		.id = NULL},
	{"multicast", TUNNEL, LAPTOP, {{DHCP_CLASSLESS_ROUTE, "224.0.0.0/4"}}, NULL, .id = NULL},
	{"to the tunnel's far end", TUNNEL, LAPTOP, {{DHCP_CLASSLESS_ROUTE, "203.0.113.7"}}, VPN,
		.id = NULL},
	{"the public network that the client is in", TUNNEL, "198.51.100.23",
		{{DHCP_CLASSLESS_ROUTE, "198.51.0.0/16"}}, NULL, .id = NULL},
	{"a public network", TUNNEL, "198.51.100.23", {{DHCP_MASK, "198.51.100.0/24"}},
		"198.51.100.80:80", LOCALNET, SEVERITY_CRITICAL},
	{"a mask that takes in half of all", TUNNEL, LAPTOP, {{DHCP_MASK, "128.0.0.0/1"}}, WEB,
		LOCALNET, SEVERITY_CRITICAL},
	{"beside the public network", TUNNEL, "198.51.100.23", {{DHCP_MASK, "198.51.100.0/24"}},
		WEB, .id = NULL},
	{"its router", TUNNEL, "198.51.100.23",
		{{DHCP_MASK, "198.51.100.0/24"}, {DHCP_ROUTER, "198.51.100.1"}}, "198.51.100.1:53",
		.id = NULL},
	{"a renewal", TUNNEL, "198.51.100.23", {{DHCP_MASK, "198.51.100.0/24"}}, "198.51.100.2:67",
		.id = NULL},
	{"its broadcast", TUNNEL, "198.51.100.23", {{DHCP_MASK, "198.51.100.0/24"}},
		"198.51.100.255:137", .id = NULL},
	{"a private network", TUNNEL, LAPTOP, {MASK}, "192.168.77.20:80", .id = NULL},
};

static void leases_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(leases); i++) {
		struct judge *j = judge_new(leases[i].declared);
		char from[ENDPOINT_TEXT_MAX];
		snprintf(from, sizeof(from), "%s:50000", leases[i].yours);
		lan_leases(j, leases[i].yours, leases[i].parts);
		if (leases[i].to)
			lan_talks(j, from, leases[i].to, PROTOCOL_UDP);
		lan_expect(j, leases[i].name, leases[i].id, leases[i].severity);
		judge_free(j);
	}
}

/* A lease of a minute: afterwards, its routes are nobody's any more. */
static void lease_runs_out(void **state)
{
	(void)state;
	static const struct part parts[] = {HALF, {0}};
	struct judge *j = judge_new("");
	lan_leases(j, LAPTOP, parts);
	judge_pass(j, 61 * SECOND_NS);
	lan_tunnel_up(j, TUNNEL_WIREGUARD, LAPTOP ":40000", VPN);
	lan_talks(j, LAPTOP ":50000", WEB, PROTOCOL_UDP);
	lan_expect(j, "run out", NULL, SEVERITY_INFO);
	judge_free(j);
}

/* It came before the tunnel: told when there is something to expect, once. */
static void lease_before_tunnel(void **state)
{
	(void)state;
	static const struct part parts[] = {HALF, {DHCP_CLASSLESS_ROUTE, "0.0.0.0/1"}, {0}};
	struct judge *j = judge_new("");
	lan_leases(j, LAPTOP, parts);
	assert_int_equal(j->count, 0);
	lan_tunnel_up(j, TUNNEL_WIREGUARD, LAPTOP ":40000", VPN);
	lan_talks(j, LAPTOP ":40000", VPN, PROTOCOL_UDP);
	lan_talks(j, LAPTOP ":40000", VPN, PROTOCOL_UDP);
	assert_int_equal(j->count, 1);
	assert_int_equal(judge_last(j)->severity, SEVERITY_HIGH);
	assert_int_equal(judge_last(j)->path, PATH_LAN);
	engine_finish(j->engine);
	assert_int_equal(judge_last(j)->count, 1);
	judge_free(j);
}

/* A route that the policy lets be is none of ours; that it lets the LAN be, DHCP server and all,
 * says nothing of routes. */
static void lease_allowed(void **state)
{
	static const struct {
		const char *to, *id;
	} rows[] = {
		{"128.0.0.0/1", NULL},
		{"192.168.0.0/16", VISION},
	};
	(void)state;
	static const struct part parts[] = {HALF, {0}};
	for (size_t i = 0; i < ROWS(rows); i++) {
		char yaml[256];
		snprintf(yaml, sizeof(yaml),
			"clients:\n"
			"  - match: 192.168.77.0/24\n"
			"    tunnel: [203.0.113.7:51820]\n"
			"    allow:\n"
			"      - {to: %s, why: \"so it is\"}\n",
			rows[i].to);
		struct judge *j = judge_of_policy(yaml);
		lan_leases(j, LAPTOP, parts);
		lan_expect(j, rows[i].to, rows[i].id, SEVERITY_HIGH);
		judge_free(j);
	}
}

/* More routes than are kept are counted, and the first of them judged. */
static void lease_too_long(void **state)
{
	(void)state;
	struct part parts[LAN_DIVERTED + 2] = {{0}};
	char text[LAN_DIVERTED + 1][PREFIX_TEXT_MAX];
	struct judge *j = judge_new(TUNNEL);
	for (unsigned i = 0; i <= LAN_DIVERTED; i++) {
		snprintf(text[i], sizeof(text[i]), "192.0.2.%u", i + 1);
		parts[i] = (struct part){DHCP_CLASSLESS_ROUTE, text[i]};
	}
	lan_leases(j, LAPTOP, parts);
	assert_int_equal(j->stats.lan_forgotten, 1);
	lan_expect(j, "too long", VISION, SEVERITY_MEDIUM);
	judge_free(j);
}

/* On a gateway's inner side the way on is not known, unless the client's own tunnel was seen. */
static void lan_side(void **state)
{
	(void)state;
	static const struct part parts[] = {HALF, {0}};
	for (int own = 0; own < 2; own++) {
		struct judge *j = judge_new(TUNNEL);
		lan_leases(j, LAPTOP, parts);
		if (own)
			lan_tunnel_up(j, TUNNEL_WIREGUARD, LAPTOP ":40000", VPN);
		struct observation o = lan_traffic(j, LAPTOP ":50000", WEB, PROTOCOL_UDP);
		o.head.interface = LAN0;
		lan_see(j, &o);
		lan_expect(j, "lan", VISION, own ? SEVERITY_CRITICAL : SEVERITY_HIGH);
		judge_free(j);
	}
}

/* The conversation was begun from outside, as far as the capture shows, and the laptop answers. */
static void answers_count(void **state)
{
	(void)state;
	static const struct part parts[] = {HALF, {0}};
	for (uint32_t sent = 0; sent < 2; sent++) {
		struct judge *j = judge_new(TUNNEL);
		lan_leases(j, LAPTOP, parts);
		struct observation o = lan_head(j, OBS_TRAFFIC, WEB, LAPTOP ":50000", false);
		o.head.protocol = PROTOCOL_TCP;
		o.traffic = (struct obs_traffic){.event = TRAFFIC_GOES_ON,
			.mid_stream = true,
			.packets_from = 5,
			.packets_to = sent};
		lan_see(j, &o);
		lan_expect(j, "answer", VISION, sent ? SEVERITY_CRITICAL : SEVERITY_HIGH);
		judge_free(j);
	}
}

/* The client looks for a public address on its link; with a public address of its own it may be
 * looking for its router. */
static void neighbours_asked(void **state)
{
	(void)state;
	static const char *const askers[] = {LAPTOP, "198.51.100.23"};
	for (size_t i = 0; i < ROWS(askers); i++) {
		struct judge *j = judge_new(TUNNEL);
		struct observation o = lan_head(j, OBS_NEIGHBOUR, askers[i], WEB, true);
		o.neighbour = (struct obs_neighbour){.protocol = NEIGHBOUR_ARP,
			.request = true,
			.addr = ip(askers[i]),
			.target = ip(WEB)};
		memcpy(o.neighbour.mac, laptop_mac, sizeof(laptop_mac));
		lan_see(j, &o);
		lan_talks(j, LAPTOP ":50000", WEB, PROTOCOL_UDP);
		lan_expect(j, askers[i], i ? NULL : LOCALNET, SEVERITY_CRITICAL);
		judge_free(j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes_public),
		cmocka_unit_test(leases_judged),
		cmocka_unit_test(lease_runs_out),
		cmocka_unit_test(lease_before_tunnel),
		cmocka_unit_test(lease_allowed),
		cmocka_unit_test(lease_too_long),
		cmocka_unit_test(lan_side),
		cmocka_unit_test(answers_count),
		cmocka_unit_test(neighbours_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
