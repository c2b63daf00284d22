/*
 * What a dissector can do with the packet it works on: hand on, remember, open what is inside, and
 * emit.
 *
 * The trampoline is the loop in layers_dissect: each layer names the next by carrier and number, so
 * nesting costs no stack and is bounded in one place. Only what lies inside a datagram or a message
 * (tunnels over UDP, relayed packets, bodies) goes deeper, bounded by the same count.
 */
#include "dissect/run.h"

#include <string.h>

/* Headers below one another, tunnels included; deeper is an attack or an error. */
#define LAYERS_MAX  16
#define CONTENT_MAX 8 /* bodies within bodies */

/* Any stream: which dissector reads it, the stream knows. */
#define SHAPE_STREAM (UINT64_C(1) << 63)

/* No shape but those that follow: only of use in a flow that is known. */
#define SHAPE_FOLLOWS (UINT64_C(1) << 61)

/* A layer that emits. Headers are read a batch ahead of the clock, observations go out in order, so
 * it is asked when the packet's turn comes. */
#define SHAPE_LAYER (UINT64_C(1) << 62)

_Static_assert(SHAPES_MAX <= 61, "a bit for each row, and the three above");

enum { PROTOCOL_UDP = 17 };

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
		.capture = p->frame->capture,
		.interface = p->frame->interface,
		.kind = (uint8_t)kind,
		.protocol = p->protocol,
		.direction = p->direction,
		.hop_limit = p->hop_limit,
		.depth = p->depth,
		.encapsulation = p->encapsulation,
		.vlan = p->vlan,
		.has_macs = p->has_macs,
		.from_opener = p->from_opener,
	};
	if (p->has_ip) {
		o->head.src.addr = p->src.addr;
		o->head.dst.addr = p->dst.addr;
	}
	if (p->has_ports) {
		o->head.src.port = p->src.port;
		o->head.dst.port = p->dst.port;
	}
	if (p->outer_src.family != ADDR_NONE) {
		o->head.outer_src = p->outer_src;
		o->head.outer_dst = p->outer_dst;
	}
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

void obs_text_set(struct obs_text *out, struct reader r)
{
	size_t length = reader_left(&r);
	out->cut = length > sizeof(out->bytes);
	out->length = (uint16_t)(out->cut ? sizeof(out->bytes) : length);
	reader_copy(&r, out->bytes, out->length);
}

void obs_word_set(struct obs_word *out, struct reader r)
{
	size_t length = reader_left(&r);
	out->cut = length > sizeof(out->bytes);
	out->length = (uint8_t)(out->cut ? sizeof(out->bytes) : length);
	reader_copy(&r, out->bytes, out->length);
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

/* The dissectors whose shape the payload has, a bit each. */
static uint64_t payload_shapes(const struct dissection *d)
{
	const struct packet *p = d->packet;
	struct reader peek = p->payload;
	uint64_t shapes = 0, follows = 0;
	if (d->carrier == CARRIER_FLOW)
		return UINT64_C(1) << d->row;
	if (d->carrier == CARRIER_STREAM)
		return reader_left(&peek) || p->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST)
			? SHAPE_STREAM
			: 0;
	if (!reader_left(&peek))
		return 0;
	for (uint64_t asked = d->run->asked_udp[reader_u8(&peek)]; asked; asked &= asked - 1) {
		const struct dissector *row = dissector_at((unsigned)__builtin_ctzll(asked));
		if (row->probe(p->payload))
			shapes |= asked & -asked;
		else if (row->follows && row->follows(p->payload))
			follows |= asked & -asked;
	}
	return shapes || !follows ? shapes | follows : SHAPE_FOLLOWS | follows;
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
	p->hash = table_hash(&run->flows.table, &p->key, flow_key_size(family));
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
		d->row = row - 1;
		if (dissector_at(d->row)->emits) {
			p->shapes = SHAPE_LAYER;
			p->layer = (uint8_t)d->row;
			return;
		}
		d->state = run->state[d->row];
		verdict = dissector_at(d->row)->dissect(d, &p->payload);
	}
	packet_shape(d, verdict);
}

