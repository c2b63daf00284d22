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
		cJSON *record = cJSON_CreateObject();
		json_add_u64(record, "n", rows[i].value);
		size_t length = json_line(record, line, sizeof(line) - 1);
		line[length] = 0;
		assert_string_equal(line, rows[i].expected);
		cJSON_Delete(record);
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

	cJSON *record = cJSON_CreateObject();
	json_add_bytes(record, "text", bytes, sizeof(bytes));
	size_t length = json_line(record, line, sizeof(line) - 1);
	line[length] = 0;
	cJSON_Delete(record);
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
	cJSON *record = cJSON_CreateObject();
	json_add_text(record, "a", NULL);
	json_add_text(record, "b", "");
	json_add_bytes(record, "c", "x", 0);
	json_add_addr(record, "d", &none);
	json_add_endpoint(record, "e", &nowhere);
	json_add_texts(record, "f", NULL, 0);
	assert_int_equal(cJSON_GetArraySize(record), 0);
	cJSON_Delete(record);
}

static void too_long_is_no_line(void **state)
{
	(void)state;
	char line[32];
	cJSON *record = cJSON_CreateObject();
	json_add_text(record, "text", "longer than the line that is there for it");
	assert_int_equal(json_line(record, line, sizeof(line)), 0);
	cJSON_Delete(record);
}

static void times_are_utc(void **state)
{
	(void)state;
	cJSON *record = cJSON_CreateObject();
	json_add_time(record, "t", UINT64_C(1772600767000891999));
	assert_string_equal(
		cJSON_GetObjectItem(record, "t")->valuestring, "2026-03-04T05:06:07.000891+0000");
	cJSON_Delete(record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_keep_their_digits),
		cmocka_unit_test(text_is_cleaned),
		cmocka_unit_test(text_is_cut_between_characters),
		cmocka_unit_test(any_bytes_make_one_line),
		cmocka_unit_test(absent_is_left_out),
		cmocka_unit_test(too_long_is_no_line),
		cmocka_unit_test(times_are_utc),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
