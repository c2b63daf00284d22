/*
 * Detections of names: which way a question went, whose resolver it is, and what a policy's list of
 * resolvers says. What a whole conversation looks like, pcaps/ shows.
 */
#include "rules/names.h"
#include "rules/resolvers.h"
#include "tests/unit/support/names.h"

static const struct {
	const char *name, *declared, *server;
	uint16_t interface;
	uint8_t encapsulation;
	const char *id; /* NULL: neither about the way nor about the list */
	enum severity severity;
} way_rows[] = {
	{"a public resolver", "tunnel=tun0", ISP, ETH0, 0, OUTSIDE, SEVERITY_HIGH},
	{"the LAN's", "tunnel=tun0", ROUTER, ETH0, 0, OUTSIDE, SEVERITY_MEDIUM},
	{"the LAN's, listed", "tunnel=tun0 resolver=192.168.77.1", ROUTER, ETH0, 0, NULL, 0},
	{"in another private network, unanswered", "tunnel=tun0", "10.9.0.1:53", ETH0, 0, OUTSIDE,
		SEVERITY_HIGH},
	{"the tunnel's, as listed", "tunnel=tun0 resolver=10.8.0.1", INNER, ETH0, 0, OUTSIDE,
		SEVERITY_HIGH},
	{"public and listed", "tunnel=tun0 resolver=198.51.100.53", ISP, ETH0, 0, OUTSIDE,
		SEVERITY_HIGH},
	{"inside", "tunnel=tun0", ISP, TUN0, 0, NULL, 0},
	{"inside, not listed", "tunnel=tun0 resolver=10.8.0.1", ISP, TUN0, 0, UNLISTED,
		SEVERITY_LOW},
	{"inside, listed", "tunnel=tun0 resolver=10.8.0.1", INNER, TUN0, 0, NULL, 0},
	{"inside, another port listed", "tunnel=tun0 resolver=10.8.0.1:5300", INNER, TUN0, 0,
		UNLISTED, SEVERITY_LOW},
	{"in a gateway's LAN", "tunnel=tun0", ISP, LAN0, 0, NULL, 0},
	{"in a gateway's LAN, not listed", "tunnel=tun0 resolver=10.8.0.1", ISP, LAN0, 0, UNLISTED,
		SEVERITY_MEDIUM},
	{"no tunnel, not listed", "resolver=10.8.0.1", ISP, ETH0, 0, UNLISTED, SEVERITY_MEDIUM},
	{"no tunnel, the LAN's not listed", "resolver=10.8.0.1", ROUTER, ETH0, 0, UNLISTED,
		SEVERITY_MEDIUM},
	{"only an exit", "egress=203.0.113.7", ISP, ETH0, 0, NULL, 0},
	{"nothing expected", "", ISP, ETH0, 0, NULL, 0},
	{"in clear GRE", "tunnel=tun0", ISP, ETH0, WRAPPED_GRE, NULL, 0},
	{"in a proxied stream", "tunnel=tun0 resolver=10.8.0.1", ISP, ETH0, WRAPPED_PROXY, NULL, 0},
	{"in a VLAN", "tunnel=tun0", ISP, ETH0, WRAPPED_VLAN, OUTSIDE, SEVERITY_HIGH},
	{"the tunnel's own packets", "tunnel=198.51.100.53:53 resolver=10.8.0.1", ISP, ETH0, 0,
		NULL, 0},
	{"to everybody", "tunnel=tun0", "255.255.255.255:53", ETH0, 0, NULL, 0},
};

static void ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(way_rows); i++) {
		struct judge *j = judge_new(way_rows[i].declared);
		struct observation o = dns_made(
			j, way_rows[i].interface, CLIENT, way_rows[i].server, "a.example");
		o.head.encapsulation = way_rows[i].encapsulation;
		engine_observe(j->engine, &o);
		engine_finish(j->engine);
		bool right = j->by_state[STATE_OPEN] == (way_rows[i].id != NULL);
		if (right && way_rows[i].id)
			right = told(j, way_rows[i].id) &&
				told(j, way_rows[i].id)->severity == way_rows[i].severity;
		if (!right)
			fail_msg("%s: %u alerts, the last %s", way_rows[i].name, j->count,
				j->count ? judge_last(j)->message : "-");
		judge_free(j);
	}
}

