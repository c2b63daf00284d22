/*
 * A small random number generator (splitmix64, public domain, Steele, Lea and Flood 2014) with a
 * state that the caller owns: the same seed grows the same capture, byte by byte.
 */
#ifndef SEEP_BENCH_RANDOM_H
#define SEEP_BENCH_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15U;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

/* 0 <= result < n; the bias of the modulo does not matter here. */
static inline uint32_t random_below(struct random *r, uint32_t n)
{
	return (uint32_t)(random_next(r) % n);
}

/* low <= result <= high */
static inline uint32_t random_between(struct random *r, uint32_t low, uint32_t high)
{
	return low + random_below(r, high - low + 1);
}

#endif
