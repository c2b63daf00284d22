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

struct stun_transaction *stun_transaction_open(struct stun_transactions *t,
	const struct stun_message *m, const struct packet *p, bool *repeated)
{
	uint64_t now_ns = p->frame->time_ns;
	if (now_ns > TRANSACTION_LIFE_NS)
		table_expire(&t->table, now_ns - TRANSACTION_LIFE_NS);
	struct stun_transaction_key key = key_make(m, &p->src);
	bool added;
	struct stun_transaction *open = table_get(&t->table, &key, now_ns, &added);
	*repeated = !added;
	if (!added)
		return open;
	open->server = p->dst;
	open->method = m->method;
	open->capture = p->frame->capture;
	open->interface = p->frame->interface;
	open->frame = p->frame->number;
	open->time_ns = now_ns;
	open->direction = p->direction;
	open->hop_limit = p->hop_limit;
	return open;
}

const struct stun_transaction *stun_transaction_find(
	struct stun_transactions *t, const struct stun_message *m, const struct packet *p)
{
	struct stun_transaction_key key = key_make(m, &p->dst);
	const struct stun_transaction *open = table_find(
		&t->table, table_hash(&t->table, &key, sizeof(key)), &key);
	if (!open || open->method != m->method)
		return NULL;
	return p->frame->time_ns > open->age.seen_ns + TRANSACTION_LIFE_NS ? NULL : open;
}
