/*
 * The reader: values, failing that sticks, children that cannot see past their end. Everything is
 * read from exact-size heap blocks, so that one byte too far is seen by a sanitizer.
 */
#include "core/reader.h"
#include "tests/unit/support/unit.h"

static const uint8_t digits[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};

/* All of one type, to stand in a table. */
#define READ(name)                                    \
	static uint64_t read_##name(struct reader *r) \
	{                                             \
		return reader_##name(r);              \
	}
READ(u8)
READ(u16)
READ(u32)
READ(u64)
READ(le16)
READ(le32)

static const struct {
	uint64_t (*read)(struct reader *r);
	size_t size;
	uint64_t expected;
} value_rows[] = {
	{read_u8, 1, 0x01},
	{read_u16, 2, 0x0123},
	{read_u32, 4, 0x01234567},
	{read_u64, 8, UINT64_C(0x0123456789abcdef)},
	{read_le16, 2, 0x2301},
	{read_le32, 4, 0x67452301},
};

static void values_at_every_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(value_rows); i++) {
		for (size_t n = 0; n <= sizeof(digits); n++) {
			uint8_t *exact = heap_copy(digits, n);
			struct reader r = reader_make(exact, n, false);
			bool enough = n >= value_rows[i].size;
			uint64_t value = value_rows[i].read(&r);
			assert_int_equal(r.failed, !enough);
			assert_int_equal(reader_left(&r), enough ? n - value_rows[i].size : 0);
			if (enough)
				assert_true(value == value_rows[i].expected);
			else if (value_rows[i].size < 8) /* u64 may have its upper half */
				assert_int_equal(value, 0);
			free(exact);
		}
	}
}

static void failing_sticks(void **state)
{
	(void)state;
	struct reader r = reader_make(digits, sizeof(digits), false);
	assert_null(reader_take(&r, sizeof(digits) + 1));
	assert_true(r.failed);
	assert_int_equal(reader_left(&r), 0);
	assert_int_equal(reader_u8(&r), 0);
	assert_int_equal(reader_u16(&r), 0);
	assert_null(reader_take(&r, 1));
	assert_true(r.failed);
	assert_null(reader_take(&r, SIZE_MAX));
}

static void taking_nothing_is_fine(void **state)
{
	(void)state;
	struct reader r = reader_make(digits, 0, false);
	assert_non_null(reader_take(&r, 0));
	assert_false(r.failed);
	struct reader nothing = reader_make(NULL, 0, true);
	assert_int_equal(reader_left(&nothing), 0);
	assert_int_equal(reader_u32(&nothing), 0);
	assert_true(nothing.failed && nothing.cut);
}

static void children_are_confined(void **state)
{
	(void)state;
	struct reader r = reader_make(digits, sizeof(digits), true);
	struct reader child = reader_sub(&r, 3);
	assert_int_equal(reader_left(&child), 3);
	assert_int_equal(reader_left(&r), 5);
	assert_int_equal(reader_u16(&child), 0x0123);
	assert_int_equal(reader_u16(&child), 0);
	assert_true(child.failed);
	assert_false(child.cut); /* it is whole: that its value is too short is its own fault */
	assert_false(r.failed);
	assert_int_equal(reader_u8(&r), 0x67);
	struct reader empty = reader_sub(&r, 0);
	assert_int_equal(reader_left(&empty), 0);
	assert_false(empty.failed);
}

static void children_of_failures_fail(void **state)
{
	(void)state;
	struct reader r = reader_make(digits, sizeof(digits), true);
	struct reader child = reader_sub(&r, sizeof(digits) + 1);
	assert_true(child.failed && r.failed && child.cut);
	assert_int_equal(reader_left(&child), 0);
	assert_int_equal(reader_u8(&child), 0);
}

static void limits_only_shorten(void **state)
{
	(void)state;
	struct reader r = reader_make(digits, sizeof(digits), true);
	reader_limit(&r, sizeof(digits) + 1);
	assert_int_equal(reader_left(&r), sizeof(digits));
	reader_limit(&r, sizeof(digits));
	assert_true(r.cut);
	reader_limit(&r, 2);
	assert_false(r.cut); /* what is left was all captured */
	assert_int_equal(reader_last(&r), 0x23);
	assert_int_equal(reader_u16(&r), 0x0123);
	assert_int_equal(reader_left(&r), 0);
	assert_int_equal(reader_last(&r), 0);
	assert_false(r.failed);
}

static void copies_are_whole_or_zero(void **state)
{
	(void)state;
	uint8_t *exact = heap_copy(digits, 4);
	uint8_t to[4];
	struct reader r = reader_make(exact, 4, false);
	reader_copy(&r, to, 3);
	assert_memory_equal(to, digits, 3);
	reader_copy(&r, to, 2);
	assert_true(r.failed);
	assert_int_equal(to[0] | to[1], 0);
	free(exact);
}

static void fail_empties(void **state)
{
	(void)state;
	struct reader r = reader_make(digits, sizeof(digits), false);
	reader_skip(&r, 1);
	reader_fail(&r);
	assert_true(r.failed);
	assert_int_equal(reader_left(&r), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_at_every_length),
		cmocka_unit_test(failing_sticks),
		cmocka_unit_test(taking_nothing_is_fine),
		cmocka_unit_test(children_are_confined),
		cmocka_unit_test(children_of_failures_fail),
		cmocka_unit_test(limits_only_shorten),
		cmocka_unit_test(copies_are_whole_or_zero),
		cmocka_unit_test(fail_empties),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
