/* Words, numbers, addresses and heads in text off the wire. */
#include "dissect/head.h"
#include "dissect/text.h"
#include "tests/unit/support/unit.h"

static struct reader text(const char *s)
{
	return reader_make(s, strlen(s), false);
}

static bool same(struct reader r, const char *s)
{
	return reader_left(&r) == strlen(s) && memcmp(r.at, s, strlen(s)) == 0;
}

static void words_compare(void **state)
{
	(void)state;
	assert_true(text_is(text("Content-LENGTH"), "content-length"));
	assert_false(text_is(text("content-lengt"), "content-length"));
	assert_false(text_is(text(""), "a"));
	assert_true(text_is(text(""), ""));
	assert_true(text_starts(text("HTTP/1.1"), "http/"));
	assert_true(text_ends(text("application/JSON"), "/json"));
	assert_false(text_ends(text("n"), "json"));
	assert_true(same(text_trim(text(" \t a b\r\n ")), "a b"));
	assert_true(same(text_trim(text(" \t\r\n ")), ""));
	assert_true(same(text_trim(text("")), ""));
	assert_true(same(text_trim(text(" x")), "x"));
	assert_true(same(text_trim(text("x\n")), "x"));
	assert_false(text_trim(reader_make("x ", 2, true)).cut);
	assert_true(same(text_unquote(text("\"a\"")), "a"));
	assert_true(same(text_unquote(text("\"")), "\""));
}

static void items_are_taken(void **state)
{
	(void)state;
	struct reader list = text(" a , \"b, c\";d,, e");
	assert_true(same(text_item(&list, ','), "a"));
	assert_true(same(text_item(&list, ','), "\"b, c\";d"));
	assert_true(same(text_item(&list, ','), ""));
	assert_true(same(text_item(&list, ','), "e"));
	assert_int_equal(reader_left(&list), 0);
	assert_true(same(text_item(&list, ','), ""));
	assert_false(list.failed);
}

static void numbers_have_limits(void **state)
{
	(void)state;
	uint64_t n;
	assert_true(text_number(text("9223372036854775807"), &n) && n == INT64_MAX);
	assert_false(text_number(text("9223372036854775808"), &n));
	assert_false(text_number(text("18446744073709551616"), &n));
	assert_false(text_number(text(""), &n));
	assert_false(text_number(text("-1"), &n));
	assert_false(text_number(text("1a"), &n));
	assert_false(text_number(text("1 "), &n));
	assert_true(text_number(text("00000000000000000000000000000007"), &n) && n == 7);
	assert_true(text_hex(text("7fffFFFFffffffff"), &n) && n == INT64_MAX);
	assert_false(text_hex(text("8000000000000000"), &n));
	assert_false(text_hex(text("0x1"), &n));
}

static void authorities_are_split(void **state)
{
	(void)state;
	static const struct {
		const char *whole, *host;
		uint16_t port;
	} rows[] = {{"a.example:8080", "a.example", 8080}, {"a.example", "a.example", 1},
		{"[2001:db8::1]:443", "2001:db8::1", 443}, {"[2001:db8::1]", "2001:db8::1", 1},
		{"a:65536", "a", 1}, {"a:", "a", 1}, {"", "", 1}, {"[", "", 1}};
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint16_t port = 1;
		assert_true(same(text_authority(text(rows[i].whole), &port), rows[i].host));
		assert_int_equal(port, rows[i].port);
	}
	struct endpoint e;
	assert_false(text_endpoint(text("unknown"), &e));
	assert_false(text_endpoint(reader_make("1.2.3.4\0.5", 10, false), &e));
	assert_true(text_endpoint(text("1.2.3.4:5"), &e) && e.port == 5);
}

