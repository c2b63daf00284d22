/*
 * Routers that come while a tunnel is up, other tunnels beside it, and what goes to its far end but
 * is not its own.
 */
#include "rules/lan.h"
#include "tests/unit/support/lan.h"

#define TUNNEL   "tunnel=203.0.113.7:51820"
#define ROUTER   "rogue-router"
#define SERVERIP "tunnelcrack-serverip"
#define OTHER    "unsanctioned-tunnel"
#define LOCALNET "tunnelcrack-localnet"

#define NEAR    LAPTOP ":40000"
#define TALK    LAPTOP ":50000"
#define ADVERTS 4

enum { TCP = 6, UDP = 17, ICMP = 1, ESP = 50 };

#define ADVERT(router, mac, lifetime, preference, prefix, route, seconds)                \
	{                                                                                \
		router, mac, lifetime, preference, prefix, route, seconds, false, false, \
	}
#define KNOWN ADVERT("fe80::1", 1, 1800, 0, "2001:db8:77::/64", NULL, 0)

/* Advertisements, one a second, with the tunnel up from the beginning; and the verdict. */
static const struct {
	const char *name;
	struct advert adverts[ADVERTS];
	const char *id;
} routers[] = {
	{"another one", {KNOWN, ADVERT("fe80::2", 2, 1800, 0, "2001:db8:66::/64", NULL, 0)},
		ROUTER},
	{"without a prefix", {KNOWN, ADVERT("fe80::2", 2, 1800, 0, NULL, NULL, 0)}, ROUTER},
	{"the same prefix, preferred",
		{KNOWN, ADVERT("fe80::2", 2, 1800, 1, "2001:db8:77::/64", NULL, 0)}, ROUTER},
	{"a route to half of all",
		{ADVERT("fe80::1", 1, 1800, 0, "2001:db8:77::/64", "8000::/1", 60)}, ROUTER},
	{"a route to one network", {ADVERT("fe80::1", 1, 0, 0, NULL, "2001:db8:1::/48", 60)},
		ROUTER},
	{"a delegation that is too wide",
		{ADVERT("fe80::1", 1, 1800, 0, "2001:db8:77::/64", "2001::/16", 60)}, ROUTER},
	{"the only one", {KNOWN, KNOWN}, NULL},
	{"one with another address",
		{KNOWN, ADVERT("fe80::9", 1, 1800, 0, "2001:db8:66::/64", NULL, 0)}, NULL},
	{"one with other hardware",
		{KNOWN, ADVERT("fe80::1", 9, 1800, 0, "2001:db8:66::/64", NULL, 0)}, NULL},
	{"a spare one", {KNOWN, ADVERT("fe80::2", 2, 1800, 0, "2001:db8:77::/64", NULL, 0)}, NULL},
	{"no default router", {KNOWN, ADVERT("fe80::2", 2, 0, 0, "2001:db8:66::/64", NULL, 0)},
		NULL},
	{"after one that is no default",
		{ADVERT("fe80::3", 3, 0, 0, "fd00:1::/64", NULL, 0),
			ADVERT("fe80::2", 2, 1800, 0, "2001:db8:66::/64", NULL, 0)},
		NULL},
	{"a route that is taken back", {KNOWN, ADVERT("fe80::1", 1, 1800, 0, NULL, "8000::/1", 0)},
		NULL},
	{"a route to private networks", {KNOWN, ADVERT("fe80::2", 2, 0, 0, NULL, "fd00::/8", 60)},
		NULL},
	{"a default route", {KNOWN, ADVERT("fe80::1", 1, 1800, 0, NULL, "::/0", 60)}, NULL},
	{"the delegated network",
		{ADVERT("fe80::1", 1, 1800, 0, "2001:db8:77::/64", "2001:db8:77::/56", 60)}, NULL},
};

static void routers_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(routers); i++) {
		struct judge *j = judge_new(TUNNEL);
		for (unsigned a = 0; a < ADVERTS && routers[i].adverts[a].router; a++) {
			lan_advertises(j, &routers[i].adverts[a]);
			j->now_ns += SECOND_NS;
			lan_talks(j, NEAR, VPN, UDP);
			lan_talks(j, NEAR, VPN, UDP);
		}
		engine_finish(j->engine);
		if (!routers[i].id != !j->count)
			fail_msg("%s: %u alerts", routers[i].name, j->count);
		if (j->count) {
			assert_string_equal(judge_last(j)->detection->id, routers[i].id);
			assert_int_equal(judge_last(j)->severity, SEVERITY_HIGH);
			assert_int_equal(judge_last(j)->count, 1);
		}
		judge_free(j);
	}
}

