/*
 * Addresses, endpoints and prefixes: what a person may write, the canonical text (RFC 5952 §4), the
 * scopes that decide what is a leak.
 */
#include "core/addr.h"
#include "tests/unit/support/unit.h"

/* What is written, and how it is printed; NULL: refused. */
struct text_row {
	const char *written, *printed;
};

static const struct text_row addr_rows[] = {
	{"192.0.2.1", "192.0.2.1"},
	{"0.0.0.0", "0.0.0.0"},
	{"255.255.255.255", "255.255.255.255"},
	{"2001:0db8::0001", "2001:db8::1"},               /* §4.1 leading zeroes */
	{"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},        /* §4.2.1 */
	{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"}, /* §4.2.2 one zero stays */
	{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},          /* §4.2.3 the longest run */
	{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},    /* ... the first of equals */
	{"2001:DB8::A", "2001:db8::a"},                   /* §4.3 lower case */
	{"::", "::"},
	{"::1", "::1"},
	{"1::", "1::"},
	{"::ffff:192.0.2.1", "::ffff:192.0.2.1"}, /* §5 */
	{"2001:db8:1111:2222:3333:4444:5555:6666", "2001:db8:1111:2222:3333:4444:5555:6666"},
	{"", NULL},
	{"192.0.2", NULL},
	{"192.0.2.256", NULL},
	{"192.0.2.1.1", NULL},
	{"192.0.2.01", NULL},
	{" 192.0.2.1", NULL},
	{"192.0.2.1 ", NULL},
	{"2001:db8", NULL},
	{"2001:db8:::1", NULL},
	{"1::2::3", NULL},
	{"fe80::1%eth0", NULL},
	{"12345::", NULL},
	{"localhost", NULL},
};

static const struct text_row endpoint_rows[] = {
	{"192.0.2.1", "192.0.2.1"},
	{"192.0.2.1:3478", "192.0.2.1:3478"},
	{"192.0.2.1:1", "192.0.2.1:1"},
	{"192.0.2.1:65535", "192.0.2.1:65535"},
	{"2001:db8::1", "2001:db8::1"},
	{"[2001:db8::1]", "2001:db8::1"},
	{"[2001:DB8::1]:443", "[2001:db8::1]:443"},
	{"2001:db8::1:443", "2001:db8::1:443"}, /* an address of its own, not a port */
	{"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
	{"[::ffff:192.0.2.1]", "::ffff:192.0.2.1"},
	{"[::ffff:192.0.2.1]:3478", "[::ffff:192.0.2.1]:3478"},
	{"::ffff:192.0.2.1:3478", NULL},
	{"192.0.2.1:0", NULL},
	{"192.0.2.1:65536", NULL},
	{"192.0.2.1:99999999999999999999", NULL},
	{"192.0.2.1:", NULL},
	{"192.0.2.1:+1", NULL},
	{"192.0.2.1: 1", NULL},
	{"192.0.2.1:1x", NULL},
	{":3478", NULL},
	{"[192.0.2.1]:3478", NULL},
	{"[192.0.2.1]", NULL},
	{"[2001:db8::1", NULL},
	{"[2001:db8::1]:", NULL},
	{"[2001:db8::1]x", NULL},
	{"[2001:db8::1]x:1", NULL},
	{"[2001:db8::1]:1:2", NULL},
	{"2001:db8::1]:1", NULL},
	{"[]", NULL},
	{"[", NULL},
	{"]", NULL},
	{"", NULL},
	{"1111111111111111111111111111111111111111111111111111111:1", NULL},
};

static const struct text_row prefix_rows[] = {
	{"192.0.2.1", "192.0.2.1"},
	{"192.0.2.1/32", "192.0.2.1"},
	{"192.0.2.0/31", "192.0.2.0/31"},
	{"192.0.2.0/24", "192.0.2.0/24"},
	{"0.0.0.0/0", "0.0.0.0/0"},
	{"128.0.0.0/1", "128.0.0.0/1"},
	{"2001:db8::1", "2001:db8::1"},
	{"2001:db8::1/128", "2001:db8::1"},
	{"2001:db8::/127", "2001:db8::/127"},
	{"2001:DB8::/32", "2001:db8::/32"},
	{"::/0", "::/0"},
	{"::ffff:192.0.2.1/128", "::ffff:192.0.2.1"},
	{"::ffff:192.0.2.0/120", "::ffff:192.0.2.0/120"},
	{"::ffff:0.0.0.0/96", "::ffff:0.0.0.0/96"},
	{"::ffff:0.0.0.0/95", NULL},
	{"::ffff:192.0.2.1/120", NULL},
	{"192.0.2.1/31", NULL}, /* host bits */
	{"192.0.2.1/24", NULL},
	{"192.0.2.1/0", NULL},
	{"0.0.0.1/0", NULL},
	{"2001:db8::1/127", NULL},
	{"2001:db8::1/64", NULL},
	{"::1/0", NULL},
	{"192.0.2.0/33", NULL},
	{"2001:db8::/129", NULL},
	{"192.0.2.0/", NULL},
	{"192.0.2.0/-1", NULL},
	{"192.0.2.0/24/8", NULL},
	{"/24", NULL},
	{"192.0.2.0/24x", NULL},
	{"192.0.2.0/256", NULL},
	{"192.0.2.0/18446744073709551616", NULL},
	{"", NULL},
};

static void row_check(const struct text_row *row, bool parsed, const char *printed)
{
	if (parsed != (row->printed != NULL))
		fail_msg("\"%s\" was %s", row->written, parsed ? "taken" : "refused");
	if (parsed)
		assert_string_equal(printed, row->printed);
}

static void addresses_as_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(addr_rows); i++) {
		struct addr a = {0};
		char text[ADDR_TEXT_MAX];
		bool parsed = addr_parse(addr_rows[i].written, &a);
		row_check(&addr_rows[i], parsed, addr_text(&a, text));
	}
}

static void endpoints_as_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(endpoint_rows); i++) {
		struct endpoint e = {0};
		bool parsed = endpoint_parse(endpoint_rows[i].written, &e);
		char text[ENDPOINT_TEXT_MAX] = "";
		row_check(&endpoint_rows[i], parsed, parsed ? endpoint_text(&e, text) : text);
	}
}

