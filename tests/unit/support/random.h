/* Random numbers that are the same in every run (Marsaglia's xorshift64*). */
#ifndef SEEP_TESTS_UNIT_SUPPORT_RANDOM_H
#define SEEP_TESTS_UNIT_SUPPORT_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state; /* the seed; not 0 */
};

static inline uint64_t random_next(struct random *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return r->state * UINT64_C(2685821657736338717);
}

/* From 0 to less than `below`. */
static inline uint32_t random_below(struct random *r, uint32_t below)
{
	return (uint32_t)((random_next(r) >> 32) % below);
}

#endif
