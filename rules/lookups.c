/* Holding questions, and what excuses them. */
#include "rules/lookups.h"

#include "rules/names.h"

#include <string.h>

#define PORT_DNS 53

static bool held_is_named(const struct lookup *held, const uint8_t *name, size_t length)
{
	if (length > OBS_WORD_MAX)
		length = OBS_WORD_MAX;
	return name_equal(held->name.bytes, held->name.length, name, length);
}

/* Is a tunnel there that the client could ask through? One that it closed itself is not. */
static bool tunnel_there(const struct knowledge *k, const struct addr *client)
{
	const struct client_tunnels *c = knowledge_tunnels(k, client);
	for (size_t i = 0; c && i < TUNNELS_PER_CLIENT; i++) {
		if (c->at[i].state == TUNNEL_UP || c->at[i].state == TUNNEL_DOWN)
			return true;
	}
	return k->tunnel_used && !k->gateway;
}

/* A tunnel's interface is the capturing host's. Where packets outside show whose tunnels there are,
 * they tell; who closed his is free to go without. */
static bool interface_means(const struct knowledge *k, const struct addr *client)
{
	const struct client_tunnels *c = knowledge_tunnels(k, client);
	for (size_t i = 0; c && i < TUNNELS_PER_CLIENT; i++) {
		if (c->at[i].state == TUNNEL_UP)
			return true;
	}
	return k->tunnel_used && !k->gateway && !k->tunnels.table.count;
}

bool lookup_wants_tunnel(const struct knowledge *k, const struct addr *client)
{
	struct expectation expected;
	knowledge_expect(k, client, &expected);
	return expected.tunnel &&
		(knowledge_terms(k, client)->tunnel.count || knowledge_tunnel(k, client) ||
			interface_means(k, client));
}

/* It came up after that: by its handshake, or where none is to be seen by its interface. A tunnel
 * of which only data is seen may have been up all the time. */
static bool tunnel_came(const struct knowledge *k, const struct addr *client, uint64_t after_ns)
{
	const struct client_tunnels *c = knowledge_tunnels(k, client);
	for (size_t i = 0; c && i < TUNNELS_PER_CLIENT; i++) {
		const struct tunnel *t = &c->at[i];
		if (t->state == TUNNEL_UP && t->dialled && t->up_ns >= after_ns)
			return true;
	}
	return !c && k->tunnel_used && !k->gateway;
}

/* FNV-1a. Two addresses with the same hash excuse a lookup too many: once in 2^32 names. */
static uint32_t addr_hash(const struct addr *a)
{
	uint32_t hash = UINT32_C(2166136261) ^ a->family;
	for (size_t i = 0; i < sizeof(a->bytes); i++)
		hash = (hash ^ a->bytes[i]) * UINT32_C(16777619);
	return hash;
}

static bool lookup_found(const struct lookup *held, const struct addr *addr)
{
	uint32_t hash = addr_hash(addr);
	for (unsigned i = 0; i < held->answers; i++) {
		if (held->answer[i] == hash)
			return true;
	}
	return false;
}

static bool lookup_found_tunnel(
	const struct knowledge *k, const struct addr *client, const struct lookup *held)
{
	const struct policy_span *declared = &knowledge_terms(k, client)->tunnel;
	for (uint32_t i = 0; i < declared->count; i++) {
		if (lookup_found(held, &k->policy->tunnel[declared->first + i].far_end.addr))
			return true;
	}
	const struct client_tunnels *c = knowledge_tunnels(k, client);
	for (size_t i = 0; c && i < TUNNELS_PER_CLIENT; i++) {
		if (lookup_found(held, &c->at[i].far_end.addr))
			return true;
	}
	return false;
}

static bool lookup_found_proxy(
	const struct knowledge *k, const struct addr *client, const struct lookup *held)
{
	const struct policy_span *declared = &knowledge_terms(k, client)->proxy;
	for (uint32_t i = 0; i < declared->count; i++) {
		if (lookup_found(held, &k->policy->proxy[declared->first + i].addr))
			return true;
	}
	const struct client_proxies *c = knowledge_proxies(k, client);
	for (size_t i = 0; c && i < PROXIES_PER_CLIENT; i++) {
		if (lookup_found(held, &c->at[i].addr))
			return true;
	}
	return false;
}

/* The name of a host that was found to be the VPN's is asked for again when the tunnel breaks, and
 * then hardly ever answered. */
