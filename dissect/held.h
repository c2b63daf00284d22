/*
 * Memory that a dissector holds for one direction of a flow, for a while: a body that is not
 * complete, a decompressor in mid-stream. A bounded number of blocks; when all are held, the one
 * held longest without use is taken away, which is counted. So a flow that ends need not say so,
 * and who holds a block asks for it each time.
 */
#ifndef SEEP_DISSECT_HELD_H
#define SEEP_DISSECT_HELD_H

#include "core/pool.h"
#include "core/table.h"
#include "dissect/dissector.h"

struct held {
	struct table table;
	struct pool blocks;
};

bool held_init(struct held *h, size_t block_size, uint32_t capacity);
void held_free(struct held *h);

/* The block that is held for the packet's flow and direction, or NULL. */
void *held_find(struct held *h, const struct dissection *d);

/* The same, or a new one with whatever is in it. Never NULL. */
void *held_get(struct held *h, const struct dissection *d);

/* Gives it back, if there is one. */
void held_drop(struct held *h, const struct dissection *d);

#endif
