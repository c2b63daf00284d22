/*
 * DHCPv6 (RFC 8415): the message, or the one within relay messages; addresses and prefixes that are
 * handed out, resolvers and search domains (RFC 3646), the client's name (RFC 4704). Emits DHCP and
 * DHCP_OPTION; on any port.
 *
 * There is no magic number, so all of it must fit: a known message type, options up to the very
 * end, among them a well-formed client or server identifier, or a client's elapsed time; and IPv6
 * below. The server's address is the sender's: servers are named by identifiers only.
 */
#include "dissect/address.h"
#include "dissect/dhcp.h"
#include "dissect/dns.h"

#define RELAYS_MAX       8 /* RFC 8415 §7.6 HOP_COUNT_LIMIT */
#define TRANSACTION_SIZE 3
#define RELAY_SIZE       33 /* hop count, link address, peer address */
#define OPTION_MAX       255
#define DUID_MIN         3
#define DUID_MAX         130 /* RFC 8415 §11.1, with the type */
#define ELAPSED_SIZE     2

enum { TYPE_SOLICIT = 1, TYPE_INFORM = 11, TYPE_RELAY_FORWARD = 12, TYPE_RELAY_REPLY = 13 };

enum {
	OPTION_CLIENT = 1,
	OPTION_SERVER = 2,
	OPTION_ADDRESSES = 3, /* IA_NA */
	OPTION_TEMPORARY = 4, /* IA_TA */
	OPTION_ADDRESS = 5,
	OPTION_ELAPSED = 8,
	OPTION_RELAYED = 9,
	OPTION_PREFIXES = 25, /* IA_PD */
	OPTION_CLIENT_NAME = 39,
};

enum { DUID_LINK_TIME = 1, DUID_LINK = 3, DUID_UUID = 4, HARDWARE_ETHERNET = 1 };

static bool option_next(struct reader *r, uint16_t *code, struct reader *body)
{
	if (!reader_left(r))
		return false;
	*code = reader_u16(r);
	*body = reader_sub(r, reader_u16(r));
	return !r->failed;
}

static bool duid_fits(struct reader duid)
{
	size_t size = reader_left(&duid);
	uint16_t type = reader_u16(&duid);
	return size >= DUID_MIN && size <= DUID_MAX && type >= DUID_LINK_TIME && type <= DUID_UUID;
}

/* What only DHCPv6 has at this place. */
static bool option_proves(uint16_t code, struct reader body)
{
	if (code == OPTION_CLIENT || code == OPTION_SERVER)
		return duid_fits(body);
	return code == OPTION_ELAPSED && reader_left(&body) == ELAPSED_SIZE;
}

/* A relay message holds the next one in an option; leaves the reader on that. */
static bool relay_open(struct reader *r)
{
	struct reader body;
	uint16_t code;
	reader_skip(r, RELAY_SIZE);
	while (option_next(r, &code, &body)) {
		if (code == OPTION_RELAYED) {
			*r = body;
			return true;
		}
	}
	return false;
}

static bool type_relays(uint8_t type)
{
	return type == TYPE_RELAY_FORWARD || type == TYPE_RELAY_REPLY;
}

/* From the outermost message to the options of the innermost; its type, or 0 where there is none.
 */
static uint8_t message_open(struct reader *r)
{
	uint8_t type = reader_u8(r);
	for (int relays = 0; type_relays(type); relays++) {
		if (relays == RELAYS_MAX || !relay_open(r))
			return 0;
		type = reader_u8(r);
	}
	reader_skip(r, TRANSACTION_SIZE);
	return r->failed || type < TYPE_SOLICIT || type > TYPE_INFORM ? 0 : type;
}

static bool dhcpv6_probe(struct reader r)
{
	struct reader body;
	uint16_t code;
	bool proven = false;
	if (r.cut || !message_open(&r))
		return false;
	while (option_next(&r, &code, &body)) {
		if (code > OPTION_MAX)
			return false;
		proven |= option_proves(code, body);
	}
	return proven && !r.failed;
}

/* RFC 8415 §11.2, §11.4: the two that are made of a link-layer address. */
static void client_read(struct dhcp_facts *f, struct reader duid)
{
	uint16_t type = reader_u16(&duid);
	uint16_t hardware = reader_u16(&duid);
	if (type == DUID_LINK_TIME)
		reader_skip(&duid, sizeof(uint32_t));
	if ((type == DUID_LINK_TIME || type == DUID_LINK) && hardware == HARDWARE_ETHERNET &&
		reader_left(&duid) == sizeof(f->lease.client_mac))
		reader_copy(&duid, f->lease.client_mac, sizeof(f->lease.client_mac));
}

