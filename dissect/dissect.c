/*
 * The dissect object, and the run of a batch through it: read the headers of all frames, look up
 * the flows of those whose payload somebody knows by its shape, with their memory fetched ahead,
 * then ask the dissectors.
 */
#include "dissect/dissect.h"

#include "dissect/run.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Whole packets put together from fragments, for a batch. */
#define SCRATCH_BYTES (BATCH_FRAMES * (size_t)DEFRAG_BYTES)

/* Flows that one dissector can remember something of. */
#define FLOW_STATES 131072

#define DISSECTOR(name) extern const struct dissector dissector_##name;
#include "dissect/dissectors.h"
#undef DISSECTOR

static const struct dissector *const dissectors[] = {
#define DISSECTOR(name) &dissector_##name,
#include "dissect/dissectors.h"
#undef DISSECTOR
};

#define DISSECTORS (sizeof(dissectors) / sizeof(dissectors[0]))

_Static_assert(DISSECTORS <= DISSECTORS_MAX, "struct dissect has room for each");
_Static_assert(BATCH_FRAMES == 32, "a bit for each packet of a batch");

const struct dissector_info *dissector_info(unsigned i)
{
	return i < DISSECTORS ? &dissectors[i]->info : NULL;
}

unsigned dissector_named(const char *name)
{
	unsigned row = 0;
	while (row < DISSECTORS && strcmp(dissectors[row]->info.name, name) != 0)
		row++;
	return row;
}

/* Is its work for anything that somebody wants? To nDPI it is: it is spared what a row reads. */
static bool row_wanted(const struct dissect *d, const struct dissector *row)
{
	return !row->tells || d->unknown || row->tells & d->interest->observations;
}

static void starts_add(struct shapes *s, const struct dissector *row, unsigned at)
{
	for (unsigned byte = 0; byte <= UINT8_MAX; byte++) {
		bool may = at || (byte >= row->first_min && byte <= row->first_max);
		if (may && (!row->allows || row->allows(at, (uint8_t)byte)))
			s->asked[at][byte] |= UINT64_C(1) << s->count;
	}
}

/* Gives the row a bit, and lets it be asked about the first bytes that it names. */
static void shape_add(struct dissect *d, const struct dissector *row, size_t i)
{
	struct shapes *s = row->carrier == CARRIER_STREAM ? &d->stream : &d->udp;
	assert(s->count < SHAPES_MAX);
	d->bit[i] = s->count;
	s->row[s->count] = (uint8_t)i;
	s->dissector[s->count] = row;
	if (row->probe && row_wanted(d, row)) {
		for (unsigned at = 0; at < STARTS; at++)
			starts_add(s, row, at);
	}
	s->count++;
}

static void routes_fill(struct dissect *d)
{
	for (size_t i = 0; i < DISSECTORS; i++) {
		const struct dissector *row = d->rows[i] = dissectors[i];
		if (row->carrier >= CARRIERS_ROUTED)
			shape_add(d, row, i);
		for (size_t n = 0; n < row->number_count; n++)
			d->route[row->carrier][row->numbers[n]] = (uint8_t)(i + 1);
	}
}

static bool states_open(struct dissect *d, const struct dissect_options *options)
{
	for (size_t i = 0; i < DISSECTORS; i++) {
		const struct dissector *row = dissectors[i];
		if (row->state_size &&
			!pool_init(
				&d->flow_states[i], flow_state_size(row->state_size), FLOW_STATES))
			return false;
		if (!row->open)
			continue;
		d->state[i] = row->open(options);
		if (!d->state[i])
			return false;
	}
	return true;
}

static void flow_removed(void *context, void *entry)
{
	struct dissect *d = context;
	struct flow_more *more = flow_more(&d->flows, entry);
	if (d->unknown)
		unknown_forget(d->unknown, entry);
	if (more->states)
		flow_states_forget(d, more);
	if (more->stream)
		stream_forget(&d->streams, more->stream);
}

/* Opens nDPI where its word counts. */
static bool unknown_wanted(struct dissect *d, const struct dissect_options *options)
{
	if (!options->ndpi_flows || !(d->interest->observations & INTEREST_IN(OBS_APPLICATION)))
		return true;
	d->unknown = unknown_open(d, options->ndpi_flows);
	return d->unknown != NULL;
}

/* Only where somebody wants it: it looks at every packet. */
static bool traffic_wanted(struct dissect *d, const struct dissect_options *options)
{
	if (!options->conversations || !(d->interest->observations & INTEREST_IN(OBS_TRAFFIC)))
		return true;
	d->traffic = traffic_open(d, options->conversations);
	return d->traffic != NULL;
}

struct dissect *dissect_new(const struct dissect_options *options, const struct interest *interest,
	struct stats *stats, void (*emit)(void *sink, const struct observation *), void *sink)
{
	struct dissect *d = calloc(1, sizeof(*d));
	if (!d)
		return NULL;
	d->interest = interest;
	d->stats = stats;
	d->emit = emit;
	d->sink = sink;
	bool ready = unknown_wanted(d, options) && traffic_wanted(d, options);
	routes_fill(d);
	if (ready && flow_table_init(&d->flows, options->flows, flow_removed, d) &&
		defrag_init(&d->defrag) && expect_init(&d->expect) && streams_init(&d->streams) &&
		arena_init(&d->scratch, SCRATCH_BYTES) && states_open(d, options))
		return d;
	dissect_free(d);
	return NULL;
}

