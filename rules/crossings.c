/* Joining a gateway's two sides. */
#include "rules/crossings.h"

_Static_assert(sizeof(struct crossing) % 8 == 0, "rows of a table");
_Static_assert(sizeof(struct crossing_key) == 24, "no padding that is not zero");

bool crossings_init(struct crossings *c)
{
	return table_init(
		&c->table, sizeof(struct crossing), sizeof(struct crossing_key), CROSSINGS, 0);
}

void crossings_free(struct crossings *c)
{
	table_free(&c->table);
}

static bool crossing_key_of(const struct observation *o, struct crossing_key *key)
{
	const struct obs_head *h = &o->head;
	memset(key, 0, sizeof(*key));
	if (h->kind == OBS_STUN_REQUEST) {
		memcpy(key->remote.addr.bytes, o->stun_request.transaction,
			sizeof(key->remote.addr.bytes));
		key->transaction = true;
		return true;
	}
	key->remote.addr = h->dst.addr;
	key->remote.port = h->dst.port;
	key->port = h->src.port;
	key->protocol = h->protocol;
	return h->kind == OBS_TRAFFIC && o->traffic.event == TRAFFIC_BEGINS && h->src.port &&
		!o->traffic.mid_stream;
}

static struct crossing *crossing_find(const struct crossings *c, const struct crossing_key *key)
{
	return table_find(&c->table, table_hash(&c->table, key, sizeof(*key)), key);
}

static bool crossing_is_old(const struct crossing *c, uint64_t now_ns)
{
	uint64_t seen_ns = c->side[SIDE_LAN].time_ns > c->side[SIDE_WAN].time_ns
		? c->side[SIDE_LAN].time_ns
		: c->side[SIDE_WAN].time_ns;
	return now_ns > seen_ns + CROSSING_NS;
}

void crossings_learn(struct crossings *c, const struct observation *o, enum role role)
{
	struct crossing_key key;
	bool added;
	if ((role != ROLE_LAN && role != ROLE_WAN) ||
		addr_scope(&o->head.dst.addr) != SCOPE_GLOBAL || !crossing_key_of(o, &key))
		return;
	if (o->head.time_ns > CROSSING_LIFE_NS)
		table_expire(&c->table, o->head.time_ns - CROSSING_LIFE_NS);
	struct crossing *crossing = table_get(&c->table, &key, o->head.time_ns, &added);
	struct obs_head *side = &crossing->side[role == ROLE_WAN ? SIDE_WAN : SIDE_LAN];
	if (!added && crossing_is_old(crossing, o->head.time_ns))
		memset(crossing->side, 0, sizeof(crossing->side));
	table_touch(&c->table, crossing, o->head.time_ns);
	if (!side->time_ns)
		*side = o->head;
}

const struct crossing *crossings_complete(const struct crossings *c, const struct observation *o)
{
	struct crossing_key key;
	if (!crossing_key_of(o, &key))
		return NULL;
	const struct crossing *found = crossing_find(c, &key);
	if (!found || !found->side[SIDE_LAN].time_ns || !found->side[SIDE_WAN].time_ns)
		return NULL;
	bool last = found->side[SIDE_LAN].frame == o->head.frame ||
		found->side[SIDE_WAN].frame == o->head.frame;
	return last ? found : NULL;
}
