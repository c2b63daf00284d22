/*
 * Blocks of one size, reserved once, taken and given back: per-flow state and stream buffers. A
 * block is known by its number (from 1; 0 is none), which is half as long as a pointer.
 */
#ifndef SEEP_CORE_POOL_H
#define SEEP_CORE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pool {
	uint8_t *blocks;
	size_t block_size; /* a multiple of 8 */
	uint32_t capacity;
	uint32_t used;    /* blocks ever taken */
	uint32_t free;    /* the first block given back; its first four bytes name the next */
	uint32_t count;   /* taken now */
	uint64_t refused; /* requests when all were taken */
};

bool pool_init(struct pool *p, size_t block_size, uint32_t capacity);
void pool_free(struct pool *p);

/* A block, zeroed where `clear`; 0 when all are taken, which is counted. */
uint32_t pool_take(struct pool *p, bool clear);
void pool_give(struct pool *p, uint32_t number);

static inline void *pool_at(const struct pool *p, uint32_t number)
{
	return p->blocks + (size_t)(number - 1) * p->block_size;
}

#endif