/* Whose an address is, answers inside the tunnel and the LAN's lease tell. */
static void resolvers_learned(void **state)
{
	(void)state;
	struct judge *j = judge_tunnelled("tunnel=tun0");
	answers(j, TUN0, "10.8.0.2:1", INNER, "a.example", NULL);
	asks(j, ETH0, CLIENT, INNER, "a.example");
	ends_with(j, OUTSIDE, SEVERITY_HIGH);

	j = judge_tunnelled("tunnel=tun0");
	struct observation lease = judge_head(j, OBS_DHCP_OPTION, ETH0);
	lease.dhcp_option.code = DHCP_RESOLVER;
	lease.dhcp_option.addr = ip("10.8.0.1");
	engine_observe(j->engine, &lease);
	answers(j, TUN0, "10.8.0.2:1", INNER, "a.example", NULL);
	asks(j, ETH0, CLIENT, INNER, "a.example");
	ends_with(j, OUTSIDE, SEVERITY_MEDIUM);

	/* In another network, but it answers there: a company's. */
	j = judge_tunnelled("tunnel=tun0");
	asks(j, ETH0, CLIENT, "10.9.0.1:53", "a.example");
	answers(j, ETH0, CLIENT, "10.9.0.1:53", "a.example", "192.0.2.80");
	ends_with(j, OUTSIDE, SEVERITY_MEDIUM);

	/* The router of a LAN with public addresses. */
	j = judge_tunnelled("tunnel=tun0");
	struct observation advert = judge_head(j, OBS_ROUTER_OPTION, ETH0);
	advert.router_option.type = ROUTER_RESOLVER;
	advert.router_option.resolver = ip("2001:db8:77::1");
	engine_observe(j->engine, &advert);
	struct observation o = dns_made(
		j, ETH0, "[2001:db8:77::10]:5000", "[2001:db8:77::1]:53", "a.example");
	o.head.direction = DIRECTION_OUT;
	engine_observe(j->engine, &o);
	ends_with(j, OUTSIDE, SEVERITY_MEDIUM);
}

static void resolvers_are_bounded(void **state)
{
	(void)state;
	struct judge *j = judge_new("");
	for (unsigned i = 0; i < RESOLVERS + 10; i++) {
		struct observation lease = judge_head(j, OBS_DHCP_OPTION, ETH0);
		const uint8_t addr[4] = {10, 1, (uint8_t)(i >> 8), (uint8_t)i};
		lease.dhcp_option.code = DHCP_RESOLVER;
		lease.dhcp_option.addr = addr_v4(addr);
		engine_observe(j->engine, &lease);
	}
	assert_int_equal(j->stats.resolvers_evicted, 10);
	judge_free(j);
}

static void encrypted(void **state)
{
	(void)state;
	static const struct {
		const char *server;
		uint8_t protocol;
		enum severity severity;
		const char *word;
	} rows[] = {
		{"192.0.2.53:853", PROTOCOL_TCP, SEVERITY_HIGH, "DNS over TLS"},
		{"192.0.2.53:853", PROTOCOL_UDP, SEVERITY_HIGH, "DNS over QUIC"},
		{"192.0.2.53:443", PROTOCOL_TCP, SEVERITY_HIGH, "DNS over HTTPS"},
		{"192.168.77.1:853", PROTOCOL_TCP, SEVERITY_LOW, "the LAN's resolver"},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct judge *j = judge_tunnelled("tunnel=tun0");
		struct observation o = judge_head(j, OBS_HELLO, ETH0);
		o.head.src = end(CLIENT);
		o.head.dst = end(rows[i].server);
		o.head.protocol = rows[i].protocol;
		engine_observe(j->engine, &o); /* of a page */
		o.hello.dns = ENCRYPTED_DNS_TLS;
		o.hello.server = true;
		engine_observe(j->engine, &o);
		engine_finish(j->engine);
		assert_int_equal(j->count, 0);
		o.hello.server = false;
		engine_observe(j->engine, &o);
		engine_finish(j->engine);
		assert_non_null(told(j, ENCRYPTED));
		assert_non_null(strstr(told(j, ENCRYPTED)->message, rows[i].word));
		ends_with(j, ENCRYPTED, rows[i].severity);
	}
}

