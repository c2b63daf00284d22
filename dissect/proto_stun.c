/*
 * STUN over UDP: RFC 8489 and RFC 5389 by the magic cookie, classic RFC 3489 by the shape of the
 * whole message; on any port. Emits the message with its attributes (STUN_MESSAGE, STUN_ATTRIBUTE),
 * and what rules are about: who asked (STUN_REQUEST) and what a Binding or Allocate success told
 * whom (BINDING_RESULT, ALLOCATION).
 *
 * A message whose attributes run past its end is shown as far as it goes and marked, but proves
 * nothing. MESSAGE-INTEGRITY is noted, not checked: the key is not on the wire. TURN's ChannelData
 * and the payload of Send and Data indications are not read here.
 */
#include "dissect/dissector.h"
#include "dissect/stun.h"

#include <stdlib.h>

#define ATTRIBUTES_MAX        64     /* kept for the record; a message has a dozen */
#define CLASSIC_ATTRIBUTE_MAX 0x000b /* the last of RFC 3489 §11.2 */
#define CLASSIC_OPTIONAL      0x8000 /* comprehension-optional, as later ones are */
#define CLASSIC_ZEROES_MAX    8
#define TRANSACTION_GRAIN_NS  UINT64_C(100000000)

/* What the attributes of one message say, as far as rules care. */
struct stun_facts {
	struct endpoint mapped, xor_mapped, relayed;
	uint32_t lifetime;
	uint16_t attributes; /* that can be shown */
	bool username, priority, nominates;
	bool cut, malformed;
};

static void header_read(struct stun_message *m, struct reader *r)
{
	m->whole = *r;
	m->type = reader_u16(r);
	m->length = reader_u16(r);
	reader_copy(r, m->id, sizeof(m->id));
	struct reader id = reader_make(m->id, sizeof(m->id), false);
	m->cookie = reader_u32(&id) == STUN_COOKIE;
	/* The two bits of the class stand between those of the method (RFC 8489 §5). */
	m->method = (uint16_t)((m->type & 0x000f) | (m->type & 0x00e0) >> 1 |
		(m->type & 0x3e00) >> 2);
	m->stun_class = (uint8_t)((m->type >> 4 & 1) | (m->type >> 7 & 2));
}

/* RFC 3489 drew the id at random. A few zeroes are chance, many are another protocol: a short DNS
 * query with id 1 starts like a classic Binding request. */
static bool classic_id_random(const struct stun_message *m)
{
	int zeroes = 0;
	for (size_t i = 0; i < sizeof(m->id); i++)
		zeroes += m->id[i] == 0;
	return zeroes <= CLASSIC_ZEROES_MAX;
}

/* Without a cookie everything must fit: a known message, its exact length, known attributes. */
static bool classic_shape(const struct stun_message *m, struct reader attributes)
{
	bool binding = m->method == STUN_BINDING || m->method == STUN_SHARED_SECRET;
	if (!binding || m->stun_class == STUN_INDICATION || m->length != reader_left(&attributes))
		return false;
	if (!classic_id_random(m) || (m->stun_class != STUN_REQUEST && m->length == 0))
		return false;
	while (reader_left(&attributes)) {
		uint16_t type = reader_u16(&attributes);
		uint16_t length = reader_u16(&attributes);
		reader_skip(&attributes, length);
		if (type == 0 || (type > CLASSIC_ATTRIBUTE_MAX && type < CLASSIC_OPTIONAL))
			return false;
	}
	return !attributes.failed;
}

static bool stun_probe(struct reader r)
{
	struct reader start = r;
	reader_skip(&start, 2); /* the type */
	uint16_t length = reader_u16(&start);
	uint32_t cookie = reader_u32(&start);
	if (start.failed)
		return false;
	if (cookie == STUN_COOKIE)
		return reader_left(&r) >= STUN_HEADER_SIZE;
	if (r.cut || reader_left(&r) < STUN_HEADER_SIZE ||
		length != reader_left(&r) - STUN_HEADER_SIZE)
		return false;
	struct stun_message m;
	header_read(&m, &r);
	return classic_shape(&m, r);
}

