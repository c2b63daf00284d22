/*
 * ICMPv6 (RFC 4443) and the neighbour discovery in it (RFC 4861): solicitations and advertisements
 * as NEIGHBOUR; router advertisements as ROUTER, their prefixes, routes (RFC 4191) and resolvers
 * (RFC 8106) as ROUTER_OPTION. As RFC 4861 §6.1.2 and §7.1 demand, only from a hop limit of 255 and
 * with code 0: nobody beyond the link can have sent them.
 *
 * Errors that quote a packet are treated as in proto_icmp.c. Redirects and multicast
 * listeners are left alone; checksums and SEND (RFC 3971) are not checked.
 */
#include "dissect/address.h"
#include "dissect/dissector.h"
#include "dissect/icmp_quote.h"

#define HEADER_SIZE       4 /* type, code, checksum */
#define PROTOCOL_ICMPV6   58
#define LINK_HOP_LIMIT    255
#define TYPE_ERROR_MAX    4
#define OPTION_UNIT       8  /* options' lengths count these */
#define ROUTER_PARTS_MAX  32 /* told of one advertisement */
#define PREFERENCE(flags) ((flags) >> 3 & 3)

enum { TYPE_UNREACHABLE = 1, TYPE_ROUTER = 134, TYPE_SOLICIT = 135, TYPE_ADVERTISE = 136 };
enum { OPTION_SOURCE_MAC = 1, OPTION_TARGET_MAC = 2 };
enum { FLAG_SOLICITED = 0x40, FLAG_MANAGED = 0x80, FLAG_OTHER = 0x40 };
enum { PREFIX_ON_LINK = 0x80, PREFIX_AUTONOMOUS = 0x40 };
enum { PREFERENCE_HIGH = 1, PREFERENCE_RESERVED = 2, PREFERENCE_LOW = 3 };

/* The next option; false at the end, or with the reader failed where there is none. */
static bool option_next(struct reader *r, uint8_t *type, struct reader *body)
{
	if (!reader_left(r))
		return false;
	*type = reader_u8(r);
	size_t length = reader_u8(r) * (size_t)OPTION_UNIT;
	if (!length) {
		reader_fail(r);
		return false;
	}
	*body = reader_sub(r, length - 2);
	return !r->failed;
}

/* The MAC address in an option of this type. Without one, the frame's own is the best there is.
 * Walks all options, so that broken ones are found. */
static void mac_read(const struct packet *p, struct reader *r, uint8_t wanted, uint8_t mac[6])
{
	struct reader body;
	uint8_t type;
	if (p->has_macs)
		memcpy(mac, p->src_mac, sizeof(p->src_mac));
	while (option_next(r, &type, &body)) {
		if (type == wanted)
			reader_copy(&body, mac, sizeof(p->src_mac));
	}
}

static enum verdict neighbour_dissect(struct dissection *d, struct reader *r, uint8_t type)
{
	const struct packet *p = d->packet;
	struct observation o;
	if (!dissection_wants(d, OBS_NEIGHBOUR))
		return DONE;
	dissection_observe(d, OBS_NEIGHBOUR, &o);
	struct obs_neighbour *n = &o.neighbour;
	uint8_t flags = reader_u8(r);
	reader_skip(r, 3);
	struct addr target = address_read(r, ADDR_V6);
	n->protocol = NEIGHBOUR_ND;
	n->request = type == TYPE_SOLICIT;
	if (n->request) {
		n->target = target;
		if (addr_scope(&p->src.addr) != SCOPE_SPECIAL) /* unspecified: a probe */
			n->addr = p->src.addr;
	} else {
		n->addr = target;
		n->gratuitous = !(flags & FLAG_SOLICITED);
	}
	mac_read(p, r, n->request ? OPTION_SOURCE_MAC : OPTION_TARGET_MAC, n->mac);
	if (r->failed)
		return reader_verdict(r);
	dissection_emit(d, &o);
	return DONE;
}

/* What is told of an advertisement: its parts, kept until all of it is known to be sound. */
struct router_parts {
	unsigned count;
	bool cut;
	struct obs_router_option part[ROUTER_PARTS_MAX];
};

static void part_add(struct router_parts *parts, const struct obs_router_option *part)
{
	if (parts->count == ROUTER_PARTS_MAX)
		parts->cut = true;
	else
		parts->part[parts->count++] = *part;
}

/* RFC 4861 §4.6.2: the whole address is there, whatever the prefix's length. */
static void prefix_option_read(struct router_parts *parts, struct reader body)
{
	struct obs_router_option part = {.type = ROUTER_PREFIX};
	uint8_t bits = reader_u8(&body);
	uint8_t flags = reader_u8(&body);
	part.lifetime = reader_u32(&body);
	reader_skip(&body, 8); /* preferred lifetime, reserved */
	struct addr prefix = address_read(&body, ADDR_V6);
	if (body.failed || !prefix_bits_fit(ADDR_V6, bits))
		return;
	part.prefix = prefix_make(ADDR_V6, prefix.bytes, bits);
	part.on_link = flags & PREFIX_ON_LINK;
	part.autonomous = flags & PREFIX_AUTONOMOUS;
	part_add(parts, &part);
}

