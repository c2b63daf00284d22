/* A bump pointer over reserved pages. */
#include "core/arena.h"

#include "core/pages.h"

#include <stdlib.h>

#define ALIGNMENT 16

bool arena_init(struct arena *a, size_t size)
{
	*a = (struct arena){.size = size, .bytes = pages_reserve(size)};
	return a->bytes != NULL;
}

void arena_free(struct arena *a)
{
	pages_release(a->bytes, a->size);
	*a = (struct arena){0};
}

struct arena *arena_new(size_t size)
{
	struct arena *a = calloc(1, sizeof(*a));
	if (a && arena_init(a, size))
		return a;
	free(a);
	return NULL;
}

void arena_delete(struct arena *a)
{
	arena_free(a);
	free(a);
}

void *arena_take(struct arena *a, size_t size)
{
	if (size > a->size - a->used) {
		a->refused++;
		return NULL;
	}
	void *taken = a->bytes + a->used;
	size_t whole = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	a->used = whole > a->size - a->used ? a->size : a->used + whole;
	return taken;
}
