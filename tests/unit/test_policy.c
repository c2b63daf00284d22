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

#define MAC_A "02:00:00:00:00:0a"

/* Entries in the order of the policy, each with one match; what is asked, and which one decides. */
static const char *const matches[] = {
	"192.168.0.0/16",
	"192.168.77.0/24",
	"192.168.77.10",
	"fd00:77::/64",
	MAC_A,
	"self",
	"::ffff:10.0.0.0/104",
};

static const struct {
	const char *addr;
	bool mac, self;
	uint32_t entry;
} find_rows[] = {
	{"192.168.1.1", false, false, 1},
	{"192.168.77.11", false, false, 2},
	{"192.168.77.10", false, false, 3},
	{"192.168.77.10", true, false, 5},
	{"192.168.77.10", false, true, 3},
	{"fd00:77::9", false, false, 4},
	{"fd00:78::9", false, false, 0},
	{"fd00:78::9", true, false, 5},
	{"fd00:78::9", false, true, 6},
	{"fd00:78::9", true, true, 5},
	{"10.1.1.1", false, false, 7},
	{"198.51.100.23", false, false, 0},
};

static void entries_are_found(void **state)
{
	(void)state;
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 10};
	struct policy *p = calloc(1, sizeof(*p));
	const char *why = NULL;
	assert_non_null(p);
	for (size_t i = 0; i < ROWS(matches); i++)
		assert_true(policy_entry_begin(p, &why) && policy_add_match(p, matches[i], &why) &&
			policy_entry_end(p, &why));
	for (size_t i = 0; i < ROWS(find_rows); i++) {
		struct addr addr = ip(find_rows[i].addr);
		const struct policy_subject who = {.addr = &addr,
			.mac = find_rows[i].mac ? mac : NULL,
			.self = find_rows[i].self};
		uint32_t entry = policy_entry_find(p, &who);
		if (entry != find_rows[i].entry)
			fail_msg("row %zu, %s: entry %u", i, find_rows[i].addr, entry);
	}
	free(p);
}

/* What options declare is every entry's, too; each egress once. */
static void entries_inherit(void **state)
{
	(void)state;
	struct policy *p = calloc(1, sizeof(*p));
	const char *why = NULL;
	assert_non_null(p);
	assert_true(policy_add_egress(p, "203.0.113.7", &why));
	assert_true(policy_add_egress(p, "203.0.113.8", &why));
	assert_true(policy_add_tunnel(p, "tun0", &why));
	assert_true(policy_add_resolver(p, "10.8.0.2", &why));
	for (uint32_t entry = 1; entry <= 2; entry++) {
		assert_true(policy_entry_begin(p, &why));
		assert_true(policy_add_egress(p, "203.0.113.9", &why));
		assert_true(policy_add_egress(p, "203.0.113.7", &why));
		assert_true(policy_add_proxy(p, "192.0.2.80:8080", &why));
		assert_true(policy_add_resolver(p, "10.8.0.1", &why));
		assert_true(policy_entry_end(p, &why));
		const struct policy_terms *t = &p->terms[entry];
		assert_int_equal(t->egress.count, 3);
		assert_int_equal(p->egress[t->egress.first].addr.bytes[3], 9);
		assert_int_equal(p->egress[t->egress.first + 2].addr.bytes[3], 8);
		assert_int_equal(t->tunnel.count, 1);
		assert_string_equal(p->tunnel[t->tunnel.first].interface, "tun0");
		assert_int_equal(t->proxy.count, 1);
		assert_int_equal(t->resolver.count, 2);
		assert_int_equal(p->resolver[t->resolver.first].addr.bytes[3], 1);
	}
	assert_int_equal(p->terms[0].egress.count, 2);
	assert_int_equal(p->terms[0].proxy.count, 0);
	free(p);
}

