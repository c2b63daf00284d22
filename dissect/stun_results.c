/*
 * What rules are about: who asked (STUN_REQUEST), and what a Binding or Allocate success told whom
 * (BINDING_RESULT, ALLOCATION). The connectivity checks of ICE go on for as long as a pair is in
 * use: for consent every few seconds (RFC 7675 §5.1), before that twenty times a second. So a check
 * that says what the one before it said, and its answer, are said again only once in a while.
 */
#include "dissect/stun.h"

#include <string.h>

#define CHECK_INTERVAL_NS (30 * UINT64_C(1000000000))

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ at[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
	return hash;
}

static uint64_t hash_word(uint64_t hash, const struct obs_word *word)
{
	return hash_bytes(hash_bytes(hash, word->bytes, word->length), ":", 1);
}

static uint64_t check_hash(const struct obs_ice *ice, bool nominates)
{
	const uint8_t flags[] = {ice->role, ice->consent, nominates};
	uint64_t hash = hash_bytes(UINT64_C(0xcbf29ce484222325), flags, sizeof(flags));
	hash = hash_bytes(hash, &ice->priority, sizeof(ice->priority));
	hash = hash_bytes(hash, &ice->network_cost, sizeof(ice->network_cost));
	return hash_word(hash_word(hash, &ice->ufrag), &ice->peer_ufrag);
}

/* USERNAME is the receiver's fragment, a colon, the sender's (RFC 8445 §7.1.1); no colon is older
 * practice, and then the whole is the receiver's. */
static void ufrags_read(struct obs_ice *ice, struct reader username)
{
	struct reader rest = username;
	size_t length = 0;
	while (reader_left(&rest) && reader_u8(&rest) != ':')
		length++;
	obs_word_set(&ice->peer_ufrag, reader_sub(&username, length));
	obs_word_set(&ice->ufrag, rest);
}

static struct obs_ice ice_make(
	const struct stun_message *m, const struct stun_facts *facts, const struct stun_flow *flow)
{
	struct obs_ice ice = {0};
	if (!stun_facts_check(m, facts))
		return ice;
	ice.role = facts->role;
	ice.priority = facts->priority;
	ice.has_network = facts->has_network;
	ice.network_id = facts->network_id;
	ice.network_cost = facts->network_cost;
	ice.consent = flow && flow->nominated;
	ufrags_read(&ice, facts->username);
	return ice;
}

/* Only checks need a memory: what only gathers costs none. */
static struct stun_flow *flow_of_check(struct dissection *d, bool check)
{
	return check ? dissection_flow_state(d) : NULL;
}

static struct stun_said *said_of(const struct dissection *d, struct stun_flow *flow)
{
	return flow ? &flow->said[d->packet->from_opener ? 0 : 1] : NULL;
}

/* Is this check worth saying? */
static bool check_news(const struct dissection *d, struct stun_said *said, uint64_t hash)
{
	uint64_t now_ns = dissection_now(d);
	if (!said)
		return true;
	uint64_t bit = UINT64_C(1) << d->packet->frame->interface % 64;
	bool same = said->any && said->check == hash && now_ns < said->time_ns + CHECK_INTERVAL_NS;
	/* Another way out is news; the two sides of a router are, once. */
	if (same && said->interfaces & bit)
		return false;
	said->any = true;
	said->check = hash;
	said->interfaces = same ? said->interfaces | bit : bit;
	said->time_ns = same ? said->time_ns : now_ns;
	return true;
}

/* Returns the transaction, noted with what its answer will have to say of it. */
static struct stun_transaction *request_note(struct dissection *d, const struct stun_message *m,
	const struct stun_facts *facts, const struct obs_ice *ice, bool *repeated)
{
	struct stun_transactions *open = d->state;
	uint64_t evicted = open->table.evicted;
	struct stun_transaction *asked = stun_transaction_open(
		open, m, d->packet, dissection_now(d), repeated);
	d->stats->stun_evicted += open->table.evicted - evicted;
	if (*repeated)
		return asked;
	asked->check = stun_facts_check(m, facts);
	asked->nominates = facts->nominates;
	asked->elsewhere = facts->elsewhere;
	asked->ice = *ice;
	return asked;
}

static void request_emit(
	struct dissection *d, const struct stun_message *m, const struct stun_facts *facts)
{
	bool check = stun_facts_check(m, facts), repeated;
	struct stun_flow *flow = flow_of_check(d, check);
	struct obs_ice ice = ice_make(m, facts, flow);
	struct stun_transaction *asked = request_note(d, m, facts, &ice, &repeated);
	if (check && !check_news(d, said_of(d, flow), check_hash(&ice, facts->nominates)))
		return;
	asked->said = true;
	struct observation o;
	dissection_observe(d, OBS_STUN_REQUEST, &o);
	o.stun_request = (struct obs_stun_request){
		.method = m->method,
		.check = check,
		.nominates = facts->nominates,
		.repeated = repeated,
		.ice = ice,
	};
	memcpy(o.stun_request.transaction, m->id, sizeof(m->id));
	obs_word_set(&o.stun_request.software, facts->software);
	dissection_emit(d, &o);
}

