/*
 * The run of a batch through dissect/: read the headers of all frames, look up all flows with their
 * memory fetched ahead, then ask the dissectors whose shape a payload has.
 *
 * The trampoline is the loop in layers_dissect: each layer names the next by carrier and number, so
 * nesting costs no stack and is bounded in one place.
 */
#include "dissect/dissect.h"

#include "core/source.h"
#include "dissect/dissector.h"
#include "dissect/flow.h"

#include <stdlib.h>

/* Headers below one another, tunnels included; deeper is an attack or an error. */
#define LAYERS_MAX 16
#define NUMBERS    65536

#define DISSECTOR(name) extern const struct dissector dissector_##name;
#include "dissect/dissectors.h"
#undef DISSECTOR

static const struct dissector *const dissectors[] = {
#define DISSECTOR(name) &dissector_##name,
#include "dissect/dissectors.h"
#undef DISSECTOR
};

#define DISSECTORS (sizeof(dissectors) / sizeof(dissectors[0]))

_Static_assert(DISSECTORS <= 32, "struct dissect.asked has a bit for each");

struct dissect {
	const struct interest *interest;
	struct stats *stats;
	void (*emit)(void *sink, const struct observation *);
	void *sink;
	uint64_t now_ns; /* packet time so far: never runs backwards */
	struct flow_table flows;
	void *state[DISSECTORS];
	struct packet packets[BATCH_FRAMES];
	bool interface_seen[SOURCE_INTERFACES_MAX];
	/* By a payload's first byte: the rows to ask, a bit each. */
	uint32_t asked[256];
	/* By carrier and number: row + 1 of the dissector, 0 where there is none. */
	uint8_t route[CARRIER_UDP][NUMBERS];
};

const struct dissector_info *dissector_info(unsigned i)
{
	return i < DISSECTORS ? &dissectors[i]->info : NULL;
}

static void routes_fill(struct dissect *d)
{
	for (size_t i = 0; i < DISSECTORS; i++) {
		const struct dissector *row = dissectors[i];
		for (unsigned first = row->first_min; row->probe && first <= row->first_max;
			first++)
			d->asked[first] |= 1U << i;
		for (size_t n = 0; n < row->number_count; n++)
			d->route[row->carrier][row->numbers[n]] = (uint8_t)(i + 1);
	}
}

static bool states_open(struct dissect *d, const struct dissect_options *options)
{
	for (size_t i = 0; i < DISSECTORS; i++) {
		if (!dissectors[i]->open)
			continue;
		d->state[i] = dissectors[i]->open(options);
		if (!d->state[i])
			return false;
	}
	return true;
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
	routes_fill(d);
	if (flow_table_init(&d->flows, options->flows) && states_open(d, options))
		return d;
	dissect_free(d);
	return NULL;
}

void dissect_free(struct dissect *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < DISSECTORS; i++) {
		if (d->state[i])
			dissectors[i]->close(d->state[i]);
	}
	flow_table_free(&d->flows);
	free(d);
}

uint64_t dissection_now(const struct dissection *d)
{
	return d->run->now_ns;
}

bool dissection_wants(const struct dissection *d, enum observation_kind kind)
{
	return d->run->interest->observations & INTEREST_IN(kind);
}

void dissection_observe(
	const struct dissection *d, enum observation_kind kind, struct observation *o)
{
	const struct packet *p = d->packet;
	*o = (struct observation){0};
	o->head = (struct obs_head){
		.time_ns = d->run->now_ns, /* moved on by now, and never backwards */
		.frame = p->frame->number,
		.flow_id = d->flow ? flow_number(&d->run->flows, d->flow) : 0,
		.src = p->src,
		.dst = p->dst,
		.capture = p->frame->capture,
		.interface = p->frame->interface,
		.kind = (uint8_t)kind,
		.protocol = p->protocol,
		.direction = p->direction,
		.hop_limit = p->hop_limit,
		.depth = p->depth,
		.has_macs = p->has_macs,
		.from_opener = p->from_opener,
	};
	if (!p->has_macs)
		return;
	memcpy(o->head.src_mac, p->src_mac, sizeof(p->src_mac));
	memcpy(o->head.dst_mac, p->dst_mac, sizeof(p->dst_mac));
}

void dissection_emit(const struct dissection *d, const struct observation *o)
{
	if (dissection_wants(d, o->head.kind))
		d->run->emit(d->run->sink, o);
}

/* What ended a packet's way up, in the counters. */
static void verdict_count(struct stats *stats, enum verdict verdict)
{
	if (verdict == MALFORMED)
		stats->invalid++;
	else if (verdict == TRUNCATED)
		stats->truncated_packets++;
}

static void unrouted_count(struct stats *stats, enum carrier carrier)
{
	stats->unknown_link += carrier == CARRIER_LINK;
	stats->unknown_ethertype += carrier == CARRIER_ETHERTYPE;
	stats->unknown_protocol += carrier == CARRIER_IPPROTO;
}

