/*
 * This host's interfaces: netlink messages as a kernel wrote them, whole, cut and changed, and what
 * is decided by what they say.
 */
#include "capture/host.h"
#include "tests/unit/support/netlink_recorded.h"
#include "tests/unit/support/unit.h"

#include <net/if_arp.h>

#ifndef ARPHRD_NONE
#define ARPHRD_NONE 0xFFFE
#endif

#define LENGTH_AT 0 /* nlmsg_len, in the machine's byte order */

static struct host *host_recorded(uint16_t but)
{
	struct host *h = host_new();
	assert_non_null(h);
	host_begin(h);
	for (size_t i = 0; i < ROWS(recorded); i++) {
		uint8_t *copy = heap_copy(recorded[i].bytes, recorded[i].length);
		if (recorded[i].type != but)
			assert_true(host_messages(h, copy, recorded[i].length));
		free(copy);
	}
	host_decide(h);
	return h;
}

static const struct {
	const char *name, *kind, *why;
	bool watched, leads;
	enum role role;
	uint32_t addrs;
} expected[] = {
	{"lo", "", "traffic within this host", false, false, ROLE_AUTO, 1},
	{"eth0", "veth", "default route (IPv4 and IPv6)", true, true, ROLE_PHYSICAL, 2},
	{"br0", "bridge", "a gateway is reached there (IPv4)", true, false, ROLE_PHYSICAL, 1},
	{"port0", "veth", "a port of br0, where its frames are seen", false, false, ROLE_AUTO, 0},
	{"spare0", "veth", "default route (IPv4) of a policy rule", true, true, ROLE_PHYSICAL, 0},
	{"tun0", "tun", "a tun device, default route (IPv4 and IPv6)", true, true, ROLE_TUNNEL, 1},
	{"vm0", "tun", "no way out leads there", false, false, ROLE_AUTO, 0},
};

static void recorded_messages_are_read(void **state)
{
	(void)state;
	struct host *h = host_recorded(0);
	assert_int_equal(h->count, ROWS(expected));
	for (size_t i = 0; i < ROWS(expected); i++) {
		const struct host_link *l = host_named(h, expected[i].name);
		assert_non_null(l);
		assert_string_equal(l->kind, expected[i].kind);
		assert_string_equal(l->why, expected[i].why);
		assert_int_equal(l->watched, expected[i].watched);
		assert_int_equal(l->leads, expected[i].leads);
		assert_int_equal(l->addrs, expected[i].addrs);
		if (l->watched)
			assert_int_equal(l->role, expected[i].role);
	}
	char text[PREFIX_TEXT_MAX];
	const struct host_link *eth0 = host_named(h, "eth0");
	assert_string_equal(prefix_text(&eth0->addr[0], text), "192.168.77.10/24");
	assert_true(eth0->has_mac && eth0->mac[5] == 1);
	/* Of an address with a peer, the own end. */
	assert_string_equal(prefix_text(&host_named(h, "tun0")->addr[0], text), "10.8.0.2");
	host_free(h);
}

/* A table that no rule looks up leads nowhere. */
static void rules_say_which_tables_count(void **state)
{
	(void)state;
	struct host *h = host_recorded(RTM_NEWRULE);
	assert_false(host_named(h, "spare0")->watched);
	assert_true(host_named(h, "eth0")->watched);
	host_free(h);
}

/* An address added and the routes gone: what was a way out stays watched, as a kill switch or a
 * tunnel takes routes away just when it matters. */
static void routes_gone(void **state)
{
	(void)state;
	struct host *h = host_recorded(0);
	host_begin(h);
	for (size_t i = 0; i < ROWS(recorded); i++) {
		if (recorded[i].type == RTM_NEWLINK)
			host_messages(h, recorded[i].bytes, recorded[i].length);
	}
	host_decide(h);
	assert_true(host_named(h, "eth0")->watched);
	assert_false(host_named(h, "eth0")->leads);
	assert_string_equal(host_named(h, "eth0")->why, "was a way out before");
	assert_false(host_named(h, "vm0")->watched);
	host_free(h);
}

static void links_come_and_go(void **state)
{
	(void)state;
	struct host *h = host_recorded(0);
	struct nlmsghdr *m = (void *)heap_copy(recorded[1].bytes, recorded[1].length);
	const uint32_t index = host_named(h, "eth0")->index;
	m->nlmsg_type = RTM_DELLINK;
	assert_true(host_messages(h, m, m->nlmsg_len));
	assert_null(host_named(h, "eth0"));
	assert_non_null(host_find(h, index)); /* for late frames */
	m->nlmsg_type = RTM_NEWLINK;
	assert_true(host_messages(h, m, m->nlmsg_len));
	assert_int_equal(host_named(h, "eth0")->index, index);
	free(m);
	host_free(h);
}

/* More interfaces than there are rows: those gone make way, others are counted. */
static void tables_end(void **state)
{
	(void)state;
	struct host *h = host_new();
	for (uint32_t i = 0; i < HOST_LINKS_MAX; i++)
		assert_non_null(host_add(h, i + 1));
	assert_null(host_add(h, HOST_LINKS_MAX + 1));
	assert_int_equal(h->refused, 1);
	h->link[7].gone = true;
	assert_ptr_equal(host_add(h, HOST_LINKS_MAX + 1), &h->link[7]);
	host_free(h);
}