static bool lookup_excused(const struct knowledge *k, const struct addr *client, struct lookups *l,
	const struct lookup *held)
{
	if (held->startup && tunnel_came(k, client, held->head.time_ns))
		return true;
	if (lookup_found_tunnel(k, client, held) || lookup_found_proxy(k, client, held)) {
		l->way = held->name;
		return true;
	}
	return held->name.length && held_is_named(held, l->way.bytes, l->way.length);
}

bool lookup_is_sure(const struct lookup *lookup)
{
	return lookup->head.dst.port == PORT_DNS || lookup->answered;
}

static void held_remove(struct lookups *l, uint32_t i)
{
	l->count--;
	memmove(&l->held[i], &l->held[i + 1], (l->count - i) * sizeof(l->held[0]));
	l->answered = 0;
}

static bool lookup_due(const struct knowledge *k, const struct addr *client,
	const struct lookup *held, uint64_t now_ns)
{
	bool startup = held->startup && !tunnel_there(k, client);
	uint64_t hold = startup ? LOOKUP_STARTUP_NS : LOOKUP_HOLD_NS;
	return now_ns >= held->head.time_ns + hold;
}

static void lookups_settle(const struct judgement *j, const struct addr *client, struct lookups *l,
	uint64_t now_ns, lookup_tell *tell)
{
	for (uint32_t i = 0; i < l->count;) {
		const struct lookup held = l->held[i];
		bool excused = lookup_excused(j->knowledge, client, l, &held);
		if (!excused && !lookup_due(j->knowledge, client, &held, now_ns)) {
			i++;
			continue;
		}
		held_remove(l, i);
		if (!excused)
			tell(j, client, &held);
	}
}

static void answer_note(struct lookups *l, const struct observation *o)
{
	l->answered = 0;
	for (uint32_t i = 0; i < l->count; i++) {
		if (!held_is_named(&l->held[i], o->dns.name.bytes, o->dns.name.length) ||
			!addr_equal(&l->held[i].head.dst.addr, &o->head.src.addr))
			continue;
		l->held[i].answered = true;
		l->answered = i + 1;
		l->answered_frame = o->head.frame;
	}
}

static void record_note(struct lookups *l, const struct observation *o)
{
	if (!l->answered || l->answered_frame != o->head.frame)
		return;
	struct lookup *held = &l->held[l->answered - 1];
	if (held->answers < LOOKUP_ANSWERS)
		held->answer[held->answers++] = addr_hash(&o->dns_record.addr);
}

void lookups_follow(const struct judgement *j, const struct observation *o, lookup_tell *tell)
{
	struct lookups *to = judgement_recall(j, &o->head.dst.addr);
	if (to && o->head.kind == OBS_DNS && o->dns.response)
		answer_note(to, o);
	if (to && o->head.kind == OBS_DNS_RECORD)
		record_note(to, o);
	else if (to)
		lookups_settle(j, &o->head.dst.addr, to, j->now_ns, tell);
	struct lookups *from = judgement_recall(j, &o->head.src.addr);
	if (from)
		lookups_settle(j, &o->head.src.addr, from, j->now_ns, tell);
}

static bool lookup_is_held(
	const struct lookups *l, const struct observation *o, const uint8_t *name, size_t length)
{
	for (uint32_t i = 0; i < l->count; i++) {
		if (held_is_named(&l->held[i], name, length) &&
			addr_equal(&l->held[i].head.dst.addr, &o->head.dst.addr))
			return true;
	}
	return false;
}

void lookup_hold(
	const struct judgement *j, const struct observation *o, const uint8_t *name, size_t length)
{
	struct lookups *l = judgement_memory(j, &o->head.src.addr);
	if (length > OBS_WORD_MAX)
		length = OBS_WORD_MAX;
	if (l->count == LOOKUPS_HELD || lookup_is_held(l, o, name, length))
		return;
	struct lookup *held = &l->held[l->count++];
	*held = (struct lookup){
		.head = o->head,
		.startup = !tunnel_there(j->knowledge, &o->head.src.addr),
		.name.length = (uint8_t)length,
	};
	memcpy(held->name.bytes, name, length);
}

void lookups_finish(
	const struct judgement *j, const struct addr *client, struct lookups *l, lookup_tell *tell)
{
	lookups_settle(j, client, l, UINT64_MAX, tell);
}