static void client_subnets(void **state)
{
	(void)state;
	static const struct {
		const char *declared, *client, *subnet;
		uint16_t interface;
		bool leaks;
	} rows[] = {
		{"egress=203.0.113.7", "10.8.0.2:1", "198.51.100.0/24", TUN0, true},
		{"egress=203.0.113.7", "10.8.0.2:1", "203.0.113.0/24", TUN0, false},
		{"egress=203.0.112.0/22", "10.8.0.2:1", "203.0.113.0/24", TUN0, false},
		{"egress=203.0.113.7", "10.8.0.2:1", "192.168.77.0/24", TUN0, false},
		{"egress=203.0.113.7", "10.8.0.2:1", "2001:db8:77::/56", TUN0, false},
		{"tunnel=tun0", "10.8.0.2:1", "198.51.100.0/24", TUN0, false},
		{"tunnel=tun0", "[2001:db8:77::10]:1", "2001:db8:77::/56", ETH0, true},
		{"", "10.8.0.2:1", "198.51.100.0/24", ETH0, false},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct judge *j = judge_new(rows[i].declared);
		bool v6 = strchr(rows[i].client, '[');
		struct observation o = dns_made(j, rows[i].interface, rows[i].client,
			v6 ? "[2001:db8:10::53]:53" : ISP, "a.example");
		o.head.direction = DIRECTION_OUT;
		assert_true(prefix_parse(rows[i].subnet, &o.dns.client_subnet));
		engine_observe(j->engine, &o);
		engine_finish(j->engine);
		if ((told(j, SUBNET) != NULL) != rows[i].leaks)
			fail_msg("row %zu", i);
		judge_free(j);
	}
}

/* A lease asked for without an address yet: the hardware address tells whose it is. */
static void lease_of_known_host(void **state)
{
	(void)state;
	const uint8_t mac[6] = {0, 0, 0x5e, 0, 0x53, 0x0a};
	struct judge *j = judge_new("tunnel=tun0");
	struct observation lease = judge_head(j, OBS_DHCP, ETH0);
	memcpy(lease.dhcp.client_mac, mac, sizeof(mac));
	lease.dhcp.version = 4;
	lease.dhcp.host_name = (struct obs_word){.length = 4, .bytes = "anna"};
	engine_observe(j->engine, &lease);
	assert_null(told(j, LAN_NAMES));
	struct observation o = dns_made(j, TUN0, CLIENT, INNER, "a.example");
	o.head.has_macs = true;
	memcpy(o.head.src_mac, mac, sizeof(mac));
	engine_observe(j->engine, &o);
	engine_observe(j->engine, &lease);
	assert_non_null(told(j, LAN_NAMES));
	ends_with(j, LAN_NAMES, SEVERITY_INFO);
	/* Whoever got it by this answer. */
	j = judge_new("tunnel=tun0");
	lease.dhcp.type = DHCP_ACK;
	lease.dhcp.your = ip("192.168.77.10");
	engine_observe(j->engine, &lease);
	ends_with(j, LAN_NAMES, SEVERITY_INFO);
}

static void names_by_form(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool local, probe, hidden;
	} rows[] = {
		{"example.com", false, false, false},
		{"printer", true, false, false},
		{"Printer.LOCAL", true, false, false},
		{"nonlocal", true, false, false}, /* a single label */
		{"x.nonlocal", false, false, false},
		{"10.77.168.192.in-addr.arpa", true, false, false},
		{"7.113.0.203.in-addr.arpa", false, false, false},
		{"detectportal.firefox.com", false, true, false},
		{"x.detectportal.firefox.com", false, true, false},
		{"xdetectportal.firefox.com", false, false, false},
		{"0.debian.pool.ntp.org", false, true, false},
		{"814dd4ee-f092-4352-a83b-5186ee866a1a.local", true, false, true},
		{"814DD4EE-F092-4352-A83B-5186EE866A1A.local", true, false, true},
		{"814dd4eef-092-4352-a83b-5186ee866a1a.local", true, false, false},
		{"814dd4eg-f092-4352-a83b-5186ee866a1a.local", true, false, false},
		{"814dd4ee-f092-4352-a83b-5186ee866a1a.locale", false, false, false},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		const uint8_t *name = (const uint8_t *)rows[i].name;
		size_t length = strlen(rows[i].name);
		if (name_is_local(name, length) != rows[i].local ||
			name_is_probe(name, length) != rows[i].probe ||
			name_is_hidden_host(name, length) != rows[i].hidden)
			fail_msg("%s", rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ways),
		cmocka_unit_test(resolvers_learned),
		cmocka_unit_test(resolvers_are_bounded),
		cmocka_unit_test(encrypted),
		cmocka_unit_test(client_subnets),
		cmocka_unit_test(lease_of_known_host),
		cmocka_unit_test(names_by_form),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
