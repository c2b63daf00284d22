/*
 * Scratch memory for one batch: taken piece by piece, given back all at once. Never grows.
 */
#ifndef SEEP_CORE_ARENA_H
#define SEEP_CORE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena {
	uint8_t *bytes;
	size_t size, used;
	uint64_t refused; /* requests that did not fit */
};

bool arena_init(struct arena *a, size_t size);
void arena_free(struct arena *a);

/* One by itself; NULL without memory. */
struct arena *arena_new(size_t size);
void arena_delete(struct arena *a);

/* `size` bytes, not cleared, aligned for anything; NULL when they do not fit, which is counted. */
void *arena_take(struct arena *a, size_t size);

static inline void arena_reset(struct arena *a)
{
	a->used = 0;
}

#endif
