/*
 * The flow table: every UDP and TCP 5-tuple seen lately, bounded, oldest out first.
 *
 * What each packet needs fits one cache line; the rest lies in a second array.
 */
#ifndef SEEP_DISSECT_FLOW_H
#define SEEP_DISSECT_FLOW_H

#include "core/flow_key.h"
#include "core/packet.h"
#include "core/table.h"

/* Idle longer than this, a flow is over: NATs forget UDP sooner (RFC 4787 REQ-5 asks for 5 min). */
#define FLOW_IDLE_NS (300 * UINT64_C(1000000000))

/* Bits of a flow's note. */
enum {
	FLOW_OPENED_BY_HIGH = 1 << 0, /* the first packet seen came from the key's high end */
	FLOW_IGNORED = 1 << 1,        /* a TCP flow that nobody reads */
	FLOW_SYN_FROM = 1 << 2,       /* a SYN of the opener was seen */
	FLOW_SYN_TO = 1 << 3,         /* and one of the other end */
	FLOW_READ = 1 << 4,           /* a dissector read a message of it */
	FLOW_ONCE = 1 << 5,           /* UDP: nobody could read one packet of it */
	FLOW_ASKED = 1 << 6,          /* nDPI is being asked about it */
	FLOW_SETTLED = 1 << 7,        /* and need not be, or not any more */
};

struct flow {
	struct table_entry age; /* note: the bits above */
	struct flow_key key;
};

_Static_assert(sizeof(struct flow) == 64, "a flow is one cache line");

/* What is looked at less often. */
struct flow_more {
	uint64_t first_ns;
	uint64_t number; /* see flow_number; 0: not asked for yet */
	uint32_t states; /* the dissectors' memories of it: row << 24 | number in the row's pool */
	uint32_t stream; /* number in the pool of streams, or 0 */
	uint32_t first_byte[2]; /* sequence numbers behind the SYNs seen */
};

struct flow_table {
	struct table table; /* found by flow_key_hash */
	struct flow_salt salt;
	struct flow_more *more; /* of the flow in the same place */
	uint32_t capacity;
};

/* `removed` is told of each flow before it goes. */
bool flow_table_init(struct flow_table *t, uint32_t capacity,
	void (*removed)(void *context, void *flow), void *context);
void flow_table_free(struct flow_table *t);

/* The packet's flow, used now, or NULL when it has none yet; also sets packet->from_opener. */
struct flow *flow_find(struct flow_table *t, struct packet *p, uint64_t now_ns);

/* A flow for the packet, which has none yet. */
struct flow *flow_open(struct flow_table *t, struct packet *p, uint64_t now_ns);

static inline struct flow_more *flow_more(const struct flow_table *t, const struct flow *f)
{
	return &t->more[f - (const struct flow *)table_at(&t->table, 0)];
}

/* Fetches the packet's flow ahead, as far as it is known where it lies, and notes that. */
static inline void flow_prefetch(const struct flow_table *t, struct packet *p)
{
	p->place = table_prefetch_entry(&t->table, p->hash);
	__builtin_prefetch(&t->more[p->place - (p->place != 0)], 1);
}

/* The number of records (core/flow_key.h). */
uint64_t flow_number(const struct flow_table *t, const struct flow *f);

/* The same for a packet whose flow may not be known: then the one that it has if the packet opens
 * it. Nothing is opened or used by that. */
uint64_t flow_number_of(const struct flow_table *t, const struct packet *p, uint64_t now_ns);

#endif
