/*
 * Times, sizes and lists as text. Times are always UTC: records from several places are compared,
 * and a run on another machine prints the same.
 */
#include "output/format.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)

/* To the second, in the two words that a time has anywhere. */
struct stamp {
	char day[sizeof("2026-11-21")], clock[sizeof("00:11:32")];
};

/* The lowest `n` decimal digits of a value, and what follows them. Returns where to go on. */
static char *digits_put(char *to, unsigned value, unsigned n, char next)
{
	for (unsigned i = n; i-- > 0; value /= 10)
		to[i] = (char)('0' + value % 10);
	to[n] = next;
	return to + n + 1;
}

static struct stamp stamp_of(uint64_t ns)
{
	time_t seconds = (time_t)(ns / NS_PER_S);
	struct tm parts = {0};
	struct stamp stamp = {0};
	gmtime_r(&seconds, &parts);
	char *to = digits_put(stamp.day, (unsigned)parts.tm_year + 1900, 4, '-');
	to = digits_put(to, (unsigned)parts.tm_mon + 1, 2, '-');
	digits_put(to, (unsigned)parts.tm_mday, 2, '\0');
	to = digits_put(stamp.clock, (unsigned)parts.tm_hour, 2, ':');
	to = digits_put(to, (unsigned)parts.tm_min, 2, ':');
	digits_put(to, (unsigned)parts.tm_sec, 2, '\0');
	return stamp;
}

/* Every record has a time, so this is done without strftime and snprintf. */
static const char *time_print(
	uint64_t ns, char separator, const char *zone, char out[TIME_TEXT_SIZE])
{
	struct stamp at = stamp_of(ns);
	char *to = out;
	memcpy(to, at.day, sizeof(at.day));
	to += sizeof(at.day);
	to[-1] = separator;
	memcpy(to, at.clock, sizeof(at.clock));
	to += sizeof(at.clock);
	to[-1] = '.';
	to = digits_put(to, (unsigned)(ns % NS_PER_S / 1000), 6, '\0') - 1;
	memcpy(to, zone, strlen(zone) + 1);
	return out;
}

const char *time_record(uint64_t ns, char out[TIME_TEXT_SIZE])
{
	return time_print(ns, 'T', "+0000", out);
}

const char *time_zulu(uint64_t ns, char out[TIME_TEXT_SIZE])
{
	return time_print(ns, 'T', "Z", out);
}

const char *time_people(uint64_t ns, char out[TIME_TEXT_SIZE])
{
	return time_print(ns, ' ', " UTC", out);
}

const char *span_people(uint64_t first_ns, uint64_t last_ns, char out[SPAN_TEXT_SIZE])
{
	struct stamp first = stamp_of(first_ns), last = stamp_of(last_ns);
	bool same_day = strcmp(first.day, last.day) == 0; /* which is then said once */
	char length[AMOUNT_TEXT_SIZE];
	snprintf(out, SPAN_TEXT_SIZE, "%s %s to %s%s%s UTC, %s", first.day, first.clock,
		same_day ? "" : last.day, same_day ? "" : " ", last.clock,
		duration_people(last_ns - first_ns, length));
	return out;
}

const char *size_people(uint64_t bytes, char out[AMOUNT_TEXT_SIZE])
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
	const size_t last = sizeof(units) / sizeof(units[0]) - 1;
	if (bytes < 1024) {
		snprintf(out, AMOUNT_TEXT_SIZE, "%" PRIu64 " bytes", bytes);
		return out;
	}
	double amount = (double)bytes / 1024;
	size_t unit = 0;
	for (; amount >= 1024 && unit < last; unit++)
		amount /= 1024;
	snprintf(out, AMOUNT_TEXT_SIZE, "%.1f %s", amount, units[unit]);
	return out;
}

const char *duration_people(uint64_t ns, char out[AMOUNT_TEXT_SIZE])
{
	uint64_t seconds = ns / NS_PER_S;
	if (seconds < 60)
		snprintf(out, AMOUNT_TEXT_SIZE, "%" PRIu64 ".%03u s", seconds,
			(unsigned)(ns % NS_PER_S / 1000000));
	else if (seconds < 3600)
		snprintf(out, AMOUNT_TEXT_SIZE, "%" PRIu64 " min %" PRIu64 " s", seconds / 60,
			seconds % 60);
	else
		snprintf(out, AMOUNT_TEXT_SIZE, "%" PRIu64 " h %" PRIu64 " min", seconds / 3600,
			seconds / 60 % 60);
	return out;
}

void strip_add(struct strip *s, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int n = vsnprintf(s->text + s->length, sizeof(s->text) - s->length, format, arguments);
	va_end(arguments);
	if (n > 0)
		s->length += (size_t)n;
	if (s->length >= sizeof(s->text))
		s->length = sizeof(s->text) - 1;
}

void strip_comma(struct strip *s)
{
	if (s->length)
		strip_add(s, ", ");
}