/* Inside a tunnel's packet, and on the tunnel's own interface, it is another link's. */
static void routers_inside(void **state)
{
	(void)state;
	static const struct advert route = {
		"fe80::1", 1, 1800, 0, "2001:db8:77::/64", "8000::/1", 60, false, false};
	for (int wrapped = 0; wrapped < 2; wrapped++) {
		struct judge *j = judge_new("tunnel=tun0");
		struct observation o = lan_head(j, OBS_ROUTER, route.router, "ff02::1", false);
		o.router = (struct obs_router){.lifetime = 1800};
		if (wrapped)
			o.head.outer_src = ip(GATEWAY);
		else
			o.head.interface = TUN0;
		o.head.parts = 1;
		lan_see(j, &o);
		o.head.kind = OBS_ROUTER_OPTION;
		o.router_option = (struct obs_router_option){
			.type = ROUTER_ROUTE, .lifetime = 60, .prefix = prefix_said(route.route)};
		lan_see(j, &o);
		lan_talks(j, NEAR, VPN, UDP);
		lan_expect(j, "inside", NULL, SEVERITY_INFO);
		judge_free(j);
	}
}

/* Whoever makes up routers does not push out those that were there, and each is told of once. */
static void routers_flood(void **state)
{
	(void)state;
	static const struct advert known = KNOWN;
	struct judge *j = judge_new(TUNNEL);
	lan_advertises(j, &known);
	for (uint8_t i = 0; i < 2 * LAN_ROUTERS; i++) {
		char name[ADDR_TEXT_MAX], own[PREFIX_TEXT_MAX];
		snprintf(name, sizeof(name), "fe80::bad:%x", i + 1U);
		snprintf(own, sizeof(own), "2001:db8:66:%x::/64", i + 1U);
		const struct advert rogue = {
			name, (uint8_t)(0x80 + i), 1800, 0, own, NULL, 0, false, false};
		j->now_ns += SECOND_NS;
		lan_advertises(j, &rogue);
		lan_talks(j, NEAR, VPN, UDP);
	}
	assert_int_equal(j->count, 1);
	assert_int_equal(j->stats.lan_forgotten, LAN_ROUTERS + 1);
	j->now_ns += SECOND_NS;
	lan_advertises(j, &known);
	lan_talks(j, NEAR, VPN, UDP);
	engine_finish(j->engine);
	assert_int_equal(judge_last(j)->head.src.addr.bytes[15], 1); /* fe80::bad:1 */
	assert_int_equal(judge_last(j)->count, 2 * LAN_ROUTERS);
	judge_free(j);
}

/* An on-link prefix that no host makes its address of is there to catch what it holds. */
static void prefixes_on_link(void **state)
{
	static const struct {
		const char *prefix;
		bool managed, alone;
		const char *id;
	} rows[] = {
		{"2001:db8:10::/64", false, false, NULL},
		{"2001:db8:10::/64", true, true, NULL}, /* DHCPv6 gives the addresses */
		{"2001:db8:10::/64", false, true, LOCALNET},
		{"2001:db8::/32", false, false, LOCALNET},
		{"2001:db8:11::/64", false, true, NULL},
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct advert a = {"fe80::1", 1, 1800, 0, rows[i].prefix, NULL, 0,
			rows[i].managed, rows[i].alone};
		struct judge *j = judge_new(TUNNEL " client=2001:db8:77::/64");
		lan_advertises(j, &a);
		lan_talks(j, "[2001:db8:77::10]:50000", "[2001:db8:10::80]:80", UDP);
		lan_expect(j, rows[i].prefix, rows[i].id, SEVERITY_CRITICAL);
		judge_free(j);
	}
}

