/*
 * The window of a stream's direction: segments in any order, overlapping ones, holes. A row is a
 * list of segments and what the window holds afterwards; '.' is a hole.
 */
#include "dissect/window.h"
#include "tests/unit/support/unit.h"

#define SEGMENTS_MAX 10

/* `with` is put at `at`; what the window answers to it. */
struct put {
	uint32_t at;
	const char *with;
	enum window_repeat repeat;
};

static const struct row {
	const char *name;
	struct put put[SEGMENTS_MAX];
	const char *holds;
} rows[] = {
	{"in order", {{0, "abc", 0}, {3, "def", 0}}, "abcdef"},
	{"out of order", {{3, "def", 0}, {0, "abc", 0}}, "abcdef"},
	{"a hole stays", {{0, "ab", 0}, {4, "ef", 0}}, "ab..ef"},
	{"a hole filled", {{0, "ab", 0}, {4, "ef", 0}, {2, "cd", 0}}, "abcdef"},
	{"a hole filled too well", {{0, "ab", 0}, {4, "ef", 0}, {2, "cdXX", REPEAT_DIFFERS}},
		"abcdef"},
	{"repeated", {{0, "abc", 0}, {0, "abc", REPEAT_SAME}}, "abc"},
	{"repeated otherwise", {{0, "abc", 0}, {0, "aXc", REPEAT_DIFFERS}}, "abc"},
	{"repeated and more", {{0, "abc", 0}, {1, "bcd", REPEAT_SAME}}, "abcd"},
	{"repeated otherwise and more", {{0, "abc", 0}, {1, "XXd", REPEAT_DIFFERS}}, "abcd"},
	{"a run repeated", {{4, "ef", 0}, {4, "ef", REPEAT_SAME}}, "....ef"},
	{"a run that begins before", {{4, "ef", 0}, {3, "dX", REPEAT_DIFFERS}}, "...def"},
	{"a run that ends behind", {{4, "ef", 0}, {5, "Xg", REPEAT_DIFFERS}}, "....efg"},
	{"a run around one", {{4, "ef", 0}, {3, "dXXg", REPEAT_DIFFERS}}, "...defg"},
	{"a run around two", {{2, "c", 0}, {4, "e", 0}, {1, "bXdXf", REPEAT_DIFFERS}}, ".bcdef"},
	{"runs that touch", {{2, "cd", 0}, {4, "ef", 0}}, "..cdef"},
	{"runs that touch the other way", {{4, "ef", 0}, {2, "cd", 0}}, "..cdef"},
	{"in order through a run", {{3, "d", 0}, {0, "abcXe", REPEAT_DIFFERS}}, "abcde"},
	{"in order through two", {{1, "b", 0}, {3, "d", 0}, {0, "abcde", REPEAT_SAME}}, "abcde"},
	/* Ptacek and Newsham: the same places written twice, in the orders that tell hosts apart.
	 */
	{"forward overlap", {{2, "AAAA", 0}, {4, "BBBB", REPEAT_DIFFERS}, {0, "cc", 0}},
		"ccAAAABB"},
	{"backward overlap", {{4, "AAAA", 0}, {2, "BBBB", REPEAT_DIFFERS}, {0, "cc", 0}},
		"ccBBAAAA"},
	{"swallowed", {{2, "AAAA", 0}, {3, "BB", REPEAT_DIFFERS}, {0, "cc", 0}}, "ccAAAA"},
	{"swallowing", {{3, "AA", 0}, {2, "BBBB", REPEAT_DIFFERS}, {0, "cc", 0}}, "ccBAAB"},
	{"the same start", {{2, "AA", 0}, {2, "BBBB", REPEAT_DIFFERS}, {0, "cc", 0}}, "ccAABB"},
	{"the same end", {{4, "AA", 0}, {2, "BBBB", REPEAT_DIFFERS}, {0, "cc", 0}}, "ccBBAA"},
};

static bool window_write(
	struct window *w, uint8_t *buffer, uint32_t sequence, const char *with, unsigned *repeat)
{
	size_t length = strlen(with);
	uint8_t *copy = heap_copy(with, length);
	struct segment s = {sequence, reader_make(copy, length, false)};
	enum window_repeat before = window_trim(w, buffer, &s), within = REPEAT_NONE;
	bool put = !reader_left(&s.bytes) || window_put(w, buffer, &s, &within);
	*repeat = before > within ? before : within;
	free(copy);
	return put;
}

static void window_check(
	const char *name, const struct window *w, const uint8_t *buffer, const char *holds)
{
	char seen[64];
	memset(seen, '.', sizeof(seen));
	memcpy(seen, buffer, w->have);
	uint32_t end = w->have;
	for (uint32_t i = 0; i < w->ranges; i++) {
		assert_true(w->range[i].from > end);
		end = w->range[i].to;
		memcpy(seen + w->range[i].from, buffer + w->range[i].from, end - w->range[i].from);
	}
	seen[end] = '\0';
	if (strcmp(seen, holds) != 0)
		fail_msg("%s: \"%s\", expected \"%s\"", name, seen, holds);
}