static void prefixes_as_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(prefix_rows); i++) {
		struct prefix p = {0};
		bool parsed = prefix_parse(prefix_rows[i].written, &p);
		char text[PREFIX_TEXT_MAX] = "";
		row_check(&prefix_rows[i], parsed, parsed ? prefix_text(&p, text) : text);
	}
}

static void absent_is_a_dash(void **state)
{
	(void)state;
	const struct endpoint none = {0};
	char text[ENDPOINT_TEXT_MAX];
	assert_string_equal(addr_text(&none.addr, text), "-");
	assert_string_equal(endpoint_text(&none, text), "-");
	assert_int_equal(addr_scope(&none.addr), SCOPE_NONE);
}

static const struct {
	const char *text;
	enum addr_scope scope;
} scope_rows[] = {
	{"9.255.255.255", SCOPE_GLOBAL},
	{"10.0.0.0", SCOPE_PRIVATE},
	{"10.255.255.255", SCOPE_PRIVATE},
	{"11.0.0.0", SCOPE_GLOBAL},
	{"172.15.255.255", SCOPE_GLOBAL},
	{"172.16.0.0", SCOPE_PRIVATE},
	{"172.31.255.255", SCOPE_PRIVATE},
	{"172.32.0.0", SCOPE_GLOBAL},
	{"191.255.255.255", SCOPE_GLOBAL},
	{"192.0.0.255", SCOPE_SPECIAL},
	{"192.0.1.0", SCOPE_GLOBAL},
	{"192.167.255.255", SCOPE_GLOBAL},
	{"192.168.0.0", SCOPE_PRIVATE},
	{"192.169.0.0", SCOPE_GLOBAL},
	{"100.63.255.255", SCOPE_GLOBAL},
	{"100.64.0.0", SCOPE_SHARED},
	{"100.127.255.255", SCOPE_SHARED},
	{"100.128.0.0", SCOPE_GLOBAL},
	{"169.253.255.255", SCOPE_GLOBAL},
	{"169.254.0.1", SCOPE_LINK},
	{"169.255.0.1", SCOPE_GLOBAL},
	{"0.0.0.0", SCOPE_SPECIAL},
	{"0.1.2.3", SCOPE_SPECIAL},
	{"127.0.0.1", SCOPE_SPECIAL},
	{"198.17.255.255", SCOPE_GLOBAL},
	{"198.18.0.0", SCOPE_PRIVATE},
	{"198.19.255.255", SCOPE_PRIVATE},
	{"198.20.0.0", SCOPE_GLOBAL},
	{"223.255.255.255", SCOPE_GLOBAL},
	{"224.0.0.251", SCOPE_SPECIAL},
	{"240.0.0.1", SCOPE_SPECIAL},
	{"255.255.255.255", SCOPE_SPECIAL},
	/* Documentation prefixes are judged like the Internet. */
	{"192.0.2.1", SCOPE_GLOBAL},
	{"198.51.100.23", SCOPE_GLOBAL},
	{"203.0.113.7", SCOPE_GLOBAL},
	{"2001:db8::1", SCOPE_GLOBAL},
	{"::", SCOPE_SPECIAL},
	{"::1", SCOPE_SPECIAL},
	{"::2", SCOPE_GLOBAL},
	{"::1:0:1", SCOPE_GLOBAL},
	{"0:1::1", SCOPE_GLOBAL},
	{"fe7f::1", SCOPE_GLOBAL},
	{"fe00::1", SCOPE_GLOBAL},
	{"fe80::1", SCOPE_LINK},
	{"febf::1", SCOPE_LINK},
	{"fec0::1", SCOPE_GLOBAL},
	{"fbff::1", SCOPE_GLOBAL},
	{"fc00::1", SCOPE_PRIVATE},
	{"fdff::1", SCOPE_PRIVATE},
	{"ff02::fb", SCOPE_SPECIAL},
	{"64:ff9b::c000:201", SCOPE_GLOBAL},
	/* Mapped addresses have the scope of what they map. */
	{"::ffff:192.168.77.10", SCOPE_PRIVATE},
	{"::ffff:198.51.100.23", SCOPE_GLOBAL},
	{"::ffff:127.0.0.1", SCOPE_SPECIAL},
};

