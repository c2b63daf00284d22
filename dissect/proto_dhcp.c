/*
 * DHCPv4 (RFC 2131) with the options of RFC 2132 that steer traffic: mask, routers, resolvers,
 * domain, static routes and classless ones (RFC 3442, Microsoft's number too), lease, server.
 * Options may be in `file` and `sname` as well (overload), and one may stand in several pieces (RFC
 * 3396). Emits DHCP and a DHCP_OPTION for each address, route or text; on any port, by the magic
 * cookie.
 *
 * BOOTP without the cookie is left alone. Options are told in the order of the table below.
 */
#include "dissect/address.h"
#include "dissect/dhcp.h"

#define FIXED_SIZE       236
#define SNAME_SIZE       64
#define FILE_SIZE        128
#define CHADDR_SIZE      16
#define COOKIE           0x63825363U
#define AREAS            3
#define OPTION_BYTES_MAX 1024 /* of one option, its pieces together */

enum { OP_REQUEST = 1, OP_REPLY = 2, HARDWARE_ETHERNET = 1 };

/* Options that are no part of the list. */
enum {
	OPTION_PAD = 0,
	OPTION_HOST_NAME = 12,
	OPTION_LEASE = 51,
	OPTION_OVERLOAD = 52,
	OPTION_TYPE = 53,
	OPTION_SERVER = 54,
	OPTION_CLASSLESS_MICROSOFT = 249,
	OPTION_END = 255,
};

enum { OVERLOAD_FILE = 1, OVERLOAD_SNAME = 2 };

/* Where options are, in the order in which RFC 3396 §5 reads them. */
struct areas {
	unsigned count;
	struct reader area[AREAS];
};

/* One option, put together. */
struct value {
	size_t length;
	uint8_t bytes[OPTION_BYTES_MAX];
};

/* The next option of an area; false at its end, or with the reader failed where it is broken. */
static bool option_next(struct reader *area, uint8_t *code, struct reader *body)
{
	do {
		if (!reader_left(area))
			return false;
		*code = reader_u8(area);
	} while (*code == OPTION_PAD);
	if (*code == OPTION_END)
		return false;
	*body = reader_sub(area, reader_u8(area));
	return !area->failed;
}

static struct reader value_find(const struct areas *areas, uint8_t wanted, struct value *value)
{
	value->length = 0;
	for (unsigned i = 0; i < areas->count; i++) {
		struct reader area = areas->area[i], body;
		uint8_t code;
		while (option_next(&area, &code, &body)) {
			size_t length = reader_left(&body);
			if (code != wanted || length > sizeof(value->bytes) - value->length)
				continue;
			reader_copy(&body, value->bytes + value->length, length);
			value->length += length;
		}
	}
	return reader_make(value->bytes, value->length, false);
}

/* Is every option of the area whole? Tells what the overload option says. */
static bool area_check(struct reader area, uint8_t *overload)
{
	struct reader body;
	uint8_t code;
	while (option_next(&area, &code, &body)) {
		if (code == OPTION_OVERLOAD)
			*overload = reader_u8(&body);
	}
	return !area.failed;
}

static bool areas_find(
	struct areas *areas, struct reader options, struct reader sname, struct reader file)
{
	uint8_t overload = 0, ignored = 0;
	areas->count = 0;
	areas->area[areas->count++] = options;
	if (!area_check(options, &overload))
		return false;
	if (overload & OVERLOAD_FILE)
		areas->area[areas->count++] = file;
	if (overload & OVERLOAD_SNAME)
		areas->area[areas->count++] = sname;
	return (!(overload & OVERLOAD_FILE) || area_check(file, &ignored)) &&
		(!(overload & OVERLOAD_SNAME) || area_check(sname, &ignored));
}

static void addresses_add(struct dhcp_facts *f, uint16_t code, struct reader r)
{
	while (reader_left(&r) >= ADDR_V4_SIZE)
		dhcp_part(f, code)->addr = address_read(&r, ADDR_V4);
}

/* The subnet: the mask's ones, in front of the client's own address. */
static void mask_add(struct dhcp_facts *f, uint16_t code, struct reader r)
{
	uint32_t mask = reader_u32(&r);
	uint8_t bits = 0;
	while (bits < 32 && mask & (UINT32_C(0x80000000) >> bits))
		bits++;
	if (r.failed || (bits < 32 && mask << bits)) /* a hole in the mask */
		return;
	const struct addr *own = &f->lease.your;
	if (own->family == ADDR_NONE)
		own = &f->lease.client;
	dhcp_part(f, code)->prefix = prefix_make(ADDR_V4, own->bytes, bits);
}

static void text_add(struct dhcp_facts *f, uint16_t code, struct reader r)
{
	if (reader_left(&r))
		obs_word_set(&dhcp_part(f, code)->text, r);
}

/* RFC 2132 §5.8 has no masks: a network by its class, or a host. */
static uint8_t class_bits(const struct addr *a)
{
	uint8_t bits = a->bytes[0] < 128 ? 8 : a->bytes[0] < 192 ? 16 : 24;
	for (unsigned i = bits / 8U; i < ADDR_V4_SIZE; i++) {
		if (a->bytes[i])
			return 32;
	}
	return bits;
}

