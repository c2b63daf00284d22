/*
 * What packets outside teach the engine: the life of tunnels, proxies in use, and which addresses
 * are one host's.
 */
#include "rules/hosts.h"
#include "rules/proxies.h"
#include "rules/tunnels.h"
#include "tests/unit/support/packet.h"

#define NEAR  "192.168.77.10:40000"
#define FAR   "203.0.113.7:51820"
#define PROXY "203.0.113.99:1080"

/* An event of a tunnel or a proxy; `up` from the client. */
struct event {
	uint64_t second;
	uint8_t event, repeated;
	bool up;
};

static struct observation head_make(
	uint8_t kind, const char *src, const char *dst, bool from_opener, uint64_t second)
{
	struct observation o = {.head = {.kind = kind, .from_opener = from_opener}};
	o.head.src = end(src);
	o.head.dst = end(dst);
	o.head.time_ns = second * SECOND_NS;
	return o;
}

static void tunnel_see(struct tunnels *t, uint8_t kind, const struct event *e)
{
	struct observation o = head_make(
		OBS_TUNNEL, e->up ? NEAR : FAR, e->up ? FAR : NEAR, e->up, e->second);
	o.tunnel = (struct obs_tunnel){.kind = kind, .event = e->event, .repeated = e->repeated};
	tunnels_learn(t, &o);
}

#define UP         true
#define BACK       false
#define EVENTS_MAX 8

/* What a tunnel is after these events, and whether it is expected of its client then. */
static const struct {
	const char *name;
	struct event events[EVENTS_MAX];
	uint8_t kind;
	uint64_t second; /* when it is asked about */
	uint8_t state;
	bool expected;
	uint64_t down; /* second */
} lives[] = {
	{"asked only", {{1, TUNNEL_ASKS, 0, UP}}, TUNNEL_WIREGUARD, 2, TUNNEL_COMING_UP, false, 0},
	{"answered, and idle", {{1, TUNNEL_ASKS, 0, UP}, {1, TUNNEL_ANSWERS, 0, BACK}},
		TUNNEL_WIREGUARD, 2, TUNNEL_UP, false, 0},
	{"used", {{1, TUNNEL_ANSWERS, 0, BACK}, {2, TUNNEL_DATA, 0, UP}, {2, TUNNEL_DATA, 0, BACK}},
		TUNNEL_WIREGUARD, 3, TUNNEL_UP, true, 0},
	{"from the middle", {{2, TUNNEL_DATA, 0, UP}, {2, TUNNEL_DATA, 0, BACK}}, TUNNEL_OPENVPN, 3,
		TUNNEL_UP, true, 0},
	{"one way only", {{2, TUNNEL_DATA, 0, UP}, {3, TUNNEL_DATA, 0, UP}}, TUNNEL_OPENVPN, 4,
		TUNNEL_COMING_UP, false, 0},
	{"silent for a day",
		{{2, TUNNEL_DATA, 0, UP}, {2, TUNNEL_DATA, 0, BACK}, {3, TUNNEL_KEEPALIVE, 0, UP}},
		TUNNEL_WIREGUARD, 86400, TUNNEL_UP, true, 0},
	{"one handshake lost",
		{{2, TUNNEL_DATA, 0, UP}, {2, TUNNEL_DATA, 0, BACK}, {120, TUNNEL_ASKS, 0, UP}},
		TUNNEL_WIREGUARD, 121, TUNNEL_UP, true, 0},
	{"handshakes unanswered: down since the first of them",
		{{2, TUNNEL_DATA, 0, UP}, {2, TUNNEL_DATA, 0, BACK}, {120, TUNNEL_ASKS, 0, UP},
			{125, TUNNEL_ASKS, 1, UP}, {130, TUNNEL_ASKS, 2, UP}},
		TUNNEL_WIREGUARD, 131, TUNNEL_DOWN, true, 120},
	{"back again",
		{{2, TUNNEL_DATA, 0, UP}, {2, TUNNEL_DATA, 0, BACK}, {120, TUNNEL_ASKS, 0, UP},
			{125, TUNNEL_ASKS, 1, UP}, {130, TUNNEL_ANSWERS, 0, BACK},
			{131, TUNNEL_DATA, 0, UP}, {131, TUNNEL_DATA, 0, BACK}},
		TUNNEL_WIREGUARD, 132, TUNNEL_UP, true, 120},
	{"given up",
		{{2, TUNNEL_DATA, 0, UP}, {2, TUNNEL_DATA, 0, BACK}, {120, TUNNEL_RESETS, 0, BACK}},
		TUNNEL_OPENVPN, 120 + 600, TUNNEL_DOWN, false, 120},
	{"reset by the far end",
		{{2, TUNNEL_DATA, 0, UP}, {2, TUNNEL_DATA, 0, BACK}, {120, TUNNEL_RESETS, 0, BACK}},
		TUNNEL_OPENVPN, 121, TUNNEL_DOWN, true, 120},
	{"closed by the client",
		{{2, TUNNEL_DATA, 0, UP}, {2, TUNNEL_DATA, 0, BACK}, {120, TUNNEL_RESETS, 0, UP}},
		TUNNEL_OPENVPN, 121, TUNNEL_CLOSED, false, 120},
};