/* Asks the dissectors over UDP whose shape it has. */
static void datagram_dissect(struct dissection *d)
{
	for (uint64_t shapes = d->packet->shapes & ~SHAPE_FOLLOWS; shapes; shapes &= shapes - 1) {
		struct reader r = d->packet->payload;
		d->row = (unsigned)__builtin_ctzll(shapes);
		d->state = d->run->state[d->row];
		enum verdict verdict = dissector_at(d->row)->dissect(d, &r);
		d->stats->truncated_packets += verdict == TRUNCATED;
		if (verdict != NOT_MINE)
			return;
	}
}

static void layer_dissect(struct dissection *d)
{
	struct reader r = d->packet->payload;
	d->row = d->packet->layer;
	d->state = d->run->state[d->row];
	verdict_count(d->stats, dissector_at(d->row)->dissect(d, &r));
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
	if (!p->shapes)
		return;
	if (p->shapes & SHAPE_FOLLOWS && !flow_known(&run->flows, p, run->now_ns))
		return;
	d.flow = flow_find(&run->flows, p, run->now_ns, run->stats);
	if (p->shapes == SHAPE_STREAM)
		stream_segment(&d);
	else
		datagram_dissect(&d);
}

void dissection_enter_ip(struct dissection *d)
{
	struct packet *p = d->packet;
	if (p->has_ip && p->outer_src.family == ADDR_NONE) {
		p->outer_src = p->src.addr;
		p->outer_dst = p->dst.addr;
	}
	p->has_ip = true;
}

bool dissection_defrag(struct dissection *d, struct fragment *f, struct reader *r)
{
	struct dissect *run = d->run;
	d->stats->fragments++;
	return defrag_add(&run->defrag, d->packet, f, r, &run->scratch, d->stats);
}

/* A packet within the packet: shares frame and link layer, has its own flow. The flow around it
 * must not be the one that makes way for that: it is still being worked on. */
static struct packet packet_inside(
	struct dissection *d, enum encapsulation wrapped, const struct reader *r)
{
	struct packet inner = *d->packet;
	if (d->flow)
		table_renew(&d->run->flows.table, d->flow, d->run->now_ns);
	inner.payload = *r;
	inner.has_ports = false;
	inner.has_payload = false;
	inner.encapsulation |= (uint8_t)wrapped;
	return inner;
}

void dissection_inner(struct dissection *d, enum encapsulation wrapped, enum carrier carrier,
	uint16_t number, const struct reader *r)
{
	struct packet inner = packet_inside(d, wrapped, r);
	struct dissection inside = {
		.run = d->run,
		.stats = d->stats,
		.packet = &inner,
		.carrier = carrier,
		.number = number,
	};
	layers_dissect(&inside);
	packet_dissect(d->run, &inner);
}

void dissection_relayed(struct dissection *d, enum encapsulation wrapped,
	const struct endpoint *src, const struct endpoint *dst, const struct reader *r)
{
	struct packet inner = packet_inside(d, wrapped, r);
	struct dissection inside = {
		.run = d->run, .stats = d->stats, .packet = &inner, .carrier = CARRIER_UDP};
	if (inner.depth == LAYERS_MAX) {
		d->stats->too_many_layers++;
		return;
	}
	inner.depth++;
	if (wrapped && inner.outer_src.family == ADDR_NONE) {
		inner.outer_src = inner.src.addr;
		inner.outer_dst = inner.dst.addr;
	}
	if (wrapped & WRAPPED_TURN)
		inner.protocol = PROTOCOL_UDP; /* to the peer, whatever it is to the relay */
	inner.src = *src;
	inner.dst = *dst;
	inner.has_ports = true;
	packet_shape(&inside, MORE);
	packet_dissect(d->run, &inner);
}

