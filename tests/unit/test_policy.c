/*
 * What the user declared, from text; and what is refused, with a reason.
 */
#include "core/policy.h"
#include "tests/unit/support/packet.h"

static const struct {
	const char *text, *interface, *far_end; /* both NULL: refused */
} tunnel_rows[] = {
	{"tun0", "tun0", NULL},
	{"wg0", "wg0", NULL},
	{"br-lan", "br-lan", NULL},
	{"0tunnel", "0tunnel", NULL},
	{"203.0.113.7", NULL, "203.0.113.7"},
	{"203.0.113.7:1194", NULL, "203.0.113.7:1194"},
	{"[2001:db8::7]:51820", NULL, "[2001:db8::7]:51820"},
	{"2001:db8::7", NULL, "2001:db8::7"},
	{"::ffff:203.0.113.7", NULL, "203.0.113.7"},
	{"[::ffff:203.0.113.7]:1194", NULL, "203.0.113.7:1194"},
	{"203.0.113.300", NULL, NULL}, /* a mistyped address is no interface */
	{"10.8.0", NULL, NULL},
	{"203.0.113.7:70000", NULL, NULL},
	{"203.0.113.7/32", NULL, NULL},
	{"", NULL, NULL},
	{"tun 0", NULL, NULL},
	{"tun/0", NULL, NULL},
	{"-tun0", NULL, NULL},
	{"fe80::1%tun0", NULL, NULL},
	{"an-interface-name-of-31-charactr", NULL, NULL}, /* 32 with its NUL is the most */
	{"an-interface-name-of-31-charact", "an-interface-name-of-31-charact", NULL},
};

static void tunnels(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(tunnel_rows); i++) {
		struct policy *p = calloc(1, sizeof(*p));
		const char *why = NULL;
		assert_non_null(p);
		bool taken = policy_add_tunnel(p, tunnel_rows[i].text, &why);
		bool wanted = tunnel_rows[i].interface || tunnel_rows[i].far_end;
		if (taken != wanted)
			fail_msg("\"%s\" was %s", tunnel_rows[i].text, taken ? "taken" : "refused");
		assert_int_equal(p->tunnels, wanted);
		if (!taken)
			assert_non_null(why);
		if (tunnel_rows[i].interface)
			assert_string_equal(p->tunnel[0].interface, tunnel_rows[i].interface);
		if (tunnel_rows[i].far_end) {
			struct endpoint far_end = end(tunnel_rows[i].far_end);
			assert_true(endpoint_equal(&p->tunnel[0].far_end, &far_end));
			assert_string_equal(p->tunnel[0].interface, "");
		}
		free(p);
	}
}

typedef bool policy_add(struct policy *p, const char *text, const char **why);

static const struct {
	policy_add *add;
	const char *text;
	bool taken;
} other_rows[] = {
	{policy_add_egress, "203.0.113.7", true},
	{policy_add_egress, "203.0.113.0/24", true},
	{policy_add_egress, "2001:db8:113::/48", true},
	{policy_add_egress, "203.0.113.7/24", false},
	{policy_add_egress, "203.0.113.7:80", false},
	{policy_add_egress, "vpn.example", false},
	{policy_add_client, "192.168.77.0/24", true},
	{policy_add_client, "2001:db8::1", true},
	{policy_add_client, "192.168.77.10/24", false},
	{policy_add_proxy, "192.168.77.1:8080", true},
	{policy_add_proxy, "192.168.77.1", true},
	{policy_add_proxy, "[2001:db8::1]:3128", true},
	{policy_add_proxy, "[2001:db8::1]3128", false},
	{policy_add_proxy, "proxy.example:3128", false},
};

static void other_declarations(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(other_rows); i++) {
		struct policy *p = calloc(1, sizeof(*p));
		const char *why = NULL;
		assert_non_null(p);
		bool taken = other_rows[i].add(p, other_rows[i].text, &why);
		if (taken != other_rows[i].taken)
			fail_msg("\"%s\" was %s", other_rows[i].text, taken ? "taken" : "refused");
		assert_int_equal(p->egresses + p->clients + p->proxies, taken);
		assert_int_equal(why == NULL, taken);
		free(p);
	}
}

static void lists_end(void **state)
{
	(void)state;
	policy_add *const adders[] = {
		policy_add_egress, policy_add_tunnel, policy_add_proxy, policy_add_client};
	struct policy *p = calloc(1, sizeof(*p));
	assert_non_null(p);
	for (size_t i = 0; i < ROWS(adders); i++) {
		const char *why = NULL;
		for (int n = 0; n < POLICY_LIST_MAX; n++)
			assert_true(adders[i](p, "203.0.113.7", &why));
		assert_null(why);
		assert_false(adders[i](p, "203.0.113.7", &why));
		assert_non_null(why);
	}
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tunnels),
		cmocka_unit_test(other_declarations),
		cmocka_unit_test(lists_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