/* A head that comes in two pieces, cut anywhere, and what is behind it stays. */
static void heads_end(void **state)
{
	(void)state;
	static const char *const heads[] = {
		"GET / HTTP/1.1\r\nA: 1\r\n\r\nrest",
		"GET / HTTP/1.1\nA: 1\n\nrest",
		"GET / HTTP/1.1\r\n\r\nrest",
		"GET\r /\r\n\r\nrest",
	};
	for (size_t i = 0; i < ROWS(heads); i++) {
		size_t length = strlen(heads[i]);
		for (size_t at = 0; at <= length; at++) {
			uint32_t searched = 0;
			struct reader part = reader_make(heads[i], at, false), head;
			struct reader whole = reader_make(heads[i], length, false);
			if (head_take(&part, &searched, &head) == HEAD_PART)
				assert_true(at < length - 4);
			assert_int_equal(head_take(&whole, &searched, &head), HEAD_WHOLE);
			assert_true(same(whole, "rest"));
			assert_int_equal(searched, 0);
		}
	}
}

static void fields_are_read(void **state)
{
	(void)state;
	struct reader head = text("A: 1\r\nb :\r\n 2\r\n\t3\r\nnone\r\n: x\r\nC:4\n");
	static const char *const expected[][2] = {
		{"A", "1"}, {"b", "2\r\n\t3"}, {"", ""}, {"", "x"}, {"C", "4"}};
	struct reader name, value;
	for (size_t i = 0; i < ROWS(expected); i++) {
		assert_true(head_field(&head, &name, &value));
		assert_true(same(name, expected[i][0]) && same(value, expected[i][1]));
	}
	assert_false(head_field(&head, &name, &value));
}

static void pieces_are_taken(void **state)
{
	(void)state;
	struct reader r = text("one\r\r\n\ntwo\rthree");
	assert_true(same(text_line(&r), "one"));
	assert_true(same(text_line(&r), ""));
	assert_true(same(text_line(&r), "two\rthree"));
	assert_true(same(text_line(&r), ""));
	assert_false(r.failed);
	r = text(" \t\va b\n");
	assert_true(same(text_word(&r), "a"));
	assert_true(same(text_word(&r), "b"));
	assert_true(same(text_word(&r), ""));
	r = text("candidate:1");
	assert_false(text_step(&r, "Candidate:"));
	assert_false(text_step(&r, "candidate:11"));
	assert_true(text_step(&r, "candidate:"));
	assert_int_equal(text_peek(r), '1');
	reader_skip(&r, 1);
	assert_int_equal(text_peek(r), 0);
}

static void small_numbers_have_limits(void **state)
{
	(void)state;
	uint32_t n = 0;
	assert_true(text_u32(text("65535"), UINT16_MAX, &n) && n == 65535);
	assert_false(text_u32(text("65536"), UINT16_MAX, &n));
	assert_false(text_u32(text("18446744073709551617"), UINT32_MAX, &n));
	assert_false(text_u32(text(""), UINT16_MAX, &n));
}

static void addresses_alone(void **state)
{
	(void)state;
	static const struct {
		const char *text, *expected;
	} rows[] = {{"192.0.2.1", "192.0.2.1"}, {"[2001:db8::1]", "2001:db8::1"},
		{"fe80::1%eth0", "fe80::1"}, {"[fe80::1%25eth0]", "fe80::1"},
		{"[2001:db8::1]:5", NULL}, {"[2001:db8::1", "2001:db8::1"}, {"", NULL},
		{"a.example", NULL}, {"192.0.2.1:5", NULL}};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct addr addr;
		char out[ADDR_TEXT_MAX];
		bool good = text_addr(text(rows[i].text), &addr);
		if (good != (rows[i].expected != NULL))
			fail_msg("%s", rows[i].text);
		if (good)
			assert_string_equal(addr_text(&addr, out), rows[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_compare),
		cmocka_unit_test(items_are_taken),
		cmocka_unit_test(numbers_have_limits),
		cmocka_unit_test(authorities_are_split),
		cmocka_unit_test(heads_end),
		cmocka_unit_test(fields_are_read),
		cmocka_unit_test(pieces_are_taken),
		cmocka_unit_test(small_numbers_have_limits),
		cmocka_unit_test(addresses_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