/* What a body is, by how it starts. Digits are the framing of engine.io, "a[" is SockJS's. */
static enum content content_guess(struct reader r)
{
	uint8_t first = ' ';
	while (reader_left(&r) && (first == ' ' || (first >= '\t' && first <= '\r')))
		first = reader_u8(&r);
	uint8_t second = reader_left(&r) ? reader_u8(&r) : 0;
	switch (first) {
	case 0: /* engine.io 3 between bytes */
	case 1:
	case '{':
	case '[':
	case '"':
		return CONTENT_JSON;
	case '<':
		return CONTENT_XML;
	case 'a':
		return second == '[' ? CONTENT_JSON : CONTENT_SDP;
	case 'v':
	case 'm':
	case 'c':
		return CONTENT_SDP;
	default:
		return first >= '0' && first <= '9' ? CONTENT_JSON : CONTENT_UNKNOWN;
	}
}

void dissection_content(struct dissection *d, enum content content, const struct reader *r)
{
	bool guessed = content == CONTENT_UNKNOWN;
	if (guessed)
		content = content_guess(*r);
	unsigned row = d->run->route[CARRIER_CONTENT][content];
	if (row == 0)
		return;
	if (d->content_depth == CONTENT_MAX) {
		d->stats->too_many_layers++;
		return;
	}
	struct dissection inside = *d;
	struct reader body = *r;
	inside.content_depth++;
	inside.row = row - 1;
	inside.state = d->run->state[inside.row];
	enum verdict verdict = dissector_at(inside.row)->dissect(&inside, &body);
	d->stats->truncated_packets += verdict == TRUNCATED;
	d->stats->content_malformed += verdict == MALFORMED && !guessed;
}

void dissection_become(struct dissection *d, const char *name, enum encapsulation wrapped)
{
	d->stream->wrapped |= (uint8_t)wrapped;
	d->packet->encapsulation |= (uint8_t)wrapped;
	for (int i = 0; i < 2; i++) {
		struct stream_side *side = &d->stream->side[i];
		side->row = (uint8_t)(name ? dissector_named(name) + 1 : 0);
		side->tries = 0;
		side->ignored = false;
	}
}

/* A dissector's memory of a flow: the next one's reference, then its own bytes. */
struct flow_state {
	uint32_t next;
	uint32_t reserved;
};

size_t flow_state_size(size_t bytes)
{
	return sizeof(struct flow_state) + ((bytes + 7) & ~(size_t)7);
}

#define STATE_ROW(reference)    ((reference) >> 24)
#define STATE_NUMBER(reference) ((reference)&0xffffff)

static struct flow_state *flow_state_at(struct dissect *run, uint32_t reference)
{
	return pool_at(&run->flow_states[STATE_ROW(reference)], STATE_NUMBER(reference));
}

static void *row_known(struct dissection *d, uint32_t row)
{
	struct dissect *run = d->run;
	const struct flow_more *more = flow_more(&run->flows, d->flow);
	for (uint32_t at = more->states; at; at = flow_state_at(run, at)->next) {
		if (STATE_ROW(at) == row)
			return flow_state_at(run, at) + 1;
	}
	return NULL;
}

static void *row_state(struct dissection *d, uint32_t row)
{
	void *known = row_known(d, row);
	if (known)
		return known;
	struct dissect *run = d->run;
	struct flow_more *more = flow_more(&run->flows, d->flow);
	uint32_t number = pool_take(&run->flow_states[row], true);
	if (!number)
		return NULL;
	uint32_t reference = row << 24 | number;
	struct flow_state *state = flow_state_at(run, reference);
	state->next = more->states;
	more->states = reference;
	return state + 1;
}

void *dissection_flow_known(struct dissection *d)
{
	return row_known(d, d->row);
}

void *dissection_flow_state(struct dissection *d)
{
	return row_state(d, d->row);
}

void *dissection_become_state(struct dissection *d)
{
	return row_state(d, d->stream->side[0].row - 1U);
}

void flow_states_forget(struct dissect *run, struct flow_more *more)
{
	for (uint32_t at = more->states; at;) {
		uint32_t next = flow_state_at(run, at)->next;
		pool_give(&run->flow_states[STATE_ROW(at)], STATE_NUMBER(at));
		at = next;
	}
	more->states = 0;
}