static void static_routes_add(struct dhcp_facts *f, uint16_t code, struct reader r)
{
	while (reader_left(&r) >= 2 * (size_t)ADDR_V4_SIZE) {
		struct addr to = address_read(&r, ADDR_V4);
		struct obs_dhcp_option *part = dhcp_part(f, code);
		part->prefix = prefix_make(ADDR_V4, to.bytes, class_bits(&to));
		part->addr = address_read(&r, ADDR_V4);
	}
}

/* RFC 3442: the prefix's length, its bytes, the router; up to the first that is none. */
static void classless_routes_add(struct dhcp_facts *f, uint16_t code, struct reader r)
{
	while (reader_left(&r)) {
		uint8_t bits = reader_u8(&r);
		struct prefix to = prefix_read(&r, ADDR_V4, bits);
		struct addr router = address_read(&r, ADDR_V4);
		if (r.failed)
			return;
		struct obs_dhcp_option *part = dhcp_part(f, code);
		part->prefix = to;
		part->addr = router;
	}
}

/* What becomes a part, in this order. */
static const struct option_row {
	uint8_t code;
	void (*add)(struct dhcp_facts *f, uint16_t code, struct reader r);
} option_rows[] = {
	{DHCP_MASK, mask_add},
	{DHCP_ROUTER, addresses_add},
	{DHCP_RESOLVER, addresses_add},
	{DHCP_DOMAIN, text_add},
	{DHCP_STATIC_ROUTE, static_routes_add},
	{DHCP_CLASSLESS_ROUTE, classless_routes_add},
	{OPTION_CLASSLESS_MICROSOFT, classless_routes_add},
};

static void options_read(struct dhcp_facts *f, const struct areas *areas)
{
	struct value value;
	struct reader type = value_find(areas, OPTION_TYPE, &value);
	f->lease.type = reader_u8(&type);
	struct reader lease = value_find(areas, OPTION_LEASE, &value);
	f->lease.lease = reader_u32(&lease);
	struct reader server = value_find(areas, OPTION_SERVER, &value);
	f->lease.server = address_read_known(&server, ADDR_V4);
	struct reader name = value_find(areas, OPTION_HOST_NAME, &value);
	obs_word_set(&f->lease.host_name, name);
	for (size_t i = 0; i < sizeof(option_rows) / sizeof(option_rows[0]); i++) {
		struct reader r = value_find(areas, option_rows[i].code, &value);
		option_rows[i].add(f, option_rows[i].code, r);
	}
}

/* The fixed part; leaves the readers of the two fields that may hold options. */
static void fixed_read(
	struct obs_dhcp *lease, struct reader *r, struct reader *sname, struct reader *file)
{
	reader_skip(r, 1); /* request or reply: the message type says it better */
	uint8_t hardware = reader_u8(r);
	uint8_t size = reader_u8(r);
	reader_skip(r, 9); /* hops, transaction id, seconds, flags */
	lease->version = 4;
	lease->client = address_read_known(r, ADDR_V4);
	lease->your = address_read_known(r, ADDR_V4);
	reader_skip(r, 2 * (size_t)ADDR_V4_SIZE); /* next server, relay */
	struct reader address = reader_sub(r, CHADDR_SIZE);
	if (hardware == HARDWARE_ETHERNET && size == sizeof(lease->client_mac))
		reader_copy(&address, lease->client_mac, sizeof(lease->client_mac));
	*sname = reader_sub(r, SNAME_SIZE);
	*file = reader_sub(r, FILE_SIZE);
	reader_skip(r, sizeof(uint32_t)); /* the cookie */
}

static bool dhcp_allows(unsigned at, uint8_t byte)
{
	return at != 2 || byte <= CHADDR_SIZE;
}

static bool dhcp_probe(struct reader r)
{
	uint8_t op = reader_u8(&r);
	reader_skip(&r, 1);
	uint8_t size = reader_u8(&r);
	reader_skip(&r, FIXED_SIZE - 3);
	uint32_t cookie = reader_u32(&r);
	return (op == OP_REQUEST || op == OP_REPLY) && size <= CHADDR_SIZE && cookie == COOKIE;
}

static enum verdict dhcp_dissect(struct dissection *d, struct reader *r)
{
	struct reader sname, file;
	struct areas areas;
	struct dhcp_facts facts;
	if (r->cut)
		return TRUNCATED;
	if (!dissection_wants(d, OBS_DHCP))
		return DONE;
	facts.lease = (struct obs_dhcp){0};
	facts.parts = 0;
	fixed_read(&facts.lease, r, &sname, &file);
	if (!areas_find(&areas, *r, sname, file)) {
		d->stats->dhcp_malformed++;
		return MALFORMED;
	}
	options_read(&facts, &areas);
	dhcp_facts_emit(d, &facts);
	return DONE;
}

extern const struct dissector dissector_dhcp;
const struct dissector dissector_dhcp = {
	.info = {"dhcp", "RFC 2131"},
	.carrier = CARRIER_UDP,
	.tells = INTEREST_IN(OBS_DHCP),
	.first_min = OP_REQUEST,
	.first_max = OP_REPLY,
	.allows = dhcp_allows,
	.probe = dhcp_probe,
	.dissect = dhcp_dissect,
};
