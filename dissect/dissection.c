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
		.time_ns = p->frame->time_ns,
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
	uint64_t shapes = 0;
	if (d->carrier == CARRIER_STREAM)
		return reader_left(&peek) || p->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST)
			? SHAPE_STREAM
			: 0;
	if (!reader_left(&peek))
		return 0;
	for (uint64_t asked = d->run->asked_udp[reader_u8(&peek)]; asked; asked &= asked - 1) {
		unsigned row = (unsigned)__builtin_ctzll(asked);
		if (dissector_at(row)->probe(p->payload))
			shapes |= UINT64_C(1) << row;
	}
	return shapes;
}

/* What no dissector knows by its shape never needs its flow: no key, no hash, no look-up. */
static void packet_shape(struct dissection *d, enum verdict verdict)
{
	struct packet *p = d->packet;
	verdict_count(d->stats, verdict);
	p->has_payload = verdict == MORE;
	p->shapes = p->has_payload ? payload_shapes(d) : 0;
	if (!p->shapes)
		return;
	p->from_high = flow_key_make(&p->key, &p->src, &p->dst, p->protocol);
	p->hash = table_hash(&d->run->flows.table, &p->key, flow_key_size(p->src.addr.family));
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
		d->state = run->state[d->row];
		verdict = dissector_at(d->row)->dissect(d, &p->payload);
	}
	packet_shape(d, verdict);
}

/* Asks the dissectors over UDP whose shape it has. */
static void datagram_dissect(struct dissection *d)
{
	for (uint64_t shapes = d->packet->shapes; shapes; shapes &= shapes - 1) {
		struct reader r = d->packet->payload;
		d->row = (unsigned)__builtin_ctzll(shapes);
		d->state = d->run->state[d->row];
		enum verdict verdict = dissector_at(d->row)->dissect(d, &r);
		d->stats->truncated_packets += verdict == TRUNCATED;
		if (verdict != NOT_MINE)
			return;
	}
}

void packet_dissect(struct dissect *run, struct packet *p)
{
	struct dissection d = {.run = run, .stats = run->stats, .packet = p};
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

bool dissection_defrag(struct dissection *d, const struct fragment *f, struct reader *r)
{
	struct dissect *run = d->run;
	d->stats->fragments++;
	return defrag_add(&run->defrag, d->packet, f, r, &run->scratch, d->stats);
}

/* A packet within the packet: shares frame and link layer, has its own flow. */
static struct packet packet_inside(
	const struct packet *p, enum encapsulation wrapped, const struct reader *r)
{
	struct packet inner = *p;
	inner.payload = *r;
	inner.has_ports = false;
	inner.has_payload = false;
	inner.encapsulation |= (uint8_t)wrapped;
	return inner;
}

void dissection_inner(struct dissection *d, enum encapsulation wrapped, enum carrier carrier,
	uint16_t number, const struct reader *r)
{
	struct packet inner = packet_inside(d->packet, wrapped, r);
	struct dissection inside = {
		.run = d->run,
		.stats = d->stats,
		.packet = &inner,
		.carrier = carrier,
		.number = number,
	};
	layers_dissect(&inside);
	if (inner.shapes)
		packet_dissect(d->run, &inner);
}

void dissection_relayed(struct dissection *d, enum encapsulation wrapped,
	const struct endpoint *src, const struct endpoint *dst, const struct reader *r)
{
	struct packet inner = packet_inside(d->packet, wrapped, r);
	struct dissection inside = {
		.run = d->run, .stats = d->stats, .packet = &inner, .carrier = CARRIER_UDP};
	if (inner.depth == LAYERS_MAX) {
		d->stats->too_many_layers++;
		return;
	}
	inner.depth++;
	inner.src = *src;
	inner.dst = *dst;
	inner.has_ports = true;
	packet_shape(&inside, MORE);
	if (inner.shapes)
		packet_dissect(d->run, &inner);
}

/* What a body is, by how it starts. */
static enum content content_guess(struct reader r)
{
	uint8_t first = ' ';
	while (reader_left(&r) && (first == ' ' || (first >= '\t' && first <= '\r')))
		first = reader_u8(&r);
	switch (first) {
	case '{':
	case '[':
	case '"':
		return CONTENT_JSON;
	case '<':
		return CONTENT_XML;
	case 'v':
	case 'a':
	case 'c':
		return CONTENT_SDP;
	default:
		return CONTENT_UNKNOWN;
	}
}

void dissection_content(struct dissection *d, enum content content, const struct reader *r)
{
	if (content == CONTENT_UNKNOWN)
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
	dissector_at(inside.row)->dissect(&inside, &body);
}

static unsigned row_named(const char *name)
{
	unsigned row = 0;
	while (dissector_info(row) && strcmp(dissector_info(row)->name, name) != 0)
		row++;
	return row;
}

void dissection_become(struct dissection *d, const char *name, enum encapsulation wrapped)
{
	d->stream->wrapped |= (uint8_t)wrapped;
	d->packet->encapsulation |= (uint8_t)wrapped;
	for (int i = 0; i < 2; i++) {
		struct stream_side *side = &d->stream->side[i];
		side->row = (uint8_t)(name ? row_named(name) + 1 : 0);
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

void *dissection_flow_state(struct dissection *d)
{
	struct dissect *run = d->run;
	struct flow_more *more = flow_more(&run->flows, d->flow);
	for (uint32_t at = more->states; at; at = flow_state_at(run, at)->next) {
		if (STATE_ROW(at) == d->row)
			return flow_state_at(run, at) + 1;
	}
	uint32_t number = pool_take(&run->flow_states[d->row], true);
	if (!number)
		return NULL;
	uint32_t reference = (uint32_t)d->row << 24 | number;
	struct flow_state *state = flow_state_at(run, reference);
	state->next = more->states;
	more->states = reference;
	return state + 1;
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
