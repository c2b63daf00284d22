/*
 * The dissect object, shared by the files that make up its run. Private to those; dissectors see
 * dissector.h.
 */
#ifndef SEEP_DISSECT_RUN_H
#define SEEP_DISSECT_RUN_H

#include "core/arena.h"
#include "core/pool.h"
#include "core/source.h"
#include "dissect/defrag.h"
#include "dissect/dissector.h"
#include "dissect/expect.h"
#include "dissect/flow.h"
#include "dissect/stream.h"
#include "dissect/traffic.h"
#include "dissect/unknown.h"

#define DISSECTORS_MAX 128
#define NUMBERS        65536

/* Headers below one another, tunnels included; deeper is an attack or an error. */
#define LAYERS_MAX 16

/* Rows that the shape of a payload leads to, a bit each: at most SHAPES_MAX over one carrier. The
 * bits above those say what else a packet's payload may be. */
#define SHAPES_MAX 59

/* No shape, but nDPI may know: looks up the flow. */
#define SHAPE_UNKNOWN (UINT64_C(1) << 59)

/* The layer `layer` of the packet, again, with its flow. */
#define SHAPE_FLOW (UINT64_C(1) << 60)

/* No shape but those that follow: only of use in a flow that is known. */
#define SHAPE_FOLLOWS (UINT64_C(1) << 61)

/* A layer that emits. Headers are read a batch ahead of the clock, observations go out in order, so
 * it is asked when the packet's turn comes. */
#define SHAPE_LAYER (UINT64_C(1) << 62)

/* Any stream: which dissector reads it, the stream knows. */
#define SHAPE_STREAM (UINT64_C(1) << 63)

struct shapes {
	uint64_t asked[STARTS][256]; /* by place and value of a payload's first bytes */
	const struct dissector *dissector[SHAPES_MAX]; /* of each bit */
	uint8_t row[SHAPES_MAX];                       /* and its number */
	uint8_t count;
};

/* The rows that are to be asked about a payload: those that all its first bytes allow. */
static inline uint64_t shapes_asked(const struct shapes *s, struct reader r)
{
	size_t left = reader_left(&r);
	if (left >= STARTS) {
		uint32_t start = reader_u32(&r);
		return s->asked[0][start >> 24] & s->asked[1][start >> 16 & 0xff] &
			s->asked[2][start >> 8 & 0xff] & s->asked[3][start & 0xff];
	}
	uint64_t asked = left ? UINT64_MAX : 0;
	for (unsigned at = 0; at < left; at++)
		asked &= s->asked[at][reader_u8(&r)];
	return asked;
}

/* The number of the first row in `bits`. */
static inline unsigned shapes_next(const struct shapes *s, uint64_t bits)
{
	return s->row[__builtin_ctzll(bits)];
}

struct dissect {
	const struct interest *interest;
	struct stats *stats;
	void (*emit)(void *sink, const struct observation *);
	void *sink;
	uint64_t now_ns; /* packet time so far: never runs backwards */
	struct flow_table flows;
	struct defrag defrag;
	struct expect expect;
	struct streams streams;
	struct unknown *unknown;                      /* NULL: nDPI is not asked */
	struct traffic *traffic;                      /* NULL: nobody wants it */
	struct arena scratch;                         /* for a batch */
	const struct dissector *rows[DISSECTORS_MAX]; /* the table */
	void *state[DISSECTORS_MAX];                  /* what `open` made, by row */
	struct pool flow_states[DISSECTORS_MAX];      /* by row */
	uint32_t state_hand[DISSECTORS_MAX];          /* the block that was looked at last */
	struct packet packets[BATCH_FRAMES];
	uint64_t time_ns[BATCH_FRAMES]; /* packet time when each of them comes */
	bool interface_seen[SOURCE_INTERFACES_MAX];
	struct shapes udp, stream;
	uint8_t bit[DISSECTORS_MAX]; /* of a row in those */
	/* By carrier and number: row + 1 of the dissector, 0 where there is none. */
	uint8_t route[CARRIERS_ROUTED][NUMBERS];
};

/* The row at work from here on. */
static inline const struct dissector *row_enter(struct dissection *d, unsigned row)
{
	d->row = row;
	d->state = d->run->state[row];
	return d->run->rows[row];
}

/* The number of the row with this name. */
unsigned dissector_named(const char *name);

/* From a packet's first unread header to its transport header, and to what shapes its payload has.
 */
void layers_dissect(struct dissection *d);

/* The key of the packet's flow, and its hash. */
void packet_key(struct dissect *run, struct packet *p);

/* Adds the row that was announced for either end of a datagram; false when none was. */
bool packet_announced(struct dissect *run, struct packet *p);

/* A packet whose payload has a shape or was announced: looks up its flow and asks who reads it. In
 * packet order, because a packet may announce the next. */
void packet_dissect(struct dissect *run, struct packet *p);

/* Bytes of a pool's block for `bytes` of a dissector's memory; and what goes with a flow. */
size_t flow_state_size(size_t bytes);
void flow_states_forget(struct dissect *run, struct flow_more *more);

#endif
