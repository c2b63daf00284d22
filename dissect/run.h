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

#define DISSECTORS_MAX 80
#define SHAPES_MAX     61 /* rows found by their shape: a bit each, and three of dissection.c */
#define NUMBERS        65536

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
	struct arena scratch;                         /* for a batch */
	const struct dissector *rows[DISSECTORS_MAX]; /* the table */
	void *state[DISSECTORS_MAX];                  /* what `open` made, by row */
	struct pool flow_states[DISSECTORS_MAX];      /* by row */
	struct packet packets[BATCH_FRAMES];
	bool interface_seen[SOURCE_INTERFACES_MAX];
	/* By a payload's first byte: the rows to ask, a bit each. */
	uint64_t asked_udp[256], asked_stream[256];
	/* By carrier and number: row + 1 of the dissector, 0 where there is none. */
	uint8_t route[CARRIERS_ROUTED][NUMBERS];
};

/* Row `i` of the table, and the number of the row with this name. */
const struct dissector *dissector_at(unsigned i);
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
