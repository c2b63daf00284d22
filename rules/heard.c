/* A ring of hashes for each client. */
#include "rules/heard.h"

struct heard_key {
	struct addr client;
	uint8_t reserved[7];
};

struct heard {
	struct table_entry age;
	struct heard_key key;
	uint32_t next;
	uint32_t endpoint[HEARD_MAX]; /* hashes; 0: none */
	uint32_t reserved;
};

_Static_assert(sizeof(struct heard) % 8 == 0, "rows of a table");

bool heard_init(struct table *heard, uint32_t clients)
{
	return table_init(heard, sizeof(struct heard), sizeof(struct heard_key), clients, 0);
}

static struct heard_key heard_key(const struct addr *client)
{
	struct heard_key key = {0};
	key.client = *client;
	return key;
}

/* FNV-1a; never 0. */
static uint32_t endpoint_hash(const struct endpoint *e)
{
	struct addr plain = addr_unmapped(&e->addr);
	uint32_t hash = 2166136261U;
	for (size_t i = 0; i < sizeof(plain.bytes); i++)
		hash = (hash ^ plain.bytes[i]) * 16777619U;
	hash = (hash ^ (e->port & 0xff)) * 16777619U;
	hash = (hash ^ (e->port >> 8)) * 16777619U;
	return hash | 1;
}

static bool heard_has(const struct heard *h, uint32_t hash)
{
	for (unsigned i = 0; i < HEARD_MAX; i++) {
		if (h->endpoint[i] == hash)
			return true;
	}
	return false;
}

/* What stands for "not said" is said by everybody. */
static void endpoint_learn(struct heard *h, const struct endpoint *e)
{
	if (addr_scope(&e->addr) <= SCOPE_SPECIAL || heard_has(h, endpoint_hash(e)))
		return;
	h->endpoint[h->next] = endpoint_hash(e);
	h->next = (h->next + 1) % HEARD_MAX;
}

void heard_learn(struct table *heard, const struct observation *o)
{
	bool added;
	struct heard_key key = heard_key(&o->head.dst.addr);
	struct heard *h = table_get(heard, &key, o->head.time_ns, &added);
	table_touch(heard, h, o->head.time_ns);
	if (o->head.kind == OBS_CANDIDATE) {
		endpoint_learn(h, &o->candidate.address);
		endpoint_learn(h, &o->candidate.related);
	} else {
		endpoint_learn(h, &o->session.connection);
		endpoint_learn(h, &o->session.rtcp);
	}
}

bool heard_before(const struct table *heard, const struct addr *client, const struct endpoint *said)
{
	struct heard_key key = heard_key(client);
	const struct heard *h = table_find(heard, table_hash(heard, &key, sizeof(key)), &key);
	return h && heard_has(h, endpoint_hash(said));
}
