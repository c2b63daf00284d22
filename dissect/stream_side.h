/*
 * One direction of a stream: its segments in, whole messages to its dissector. Private to the
 * stream.
 */
#ifndef SEEP_DISSECT_STREAM_SIDE_H
#define SEEP_DISSECT_STREAM_SIDE_H

#include "dissect/stream.h"

/* Gives its buffer back. */
void side_release(struct streams *s, struct stream_side *side);

/* Nothing of it was seen yet. */
static inline bool side_fresh(const struct stream_side *side)
{
	return !side->synced && !side->gap;
}

/* A SYN says that its first byte has this number. */
void side_start(struct streams *s, struct stream_side *side, uint32_t sequence);

/* Takes in one segment, with the packet's FIN. */
void side_take(struct dissection *d, struct stream_side *side, struct segment *s);

/* The other end waits for the byte `number`: gives up holes that it has received. */
void side_acknowledged(struct dissection *d, struct stream_side *side, uint32_t number);

/* Is something held behind a hole? */
static inline bool side_holey(const struct stream_side *side)
{
	return side->buffer && side->window.ranges;
}

/* What is in order in the buffer, to the dissector. */
void side_read_buffer(struct dissection *d, struct stream_side *side);

/* Nothing more of this side will be read. */
bool side_over(const struct stream_side *side);

#endif