static void layers_dissect(struct dissection *d, struct reader *r)
{
	struct dissect *run = d->run;
	enum verdict verdict = MORE;
	while (verdict == MORE && d->carrier < CARRIER_UDP) {
		unsigned row = run->route[d->carrier][d->number];
		if (row == 0) {
			unrouted_count(d->stats, d->carrier);
			return;
		}
		if (d->packet->depth++ == LAYERS_MAX) {
			d->stats->too_many_layers++;
			return;
		}
		verdict = dissectors[row - 1]->dissect(d, r);
	}
	verdict_count(d->stats, verdict);
	d->packet->has_payload = verdict == MORE;
}

/* What the flags do not vouch for may be left from the packet before; clearing all of it would cost
 * more than parsing a header. */
static void packet_begin(struct packet *p, const struct frame *frame)
{
	p->frame = frame;
	p->direction = frame->direction;
	p->protocol = 0;
	p->hop_limit = 0;
	p->depth = 0;
	p->has_macs = false;
	p->has_ports = false;
	p->has_payload = false;
}

/* The dissectors over UDP whose shape the payload has, a bit each. */
static uint32_t payload_shapes(const struct dissect *d, const struct packet *p)
{
	struct reader peek = p->payload;
	uint32_t shapes = 0;
	if (!p->has_payload || !reader_left(&peek))
		return 0;
	for (uint32_t asked = d->asked[reader_u8(&peek)]; asked; asked &= asked - 1) {
		int row = __builtin_ctz(asked);
		if (dissectors[row]->probe(p->payload))
			shapes |= 1U << row;
	}
	return shapes;
}

/* From the frame's first byte to the transport header. What no dissector knows by its shape never
 * needs its flow: no key, no hash, no look-up. */
static void frame_dissect(struct dissect *d, const struct frame *frame, struct packet *p)
{
	packet_begin(p, frame);
	struct dissection dissection = {
		.run = d,
		.stats = d->stats,
		.packet = p,
		.carrier = CARRIER_LINK,
		.number = frame->link_type,
	};
	reader_init(&p->payload, frame->bytes, frame->captured, frame->captured < frame->wire);
	d->stats->packets++;
	d->stats->bytes += frame->wire;
	d->stats->cut += p->payload.cut;
	layers_dissect(&dissection, &p->payload);
	p->shapes = payload_shapes(d, p);
	if (!p->shapes)
		return;
	p->from_high = flow_key_make(&p->key, &p->src, &p->dst, p->protocol);
	p->hash = table_hash(&d->flows.table, &p->key, flow_key_size(p->src.addr.family));
	table_prefetch_slot(&d->flows.table, p->hash);
}

/* Asks the dissectors over UDP whose shape it has. */
static void payload_dissect(struct dissection *d)
{
	for (uint32_t shapes = d->packet->shapes; shapes; shapes &= shapes - 1) {
		int row = __builtin_ctz(shapes);
		struct reader r = d->packet->payload;
		d->state = d->run->state[row];
		enum verdict verdict = dissectors[row]->dissect(d, &r);
		d->stats->truncated_packets += verdict == TRUNCATED;
		if (verdict != NOT_MINE)
			return;
	}
}

static void packet_dissect(struct dissect *d, struct packet *p)
{
	if (p->frame->time_ns >= d->now_ns)
		d->now_ns = p->frame->time_ns;
	else
		d->stats->late++;
	d->interface_seen[p->frame->interface] = true;
	if (!p->shapes)
		return;
	struct flow *flow = flow_find(&d->flows, p, d->now_ns, d->stats);
	struct dissection dissection = {.run = d, .stats = d->stats, .packet = p, .flow = flow};
	payload_dissect(&dissection);
}

void dissect_batch(struct dissect *d, const struct batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++)
		frame_dissect(d, &batch->frames[i], &d->packets[i]);
	for (uint32_t i = 0; i < batch->count; i++) {
		if (d->packets[i].shapes)
			table_prefetch_entry(&d->flows.table, d->packets[i].hash);
	}
	for (uint32_t i = 0; i < batch->count; i++)
		packet_dissect(d, &d->packets[i]);
	if (d->now_ns > FLOW_IDLE_NS)
		table_expire(&d->flows.table, d->now_ns - FLOW_IDLE_NS);
}

bool dissect_unread(const struct dissect *d, uint32_t interface, uint16_t link_type)
{
	return d->interface_seen[interface] && d->route[CARRIER_LINK][link_type] == 0;
}

void dissect_finish(struct dissect *d)
{
	d->stats->flows_active = d->flows.table.count;
	d->stats->flows_evicted = d->flows.table.evicted;
	d->stats->flow_memory = table_memory(&d->flows.table);
}
