/* Numbers with units. */
#include "cli/quantity.h"

#include <stddef.h>
#include <string.h>

#define SECOND_NS    UINT64_C(1000000000)
#define TIME_MAX_NS  (366 * 24 * 3600 * SECOND_NS)
#define SIZE_MAX_GIB UINT64_C(1024)

struct unit {
	const char *name;
	uint64_t factor;
};

/* The number that text starts with, up to `most`; *end is what follows it. */
static bool number_read(const char *text, uint64_t most, uint64_t *out, const char **end)
{
	uint64_t number = 0;
	const char *at = text;
	for (; *at >= '0' && *at <= '9'; at++) {
		unsigned digit = (unsigned)(*at - '0');
		if (number > most / 10 || number * 10 > most - digit)
			return false;
		number = number * 10 + digit;
	}
	*out = number;
	*end = at;
	return at != text;
}

bool quantity_number(const char *text, uint64_t most, uint64_t *out)
{
	const char *end;
	return number_read(text, most, out, &end) && *end == '\0';
}

static bool quantity_read(const char *text, const struct unit *units, uint64_t most, uint64_t *out)
{
	uint64_t number;
	const char *end;
	if (!number_read(text, most, &number, &end))
		return false;
	while (units->name && strcmp(units->name, end) != 0)
		units++;
	if (!units->name || number > most / units->factor)
		return false;
	*out = number * units->factor;
	return true;
}

bool quantity_time(const char *text, uint64_t *out_ns)
{
	static const struct unit units[] = {
		{"s", SECOND_NS},
		{"m", 60 * SECOND_NS},
		{"h", 3600 * SECOND_NS},
		{"d", 24 * 3600 * SECOND_NS},
		{NULL, 0},
	};
	return quantity_read(text, units, TIME_MAX_NS, out_ns) && *out_ns > 0;
}

bool quantity_size(const char *text, uint64_t *out)
{
	static const struct unit units[] = {
		{"B", 1},
		{"KiB", UINT64_C(1) << 10},
		{"MiB", UINT64_C(1) << 20},
		{"GiB", UINT64_C(1) << 30},
		{NULL, 0},
	};
	return quantity_read(text, units, SIZE_MAX_GIB << 30, out);
}