static void tunnels_live(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(lives); i++) {
		struct tunnels t = {0};
		const struct endpoint near = end(NEAR), far = end(FAR);
		assert_true(tunnels_init(&t));
		for (size_t n = 0; n < EVENTS_MAX && lives[i].events[n].second; n++)
			tunnel_see(&t, lives[i].kind, &lives[i].events[n]);
		const struct client_tunnels *c = tunnels_find(&t, &near.addr);
		const struct tunnel *expected = tunnel_expected(c, lives[i].second * SECOND_NS);
		print_message("%s\n", lives[i].name);
		assert_non_null(c);
		assert_int_equal(c->at[0].state, lives[i].state);
		assert_int_equal(c->at[0].down_ns, lives[i].down * SECOND_NS);
		assert_int_equal(expected != NULL, lives[i].expected);
		assert_true(tunnels_end_at(c, &far));
		assert_null(tunnels_find(&t, &far.addr));
		tunnels_free(&t);
	}
}

/* What carries only what it is given promises nothing about the rest of a client's traffic. */
static void meshes_are_no_tunnels(void **state)
{
	(void)state;
	static const uint8_t kinds[] = {TUNNEL_TAILSCALE, TUNNEL_SSH, TUNNEL_TOR, TUNNEL_MASQUE};
	const struct endpoint near = end(NEAR);
	for (size_t i = 0; i < ROWS(kinds); i++) {
		struct tunnels t = {0};
		const struct event used[] = {{1, TUNNEL_DATA, 0, UP}, {1, TUNNEL_DATA, 0, BACK}};
		assert_true(tunnels_init(&t));
		tunnel_see(&t, kinds[i], &used[0]);
		tunnel_see(&t, kinds[i], &used[1]);
		assert_null(tunnels_find(&t, &near.addr));
		tunnels_free(&t);
	}
}

static void tunnels_are_bounded(void **state)
{
	(void)state;
	struct tunnels t = {0};
	const struct endpoint near = end(NEAR);
	assert_true(tunnels_init(&t));
	for (unsigned i = 1; i <= TUNNELS_PER_CLIENT + 2; i++) {
		char far[ENDPOINT_TEXT_MAX];
		snprintf(far, sizeof(far), "203.0.113.%u:1194", i);
		struct observation o = head_make(OBS_TUNNEL, NEAR, far, true, i);
		o.tunnel = (struct obs_tunnel){.kind = TUNNEL_OPENVPN, .event = TUNNEL_ASKS};
		tunnels_learn(&t, &o);
	}
	const struct endpoint first = end("203.0.113.1:1194");
	const struct endpoint last = end("203.0.113.6:1194");
	const struct client_tunnels *c = tunnels_find(&t, &near.addr);
	assert_int_equal(t.forgotten, 2);
	assert_false(tunnels_end_at(c, &first));
	assert_true(tunnels_end_at(c, &last));
	tunnels_free(&t);
}

static void proxy_see(struct proxies *p, const char *client, const char *proxy, uint8_t event)
{
	bool asks = event == PROXY_ASKS;
	struct observation o = head_make(
		OBS_PROXY, asks ? client : proxy, asks ? proxy : client, asks, 1);
	o.proxy = (struct obs_proxy){.kind = PROXY_SOCKS5, .event = event};
	proxies_learn(p, &o);
}

static void proxies_are_used_when_they_grant(void **state)
{
	(void)state;
	struct proxies p = {0};
	const struct endpoint client = end(NEAR), proxy = end(PROXY);
	assert_true(proxies_init(&p));
	proxy_see(&p, NEAR, PROXY, PROXY_ASKS);
	proxy_see(&p, NEAR, PROXY, PROXY_REFUSES);
	assert_null(proxies_find(&p, &client.addr));
	proxy_see(&p, NEAR, PROXY, PROXY_GRANTS);
	const struct client_proxies *c = proxies_find(&p, &client.addr);
	assert_non_null(c);
	assert_true(proxies_are_at(c, &proxy));
	assert_false(c->carries_udp);
	proxy_see(&p, NEAR, PROXY, PROXY_UDP);
	assert_true(c->carries_udp);
	assert_int_equal(p.loopback_ns, 0);
	proxies_free(&p);
}

static void loopback_proxies_are_the_hosts(void **state)
{
	(void)state;
	static const char *const clients[] = {"127.0.0.1:40000", "[::1]:40000"};
	for (size_t i = 0; i < ROWS(clients); i++) {
		struct proxies p = {0};
		const struct endpoint client = end(clients[i]);
		assert_true(proxies_init(&p));
		proxy_see(&p, clients[i], clients[i], PROXY_GRANTS);
		assert_int_equal(p.loopback_ns, SECOND_NS);
		assert_null(proxies_find(&p, &client.addr));
		proxies_free(&p);
	}
}

static void addresses_of_one_host_are_joined(void **state)
{
	(void)state;
	static const uint8_t laptop[6] = {0, 0, 0x5e, 0, 0x53, 10},
			     router[6] = {0, 0, 0x5e, 0, 0x53, 1};
	const struct endpoint v6 = end("[2001:db8:77::10]:1"), v4 = end(NEAR);
	const struct endpoint other = end("192.168.77.11:1");
	struct hosts h = {0};
	assert_true(hosts_init(&h));
	assert_null(hosts_main(&h, laptop));
	hosts_see(&h, laptop, &v6.addr, 1);
	assert_true(addr_equal(hosts_main(&h, laptop), &v6.addr));
	hosts_see(&h, laptop, &v4.addr, 2); /* IPv4 tells hosts apart better */
	assert_true(addr_equal(hosts_main(&h, laptop), &v4.addr));
	hosts_see(&h, router, &v4.addr, 3);
	hosts_see(&h, router, &other.addr, 4);
	assert_null(hosts_main(&h, router));
	hosts_free(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tunnels_live),
		cmocka_unit_test(meshes_are_no_tunnels),
		cmocka_unit_test(tunnels_are_bounded),
		cmocka_unit_test(proxies_are_used_when_they_grant),
		cmocka_unit_test(loopback_proxies_are_the_hosts),
		cmocka_unit_test(addresses_of_one_host_are_joined),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
