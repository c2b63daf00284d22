/*
 * A DNS message as observations: RFC 1035, with the address records of RFC 3596, client subnets of
 * RFC 7871, and the dialects of mDNS (RFC 6762), LLMNR (RFC 4795) and NetBIOS name service (RFC
 * 1002 §4.2). Emits DNS with the first question (or, without one, the first record's name), then a
 * DNS_RECORD for each address among the answers; mDNS and NetBIOS tell addresses among the
 * additional records, too.
 *
 * Other records are stepped over, their content is not checked. A message whose counts promise more
 * than there is proves nothing, unless it says itself that it was truncated.
 */
#include "dissect/address.h"
#include "dissect/dns.h"

#define QUESTION_MIN 5  /* the root, type, class */
#define RECORD_MIN   11 /* the root, type, class, TTL, length */

#define FLAG_RESPONSE  0x8000
#define FLAG_TRUNCATED 0x0200
#define CLASS_TOP      0x8000 /* mDNS: cache flush, or a unicast answer is welcome */

enum {
	OPCODE_UNUSED = 3,
	OPCODE_MAX = 8, /* NetBIOS: refresh */
};

enum { TYPE_A = 1, TYPE_AAAA = 28, TYPE_NB = 32, TYPE_NBSTAT = 33, TYPE_OPT = 41 };

enum { CLASS_IN = 1, CLASS_CHAOS = 3, CLASS_HESIOD = 4, CLASS_NONE = 254, CLASS_ANY = 255 };

enum { OPTION_CLIENT_SUBNET = 8, ECS_V4 = 1, ECS_V6 = 2 };

struct message {
	struct reader whole;
	enum dns_transport transport;
	uint16_t id, flags, questions, answers, authorities, additionals;
};

struct record {
	struct reader name, data;
	uint16_t type, class;
	uint32_t ttl;
};

/* What is told of a message, kept until it is known to be sound. */
struct facts {
	struct reader name; /* of the first question or record */
	uint16_t type;
	bool named;
	bool records_cut;
	unsigned records;
	struct record record[DNS_RECORDS_MAX];
	struct prefix client_subnet;
};

static unsigned opcode_of(uint16_t flags)
{
	return flags >> 11 & 0xf;
}

static void header_read(struct message *m, struct reader *r)
{
	m->id = reader_u16(r);
	m->flags = reader_u16(r);
	m->questions = reader_u16(r);
	m->answers = reader_u16(r);
	m->authorities = reader_u16(r);
	m->additionals = reader_u16(r);
}

/* Counts that the message has room for. */
static inline bool counts_fit(struct reader counts, size_t length)
{
	size_t questions = reader_u16(&counts), answers = reader_u16(&counts);
	size_t records = answers + reader_u16(&counts);
	records += reader_u16(&counts);
	size_t least = DNS_HEADER_SIZE + questions * QUESTION_MIN + records * RECORD_MIN;
	return questions + answers > 0 && least <= length;
}

static bool class_known(uint16_t class)
{
	switch (class & ~CLASS_TOP) {
	case CLASS_IN:
	case CLASS_CHAOS:
	case CLASS_HESIOD:
	case CLASS_NONE:
	case CLASS_ANY:
		return true;
	default:
		return false;
	}
}

bool dns_opcode_known(uint8_t byte)
{
	unsigned opcode = opcode_of((uint16_t)(byte << 8));
	return opcode != OPCODE_UNUSED && opcode <= OPCODE_MAX;
}

/* Cheapest first: nearly everything that is not DNS ends at the counts. Behind them stands a name,
 * a type and a class; of a stream, as far as they are there. */
bool dns_shape(struct reader r, size_t length)
{
	struct reader header;
	size_t left = reader_left(&r);
	if (!reader_header(&r, &header, DNS_HEADER_SIZE))
		return false;
	reader_skip(&header, 2); /* the id */
	uint16_t flags = reader_u16(&header);
	if (!counts_fit(header, length) || !dns_opcode_known((uint8_t)(flags >> 8)) ||
		!dns_name_skip(&r))
		return false;
	uint16_t type = reader_u16(&r);
	uint16_t class = reader_u16(&r);
	if (r.failed)
		return !r.cut && left < length;
	return type && class_known(class);
}

static void record_read(struct reader *r, struct record *record)
{
	record->name = *r;
	(void)dns_name_skip(r);
	record->type = reader_u16(r);
	record->class = reader_u16(r);
	record->ttl = reader_u32(r);
	record->data = reader_sub(r, reader_u16(r));
}

/* RFC 7871 §6. An option that is not well formed tells nothing; /0 says that nothing is told. */
static void client_subnet_read(struct facts *f, struct reader option)
{
	uint16_t family = reader_u16(&option);
	uint8_t bits = reader_u8(&option);
	reader_skip(&option, 1); /* scope: what the answer is good for */
	if ((family != ECS_V4 && family != ECS_V6) || !bits)
		return;
	struct prefix subnet = prefix_read(&option, family == ECS_V6 ? ADDR_V6 : ADDR_V4, bits);
	if (!option.failed && !reader_left(&option))
		f->client_subnet = subnet;
}

static void edns_read(struct facts *f, struct reader options)
{
	while (reader_left(&options)) {
		uint16_t code = reader_u16(&options);
		struct reader option = reader_sub(&options, reader_u16(&options));
		if (code == OPTION_CLIENT_SUBNET && !option.failed)
			client_subnet_read(f, option);
	}
}

static bool record_has_address(const struct record *record)
{
	size_t size = reader_left(&record->data);
	if ((record->class & ~CLASS_TOP) != CLASS_IN)
		return false;
	switch (record->type) {
	case TYPE_A:
		return size == ADDR_V4_SIZE;
	case TYPE_AAAA:
		return size == ADDR_V6_SIZE;
	case TYPE_NB: /* flags, then the address */
		return size >= 2 + ADDR_V4_SIZE;
	default:
		return false;
	}
}

