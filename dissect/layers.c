/*
 * The trampoline: each layer names the next by carrier and number, so nesting costs no stack and is
 * bounded in one place; then the shape of what is left tells who reads it. Only what lies inside a
 * datagram or a message (tunnels over UDP, relayed packets, bodies) goes deeper, bounded by the
 * same count.
 */
#include "dissect/run.h"

#include <string.h>

_Static_assert(SHAPES_MAX <= 59, "a bit for each row, and the five above");

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

/* Whether a stream has any use for the segment; half of them only acknowledge. One question, not
 * two: neither answer can be foretold. */
static bool segment_says(const struct packet *p)
{
	return (uint32_t)reader_left(&p->payload) | (p->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST));
}

/* The dissectors whose shape the payload has, a bit each. */
static uint64_t payload_shapes(const struct dissection *d)
{
	const struct packet *p = d->packet;
	uint64_t shapes = 0, follows = 0;
	if (d->carrier == CARRIER_FLOW)
		return SHAPE_FLOW;
	if (d->carrier == CARRIER_STREAM)
		return segment_says(p) ? SHAPE_STREAM : 0;
	const struct shapes *udp = &d->run->udp;
	for (uint64_t asked = shapes_asked(udp, p->payload); asked; asked &= asked - 1) {
		const struct dissector *row = udp->dissector[__builtin_ctzll(asked)];
		if (row->probe(p->payload))
			shapes |= asked & -asked;
		else if (row->follows && row->follows(p->payload))
			follows |= asked & -asked;
	}
	if (shapes)
		return shapes | follows;
	if (follows)
		return follows | SHAPE_FOLLOWS;
	return d->run->unknown && unknown_matters(p) ? SHAPE_UNKNOWN : 0;
}

static struct endpoint endpoint_mapped(const struct endpoint *e)
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};
	struct endpoint mapped = *e;
	if (e->addr.family == ADDR_V6)
		return mapped;
	mapped.addr.family = ADDR_V6;
	memcpy(mapped.addr.bytes, prefix, sizeof(prefix));
	memcpy(mapped.addr.bytes + sizeof(prefix), e->addr.bytes, 4);
	return mapped;
}

/* A relay may stand between families (RFC 8656 §7.1): then both are written as IPv6. */
void packet_key(struct dissect *run, struct packet *p)
{
	uint8_t family = p->src.addr.family;
	if (family == p->dst.addr.family) {
		p->from_high = flow_key_make(&p->key, &p->src, &p->dst, p->protocol);
	} else {
		struct endpoint src = endpoint_mapped(&p->src), dst = endpoint_mapped(&p->dst);
		family = ADDR_V6;
		p->from_high = flow_key_make(&p->key, &src, &dst, p->protocol);
	}
	p->hash = flow_key_hash(&run->flows.salt, &p->key, flow_key_words(family));
}

/* What no dissector knows by its shape never needs its flow: no key, no hash, no look-up. */
static void packet_shape(struct dissection *d, enum verdict verdict)
{
	struct packet *p = d->packet;
	verdict_count(d->stats, verdict);
	p->has_payload = verdict == MORE;
	p->shapes = p->has_payload ? payload_shapes(d) : 0;
	if (p->shapes)
		packet_key(d->run, p);
}

/* A layer that is read ahead remembers nothing, so no row is entered for it. */
void layers_dissect(struct dissection *d)
{
	struct dissect *run = d->run;
	struct packet *p = d->packet;
	enum verdict verdict = MORE;
	p->shapes = 0;
	while (verdict == MORE && d->carrier < CARRIERS_ROUTED) {
		unsigned row = run->route[d->carrier][d->number];
		if (row == 0) {
			unrouted_count(d->stats, d->carrier);
			return;
		}
		if (p->depth == LAYERS_MAX) {
			d->stats->too_many_layers++;
			return;
		}
		p->depth++;
		p->layer = (uint8_t)(row - 1);
		const struct dissector *layer = run->rows[row - 1];
		if (layer->emits) {
			p->shapes = SHAPE_LAYER;
			return;
		}
		verdict = layer->dissect(d, &p->payload);
	}
	packet_shape(d, verdict);
}

/* Asks the dissectors over UDP whose shape it has. */
static void datagram_dissect(struct dissection *d)
{
	for (uint64_t shapes = d->packet->shapes & ~(SHAPE_FOLLOWS | SHAPE_UNKNOWN); shapes;
		shapes &= shapes - 1) {
		struct reader r = d->packet->payload;
		const struct dissector *row = row_enter(d, shapes_next(&d->run->udp, shapes));
		enum verdict verdict = row->dissect(d, &r);
		d->stats->truncated_packets += verdict == TRUNCATED;
		d->flow->age.note |= verdict == DONE ? FLOW_READ : 0U;
		if (verdict != NOT_MINE)
			return;
	}
}

/* A layer whose turn comes now. */
static void layer_dissect(struct dissection *d)
{
	struct reader r = d->packet->payload;
	verdict_count(d->stats, row_enter(d, d->packet->layer)->dissect(d, &r));
}

/* Of the segments without bytes those that a stream may wait for. */
static void acknowledgment_shape(struct dissect *run, struct packet *p)
{
	if (!stream_heard(&run->streams, p))
		return;
	packet_key(run, p);
	if (flow_find(&run->flows, p, run->now_ns))
		p->shapes = SHAPE_STREAM;
}

/* The packet's flow; NULL where it has none, and opens none: what only follows opens one for nDPI
 * alone. */
static struct flow *packet_flow(struct dissect *run, struct packet *p)
{
	struct flow *f = flow_find(&run->flows, p, run->now_ns);
	if (f || (p->shapes & SHAPE_FOLLOWS && !(run->unknown && unknown_matters(p))))
		return f;
	run->stats->flows++;
	return flow_open(&run->flows, p, run->now_ns);
}

void packet_dissect(struct dissect *run, struct packet *p)
{
	struct dissection d = {.run = run, .stats = run->stats, .packet = p};
	if (p->shapes == SHAPE_LAYER) {
		layer_dissect(&d);
		return;
	}
	if (run->expect.table.count && packet_announced(run, p))
		p->shapes &= ~SHAPE_FOLLOWS;
	if (!p->shapes && run->streams.holey)
		acknowledgment_shape(run, p);
	if (!p->shapes)
		return;
	d.flow = packet_flow(run, p);
	if (!d.flow)
		return;
	if (p->shapes == SHAPE_STREAM)
		stream_segment(&d);
	else if (p->shapes == SHAPE_FLOW)
		layer_dissect(&d);
	else
		datagram_dissect(&d);
	if (run->unknown && !(d.flow->age.note & FLOW_SETTLED))
		unknown_packet(&d);
}