/* The first address of a kind counts (RFC 8489 §14: later ones of a type may be ignored). */
static void address_note(struct endpoint *known, const struct obs_stun_attribute *a)
{
	if (known->addr.family == ADDR_NONE && (a->has & ATTRIBUTE_ENDPOINT))
		*known = a->endpoint;
}

static void attribute_note(struct stun_facts *f, const struct obs_stun_attribute *a)
{
	switch (a->type) {
	case STUN_MAPPED_ADDRESS:
		address_note(&f->mapped, a);
		break;
	case STUN_XOR_MAPPED_ADDRESS:
	case STUN_MS_XOR_MAPPED_ADDRESS:
		address_note(&f->xor_mapped, a);
		break;
	case STUN_XOR_RELAYED_ADDRESS:
		address_note(&f->relayed, a);
		break;
	case STUN_LIFETIME:
		f->lifetime = (uint32_t)a->value;
		break;
	case STUN_USERNAME:
		f->username = true;
		break;
	case STUN_PRIORITY:
		f->priority = true;
		break;
	case STUN_USE_CANDIDATE:
		f->nominates = true;
		break;
	default:
		break;
	}
}

static struct stun_facts facts_read(const struct stun_message *m, struct reader attributes)
{
	struct stun_facts facts = {0};
	struct obs_stun_attribute a;
	while (stun_attribute_next(m, &attributes, &a)) {
		facts.cut = facts.attributes == ATTRIBUTES_MAX;
		facts.attributes += !facts.cut;
		attribute_note(&facts, &a);
	}
	facts.malformed = attributes.failed;
	return facts;
}

static void message_emit(const struct dissection *d, const struct stun_message *m,
	const struct stun_facts *facts, struct reader attributes)
{
	struct observation o;
	dissection_observe(d, OBS_STUN_MESSAGE, &o);
	o.head.parts = (uint8_t)facts->attributes;
	size_t hidden = m->cookie ? sizeof(uint32_t) : 0;
	o.stun = (struct obs_stun){
		.type = m->type,
		.method = m->method,
		.stun_class = m->stun_class,
		.cookie = m->cookie,
		.malformed = facts->malformed,
		.attributes_cut = facts->cut,
		.length = m->length,
		.transaction_length = (uint8_t)(sizeof(m->id) - hidden),
	};
	memcpy(o.stun.transaction, m->id + hidden, sizeof(m->id) - hidden);
	dissection_emit(d, &o);
	dissection_observe(d, OBS_STUN_ATTRIBUTE, &o);
	for (unsigned i = 0; i < facts->attributes; i++) {
		if (stun_attribute_next(m, &attributes, &o.stun_attribute))
			dissection_emit(d, &o);
	}
}

static void request_emit(
	const struct dissection *d, const struct stun_message *m, const struct stun_facts *facts)
{
	bool check = facts->username && facts->priority;
	struct stun_transactions *open = d->state;
	bool repeated = stun_transaction_open(
		open, m, d->packet, dissection_now(d), check, facts->nominates);
	d->stats->stun_evicted = open->table.evicted;
	struct observation o;
	dissection_observe(d, OBS_STUN_REQUEST, &o);
	o.stun_request = (struct obs_stun_request){
		.method = m->method,
		.check = check,
		.nominates = facts->nominates,
		.repeated = repeated,
	};
	memcpy(o.stun_request.transaction, m->id, sizeof(m->id));
	dissection_emit(d, &o);
}

static struct obs_stun_answer answer_make(const struct dissection *d, const struct stun_message *m)
{
	const struct stun_sighting *seen;
	const struct stun_transaction *asked = stun_transaction_find(
		d->state, m, d->packet, dissection_now(d), &seen);
	if (!asked) {
		d->stats->stun_unmatched++;
		return (struct obs_stun_answer){0};
	}
	return (struct obs_stun_answer){
		.matched = true,
		.same_server = endpoint_equal(&seen->server, &d->packet->src),
		.check = asked->check,
		.nominates = asked->nominates,
		.request_capture = seen->capture,
		.request_interface = seen->interface,
		.request_direction = seen->direction,
		.request_hop_limit = seen->hop_limit,
		.request_frame = seen->frame,
		.request_ns = seen->time_ns,
		.client = asked->key.client,
		.server = seen->server,
	};
}

