/*
 * Writing bytes one behind the other: each function returns where the next one goes.
 */
#ifndef SEEP_BENCH_PUT_H
#define SEEP_BENCH_PUT_H

#include "tests/bench/random.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint8_t *put(uint8_t *at, const void *bytes, size_t n)
{
	memcpy(at, bytes, n);
	return at + n;
}

static inline uint8_t *put_zero(uint8_t *at, size_t n)
{
	memset(at, 0, n);
	return at + n;
}

static inline uint8_t *put8(uint8_t *at, uint32_t value)
{
	*at = (uint8_t)value;
	return at + 1;
}

static inline uint8_t *put16(uint8_t *at, uint32_t value)
{
	return put8(put8(at, value >> 8), value);
}

static inline uint8_t *put32(uint8_t *at, uint32_t value)
{
	return put16(put16(at, value >> 16), value);
}

static inline uint8_t *put_little32(uint8_t *at, uint32_t value)
{
	return put8(put8(put8(put8(at, value), value >> 8), value >> 16), value >> 24);
}

static inline uint8_t *put_noise(uint8_t *at, struct random *r, size_t n)
{
	for (; n >= 8; n -= 8) {
		uint64_t noise = random_next(r);
		at = put(at, &noise, 8);
	}
	uint64_t noise = random_next(r);
	return put(at, &noise, n);
}

/* For a length that is known only once what follows is written: leave two bytes, come back. */
static inline void put_length16(uint8_t *length, const uint8_t *end)
{
	put16(length, (uint32_t)(end - length - 2));
}

#endif