/* Which tunnel is up, by its words or declared, and what then goes to its far end. */
static const struct {
	const char *name, *declared;
	uint8_t kind;
	const char *far; /* the tunnel's end; NULL: none is seen */
	const char *to;
	uint8_t protocol;
	uint32_t packets;
	bool mid_stream;
	uint8_t words; /* a hello, or SSH */
	const char *id;
	enum severity severity;
} beside[] = {
	{"HTTP", "", TUNNEL_WIREGUARD, VPN, "203.0.113.7:80", TCP, 4, .id = SERVERIP,
		.severity = SEVERITY_CRITICAL},
	{"one datagram", "", TUNNEL_WIREGUARD, VPN, "203.0.113.7:53", UDP, 1, .id = SERVERIP,
		.severity = SEVERITY_CRITICAL},
	{"declared, and never seen", TUNNEL, 0, NULL, "203.0.113.7:53", UDP, 1, .id = SERVERIP,
		.severity = SEVERITY_CRITICAL},
	{"declared without a port, but seen", "tunnel=203.0.113.7", TUNNEL_WIREGUARD, VPN,
		"203.0.113.7:53", UDP, 1, .id = SERVERIP, .severity = SEVERITY_CRITICAL},
	{"TLS", "", TUNNEL_WIREGUARD, VPN, "203.0.113.7:443", TCP, 4, .words = OBS_HELLO,
		.id = SERVERIP, .severity = SEVERITY_LOW},
	{"SSH", "", TUNNEL_WIREGUARD, VPN, "203.0.113.7:22", TCP, 4, .words = OBS_TUNNEL,
		.id = SERVERIP, .severity = SEVERITY_LOW},
	{"HTTP beside IPsec", "", TUNNEL_IKE, "203.0.113.7:500", "203.0.113.7:80", TCP, 4,
		.id = SERVERIP, .severity = SEVERITY_CRITICAL},
	{"another address", "", TUNNEL_WIREGUARD, VPN, WEB, TCP, 4, .id = NULL},
	{"the tunnel itself", "", TUNNEL_WIREGUARD, VPN, VPN, UDP, 4, .id = NULL},
	{"nothing is up", "", 0, NULL, "203.0.113.7:80", TCP, 4, .id = NULL},
	{"declared without a port", "tunnel=203.0.113.7", 0, NULL, "203.0.113.7:80", TCP, 4,
		.id = NULL},
	{"a fragment", "", TUNNEL_WIREGUARD, VPN, "203.0.113.7", UDP, 4, .id = NULL},
	{"a ping", "", TUNNEL_WIREGUARD, VPN, "203.0.113.7", ICMP, 4, .id = NULL},
	{"a SYN", "", TUNNEL_WIREGUARD, VPN, "203.0.113.7:80", TCP, 1, .id = NULL},
	{"older than the capture", "", TUNNEL_WIREGUARD, VPN, "203.0.113.7:80", TCP, 4,
		.mid_stream = true, .id = NULL},
	{"IPsec's second port", "", TUNNEL_IKE, "203.0.113.7:500", "203.0.113.7:4500", UDP, 4,
		.id = NULL},
	{"IPsec's packets", "", TUNNEL_IKE, "203.0.113.7:500", "203.0.113.7", ESP, 4, .id = NULL},
	{"L2TP beside IPsec", "", TUNNEL_IKE, "203.0.113.7:500", "203.0.113.7:1701", UDP, 4,
		.id = NULL},
	{"PPTP's packets", "", TUNNEL_PPTP, "203.0.113.7:1723", "203.0.113.7", 47, 4, .id = NULL},
	{"DTLS beside AnyConnect", "", TUNNEL_ANYCONNECT, "203.0.113.7:443", "203.0.113.7:443", UDP,
		4, .id = NULL},
};

static void far_end_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(beside); i++) {
		struct judge *j = judge_new(beside[i].declared);
		if (beside[i].far)
			lan_tunnel_up(j, beside[i].kind, NEAR, beside[i].far);
		j->now_ns += SECOND_NS;
		struct observation o = lan_traffic(j, TALK, beside[i].to, beside[i].protocol);
		o.traffic.packets_from = beside[i].packets;
		o.traffic.mid_stream = beside[i].mid_stream;
		lan_see(j, &o);
		if (beside[i].words) {
			struct observation words = lan_head(
				j, beside[i].words, TALK, beside[i].to, true);
			words.head.protocol = TCP;
			if (beside[i].words == OBS_TUNNEL)
				words.tunnel = (struct obs_tunnel){
					.kind = TUNNEL_SSH, .event = TUNNEL_ANSWERS};
			lan_see(j, &words);
		}
		lan_expect(j, beside[i].name, beside[i].id, beside[i].severity);
		judge_free(j);
	}
}

/* It turns out to be a tunnel after all, a little later: by another protocol, at another port. */
static void far_end_moves(void **state)
{
	(void)state;
	for (int late = 0; late < 2; late++) {
		struct judge *j = judge_new("");
		lan_tunnel_up(j, TUNNEL_OPENVPN, NEAR, "203.0.113.7:1194");
		j->now_ns += SECOND_NS;
		lan_talks(j, TALK, "203.0.113.7:443", TCP);
		j->now_ns += late ? 4 * SECOND_NS : SECOND_NS;
		lan_talks(j, TALK, GATEWAY ":53", UDP);
		struct observation o = lan_head(j, OBS_TUNNEL, TALK, "203.0.113.7:443", true);
		o.head.protocol = TCP;
		o.head.from_opener = true;
		o.tunnel = (struct obs_tunnel){.kind = TUNNEL_OPENVPN, .event = TUNNEL_ASKS};
		lan_see(j, &o);
		lan_expect(j, "moves", late ? SERVERIP : NULL, SEVERITY_CRITICAL);
		judge_free(j);
	}
}