/* RFC 4191 §2.3: as many of the prefix's bytes as there are units of length; a reserved preference
 * makes the option void. */
static void route_option_read(struct router_parts *parts, struct reader body)
{
	struct obs_router_option part = {.type = ROUTER_ROUTE};
	uint8_t bits = reader_u8(&body);
	uint8_t flags = reader_u8(&body);
	part.lifetime = reader_u32(&body);
	part.prefix = prefix_read(&body, ADDR_V6, bits);
	if (!body.failed && PREFERENCE(flags) != PREFERENCE_RESERVED)
		part_add(parts, &part);
}

/* RFC 8106 §5.1. */
static void resolver_option_read(struct router_parts *parts, struct reader body)
{
	struct obs_router_option part = {.type = ROUTER_RESOLVER};
	reader_skip(&body, 2);
	part.lifetime = reader_u32(&body);
	while (reader_left(&body) >= ADDR_V6_SIZE) {
		part.resolver = address_read(&body, ADDR_V6);
		part_add(parts, &part);
	}
}

static void router_options_read(struct router_parts *parts, struct reader *r, uint8_t mac[6])
{
	struct reader body;
	uint8_t type;
	while (option_next(r, &type, &body)) {
		if (type == ROUTER_PREFIX)
			prefix_option_read(parts, body);
		else if (type == ROUTER_ROUTE)
			route_option_read(parts, body);
		else if (type == ROUTER_RESOLVER)
			resolver_option_read(parts, body);
		else if (type == OPTION_SOURCE_MAC)
			reader_copy(&body, mac, 6);
	}
}

static int8_t preference_of(uint8_t flags)
{
	if (PREFERENCE(flags) == PREFERENCE_HIGH)
		return 1;
	return PREFERENCE(flags) == PREFERENCE_LOW ? -1 : 0;
}

static void router_parts_emit(const struct dissection *d, const struct router_parts *parts)
{
	struct observation o;
	dissection_observe(d, OBS_ROUTER_OPTION, &o);
	for (unsigned i = 0; i < parts->count; i++) {
		o.router_option = parts->part[i];
		dissection_emit(d, &o);
	}
}

static enum verdict router_dissect(struct dissection *d, struct reader *r)
{
	const struct packet *p = d->packet;
	struct observation o;
	struct router_parts parts;
	if (!dissection_wants(d, OBS_ROUTER))
		return DONE;
	parts.count = 0;
	parts.cut = false;
	dissection_observe(d, OBS_ROUTER, &o);
	reader_skip(r, 1); /* hop limit to use */
	uint8_t flags = reader_u8(r);
	o.router.lifetime = reader_u16(r);
	reader_skip(r, 8); /* reachable time, retransmission timer */
	o.router.preference = preference_of(flags);
	o.router.managed = flags & FLAG_MANAGED;
	o.router.other = flags & FLAG_OTHER;
	if (p->has_macs)
		memcpy(o.router.mac, p->src_mac, sizeof(p->src_mac));
	router_options_read(&parts, r, o.router.mac);
	if (r->failed)
		return reader_verdict(r);
	if (addr_scope(&p->src.addr) != SCOPE_LINK)
		return MALFORMED;
	o.router.options_cut = parts.cut;
	o.head.parts = (uint8_t)parts.count;
	dissection_emit(d, &o);
	router_parts_emit(d, &parts);
	return DONE;
}

static void error_read(struct dissection *d, struct reader *r, uint8_t type)
{
	d->stats->icmp_quotes++;
	reader_skip(r, 4); /* unused, or what the error is about */
	icmp_quote_read(d, *r, type == TYPE_UNREACHABLE);
}

static enum verdict icmpv6_dissect(struct dissection *d, struct reader *r)
{
	struct reader h;
	if (!reader_header(r, &h, HEADER_SIZE))
		return reader_verdict(r);
	uint8_t type = reader_u8(&h);
	uint8_t code = reader_u8(&h);
	d->stats->icmpv6++;
	if (type <= TYPE_ERROR_MAX)
		error_read(d, r, type);
	if (type != TYPE_ROUTER && type != TYPE_SOLICIT && type != TYPE_ADVERTISE)
		return DONE;
	if (r->cut) /* options go to the packet's end */
		return TRUNCATED;
	if (d->packet->hop_limit != LINK_HOP_LIMIT || code != 0)
		return MALFORMED;
	return type == TYPE_ROUTER ? router_dissect(d, r) : neighbour_dissect(d, r, type);
}

extern const struct dissector dissector_icmpv6;
const struct dissector dissector_icmpv6 = {
	.info = {"icmpv6", "RFC 4443"},
	.carrier = CARRIER_IPPROTO,
	.numbers = {PROTOCOL_ICMPV6},
	.number_count = 1,
	.emits = true,
	.dissect = icmpv6_dissect,
};
