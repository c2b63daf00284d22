/*
 * Frames in, observations out: link, network and transport headers, the flow table, and the
 * dissectors behind them.
 */
#ifndef SEEP_DISSECT_DISSECT_H
#define SEEP_DISSECT_DISSECT_H

#include "core/frame.h"
#include "core/interest.h"
#include "core/observation.h"
#include "core/stats.h"

struct dissect;

struct dissect_options {
	uint32_t flows;        /* capacity of the flow table */
	uint32_t transactions; /* capacity of the table of open STUN transactions */
	uint32_t ndpi_flows; /* that nDPI may be asked about at a time; 0: it is not even opened */
	uint32_t conversations; /* capacity of their table, where OBS_TRAFFIC is wanted; 0: it never
				   is */
};

#define DISSECT_FLOWS         1000000
#define DISSECT_TRANSACTIONS  65536
#define DISSECT_NDPI_FLOWS    4096
#define DISSECT_CONVERSATIONS 262144

/* `emit` is called with each observation, in packet order, while dissect_batch runs; the value is
 * the callee's to copy. `interest` and `stats` must outlive the object. NULL without memory. */
struct dissect *dissect_new(const struct dissect_options *options, const struct interest *interest,
	struct stats *stats, void (*emit)(void *sink, const struct observation *), void *sink);

void dissect_batch(struct dissect *d, const struct batch *batch);

/* Live: it is this time by now, with or without frames. */
void dissect_advance(struct dissect *d, uint64_t time_ns);

/* The end of the run: emits what waited for it, and writes the gauges (flows active, memory) into
 * the stats. */
void dissect_finish(struct dissect *d);

/* Frames came from this interface (an index into struct source_table), and nothing here reads its
 * link type. */
bool dissect_unread(const struct dissect *d, uint32_t interface, uint16_t link_type);

void dissect_free(struct dissect *d);

/* The dissector table, for help texts and tests. */
struct dissector_info {
	const char *name, *reference;
};
/* Row `i`, or NULL behind the last one. */
const struct dissector_info *dissector_info(unsigned i);

#endif