static void segments_find_their_place(void **state)
{
	(void)state;
	static const uint32_t bases[] = {0, 1000, UINT32_MAX - 2, 0x7ffffffe, 0x80000000};
	uint8_t *buffer = malloc(WINDOW_BYTES);
	for (size_t i = 0; i < ROWS(rows) * ROWS(bases); i++) {
		const struct row *row = &rows[i / ROWS(bases)];
		uint32_t base = bases[i % ROWS(bases)];
		struct window w;
		window_start(&w, base);
		for (const struct put *put = row->put; put->with; put++) {
			unsigned repeat;
			if (!window_write(&w, buffer, base + put->at, put->with, &repeat) ||
				repeat != put->repeat)
				fail_msg("%s: \"%s\" repeats: %u", row->name, put->with, repeat);
		}
		window_check(row->name, &w, buffer, row->holds);
	}
	free(buffer);
}

static void taking_moves_on(void **state)
{
	(void)state;
	uint8_t *buffer = malloc(WINDOW_BYTES);
	struct window w;
	unsigned repeat;
	window_start(&w, UINT32_MAX);
	window_write(&w, buffer, UINT32_MAX, "abcd", &repeat);
	window_write(&w, buffer, UINT32_MAX + 6U, "gh", &repeat);
	window_take(&w, buffer, 0);
	window_check("nothing taken", &w, buffer, "abcd..gh");
	window_take(&w, buffer, 3);
	assert_int_equal(w.base, 2);
	window_check("three taken", &w, buffer, "d..gh");
	window_write(&w, buffer, 0, "bcde", &repeat);
	assert_int_equal(repeat, REPEAT_SAME);
	window_check("old and new", &w, buffer, "de.gh");
	window_write(&w, buffer, UINT32_MAX, "abc", &repeat);
	assert_int_equal(repeat, REPEAT_SAME);
	window_check("only old", &w, buffer, "de.gh");
	window_step(&w, buffer);
	assert_int_equal(w.base, 5);
	window_check("a hole stepped over", &w, buffer, "gh");
	window_step(&w, buffer);
	assert_int_equal(w.base, 7);
	assert_true(window_empty(&w));
	free(buffer);
}

/* Every second byte is a run of its own. */
static void runs_are_limited(void **state)
{
	(void)state;
	uint8_t *buffer = malloc(WINDOW_BYTES);
	struct window w;
	unsigned repeat;
	window_start(&w, 0);
	for (uint32_t i = 0; i < WINDOW_RANGES; i++)
		assert_true(window_write(&w, buffer, 2 + 2 * i, "x", &repeat));
	assert_false(window_write(&w, buffer, 2 + 2 * WINDOW_RANGES, "x", &repeat));
	assert_true(window_write(&w, buffer, 3, "y", &repeat));
	assert_true(window_write(&w, buffer, 2 + 2 * WINDOW_RANGES, "x", &repeat));
	window_step(&w, buffer);
	window_check("stepped", &w, buffer, "xyx.x.x.x.x.x.x.x");
	free(buffer);
}

static void bytes_are_limited(void **state)
{
	(void)state;
	uint8_t *buffer = malloc(WINDOW_BYTES);
	char *large = malloc(WINDOW_BYTES + 2);
	struct window w;
	struct segment s;
	enum window_repeat repeat;
	unsigned repeated;
	memset(large, 'x', WINDOW_BYTES + 1);
	large[WINDOW_BYTES + 1] = '\0';
	window_start(&w, 7);
	assert_false(window_write(&w, buffer, 7 + WINDOW_BYTES, "x", &repeated));
	assert_false(window_write(&w, buffer, 7 + WINDOW_BYTES - 1, "xy", &repeated));
	assert_true(window_write(&w, buffer, 7 + WINDOW_BYTES - 2, "xy", &repeated));
	s = (struct segment){7, reader_make(large, WINDOW_BYTES + 1, false)};
	assert_true(window_put(&w, buffer, &s, &repeat));
	assert_int_equal(w.have, WINDOW_BYTES);
	assert_int_equal(w.ranges, 0);
	assert_int_equal(repeat, REPEAT_DIFFERS);
	assert_int_equal(reader_left(&s.bytes), 1);
	assert_int_equal(s.sequence, 7 + WINDOW_BYTES);
	assert_false(window_put(&w, buffer, &s, &repeat));
	window_take(&w, buffer, WINDOW_BYTES);
	assert_true(window_put(&w, buffer, &s, &repeat));
	assert_int_equal(w.have, 1);
	free(large);
	free(buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_find_their_place),
		cmocka_unit_test(taking_moves_on),
		cmocka_unit_test(runs_are_limited),
		cmocka_unit_test(bytes_are_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