/* Sections in which addresses are told: answers, and what NetBIOS registers and mDNS adds. */
static bool section_tells(const struct message *m, const struct record *record, unsigned index)
{
	if (index < m->answers)
		return true;
	bool additional = index >= (unsigned)m->answers + m->authorities;
	return additional && (m->transport == DNS_MDNS || record->type == TYPE_NB);
}

static void name_note(struct facts *f, struct reader name, uint16_t type)
{
	if (f->named)
		return;
	f->named = true;
	f->name = name;
	f->type = type;
}

/* Both are one and the same pointer, as in nearly every answer: what it leads to was read. */
static bool name_repeats(const struct record *record, const struct record *before)
{
	struct reader name = record->name, known = before->name;
	uint16_t pointer = reader_u16(&name);
	return pointer >= DNS_POINTER << 8 && pointer == reader_u16(&known);
}

/* Keeps a record that tells an address; false when its name is none. */
static bool record_keep(const struct message *m, struct facts *f, const struct record *record)
{
	struct obs_text name;
	bool known = f->records && name_repeats(record, &f->record[f->records - 1]);
	if (!known && !dns_name_read(&m->whole, record->name, &name))
		return false;
	if (f->records == DNS_RECORDS_MAX)
		f->records_cut = true;
	else
		f->record[f->records++] = *record;
	return true;
}

static void records_read(const struct message *m, struct facts *f, struct reader *r)
{
	unsigned count = (unsigned)m->answers + m->authorities + m->additionals;
	for (unsigned i = 0; i < count && !r->failed; i++) {
		struct record record;
		record_read(r, &record);
		if (r->failed)
			return;
		if (record.type == TYPE_OPT)
			edns_read(f, record.data);
		else
			name_note(f, record.name, record.type);
		if (section_tells(m, &record, i) && record_has_address(&record) &&
			!record_keep(m, f, &record))
			reader_fail(r);
	}
}

static void message_read(const struct message *m, struct facts *f, struct reader *r)
{
	for (unsigned i = 0; i < m->questions && !r->failed; i++) {
		struct reader name = *r;
		(void)dns_name_skip(r);
		uint16_t type = reader_u16(r);
		reader_skip(r, 2); /* class */
		if (!r->failed)
			name_note(f, name, type);
	}
	records_read(m, f, r);
}

/* NetBIOS wraps names in labels of its own, for two types that hardly anybody else asks for so. */
static void netbios_read(struct obs_dns *dns)
{
	if ((dns->type != TYPE_NB && dns->type != TYPE_NBSTAT) || !dns_name_is_netbios(&dns->name))
		return;
	dns->transport = DNS_NBNS;
	dns_name_decode_netbios(&dns->name);
}

static void record_tell(
	const struct message *m, const struct record *record, struct obs_dns_record *out)
{
	struct reader data = record->data;
	out->type = record->type;
	out->ttl = record->ttl;
	out->cache_flush = m->transport == DNS_MDNS && record->class & CLASS_TOP;
	if (record->type == TYPE_NB) {
		reader_skip(&data, 2);
		if (dns_name_is_netbios(&out->name))
			dns_name_decode_netbios(&out->name);
	}
	out->addr = address_read(&data, record->type == TYPE_AAAA ? ADDR_V6 : ADDR_V4);
}

static void records_emit(const struct dissection *d, const struct message *m, const struct facts *f,
	struct observation *o)
{
	struct obs_text name;
	for (unsigned i = 0; i < f->records; i++) {
		const struct record *record = &f->record[i];
		if (!i || !name_repeats(record, record - 1))
			(void)dns_name_read(&m->whole, record->name, &name);
		dissection_part(o, OBS_DNS_RECORD);
		obs_text_set(&o->dns_record.name, reader_make(name.bytes, name.length, false));
		record_tell(m, record, &o->dns_record);
		dissection_emit(d, o);
	}
}

/* The first name must be one, or nothing is emitted. */
static bool message_emit(const struct dissection *d, const struct message *m, const struct facts *f)
{
	struct observation o;
	dissection_observe(d, OBS_DNS, &o);
	if (!dns_name_read(&m->whole, f->name, &o.dns.name))
		return false;
	o.dns.transport = (uint8_t)m->transport;
	o.dns.response = m->flags & FLAG_RESPONSE;
	o.dns.opcode = (uint8_t)opcode_of(m->flags);
	o.dns.rcode = m->flags & 0xf;
	o.dns.id = m->id;
	o.dns.type = f->type;
	o.dns.questions = m->questions;
	o.dns.answers = m->answers;
	o.dns.client_subnet = f->client_subnet;
	o.dns.records_cut = f->records_cut;
	netbios_read(&o.dns);
	o.head.parts = (uint8_t)f->records;
	dissection_emit(d, &o);
	records_emit(d, m, f, &o);
	return true;
}

enum verdict dns_message_dissect(
	struct dissection *d, const struct reader *message, enum dns_transport transport)
{
	struct message m = {.whole = *message, .transport = transport};
	struct facts facts;
	struct reader r = *message;
	d->stats->dns++;
	if (!dissection_wants(d, OBS_DNS))
		return DONE;
	facts.named = facts.records_cut = false;
	facts.records = 0;
	facts.client_subnet = (struct prefix){0};
	header_read(&m, &r);
	message_read(&m, &facts, &r);
	bool sound = facts.named && (!r.failed || m.flags & FLAG_TRUNCATED);
	if (sound && message_emit(d, &m, &facts))
		return DONE;
	d->stats->dns_malformed++;
	return MALFORMED;
}
