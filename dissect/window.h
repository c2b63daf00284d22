/*
 * The arithmetic of one direction of a TCP stream (RFC 9293 §3.4): which bytes are there, in what
 * order, and what a segment adds to them. Knows sequence numbers and one buffer, no packets and no
 * protocols.
 *
 * Where segments overlap, the first bytes to come win.
 */
#ifndef SEEP_DISSECT_WINDOW_H
#define SEEP_DISSECT_WINDOW_H

#include "core/reader.h"

#define WINDOW_BYTES  65536 /* size of the buffer */
#define WINDOW_RANGES 8     /* runs of bytes behind holes */

/* Bytes behind a hole, as offsets from the window's base. */
struct window_range {
	uint32_t from, to;
};

/* The buffer's first byte is that of `base`. */
struct window {
	uint32_t base; /* sequence number of the first byte not yet taken */
	uint32_t have; /* bytes from there on without a hole */
	uint32_t ranges;
	struct window_range range[WINDOW_RANGES]; /* behind the first hole: ascending, apart */
};

/* What of a segment still has to find its place. */
struct segment {
	uint32_t sequence;
	struct reader bytes;
};

/* Whether a segment repeated bytes that were there, and truly; the graver one is greater. */
enum window_repeat { REPEAT_NONE, REPEAT_SAME, REPEAT_DIFFERS };

/* Empty, and waiting for this byte. */
void window_start(struct window *w, uint32_t sequence);

static inline bool window_empty(const struct window *w)
{
	return !w->have && !w->ranges;
}

/* The sequence number behind the bytes in order. */
static inline uint32_t window_end(const struct window *w)
{
	return w->base + w->have;
}

/* Takes off the segment's front what was taken already or is there in order. `buffer` may be NULL
 * while the window is empty. */
enum window_repeat window_trim(const struct window *w, const uint8_t *buffer, struct segment *s);

/* Puts a segment that was trimmed into the buffer: in order as much as there is room for, behind a
 * hole all or nothing. False when nothing was put. */
bool window_put(struct window *w, uint8_t *buffer, struct segment *s, enum window_repeat *repeat);

/* The first n bytes, which are there in order, are done with. */
void window_take(struct window *w, uint8_t *buffer, uint32_t n);

/* Gives up what is there in order and the first hole behind it. */
void window_step(struct window *w, uint8_t *buffer);

#endif
