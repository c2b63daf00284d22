/* Lines for people: filled word by word, never more than fits but for one long word. */
#include "core/wrap.h"
#include "tests/unit/support/unit.h"

static void lines_are_filled(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t width;
		const char *lines; /* with a bar behind each */
	} rows[] = {
		{"", 5, "|"},
		{"one", 5, "one|"},
		{"one two", 7, "one two|"},
		{"one two", 6, "one|two|"},
		{"one two three", 7, "one two|three|"},
		{"one  two", 8, "one  two|"},
		{"one   two  ", 5, "one|two|"},
		{"incomprehensible a b", 3, "incomprehensible|a b|"},
		{"a incomprehensible", 3, "a|incomprehensible|"},
		{"\xc3\xa9\xc3\xa9 \xc3\xa9", 4, "\xc3\xa9\xc3\xa9 \xc3\xa9|"},
		{"\xc3\xa9\xc3\xa9 \xc3\xa9", 3, "\xc3\xa9\xc3\xa9|\xc3\xa9|"},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		char lines[64];
		int at = 0;
		const char *text = rows[i].text;
		do {
			const char *line = text;
			int length = (int)wrap_line(&text, rows[i].width);
			at += snprintf(
				lines + at, sizeof(lines) - (size_t)at, "%.*s|", length, line);
		} while (*text);
		assert_string_equal(lines, rows[i].lines);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_filled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
