/* Blocks given back are linked through their own first bytes. */
#include "core/pool.h"

#include "core/pages.h"

#include <string.h>

bool pool_init(struct pool *p, size_t block_size, uint32_t capacity)
{
	*p = (struct pool){.block_size = block_size, .capacity = capacity};
	p->blocks = pages_reserve(block_size * capacity);
	return p->blocks != NULL;
}

void pool_free(struct pool *p)
{
	pages_release(p->blocks, p->block_size * p->capacity);
	*p = (struct pool){0};
}

uint32_t pool_take(struct pool *p, bool clear)
{
	uint32_t number = p->free;
	if (number) {
		memcpy(&p->free, pool_at(p, number), sizeof(p->free));
	} else if (p->used < p->capacity) {
		number = ++p->used;
	} else {
		p->refused++;
		return 0;
	}
	p->count++;
	if (clear)
		memset(pool_at(p, number), 0, p->block_size);
	return number;
}

void pool_give(struct pool *p, uint32_t number)
{
	memcpy(pool_at(p, number), &p->free, sizeof(p->free));
	p->free = number;
	p->count--;
}
