/*
 * The traps of JSON records: integers beyond a double's digits, and text that is not UTF-8, holds a
 * NUL, or steers a terminal.
 */
#include "core/clean.h"
#include "output/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
/* cmocka.h wants the headers above before it. */
#include <cmocka.h>

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static void integers_keep_their_digits(void **state)
{
	(void)state;
	static const struct {
		uint64_t value;
		const char *expected;
	} rows[] = {
		{0, "{\"n\":0}\n"},
		{UINT64_C(1676750115612680), "{\"n\":1676750115612680}\n"},
		{UINT64_C(1000000000000000), "{\"n\":1000000000000000}\n"},
		{(UINT64_C(1) << 53) + 1, "{\"n\":9007199254740993}\n"},
		{UINT64_MAX, "{\"n\":18446744073709551615}\n"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[64];
		struct json record;
		json_begin(&record, line, sizeof(line) - 1);
		json_add_u64(&record, "n", rows[i].value);
		size_t length = json_end(&record);
		line[length] = 0;
		assert_string_equal(line, rows[i].expected);
	}
}

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *bytes;
	size_t length;
	const char *json, *terminal;
} texts[] = {
	{BYTES("plain"), "plain", "plain"},
	{BYTES("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
	{BYTES("\xe2\x82\xac\xf0\x9f\x98\x80"), "\xe2\x82\xac\xf0\x9f\x98\x80",
		"\xe2\x82\xac\xf0\x9f\x98\x80"},
	{BYTES("\xff\xfe"), "\\xff\\xfe", "\\xff\\xfe"},
	{BYTES("a\0b"), "a\\x00b", "a\\x00b"},
	/* Controls: JSON has a spelling for them, a terminal must not get them. */
	{BYTES("\x1b[2J\r\n"), "\x1b[2J\r\n", "\\x1b[2J\\x0d\\x0a"},
	{BYTES("\x7f"), "\\x7f", "\\x7f"},
	{BYTES("\xc2\x9b"), "\\xc2\\x9b", "\\xc2\\x9b"},
	/* Overlong forms of '/', a surrogate, and beyond U+10FFFF. */
	{BYTES("\xc0\xaf"), "\\xc0\\xaf", "\\xc0\\xaf"},
	{BYTES("\xe0\x80\xaf"), "\\xe0\\x80\\xaf", "\\xe0\\x80\\xaf"},
	{BYTES("\xed\xa0\x80"), "\\xed\\xa0\\x80", "\\xed\\xa0\\x80"},
	{BYTES("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80", "\\xf4\\x90\\x80\\x80"},
	/* The end comes in the middle of a character. */
	{BYTES("a\xe2\x82"), "a\\xe2\\x82", "a\\xe2\\x82"},
	{BYTES("\xe2\x82Z"), "\\xe2\\x82Z", "\\xe2\\x82Z"},
};

static void text_is_cleaned(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char out[64];
		/* An exact copy, so that reading behind the end is found. */
		char *copy = malloc(texts[i].length);
		memcpy(copy, texts[i].bytes, texts[i].length);
		clean_text(out, sizeof(out), copy, texts[i].length, CLEAN_JSON);
		assert_string_equal(out, texts[i].json);
		clean_text(out, sizeof(out), copy, texts[i].length, CLEAN_TERMINAL);
		assert_string_equal(out, texts[i].terminal);
		free(copy);
	}
}

static void text_is_cut_between_characters(void **state)
{
	(void)state;
	char out[6];
	assert_int_equal(clean_text(out, sizeof(out), BYTES("abc\xe2\x82\xac"), CLEAN_JSON), 3);
	assert_string_equal(out, "abc");
	assert_int_equal(clean_text(out, sizeof(out), BYTES("ab\xff"), CLEAN_JSON), 2);
	assert_int_equal(clean_text(out, sizeof(out), BYTES("abcdef"), CLEAN_JSON), 5);
	assert_string_equal(out, "abcde");
}

/* Whatever the bytes are, the line is one line and JSON gives the cleaned text back. */
static void any_bytes_make_one_line(void **state)
{
	(void)state;
	uint8_t bytes[256];
	char line[4096], expected[CLEAN_SIZE(sizeof(bytes))];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	clean_text(expected, sizeof(expected), bytes, sizeof(bytes), CLEAN_JSON);

	struct json record;
	json_begin(&record, line, sizeof(line) - 1);
	json_add_bytes(&record, "text", bytes, sizeof(bytes));
	size_t length = json_end(&record);
	line[length] = 0;
	assert_ptr_equal(strchr(line, '\n'), line + length - 1);
	for (size_t i = 0; i < length - 1; i++)
		assert_in_range(line[i], 0x20, 0x7e);

	cJSON *parsed = cJSON_Parse(line);
	assert_non_null(parsed);
	assert_string_equal(cJSON_GetObjectItem(parsed, "text")->valuestring, expected);
	cJSON_Delete(parsed);
}

static void absent_is_left_out(void **state)
{
	(void)state;
	const struct addr none = {0};
	const struct endpoint nowhere = {.port = 5};
	const char *const list[] = {"", "x"};
	char line[64];
	struct json j;
	json_begin(&j, line, sizeof(line) - 1);
	json_add_text(&j, "a", NULL);
	json_add_text(&j, "b", "");
	json_add_bytes(&j, "c", "x", 0);
	json_add_hex(&j, "c", (const uint8_t *)"x", 0);
	json_add_addr(&j, "d", &none);
	json_add_endpoint(&j, "e", &nowhere);
	json_add_texts(&j, "f", NULL, 0);
	json_add_texts(&j, "g", list, 2);
	line[json_end(&j)] = 0;
	assert_string_equal(line, "{\"g\":[\"x\"]}\n");
}

static void members_are_copied(void **state)
{
	(void)state;
	char text[16], line[32];
	struct json members, j;
	for (unsigned count = 0; count < 5; count++) {
		json_begin(&members, text, sizeof(text));
		json_begin(&j, line, sizeof(line) - 1);
		json_add_bool(&j, "a", true);
		for (unsigned i = 0; i < count; i++)
			json_add_u64(&members, "b", i);
		json_add_members(&j, &members);
		json_add_u64(&j, "c", count);
		line[json_end(&j)] = 0;
		static const char *const expected[] = {"{\"a\":true,\"c\":0}\n",
			"{\"a\":true,\"b\":0,\"c\":1}\n", "{\"a\":true,\"b\":0,\"b\":1,\"c\":2}\n",
			"", ""};
		assert_string_equal(line, expected[count]);
	}
}

/* Everything that a record is made of. */
static void record_fill(struct json *j)
{
	static const char *const list[] = {"one", "t\"wo", "th\\ree"};
	static const uint8_t mac[6] = {2, 0, 0x5e, 0x10, 0, 0xff};
	struct endpoint e;
	endpoint_parse("[2001:db8::1]:443", &e);
	json_add_i64(j, "low", INT64_MIN);
	json_add_i64(j, "minus", -1);
	json_add_bool(j, "no", false);
	json_open(j, "in");
	json_open(j, "empty");
	json_close(j);
	json_add_mac(j, "mac", mac);
	json_add_addr(j, "addr", &e.addr);
	json_close(j);
	json_add_endpoint(j, "end", &e);
	json_open_list(j, "list");
	json_add_u64(j, NULL, 7);
	json_open(j, NULL);
	json_add_hex(j, "hex", mac, sizeof(mac));
	json_close(j);
	json_open(j, NULL);
	json_close(j);
	json_close_list(j);
	json_open_list(j, "nothing");
	json_close_list(j);
	json_add_texts(j, "texts", list, 3);
	json_add_text(j, "controls", "\b\f\n\r\t\x1f/");
}

#define FILLED                                                                                   \
	"{\"low\":-9223372036854775808,\"minus\":-1,\"no\":false,\"in\":{\"empty\":{},"          \
	"\"mac\":\"02:00:5e:10:00:ff\",\"addr\":\"2001:db8::1\"},\"end\":\"[2001:db8::1]:443\"," \
	"\"list\":[7,{\"hex\":\"02005e1000ff\"},{}],\"nothing\":[],"                             \
	"\"texts\":[\"one\",\"t\\\"wo\",\"th\\\\ree\"],\"controls\":\"\\b\\f\\n\\r\\t\\u001f/"   \
	"\"}\n"

static void records_are_put_together(void **state)
{
	(void)state;
	char line[512];
	struct json j;
	json_begin(&j, line, sizeof(line) - 1);
	record_fill(&j);
	line[json_end(&j)] = 0;
	assert_string_equal(line, FILLED);
	cJSON *parsed = cJSON_Parse(line);
	assert_non_null(parsed);
	cJSON_Delete(parsed);
}

/* In a block of every size: the whole record or none, and never a byte behind it. */
static void too_long_is_no_line(void **state)
{
	(void)state;
	const size_t whole = sizeof(FILLED) - 1;
	for (size_t size = 3; size <= whole + 2; size++) {
		char *line = malloc(size);
		struct json j;
		assert_non_null(line);
		json_begin(&j, line, size);
		record_fill(&j);
		assert_int_equal(json_end(&j), size < whole ? 0 : whole);
		if (size >= whole)
			assert_memory_equal(line, FILLED, whole);
		free(line);
	}
}

static void times_are_utc(void **state)
{
	(void)state;
	static const struct {
		uint64_t ns;
		const char *expected;
	} rows[] = {
		{0, "{\"t\":\"1970-01-01T00:00:00.000000+0000\"}\n"},
		{UINT64_C(1772600767000891999), "{\"t\":\"2026-03-04T05:06:07.000891+0000\"}\n"},
		{UINT64_C(951827696999999999), "{\"t\":\"2000-02-29T12:34:56.999999+0000\"}\n"},
		{UINT64_MAX, "{\"t\":\"2554-07-21T23:34:33.709551+0000\"}\n"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[64];
		struct json j;
		json_begin(&j, line, sizeof(line) - 1);
		json_add_time(&j, "t", rows[i].ns);
		line[json_end(&j)] = 0;
		assert_string_equal(line, rows[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_keep_their_digits),
		cmocka_unit_test(text_is_cleaned),
		cmocka_unit_test(text_is_cut_between_characters),
		cmocka_unit_test(any_bytes_make_one_line),
		cmocka_unit_test(absent_is_left_out),
		cmocka_unit_test(members_are_copied),
		cmocka_unit_test(records_are_put_together),
		cmocka_unit_test(too_long_is_no_line),
		cmocka_unit_test(times_are_utc),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
