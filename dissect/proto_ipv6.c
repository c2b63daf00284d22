/*
 * IPv6 (RFC 8200) with its extension headers, which it steps over: hop-by-hop, routing,
 * destination, authentication (RFC 4302), mobility, HIP, shim6. An atomic fragment (RFC 6946) is a
 * whole packet; other fragments are put together by defrag.c. A payload length of 0 is a jumbogram
 * or a segment that the network card was to cut up: the packet then ends with the frame.
 */
#include "dissect/defrag.h"
#include "dissect/dissector.h"
#include "dissect/ethertype.h"

#define EXTENSIONS_MAX 8

enum {
	NEXT_HOP_BY_HOP = 0,
	NEXT_ROUTING = 43,
	NEXT_FRAGMENT = 44,
	NEXT_AUTHENTICATION = 51,
	NEXT_DESTINATION = 60,
	NEXT_MOBILITY = 135,
	NEXT_HIP = 139,
	NEXT_SHIM6 = 140,
};

struct chain {
	uint8_t next;   /* protocol of what comes */
	bool at_end;    /* `next` is no extension header */
	bool broken_up; /* a fragment header was last: only a part of the packet is here */
	struct fragment fragment;
};

static void fragment_read(struct chain *c, struct reader *r)
{
	c->next = reader_u8(r);
	reader_skip(r, 1);
	uint16_t place = reader_u16(r);
	c->fragment = (struct fragment){
		.id = reader_u32(r),
		.offset = place & 0xfff8U,
		.more = place & 1,
		.protocol = c->next,
	};
	c->broken_up = c->fragment.offset || c->fragment.more;
}

/* Steps over one extension header, if `next` is one. */
static void chain_step(struct chain *c, struct reader *r)
{
	size_t size;
	switch (c->next) {
	case NEXT_HOP_BY_HOP:
	case NEXT_ROUTING:
	case NEXT_DESTINATION:
	case NEXT_MOBILITY:
	case NEXT_HIP:
	case NEXT_SHIM6:
		c->next = reader_u8(r);
		size = 8 * (reader_u8(r) + 1U);
		break;
	case NEXT_AUTHENTICATION:
		c->next = reader_u8(r);
		size = 4 * (reader_u8(r) + 2U);
		break;
	case NEXT_FRAGMENT:
		fragment_read(c, r);
		return;
	default:
		c->at_end = true;
		return;
	}
	reader_skip(r, size - 2);
}

static enum verdict payload_dissect(struct dissection *d, struct reader *r, uint8_t next)
{
	struct chain chain = {.next = next};
	for (int i = 0; i <= EXTENSIONS_MAX && !chain.at_end; i++) {
		chain_step(&chain, r);
		if (r->failed)
			return reader_verdict(r);
		if (!chain.broken_up)
			continue;
		d->packet->protocol = chain.next;
		if (!dissection_defrag(d, &chain.fragment, r))
			return DONE;
		chain.broken_up = false;
		chain.next = chain.fragment.protocol;
	}
	d->packet->protocol = chain.next;
	return chain.at_end ? dissection_next(d, CARRIER_IPPROTO, chain.next) : MALFORMED;
}

static enum verdict ipv6_dissect(struct dissection *d, struct reader *r)
{
	struct packet *p = d->packet;
	uint8_t version = reader_u8(r);
	reader_skip(r, 3); /* traffic class, flow label */
	uint16_t length = reader_u16(r);
	uint8_t next = reader_u8(r);
	uint8_t hop_limit = reader_u8(r);
	const uint8_t *src = reader_take(r, 16);
	const uint8_t *dst = reader_take(r, 16);
	if (r->failed)
		return reader_verdict(r);
	if (version >> 4 != 6)
		return MALFORMED;
	if (length > reader_left(r))
		r->cut = true;
	if (length)
		reader_limit(r, length);
	dissection_enter_ip(d);
	addr_set_v6(&p->src.addr, src);
	addr_set_v6(&p->dst.addr, dst);
	p->hop_limit = hop_limit;
	p->protocol = next;
	d->stats->ipv6++;
	return payload_dissect(d, r, next);
}

extern const struct dissector dissector_ipv6;
const struct dissector dissector_ipv6 = {
	.info = {"ipv6", "RFC 8200"},
	.carrier = CARRIER_ETHERTYPE,
	.numbers = {ETHERTYPE_IPV6},
	.number_count = 1,
	.dissect = ipv6_dissect,
};
