/* Times, sizes and lists as text, the same in every output. */
#ifndef SEEP_OUTPUT_FORMAT_H
#define SEEP_OUTPUT_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define TIME_TEXT_SIZE   40
#define AMOUNT_TEXT_SIZE 40

/* UTC with microseconds, as EVE records spell it, as RFC 3339 does with a Z, and as people read it.
 * All return `out`. */
const char *time_record(uint64_t ns, char out[TIME_TEXT_SIZE]);
const char *time_zulu(uint64_t ns, char out[TIME_TEXT_SIZE]);
const char *time_people(uint64_t ns, char out[TIME_TEXT_SIZE]);

/* From first to last, to the second, and how long that is. Returns `out`. */
#define SPAN_TEXT_SIZE 100
const char *span_people(uint64_t first_ns, uint64_t last_ns, char out[SPAN_TEXT_SIZE]);

/* "1.2 MiB", "2 min 3 s", "1 h 2 min"; return `out`. */
const char *size_people(uint64_t bytes, char out[AMOUNT_TEXT_SIZE]);
const char *duration_people(uint64_t ns, char out[AMOUNT_TEXT_SIZE]);

/* A text put together piece by piece; what does not fit is cut. Starts zeroed. */
#define STRIP_SIZE 4096
struct strip {
	size_t length;
	char text[STRIP_SIZE];
};

__attribute__((format(printf, 2, 3))) void strip_add(struct strip *s, const char *format, ...);

/* ", " if there is something already. */
void strip_comma(struct strip *s);

#endif