/* Two tunnels: the second comes up five seconds later, the first goes on or does not. */
static const struct {
	const char *name, *declared;
	uint8_t first, second;
	const char *far; /* of the second */
	bool goes_on;
	const char *id;
} pairs[] = {
	{"side by side", "", TUNNEL_WIREGUARD, TUNNEL_WIREGUARD, "203.0.113.50:51820", true, OTHER},
	{"a mesh", "", TUNNEL_WIREGUARD, TUNNEL_TAILSCALE, "203.0.113.50:41641", false, OTHER},
	{"not the one declared", TUNNEL, TUNNEL_WIREGUARD, TUNNEL_OPENVPN, "203.0.113.50:1194",
		false, OTHER},
	{"IPsec, not the one declared", TUNNEL, TUNNEL_WIREGUARD, TUNNEL_IKE, "203.0.113.50:500",
		false, OTHER},
	{"a phone's IPsec", "", TUNNEL_WIREGUARD, TUNNEL_IKE, "203.0.113.50:500", true, NULL},
	{"beside a phone's IPsec", "", TUNNEL_IKE, TUNNEL_WIREGUARD, "203.0.113.50:51820", true,
		NULL},
	{"moved", "", TUNNEL_WIREGUARD, TUNNEL_WIREGUARD, "203.0.113.50:51820", false, NULL},
	{"both declared", TUNNEL " tunnel=203.0.113.50:41641", TUNNEL_WIREGUARD, TUNNEL_TAILSCALE,
		"203.0.113.50:41641", true, NULL},
	{"SSH", TUNNEL, TUNNEL_WIREGUARD, TUNNEL_SSH, "203.0.113.50:22", true, NULL},
	{"a mesh's neighbour in the LAN", TUNNEL, TUNNEL_WIREGUARD, TUNNEL_TAILSCALE,
		"192.168.77.20:41641", true, NULL},
	{"a mesh alone", "", TUNNEL_TAILSCALE, TUNNEL_TAILSCALE, "203.0.113.50:41641", true, NULL},
	{"only the interface declared", "tunnel=tun0", TUNNEL_TAILSCALE, TUNNEL_TAILSCALE,
		"203.0.113.50:41641", true, NULL},
};

static void pairs_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(pairs); i++) {
		struct judge *j = judge_new(pairs[i].declared);
		lan_tunnel_up(j, pairs[i].first, NEAR, VPN);
		j->now_ns += 5 * SECOND_NS;
		lan_tunnel_up(j, pairs[i].second, TALK, pairs[i].far);
		j->now_ns += 5 * SECOND_NS;
		if (pairs[i].goes_on)
			lan_tunnels(j, pairs[i].first, TUNNEL_DATA, NEAR, VPN, false);
		lan_tunnels(j, pairs[i].second, TUNNEL_DATA, TALK, pairs[i].far, true);
		lan_expect(j, pairs[i].name, pairs[i].id, SEVERITY_MEDIUM);
		judge_free(j);
	}
}

/* What is wrapped in packets of its own. */
static void wrappings_judged(void **state)
{
	static const struct {
		const char *src, *dst, *outer_dst;
		uint8_t encapsulation;
		const char *id;
	} rows[] = {
		{"[2001:0:c000:20a::1]:1", "[2001:db8::9]:1", "192.0.2.11", WRAPPED_UDP, OTHER},
		{"[2001:db8:77::10]:1", "[2001:db8::9]:1", "192.0.2.11", WRAPPED_IP, OTHER},
		{"10.9.0.2:1", "10.9.0.1:1", "192.0.2.11", WRAPPED_GRE, OTHER},
		{"10.9.0.2:1", "10.9.0.1:1", "192.0.2.11", WRAPPED_UDP, NULL}, /* VXLAN */
		{"10.9.0.2:1", "10.9.0.1:1", "192.168.77.20", WRAPPED_GRE, NULL},
		{"10.9.0.2:1", "10.9.0.1:1", "203.0.113.7", WRAPPED_GRE, NULL},
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct judge *j = judge_new(TUNNEL);
		struct observation o = lan_traffic(j, rows[i].src, rows[i].dst, UDP);
		o.head.outer_src = ip(LAPTOP);
		o.head.outer_dst = ip(rows[i].outer_dst);
		o.head.encapsulation = rows[i].encapsulation;
		lan_see(j, &o);
		lan_expect(j, rows[i].outer_dst, rows[i].id, SEVERITY_MEDIUM);
		judge_free(j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routers_judged),
		cmocka_unit_test(routers_inside),
		cmocka_unit_test(routers_flood),
		cmocka_unit_test(prefixes_on_link),
		cmocka_unit_test(far_end_judged),
		cmocka_unit_test(far_end_moves),
		cmocka_unit_test(pairs_judged),
		cmocka_unit_test(wrappings_judged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