void dissect_free(struct dissect *d)
{
	if (!d)
		return;
	unknown_close(d->unknown);
	traffic_close(d->traffic);
	for (size_t i = 0; i < DISSECTORS; i++) {
		if (d->state[i])
			dissectors[i]->close(d->state[i]);
		pool_free(&d->flow_states[i]);
	}
	arena_free(&d->scratch);
	streams_free(&d->streams);
	expect_free(&d->expect);
	defrag_free(&d->defrag);
	flow_table_free(&d->flows);
	free(d);
}

/* What the flags do not vouch for may be left from the packet before; clearing all of it would cost
 * more than parsing a header. */
static void packet_begin(struct packet *p, const struct frame *frame)
{
	p->frame = frame;
	p->direction = frame->direction;
	p->has_macs = false;
	p->has_ip = false;
	p->has_ports = false;
	p->has_payload = false;
	p->protocol = 0;
	p->hop_limit = 0;
	p->depth = 0;
	p->encapsulation = 0;
	p->vlan = 0;
	p->outer_src.family = ADDR_NONE;
}

static void frame_dissect(struct dissection *d, const struct frame *frame, struct packet *p)
{
	struct dissect *run = d->run;
	packet_begin(p, frame);
	reader_init(&p->payload, frame->bytes, frame->captured, frame->captured < frame->wire);
	d->packet = p;
	dissection_next(d, CARRIER_LINK, frame->link_type);
	run->stats->packets++;
	run->stats->bytes += frame->wire;
	run->stats->cut += p->payload.cut;
	run->interface_seen[frame->interface] = true;
	layers_dissect(d);
	if (p->shapes)
		table_prefetch_slot(&run->flows.table, p->hash);
}

/* Reads the headers of a batch, and what time each of its packets will come at; a bit for each that
 * somebody may want. Which ones those are cannot be foretold, and each time it is asked the
 * processor guesses wrong about a third of them: so it is asked once. */
static uint32_t headers_dissect(struct dissect *d, const struct batch *batch)
{
	struct dissection headers = {.run = d, .stats = d->stats};
	uint32_t wanted = 0;
	uint64_t now_ns = d->now_ns;
	for (uint32_t i = 0; i < batch->count; i++) {
		const struct frame *frame = &batch->frames[i];
		d->stats->late += frame->time_ns < now_ns;
		now_ns = frame->time_ns > now_ns ? frame->time_ns : now_ns;
		d->time_ns[i] = now_ns;
		frame_dissect(&headers, frame, &d->packets[i]);
		wanted |= (uint32_t)(d->packets[i].shapes != 0) << i;
	}
	return wanted;
}

/* The packets from `i` on that are to be looked at. Where something is announced, or a stream waits
 * to hear that what it lacks has come, it may be any. */
static uint32_t packets_due(const struct dissect *d, uint32_t wanted, uint32_t count, uint32_t i)
{
	bool any = d->expect.table.count || d->streams.holey;
	uint32_t due = any ? UINT32_MAX >> (BATCH_FRAMES - count) : wanted;
	return i < BATCH_FRAMES ? due >> i << i : 0;
}

void dissect_batch(struct dissect *d, const struct batch *batch)
{
	if (!batch->count)
		return;
	arena_reset(&d->scratch);
	uint32_t wanted = headers_dissect(d, batch);
	uint32_t counted = d->traffic ? traffic_ahead(d->traffic, batch->count) : 0;
	for (uint32_t left = wanted; left; left &= left - 1)
		flow_prefetch(&d->flows, &d->packets[__builtin_ctz(left)]);
	if (counted)
		traffic_fetch(d->traffic, counted);
	wanted |= counted;
	uint32_t i = 0;
	for (uint32_t due; (due = packets_due(d, wanted, batch->count, i)); i++) {
		i = (uint32_t)__builtin_ctz(due);
		d->now_ns = d->time_ns[i];
		if (counted >> i & 1)
			traffic_turn(d->traffic, i);
		packet_dissect(d, &d->packets[i]);
	}
	dissect_advance(d, d->time_ns[batch->count - 1]);
}

void dissect_advance(struct dissect *d, uint64_t time_ns)
{
	if (time_ns > d->now_ns)
		d->now_ns = time_ns;
	if (d->now_ns > FLOW_IDLE_NS)
		table_expire(&d->flows.table, d->now_ns - FLOW_IDLE_NS);
}

bool dissect_unread(const struct dissect *d, uint32_t interface, uint16_t link_type)
{
	return d->interface_seen[interface] && d->route[CARRIER_LINK][link_type] == 0;
}

void dissect_finish(struct dissect *d)
{
	if (d->unknown)
		unknown_finish(d->unknown);
	if (d->traffic)
		traffic_finish(d->traffic);
	d->stats->flows_active = d->flows.table.count;
	d->stats->flows_evicted = d->flows.table.evicted;
	d->stats->flow_memory = table_memory(&d->flows.table);
	d->stats->expected_evicted = d->expect.table.evicted;
	for (size_t i = 0; i < DISSECTORS; i++)
		d->stats->state_refused += d->flow_states[i].refused;
}
