/* Flows that no dissector reads, over the one table of core/. */
#include "dissect/unknown.h"

#include "dissect/ndpi.h"
#include "dissect/run.h"

#include <stdlib.h>
#include <string.h>

#define DIALOGUE_GRAIN_NS UINT64_C(1000000000)

enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };

/* What nDPI was told of a flow so far. */
struct dialogue {
	struct table_entry age; /* note: packets given */
	uint64_t flow;          /* the key: its place in the flow table */
	uint8_t state[];        /* nDPI's */
};

struct unknown {
	struct dissect *run;
	struct namer *namer;
	struct table table;
};

static struct flow *dialogue_flow(const struct unknown *u, const struct dialogue *g)
{
	return table_at(&u->run->flows.table, (uint32_t)g->flow);
}

/* However it ended: nDPI is not asked about the flow again. */
static void dialogue_removed(void *context, void *entry)
{
	const struct unknown *u = context;
	struct dialogue *g = entry;
	struct flow *f = dialogue_flow(u, g);
	namer_forget(g->state);
	f->age.note = (f->age.note & ~(uint32_t)FLOW_ASKED) | FLOW_SETTLED;
}

struct unknown *unknown_open(struct dissect *run, uint32_t flows)
{
	struct unknown *u = calloc(1, sizeof(*u));
	if (!u)
		return NULL;
	u->run = run;
	u->namer = namer_open();
	bool ready = table_init(&u->table, sizeof(struct dialogue) + namer_state_size(),
		sizeof(uint64_t), flows, DIALOGUE_GRAIN_NS);
	u->table.removed = dialogue_removed;
	u->table.context = u;
	if (u->namer && ready)
		return u;
	unknown_close(u);
	return NULL;
}

static void dialogues_end(struct unknown *u)
{
	for (struct dialogue *g; u->table.count; u->run->stats->ndpi_unnamed++) {
		g = table_oldest(&u->table);
		table_remove(&u->table, g);
	}
}

void unknown_close(struct unknown *u)
{
	if (!u)
		return;
	dialogues_end(u);
	table_free(&u->table);
	namer_close(u->namer);
	free(u);
}

void unknown_finish(struct unknown *u)
{
	dialogues_end(u);
	u->run->stats->ndpi_evicted = u->table.evicted;
}

bool unknown_matters(const struct packet *p)
{
	enum addr_scope src = addr_scope(&p->src.addr), dst = addr_scope(&p->dst.addr);
	return (src == SCOPE_GLOBAL && dst > SCOPE_SPECIAL) ||
		(dst == SCOPE_GLOBAL && src > SCOPE_SPECIAL);
}

static struct dialogue *dialogue_of(struct unknown *u, struct flow *f)
{
	uint64_t place = table_index(&u->run->flows.table, f);
	bool added;
	struct dialogue *g = table_get(&u->table, &place, u->run->now_ns, &added);
	u->run->stats->ndpi_flows += added;
	f->age.note |= FLOW_ASKED;
	return g;
}

/* The flow is not for nDPI, or not any more; true when it was being asked about. */
static bool flow_settle(struct unknown *u, struct flow *f)
{
	bool asked = f->age.note & FLOW_ASKED;
	if (asked)
		table_remove(&u->table, dialogue_of(u, f));
	f->age.note |= FLOW_SETTLED;
	return asked;
}

void unknown_forget(struct unknown *u, struct flow *f)
{
	u->run->stats->ndpi_unnamed += flow_settle(u, f);
	f->age.note &= ~(uint32_t)(FLOW_SETTLED | FLOW_ONCE | FLOW_READ);
}

/* A dissector has the stream, and may read a message once more of it is there. */
static bool stream_taken(const struct dissection *d)
{
	uint32_t number = flow_more(&d->run->flows, d->flow)->stream;
	if (!number)
		return false;
	const struct stream *s = pool_at(&d->run->streams.streams, number);
	return (s->side[0].row && !s->side[0].ignored) || (s->side[1].row && !s->side[1].ignored);
}

/* Whether nDPI gets this packet: nothing of ours knows better, and it can make something of it. */
static bool packet_asks(const struct dissection *d)
{
	const struct packet *p = d->packet;
	if (p->payload.cut || !reader_left(&p->payload))
		return false;
	if (p->protocol == PROTOCOL_TCP)
		return !stream_taken(d);
	uint32_t before = d->flow->age.note;
	d->flow->age.note |= FLOW_ONCE;
	return before & FLOW_ONCE;
}

static void name_emit(const struct dissection *d, const struct obs_application *name)
{
	struct observation o;
	dissection_observe(d, OBS_APPLICATION, &o);
	o.application = *name;
	dissection_emit(d, &o);
}

static void packet_ask(struct unknown *u, struct dissection *d)
{
	struct stats *stats = d->stats;
	struct obs_application name = {0};
	struct dialogue *g = dialogue_of(u, d->flow);
	bool last = ++g->age.note == NDPI_PACKETS;
	table_touch(&u->table, g, u->run->now_ns);
	stats->ndpi_packets++;
	bool named = namer_ask(u->namer, g->state, d->packet, u->run->now_ns, &name);
	if (!named && last)
		named = namer_guess(u->namer, g->state, &name);
	if (!named && !last)
		return;
	stats->ndpi_named += named;
	stats->ndpi_unnamed += !named;
	flow_settle(u, d->flow);
	if (named)
		name_emit(d, &name);
}

void unknown_packet(struct dissection *d)
{
	struct unknown *u = d->run->unknown;
	const struct packet *p = d->packet;
	/* A dissector that opened packets inside this one may have cost the flow its place. */
	if (memcmp(&d->flow->key, &p->key, sizeof(p->key)) != 0)
		return;
	bool carries = p->has_ports && (p->protocol == PROTOCOL_UDP || p->protocol == PROTOCOL_TCP);
	if (d->flow->age.note & FLOW_READ || !carries || !unknown_matters(p))
		d->stats->ndpi_claimed += flow_settle(u, d->flow);
	else if (packet_asks(d))
		packet_ask(u, d);
}
