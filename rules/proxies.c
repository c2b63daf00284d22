/* Proxies in use, from what they grant. */
#include "rules/proxies.h"

_Static_assert(sizeof(struct client_proxies) % 8 == 0, "rows of a table");

bool proxies_init(struct proxies *p)
{
	return table_init(&p->table, sizeof(struct client_proxies), sizeof(struct proxies_key),
		PROXIES_CLIENTS, 0);
}

void proxies_free(struct proxies *p)
{
	table_free(&p->table);
}

static struct proxies_key proxies_key(const struct addr *client)
{
	struct proxies_key key = {0};
	key.client = *client;
	return key;
}

const struct client_proxies *proxies_find(const struct proxies *p, const struct addr *client)
{
	if (p->table.count == 0)
		return NULL; /* as in most captures: spared its hash */
	struct proxies_key key = proxies_key(client);
	return table_find(&p->table, table_hash(&p->table, &key, sizeof(key)), &key);
}

bool proxies_are_at(const struct client_proxies *c, const struct endpoint *dst)
{
	for (size_t i = 0; c && i < PROXIES_PER_CLIENT; i++) {
		if (c->at[i].addr.family != ADDR_NONE && endpoint_equal(&c->at[i], dst))
			return true;
	}
	return false;
}

static void proxy_add(struct proxies *p, struct client_proxies *c, const struct endpoint *at)
{
	if (proxies_are_at(c, at))
		return;
	struct endpoint *slot = &c->at[c->count++ % PROXIES_PER_CLIENT];
	p->forgotten += slot->addr.family != ADDR_NONE;
	*slot = *at;
}

/* A program on the capturing host itself: ssh -D, Tor. */
static bool is_loopback(const struct addr *a)
{
	static const uint8_t one[16] = {[15] = 1};
	return a->family == ADDR_V4 ? a->bytes[0] == 127 : memcmp(a->bytes, one, sizeof(one)) == 0;
}

/* A grant comes from the proxy to its client; a refusal proves no use. */
void proxies_learn(struct proxies *p, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	bool udp = o->proxy.event == PROXY_UDP;
	if (o->proxy.event != PROXY_GRANTS && !udp)
		return;
	const struct endpoint *proxy = h->from_opener ? &h->dst : &h->src;
	const struct endpoint *client = h->from_opener ? &h->src : &h->dst;
	if (is_loopback(&client->addr)) {
		p->loopback_ns = h->time_ns;
		return;
	}
	struct proxies_key key = proxies_key(&client->addr);
	bool added;
	struct client_proxies *c = table_get(&p->table, &key, h->time_ns, &added);
	table_touch(&p->table, c, h->time_ns);
	if (added)
		c->since_ns = h->time_ns;
	c->last_ns = h->time_ns;
	c->kinds |= UINT32_C(1) << o->proxy.kind;
	c->carries_udp |= udp || o->proxy.kind == PROXY_MASQUE;
	proxy_add(p, c, proxy);
	if (udp && o->proxy.target.addr.family != ADDR_NONE)
		proxy_add(p, c, &o->proxy.target);
}