/* XOR-MAPPED-ADDRESS is what NATs that meddle with payloads leave alone, so it wins. */
static struct endpoint facts_mapped(const struct stun_facts *facts)
{
	return facts->xor_mapped.addr.family != ADDR_NONE ? facts->xor_mapped : facts->mapped;
}

static void binding_emit(
	const struct dissection *d, const struct stun_message *m, const struct stun_facts *facts)
{
	struct observation o;
	dissection_observe(d, OBS_BINDING_RESULT, &o);
	bool both = facts->mapped.addr.family != ADDR_NONE &&
		facts->xor_mapped.addr.family != ADDR_NONE;
	o.binding_result = (struct obs_binding_result){
		.answer = answer_make(d, m),
		.mapped = facts_mapped(facts),
		.disputed = both && !addr_equal(&facts->mapped.addr, &facts->xor_mapped.addr),
	};
	dissection_emit(d, &o);
}

static void allocation_emit(
	const struct dissection *d, const struct stun_message *m, const struct stun_facts *facts)
{
	struct observation o;
	dissection_observe(d, OBS_ALLOCATION, &o);
	o.allocation = (struct obs_allocation){
		.answer = answer_make(d, m),
		.mapped = facts_mapped(facts),
		.relayed = facts->relayed,
		.lifetime = facts->lifetime,
	};
	dissection_emit(d, &o);
}

static void facts_emit(
	const struct dissection *d, const struct stun_message *m, const struct stun_facts *facts)
{
	if (m->method != STUN_BINDING && m->method != STUN_ALLOCATE)
		return;
	if (m->stun_class == STUN_REQUEST)
		request_emit(d, m, facts);
	else if (m->stun_class == STUN_SUCCESS && m->method == STUN_BINDING)
		binding_emit(d, m, facts);
	else if (m->stun_class == STUN_SUCCESS)
		allocation_emit(d, m, facts);
}

static enum verdict stun_dissect(struct dissection *d, struct reader *r)
{
	struct stats *stats = d->stats;
	struct stun_message m;
	header_read(&m, r);
	if (r->cut && m.length > reader_left(r)) {
		stats->stun_truncated++;
		return TRUNCATED;
	}
	reader_limit(r, m.length);
	reader_limit(&m.whole, (size_t)STUN_HEADER_SIZE + m.length);
	struct stun_facts facts = facts_read(&m, *r);
	facts.malformed |= m.length > reader_left(r);
	stats->stun++;
	stats->stun_classic += !m.cookie;
	stats->stun_malformed += facts.malformed;
	stats->stun_attributes_cut += facts.cut;
	if (dissection_wants(d, OBS_STUN_MESSAGE))
		message_emit(d, &m, &facts, *r);
	if (facts.malformed)
		return MALFORMED;
	facts_emit(d, &m, &facts);
	return DONE;
}

static void *stun_open(const struct dissect_options *options)
{
	struct stun_transactions *t = calloc(1, sizeof(*t));
	if (t &&
		table_init(&t->table, sizeof(struct stun_transaction),
			sizeof(struct stun_transaction_key), options->transactions,
			TRANSACTION_GRAIN_NS))
		return t;
	free(t);
	return NULL;
}

static void stun_close(void *state)
{
	struct stun_transactions *t = state;
	table_free(&t->table);
	free(t);
}

extern const struct dissector dissector_stun;
const struct dissector dissector_stun = {
	.info = {"stun", "RFC 8489"},
	.carrier = CARRIER_UDP,
	.open = stun_open,
	.close = stun_close,
	.first_min = 0,
	.first_max = 0x3f,
	.probe = stun_probe,
	.dissect = stun_dissect,
};