/* IPv6 address, preferred and valid lifetime, options. The first that lives counts. */
static void address_note(struct dhcp_facts *f, struct reader body)
{
	struct addr address = address_read_known(&body, ADDR_V6);
	reader_skip(&body, sizeof(uint32_t));
	uint32_t lifetime = reader_u32(&body);
	if (body.failed || f->lease.your.family != ADDR_NONE)
		return;
	f->lease.your = address;
	f->lease.lease = lifetime;
}

/* Preferred and valid lifetime, length, prefix, options. */
static void prefix_add(struct dhcp_facts *f, struct reader body)
{
	reader_skip(&body, sizeof(uint32_t));
	uint32_t lifetime = reader_u32(&body);
	uint8_t bits = reader_u8(&body);
	struct addr prefix = address_read(&body, ADDR_V6);
	if (body.failed || !prefix_bits_fit(ADDR_V6, bits) || !lifetime)
		return;
	dhcp_part(f, DHCPV6_PREFIX)->prefix = prefix_make(ADDR_V6, prefix.bytes, bits);
}

/* An identity association: `fixed` bytes, then options of its own. */
static void association_read(struct dhcp_facts *f, struct reader association, size_t fixed)
{
	struct reader body;
	uint16_t code;
	reader_skip(&association, fixed);
	while (option_next(&association, &code, &body)) {
		if (code == OPTION_ADDRESS)
			address_note(f, body);
		else if (code == DHCPV6_PREFIX)
			prefix_add(f, body);
	}
}

static void resolvers_add(struct dhcp_facts *f, struct reader body)
{
	while (reader_left(&body) >= ADDR_V6_SIZE)
		dhcp_part(f, DHCPV6_RESOLVER)->addr = address_read(&body, ADDR_V6);
}

/* A name in DNS's form, uncompressed; false where there is none, or no more. */
static bool name_read(struct reader *r, struct obs_word *out)
{
	struct obs_text name;
	if (!reader_left(r) || !dns_name_read(r, *r, &name))
		return false;
	(void)dns_name_skip(r);
	obs_word_set(out, reader_make(name.bytes, name.length, false));
	return true;
}

static void domains_add(struct dhcp_facts *f, struct reader body)
{
	struct obs_word name;
	while (name_read(&body, &name))
		dhcp_part(f, DHCPV6_DOMAIN)->text = name;
}

static void option_read(struct dhcp_facts *f, uint16_t code, struct reader body)
{
	switch (code) {
	case OPTION_CLIENT:
		client_read(f, body);
		break;
	case OPTION_ADDRESSES:
	case OPTION_PREFIXES:
		association_read(f, body, 3 * sizeof(uint32_t)); /* id, T1, T2 */
		break;
	case OPTION_TEMPORARY:
		association_read(f, body, sizeof(uint32_t)); /* id */
		break;
	case DHCPV6_RESOLVER:
		resolvers_add(f, body);
		break;
	case DHCPV6_DOMAIN:
		domains_add(f, body);
		break;
	case OPTION_CLIENT_NAME:
		reader_skip(&body, 1); /* flags */
		(void)name_read(&body, &f->lease.host_name);
		break;
	default:
		break;
	}
}

static enum verdict dhcpv6_dissect(struct dissection *d, struct reader *r)
{
	struct dhcp_facts facts;
	struct reader body;
	uint16_t code;
	if (d->packet->src.addr.family != ADDR_V6)
		return NOT_MINE;
	if (!dissection_wants(d, OBS_DHCP))
		return DONE;
	facts.lease = (struct obs_dhcp){.version = 6, .type = message_open(r)};
	facts.parts = 0;
	while (option_next(r, &code, &body))
		option_read(&facts, code, body);
	dhcp_facts_emit(d, &facts);
	return DONE;
}

extern const struct dissector dissector_dhcpv6;
const struct dissector dissector_dhcpv6 = {
	.info = {"dhcpv6", "RFC 8415"},
	.carrier = CARRIER_UDP,
	.tells = INTEREST_IN(OBS_DHCP),
	.first_min = TYPE_SOLICIT,
	.first_max = TYPE_RELAY_REPLY,
	.probe = dhcpv6_probe,
	.dissect = dhcpv6_dissect,
};
