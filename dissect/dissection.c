/*
 * What a dissector can do with the packet it works on: hand on, remember, open what is inside, and
 * emit.
 */
#include "dissect/run.h"

#include <string.h>

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
	o->head = (struct obs_head){
		.time_ns = d->run->now_ns, /* moved on by now, and never backwards */
		.frame = p->frame->number,
		.flow_id = d->flow ? flow_number(&d->run->flows, d->flow) : 0,
		.capture = p->frame->capture,
		.interface = p->frame->interface,
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
	if (p->has_macs) {
		memcpy(o->head.src_mac, p->src_mac, sizeof(p->src_mac));
		memcpy(o->head.dst_mac, p->dst_mac, sizeof(p->dst_mac));
	}
	observation_become(o, kind);
}

void dissection_part(struct observation *o, enum observation_kind kind)
{
	o->head.parts = 0;
	observation_become(o, kind);
}

void dissection_emit(const struct dissection *d, const struct observation *o)
{
	if (d->flow)
		d->flow->age.note |= FLOW_READ;
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
	if (d->run->traffic && inner.ip_depth > d->packet->depth)
		traffic_inside(d->run->traffic, &inner);
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
	layers_dissect(&inside);
	packet_dissect(d->run, &inner);
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