/* What options declared is all that is left; then the same file can be read again. */
static void reset(void **state)
{
	(void)state;
	struct policy *p = calloc(1, sizeof(*p)), *before = calloc(1, sizeof(*before));
	const char *why = NULL;
	assert_true(p && before);
	assert_true(policy_add_egress(p, "203.0.113.7", &why));
	assert_true(policy_add_tunnel(p, "tun0", &why));
	assert_true(policy_add_proxy(p, "192.0.2.80", &why));
	assert_true(policy_add_resolver(p, "10.8.0.2", &why));
	assert_true(policy_add_client(p, "192.168.77.10", &why));
	policy_reset(p);
	*before = *p;
	for (int i = 0; i < 2; i++) {
		assert_true(policy_entry_begin(p, &why));
		assert_true(policy_add_match(p, "self", &why));
		assert_true(policy_add_resolver(p, "10.8.0.1", &why));
		assert_non_null(policy_add_allow(p));
		assert_true(policy_entry_end(p, &why));
		assert_non_null(policy_add_suppression(p));
		p->min_severity = SEVERITY_HIGH;
		p->threshold.count = 3;
		p->window_ns = 1;
		p->per = PER_RUN;
		policy_reset(p);
	}
	assert_memory_equal(&p->egresses, &before->egresses, 5 * sizeof(p->egresses));
	assert_int_equal(p->egresses + p->tunnels + p->proxies + p->resolvers + p->clients, 5);
	assert_int_equal(p->entries + p->matches + p->suppressions, 0);
	assert_int_equal(p->threshold.count, POLICY_THRESHOLD);
	assert_int_equal(p->min_severity, SEVERITY_LOW);
	assert_int_equal(p->window_ns, POLICY_WINDOW_NS);
	assert_int_equal(p->per, PER_CLIENT);
	assert_int_equal(p->terms[0].egress.count, 1);
	free(before);
	free(p);
}

/* An entry that there is no room for, or no room to inherit in, is refused whole. */
static void entries_end(void **state)
{
	(void)state;
	struct policy *p = calloc(1, sizeof(*p));
	const char *why = NULL;
	assert_non_null(p);
	for (int i = 0; i < POLICY_ENTRIES_MAX; i++)
		assert_true(policy_entry_begin(p, &why) && policy_entry_end(p, &why));
	assert_false(policy_entry_begin(p, &why));
	assert_non_null(why);
	memset(p, 0, sizeof(*p));
	for (int i = 0; i < POLICY_LIST_MAX; i++)
		assert_true(policy_add_egress(p, "203.0.113.7", &why));
	assert_true(policy_entry_begin(p, &why));
	assert_false(policy_entry_end(p, &why));
	memset(p, 0, sizeof(*p));
	for (int i = 0; i < POLICY_LIST_MAX; i++)
		assert_true(policy_add_proxy(p, "203.0.113.7", &why));
	assert_true(policy_entry_begin(p, &why));
	assert_false(policy_entry_end(p, &why));
	memset(p, 0, sizeof(*p));
	for (int i = 0; i < POLICY_ALLOWS_MAX; i++)
		assert_non_null(policy_add_allow(p));
	assert_null(policy_add_allow(p));
	for (int i = 0; i < POLICY_SUPPRESSION_MAX; i++)
		assert_non_null(policy_add_suppression(p));
	assert_null(policy_add_suppression(p));
	free(p);
}

static const struct {
	const char *to;
	uint8_t protocol;
	bool allowed;
} allow_rows[] = {
	{"192.0.2.10", PROTOCOL_UDP, true},
	{"::ffff:192.0.2.10", PROTOCOL_UDP, true},
	{"192.0.2.10", PROTOCOL_TCP, false},
	{"192.0.3.10", PROTOCOL_UDP, false},
	{"2001:db8::1", PROTOCOL_TCP, true},
	{"2001:db8::1", 132, true}, /* any protocol */
	{"192.0.2.10", 64 + PROTOCOL_UDP, false},
};

static void exclusions(void **state)
{
	(void)state;
	struct policy *p = calloc(1, sizeof(*p));
	const char *why = NULL;
	assert_non_null(p);
	assert_true(policy_entry_begin(p, &why));
	struct policy_allow *row = policy_add_allow(p);
	assert_true(prefix_parse("192.0.2.0/24", &row->to));
	row->protocols = UINT64_C(1) << PROTOCOL_UDP;
	assert_true(prefix_parse("2001:db8::/32", &policy_add_allow(p)->to));
	assert_true(policy_entry_end(p, &why));
	for (size_t i = 0; i < ROWS(allow_rows); i++) {
		struct addr to = ip(allow_rows[i].to);
		bool allowed = policy_allows(p, &p->terms[1], &to, allow_rows[i].protocol);
		if (allowed != allow_rows[i].allowed)
			fail_msg("row %zu, %s", i, allow_rows[i].to);
		assert_false(policy_allows(p, &p->terms[0], &to, allow_rows[i].protocol));
	}
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_found),
		cmocka_unit_test(entries_inherit),
		cmocka_unit_test(reset),
		cmocka_unit_test(entries_end),
		cmocka_unit_test(exclusions),
		cmocka_unit_test(tunnels),
		cmocka_unit_test(other_declarations),
		cmocka_unit_test(lists_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