static void scopes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(scope_rows); i++) {
		struct addr a;
		assert_true(addr_parse(scope_rows[i].text, &a));
		if (addr_scope(&a) != scope_rows[i].scope)
			fail_msg("%s has scope %d", scope_rows[i].text, addr_scope(&a));
	}
}

static const struct {
	const char *prefix, *addr;
	bool inside;
} inside_rows[] = {
	{"0.0.0.0/0", "203.0.113.7", true},
	{"0.0.0.0/0", "2001:db8::1", false}, /* families do not mix */
	{"::/0", "203.0.113.7", false},
	{"::/0", "2001:db8::1", true},
	{"::/0", "::ffff:203.0.113.7", true}, /* mapped is IPv6 here */
	{"203.0.113.6/31", "203.0.113.7", true},
	{"203.0.113.6/31", "203.0.113.8", false},
	{"203.0.113.7", "203.0.113.7", true},
	{"203.0.113.7", "203.0.113.6", false},
	{"203.0.112.0/23", "203.0.113.255", true},
	{"203.0.112.0/23", "203.0.114.0", false},
	{"128.0.0.0/1", "127.255.255.255", false},
	{"128.0.0.0/1", "255.0.0.1", true},
	{"2001:db8::/127", "2001:db8::1", true},
	{"2001:db8::/127", "2001:db8::2", false},
	{"2001:db8::1", "2001:db8::1", true},
	{"2001:db8:113::/48", "2001:db8:113:ffff::1", true},
	{"2001:db8:113::/48", "2001:db8:114::1", false},
};

static void prefixes_and_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(inside_rows); i++) {
		struct prefix p;
		struct addr a;
		assert_true(prefix_parse(inside_rows[i].prefix, &p));
		assert_true(addr_parse(inside_rows[i].addr, &a));
		if (prefix_contains(&p, &a) != inside_rows[i].inside)
			fail_msg("%s in %s?", inside_rows[i].addr, inside_rows[i].prefix);
	}
}

static void whole_prefix_of_one(void **state)
{
	(void)state;
	struct addr a;
	assert_true(addr_parse("2001:db8::1", &a));
	struct prefix p = prefix_of(&a);
	assert_int_equal(p.bits, 128);
	assert_true(addr_equal(&p.addr, &a));
}

static void unmapping(void **state)
{
	(void)state;
	struct addr mapped, v4, v6;
	assert_true(addr_parse("::ffff:198.51.100.23", &mapped));
	assert_true(addr_parse("198.51.100.23", &v4));
	assert_true(addr_parse("::fffe:198.51.100.23", &v6));
	assert_false(addr_equal(&mapped, &v4)); /* that it was written so is evidence */
	struct addr plain = addr_unmapped(&mapped);
	assert_true(addr_equal(&plain, &v4));
	plain = addr_unmapped(&v6);
	assert_true(addr_equal(&plain, &v6));
	plain = addr_unmapped(&v4);
	assert_true(addr_equal(&plain, &v4));
}

static void mapped_prefixes(void **state)
{
	(void)state;
	const char *const rows[][2] = {
		{"::ffff:198.51.100.23", "198.51.100.23"},
		{"::ffff:198.51.100.0/120", "198.51.100.0/24"},
		{"::ffff:0.0.0.0/96", "0.0.0.0/0"},
		{"198.51.100.0/24", "198.51.100.0/24"},
		{"2001:db8::/32", "2001:db8::/32"},
		{"::/0", "::/0"},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct prefix p;
		char text[PREFIX_TEXT_MAX];
		assert_true(prefix_parse(rows[i][0], &p));
		p = prefix_unmapped(&p);
		assert_string_equal(prefix_text(&p, text), rows[i][1]);
	}
}

static void endpoints_compare(void **state)
{
	(void)state;
	struct endpoint a, b;
	assert_true(endpoint_parse("192.0.2.1:3478", &a));
	assert_true(endpoint_parse("192.0.2.1:3479", &b));
	assert_true(endpoint_equal(&a, &a));
	assert_false(endpoint_equal(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_as_text),
		cmocka_unit_test(endpoints_as_text),
		cmocka_unit_test(prefixes_as_text),
		cmocka_unit_test(absent_is_a_dash),
		cmocka_unit_test(scopes),
		cmocka_unit_test(prefixes_and_addresses),
		cmocka_unit_test(whole_prefix_of_one),
		cmocka_unit_test(unmapping),
		cmocka_unit_test(mapped_prefixes),
		cmocka_unit_test(endpoints_compare),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