static struct obs_stun_answer answer_make(const struct dissection *d,
	const struct stun_transaction *asked, const struct stun_sighting *seen)
{
	if (!asked) {
		d->stats->stun_unmatched++;
		return (struct obs_stun_answer){0};
	}
	return (struct obs_stun_answer){
		.matched = true,
		.same_server = endpoint_equal(&seen->server, &d->packet->src),
		.check = asked->check,
		.nominates = asked->nominates,
		.elsewhere = asked->elsewhere,
		.request_capture = seen->capture,
		.request_interface = seen->interface,
		.request_direction = seen->direction,
		.request_hop_limit = seen->hop_limit,
		.request_frame = seen->frame,
		.request_ns = seen->time_ns,
		.client = asked->key.client,
		.server = seen->server,
		.ice = asked->ice,
	};
}

/* XOR-MAPPED-ADDRESS is what NATs that meddle with payloads leave alone, so it wins. */
static struct endpoint facts_mapped(const struct stun_facts *facts)
{
	return facts->xor_mapped.addr.family != ADDR_NONE ? facts->xor_mapped : facts->mapped;
}

/* The answer to a check that was said is, too; another only when it names another address. */
static bool result_news(
	struct dissection *d, const struct stun_transaction *asked, const struct endpoint *mapped)
{
	if (!asked || !asked->check)
		return true;
	struct stun_flow *flow = dissection_flow_state(d);
	struct stun_said *said = said_of(d, flow);
	if (!flow)
		return true;
	flow->nominated |= asked->nominates;
	bool news = asked->said || !endpoint_equal(&said->mapped, mapped);
	said->mapped = *mapped;
	return news;
}

static void binding_emit(
	struct dissection *d, const struct stun_message *m, const struct stun_facts *facts)
{
	const struct stun_sighting *seen = NULL;
	const struct stun_transaction *asked = stun_transaction_find(
		d->state, m, d->packet, dissection_now(d), &seen);
	const struct endpoint mapped = facts_mapped(facts);
	if (!result_news(d, asked, &mapped))
		return;
	struct observation o;
	dissection_observe(d, OBS_BINDING_RESULT, &o);
	bool both = facts->mapped.addr.family != ADDR_NONE &&
		facts->xor_mapped.addr.family != ADDR_NONE;
	o.binding_result = (struct obs_binding_result){
		.answer = answer_make(d, asked, seen),
		.mapped = mapped,
		.disputed = both && !addr_equal(&facts->mapped.addr, &facts->xor_mapped.addr),
		.altered = facts->altered,
	};
	dissection_emit(d, &o);
}

static void allocation_emit(
	const struct dissection *d, const struct stun_message *m, const struct stun_facts *facts)
{
	const struct stun_sighting *seen = NULL;
	const struct stun_transaction *asked = stun_transaction_find(
		d->state, m, d->packet, dissection_now(d), &seen);
	struct observation o;
	dissection_observe(d, OBS_ALLOCATION, &o);
	o.allocation = (struct obs_allocation){
		.answer = answer_make(d, asked, seen),
		.mapped = facts_mapped(facts),
		.relayed = facts->relayed,
		.lifetime = facts->lifetime,
	};
	dissection_emit(d, &o);
}

static void redirect_emit(
	const struct dissection *d, const struct stun_message *m, const struct stun_facts *facts)
{
	const struct stun_sighting *seen = NULL;
	const struct stun_transaction *asked = stun_transaction_find(
		d->state, m, d->packet, dissection_now(d), &seen);
	struct observation o;
	dissection_observe(d, OBS_REDIRECT, &o);
	o.redirect = (struct obs_redirect){
		.answer = answer_make(d, asked, seen),
		.code = facts->code,
		.alternate = facts->alternate,
	};
	dissection_emit(d, &o);
}

void stun_facts_emit(
	struct dissection *d, const struct stun_message *m, const struct stun_facts *facts)
{
	if (m->method != STUN_BINDING && m->method != STUN_ALLOCATE)
		return;
	if (m->stun_class == STUN_REQUEST)
		request_emit(d, m, facts);
	else if (m->stun_class == STUN_SUCCESS && m->method == STUN_BINDING)
		binding_emit(d, m, facts);
	else if (m->stun_class == STUN_SUCCESS)
		allocation_emit(d, m, facts);
	else if (m->stun_class == STUN_ERROR && facts->alternate.addr.family != ADDR_NONE)
		redirect_emit(d, m, facts);
}
