/*
 * Which answer belongs to which request (RFC 8489 §6.3): by transaction id and by who asked, so
 * that an address is attributed to the client it belongs to. One table for all flows, because a
 * server may answer from another address than it was asked at (RFC 5780), bounded and forgetting by
 * age.
 */
#include "dissect/stun.h"

#include <string.h>

/* A client gives up after 39.5 s (RFC 8489 §6.2.1). */
#define TRANSACTION_LIFE_NS (60 * UINT64_C(1000000000))

_Static_assert(sizeof(struct stun_transaction) % 8 == 0, "rows of a table");

static struct stun_transaction_key key_make(
	const struct stun_message *m, const struct endpoint *client)
{
	struct stun_transaction_key key = {0};
	memcpy(key.id, m->id, sizeof(key.id));
	key.client.addr = client->addr;
	key.client.port = client->port;
	return key;
}

static struct stun_sighting *sighting_on(struct stun_transaction *open, uint16_t interface)
{
	for (uint32_t i = 0; i < open->sightings; i++) {
		if (open->sighting[i].interface == interface)
			return &open->sighting[i];
	}
	return NULL;
}

/* The first on an interface counts, as long as it is for the same server. */
static void sighting_note(struct stun_transaction *open, const struct packet *p, uint64_t now_ns)
{
	struct stun_sighting *seen = sighting_on(open, p->frame->interface);
	if (seen && endpoint_equal(&seen->server, &p->dst))
		return;
	if (!seen && open->sightings < STUN_SIGHTINGS_MAX)
		seen = &open->sighting[open->sightings++];
	if (!seen)
		seen = &open->sighting[STUN_SIGHTINGS_MAX - 1];
	*seen = (struct stun_sighting){
		.server = p->dst,
		.capture = p->frame->capture,
		.interface = p->frame->interface,
		.frame = p->frame->number,
		.time_ns = now_ns,
		.direction = p->direction,
		.hop_limit = p->hop_limit,
	};
}

struct stun_transaction *stun_transaction_open(struct stun_transactions *t,
	const struct stun_message *m, const struct packet *p, uint64_t now_ns, bool *repeated)
{
	if (now_ns > TRANSACTION_LIFE_NS)
		table_expire(&t->table, now_ns - TRANSACTION_LIFE_NS);
	struct stun_transaction_key key = key_make(m, &p->src);
	bool added;
	struct stun_transaction *open = table_get(&t->table, &key, now_ns, &added);
	*repeated = sighting_on(open, p->frame->interface);
	sighting_note(open, p, now_ns);
	open->method = m->method;
	return open;
}

const struct stun_transaction *stun_transaction_find(struct stun_transactions *t,
	const struct stun_message *m, const struct packet *p, uint64_t now_ns,
	const struct stun_sighting **seen)
{
	struct stun_transaction_key key = key_make(m, &p->dst);
	struct stun_transaction *open = table_find(
		&t->table, table_hash(&t->table, &key, sizeof(key)), &key);
	if (!open || open->method != m->method || now_ns > open->age.seen_ns + TRANSACTION_LIFE_NS)
		return NULL;
	*seen = sighting_on(open, p->frame->interface);
	if (!*seen)
		*seen = &open->sighting[open->sightings - 1];
	return open;
}
