/* Amounts in a policy file: what counts as one, and what is refused. */
#include "cli/quantity.h"
#include "tests/unit/support/unit.h"

#define REFUSED UINT64_MAX

struct row {
	const char *text;
	uint64_t value; /* or REFUSED */
};

static const struct row times[] = {
	{"1s", SECOND_NS}, {"300s", 300 * SECOND_NS}, {"5m", 300 * SECOND_NS},
	{"1h", 3600 * SECOND_NS}, {"366d", UINT64_C(366) * 86400 * SECOND_NS}, {"367d", REFUSED},
	{"0s", REFUSED}, {"300", REFUSED}, {"s", REFUSED}, {"", REFUSED}, {"-1s", REFUSED},
	{"+1s", REFUSED}, {" 1s", REFUSED}, {"1 s", REFUSED}, {"1s ", REFUSED}, {"1.5s", REFUSED},
	{"1S", REFUSED}, {"1ms", REFUSED}, {"0x1s", REFUSED}, {"18446744073709551616s", REFUSED},
	{"18446744073s", REFUSED}, /* fits the number, not the nanoseconds */
};

static const struct row sizes[] = {
	{"0B", 0},
	{"4096B", 4096},
	{"64KiB", 65536},
	{"512MiB", UINT64_C(512) << 20},
	{"1024GiB", UINT64_C(1024) << 30},
	{"1025GiB", REFUSED},
	{"1MB", REFUSED},
	{"1mib", REFUSED},
	{"64", REFUSED},
	{"KiB", REFUSED},
	{"18446744073709551615GiB", REFUSED},
};

static const struct row numbers[] = {
	{"0", 0},
	{"7", 7},
	{"1000", 1000},
	{"1001", REFUSED},
	{"10000", REFUSED},
	{"007", 7},
	{"", REFUSED},
	{"-1", REFUSED},
	{"1e3", REFUSED},
	{"99999999999999999999999", REFUSED},
};

static bool number(const char *text, uint64_t *out)
{
	return quantity_number(text, 1000, out);
}

static void rows_check(
	const struct row *rows, size_t count, bool (*read)(const char *text, uint64_t *out))
{
	for (size_t i = 0; i < count; i++) {
		uint64_t value = 0;
		bool taken = read(rows[i].text, &value);
		if (taken != (rows[i].value != REFUSED))
			fail_msg("\"%s\" was %s", rows[i].text, taken ? "taken" : "refused");
		if (taken && value != rows[i].value)
			fail_msg(
				"\"%s\" was read as %llu", rows[i].text, (unsigned long long)value);
	}
}

static void all(void **state)
{
	(void)state;
	rows_check(times, ROWS(times), quantity_time);
	rows_check(sizes, ROWS(sizes), quantity_size);
	rows_check(numbers, ROWS(numbers), number);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
