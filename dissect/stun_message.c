/*
 * One STUN message (RFC 8489 §5, §14), whatever brought it: its header, what its attributes say,
 * and the message as it stands (STUN_MESSAGE, STUN_ATTRIBUTE). A message whose attributes run past
 * its end is shown as far as it goes and marked, but proves nothing. MESSAGE-INTEGRITY is noted,
 * not checked: the key is not on the wire. A DTLS record in it (META-DTLS-IN-STUN) is read as if it
 * had come by itself.
 */
#include "dissect/stun.h"

#include <stdlib.h>
#include <string.h>

#define ATTRIBUTES_MAX       64 /* kept for the record; a message has a dozen */
#define TRANSACTION_GRAIN_NS UINT64_C(100000000)
#define CHANGE_FLAGS         0x6 /* RFC 5780 §7.2: another address, another port */
#define DTLS_FIRST           20  /* RFC 7983 §7 */
#define DTLS_LAST            63

void stun_header_read(struct stun_message *m, struct reader *r)
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

/* The first address of a kind counts (RFC 8489 §14: later ones of a type may be ignored). */
static void address_note(struct endpoint *known, const struct obs_stun_attribute *a)
{
	if (known->addr.family == ADDR_NONE && (a->has & ATTRIBUTE_ENDPOINT))
		*known = a->endpoint;
}

static void peer_note(struct stun_facts *f, const struct obs_stun_attribute *a)
{
	if (f->peers < STUN_PEERS_MAX && (a->has & ATTRIBUTE_ENDPOINT))
		f->peer[f->peers++] = a->endpoint;
}

/* The same for bytes. */
static void bytes_note(struct reader *known, const struct reader *value)
{
	if (!known->at)
		*known = *value;
}

static void bytes_attribute_note(
	struct stun_facts *f, const struct obs_stun_attribute *a, const struct reader *value)
{
	switch (a->type) {
	case STUN_USERNAME:
		bytes_note(&f->username, value);
		break;
	case STUN_DATA_BYTES:
		bytes_note(&f->data, value);
		break;
	case STUN_META_DTLS:
		bytes_note(&f->dtls, value);
		break;
	case STUN_SOFTWARE:
		bytes_note(&f->software, value);
		break;
	default:
		break;
	}
}

static void ice_note(struct stun_facts *f, const struct obs_stun_attribute *a)
{
	switch (a->type) {
	case STUN_PRIORITY:
		f->priority = (uint32_t)a->value;
		f->has_priority = true;
		break;
	case STUN_USE_CANDIDATE:
		f->nominates = true;
		break;
	case STUN_ICE_CONTROLLED:
		f->role = ICE_ROLE_CONTROLLED;
		break;
	case STUN_ICE_CONTROLLING:
		f->role = ICE_ROLE_CONTROLLING;
		break;
	case STUN_NETWORK_INFO:
		f->has_network = a->has & ATTRIBUTE_NETWORK;
		f->network_id = a->network_id;
		f->network_cost = a->network_cost;
		break;
	default:
		break;
	}
}

/* What is said of the message itself, or of where another one goes. */
static void course_note(struct stun_facts *f, const struct obs_stun_attribute *a)
{
	switch (a->type) {
	case STUN_CHANGE_REQUEST:
		f->elsewhere = a->value & CHANGE_FLAGS;
		break;
	case STUN_ERROR_CODE:
		f->code = a->code;
		break;
	case STUN_ALTERNATE_SERVER:
		address_note(&f->alternate, a);
		break;
	case STUN_FINGERPRINT:
		f->altered |= (a->has & ATTRIBUTE_CHECKED) && !a->valid;
		break;
	default:
		ice_note(f, a);
		break;
	}
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
	case STUN_XOR_PEER_ADDRESS:
		peer_note(f, a);
		break;
	case STUN_LIFETIME:
		f->lifetime = (uint32_t)a->value;
		break;
	case STUN_CHANNEL_NUMBER:
		f->channel = (uint16_t)a->value;
		break;
	case STUN_CONNECTION_ID:
		f->connection = (uint32_t)a->value;
		break;
	default:
		course_note(f, a);
		break;
	}
}

static void message_emit(const struct dissection *d, const struct stun_message *m,
	const struct stun_facts *facts, struct observation *o)
{
	dissection_observe(d, OBS_STUN_MESSAGE, o);
	o->head.parts = (uint8_t)facts->attributes;
	size_t hidden = m->cookie ? sizeof(uint32_t) : 0;
	o->stun = (struct obs_stun){
		.type = m->type,
		.method = m->method,
		.stun_class = m->stun_class,
		.cookie = m->cookie,
		.malformed = facts->malformed,
		.attributes_cut = facts->cut,
		.length = m->length,
		.transaction_length = (uint8_t)(sizeof(m->id) - hidden),
	};
	memcpy(o->stun.transaction, m->id + hidden, sizeof(m->id) - hidden);
	dissection_emit(d, o);
	dissection_part(o, OBS_STUN_ATTRIBUTE);
}

/* Notes what they say, and shows them in `part`, made ready by message_emit, if they are to be. */
static void attributes_read(const struct dissection *d, const struct stun_message *m,
	struct stun_facts *facts, struct reader attributes, struct observation *part)
{
	struct stun_walk walk = {.message = m, .left = attributes};
	struct obs_stun_attribute *a = &part->stun_attribute;
	bool shown = dissection_wants(d, OBS_STUN_MESSAGE);
	for (unsigned i = 0; stun_attribute_next(&walk, a); i++) {
		attribute_note(facts, a);
		bytes_attribute_note(facts, a, &walk.value);
		if (shown && i < facts->attributes)
			dissection_emit(d, part);
	}
}

/* What DTLS it carries is between the same two ends (RFC 7983 tells what it is). */
static void dtls_open(struct dissection *d, const struct stun_facts *facts)
{
	struct reader peek = facts->dtls;
	uint8_t first = reader_u8(&peek);
	if (peek.failed || first < DTLS_FIRST || first > DTLS_LAST)
		return;
	const struct endpoint src = d->packet->src, dst = d->packet->dst;
	dissection_relayed(d, 0, &src, &dst, &facts->dtls);
}

enum verdict stun_message_dissect(struct dissection *d, struct reader *r)
{
	struct stats *stats = d->stats;
	struct stun_message m;
	struct stun_facts facts = {0};
	struct observation o;
	unsigned count;
	stun_header_read(&m, r);
	if (r->cut && m.length > reader_left(r))
		return TRUNCATED;
	reader_limit(r, m.length);
	reader_limit(&m.whole, (size_t)STUN_HEADER_SIZE + m.length);
	facts.malformed = !stun_attributes_count(*r, &count) || m.length > reader_left(r);
	facts.cut = count > ATTRIBUTES_MAX;
	facts.attributes = (uint16_t)(facts.cut ? ATTRIBUTES_MAX : count);
	stats->stun++;
	stats->stun_classic += !m.cookie;
	stats->stun_malformed += facts.malformed;
	stats->stun_attributes_cut += facts.cut;
	if (dissection_wants(d, OBS_STUN_MESSAGE))
		message_emit(d, &m, &facts, &o);
	attributes_read(d, &m, &facts, *r, &o);
	if (facts.malformed)
		return MALFORMED;
	stun_facts_emit(d, &m, &facts);
	turn_message(d, &m, &facts);
	dtls_open(d, &facts);
	return DONE;
}

void *stun_open(const struct dissect_options *options)
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

void stun_close(void *state)
{
	struct stun_transactions *t = state;
	table_free(&t->table);
	free(t);
}