/* Each message cut at each length, with a length field that says so and one that does not. */
static void messages_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(recorded); i++) {
		for (uint32_t length = 0; length <= recorded[i].length; length++) {
			struct host *h = host_recorded(recorded[i].type);
			uint8_t *copy = heap_copy(recorded[i].bytes, length);
			bool whole = length == 0 || length == recorded[i].length;
			assert_int_equal(host_messages(h, copy, length), whole);
			if (length >= sizeof(struct nlmsghdr)) {
				memcpy(copy + LENGTH_AT, &length, sizeof(length));
				host_messages(h, copy, length);
			}
			free(copy);
			host_free(h);
		}
	}
}

/* Attribute lengths from nothing to everything: nothing is read beyond the message. */
static void attributes_lie(void **state)
{
	(void)state;
	static const uint16_t lengths[] = {0, 1, 3, 4, 5, 6, 255, 65535};
	for (size_t i = 0; i < ROWS(recorded); i++) {
		for (size_t at = sizeof(struct nlmsghdr); at + 2 <= recorded[i].length; at += 4) {
			for (size_t k = 0; k < ROWS(lengths); k++) {
				struct host *h = host_recorded(recorded[i].type);
				uint8_t *copy = heap_copy(recorded[i].bytes, recorded[i].length);
				memcpy(copy + at, &lengths[k], sizeof(lengths[k]));
				host_messages(h, copy, recorded[i].length);
				host_decide(h);
				free(copy);
				host_free(h);
			}
		}
	}
}

static const struct {
	const char *name, *kind, *why;
	uint16_t hardware;
	uint8_t defaults, gateways;
	uint32_t addrs;
	bool up, other, watched, leads;
	enum role role;
} decisions[] = {
	{"wg0", "wireguard", "a WireGuard tunnel, default route (IPv4)", ARPHRD_NONE, 1, 0, 1, true,
		true, true, true, ROLE_TUNNEL},
	{"wg0", "wireguard", "a WireGuard tunnel, but down", ARPHRD_NONE, 0, 0, 1, false, true,
		false, false, ROLE_TUNNEL},
	/* A mesh: says nothing of where other traffic should go. */
	{"tailscale0", "tun", "a tun device, without a default route", ARPHRD_NONE, 0, 0, 1, true,
		true, true, false, ROLE_TUNNEL},
	/* The kernel's word counts more than the name. */
	{"eth7", "wireguard", "a WireGuard tunnel, default route (IPv6)", ARPHRD_NONE, 2, 0, 1,
		true, true, true, true, ROLE_TUNNEL},
	{"tun9", "veth", "default route (IPv4)", ARPHRD_ETHER, 1, 1, 1, true, true, true, true,
		ROLE_PHYSICAL},
	{"tap0", "tun", "a tun device, without a default route", ARPHRD_ETHER, 0, 0, 1, true, true,
		true, false, ROLE_TUNNEL},
	{"vnet0", "tun", "no way out leads there", ARPHRD_ETHER, 0, 0, 0, true, true, false, false,
		ROLE_AUTO},
	/* A dial-up link is the way out; over another one it is a VPN. */
	{"ppp0", "ppp", "default route (IPv4)", ARPHRD_PPP, 1, 0, 1, true, false, true, true,
		ROLE_PHYSICAL},
	{"ppp0", "ppp", "a PPP link over another way out, default route (IPv4)", ARPHRD_PPP, 1, 0,
		1, true, true, true, true, ROLE_TUNNEL},
	{"pppoe-wan", "ppp", "default route (IPv4)", ARPHRD_PPP, 1, 0, 1, true, false, true, true,
		ROLE_WAN},
	{"ipsec0", "xfrm", "an IPsec tunnel, without a default route", ARPHRD_NONE, 0, 0, 1, true,
		true, true, false, ROLE_TUNNEL},
	{"wlan0", "", "a gateway is reached there (IPv6)", ARPHRD_ETHER, 0, 2, 1, true, true, true,
		false, ROLE_PHYSICAL},
	{"docker0", "bridge", "no way out leads there", ARPHRD_ETHER, 0, 0, 1, true, true, false,
		false, ROLE_AUTO},
};

static void each_kind_has_its_role(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(decisions); i++) {
		struct host *h = host_new();
		struct host_link *l = host_add(h, 3);
		snprintf(l->name, sizeof(l->name), "%s", decisions[i].name);
		snprintf(l->kind, sizeof(l->kind), "%s", decisions[i].kind);
		l->hardware = decisions[i].hardware;
		l->defaults = decisions[i].defaults;
		l->gateways = decisions[i].gateways;
		l->addrs = decisions[i].addrs;
		l->up = decisions[i].up;
		struct host_link *other = host_add(h, 2);
		other->gateways = decisions[i].other;
		host_decide(h);
		if (strcmp(l->why, decisions[i].why) != 0 || l->watched != decisions[i].watched ||
			l->leads != decisions[i].leads ||
			(l->watched && l->role != decisions[i].role))
			fail_msg("%s (%s): %s, %s", l->name, l->kind, role_name(l->role), l->why);
		host_free(h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_messages_are_read),
		cmocka_unit_test(rules_say_which_tables_count),
		cmocka_unit_test(routes_gone),
		cmocka_unit_test(links_come_and_go),
		cmocka_unit_test(tables_end),
		cmocka_unit_test(messages_cut_anywhere),
		cmocka_unit_test(attributes_lie),
		cmocka_unit_test(each_kind_has_its_role),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
