/* The life of tunnels, from their handshakes and data. */
#include "rules/tunnels.h"

#include <assert.h>

_Static_assert(sizeof(struct client_tunnels) % 8 == 0, "rows of a table");

bool tunnels_init(struct tunnels *t)
{
	return table_init(&t->table, sizeof(struct client_tunnels), sizeof(struct tunnels_key),
		TUNNELS_CLIENTS, 0);
}

void tunnels_free(struct tunnels *t)
{
	table_free(&t->table);
}

/* VPNs that a whole host is usually put behind. Meshes, SSH and Tor carry what is given to them. */
static bool kind_takes_all(uint8_t kind)
{
	return kind != TUNNEL_TAILSCALE && kind != TUNNEL_SSH && kind != TUNNEL_TOR &&
		kind != TUNNEL_MASQUE;
}

const struct endpoint *tunnel_near(const struct obs_head *h)
{
	bool src_global = addr_scope(&h->src.addr) == SCOPE_GLOBAL;
	bool dst_global = addr_scope(&h->dst.addr) == SCOPE_GLOBAL;
	if (src_global != dst_global)
		return src_global ? &h->dst : &h->src;
	return h->from_opener ? &h->src : &h->dst;
}

static struct tunnels_key tunnels_key(const struct addr *client)
{
	struct tunnels_key key = {0};
	key.client = *client;
	return key;
}

const struct client_tunnels *tunnels_find(const struct tunnels *t, const struct addr *client)
{
	if (t->table.count == 0)
		return NULL; /* as in most captures: spared its hash */
	struct tunnels_key key = tunnels_key(client);
	return table_find(&t->table, table_hash(&t->table, &key, sizeof(key)), &key);
}

/* The far end may move its port (IKE's goes from 500 to 4500). */
static struct tunnel *tunnel_find(struct client_tunnels *c, const struct endpoint *far_end)
{
	for (size_t i = 0; i < TUNNELS_PER_CLIENT; i++) {
		if (addr_equal(&c->at[i].far_end.addr, &far_end->addr))
			return &c->at[i];
	}
	return NULL;
}

static struct tunnel *tunnel_get(
	struct tunnels *t, struct client_tunnels *c, const struct endpoint *far_end)
{
	struct tunnel *known = tunnel_find(c, far_end);
	if (known)
		return known;
	assert(c); /* for who reads this by machine: table_get is never NULL */
	known = &c->at[c->count++ % TUNNELS_PER_CLIENT];
	t->forgotten += known->far_end.addr.family != ADDR_NONE;
	*known = (struct tunnel){.far_end = *far_end};
	return known;
}

static void tunnel_comes_up(struct tunnel *t, bool dialled, uint64_t now_ns)
{
	if (t->state != TUNNEL_UP) {
		t->up_ns = now_ns;
		t->dialled = dialled;
	}
	t->state = TUNNEL_UP;
	t->asked_ns = 0;
}

static void tunnel_goes_down(struct tunnel *t, enum tunnel_state state, uint64_t when_ns)
{
	if (t->state != TUNNEL_DOWN && t->state != TUNNEL_CLOSED)
		t->down_ns = when_ns;
	t->state = (uint8_t)state;
	t->sent = t->received = false;
}

static void tunnel_asks(struct tunnel *t, const struct obs_tunnel *o, uint64_t now_ns)
{
	if (!t->asked_ns || !o->repeated)
		t->asked_ns = now_ns;
	if (t->state == TUNNEL_UP && o->repeated + 1 >= TUNNEL_ASKS_DOWN)
		tunnel_goes_down(t, TUNNEL_DOWN, t->asked_ns);
	else if (t->state == TUNNEL_CLOSED)
		t->state = TUNNEL_COMING_UP;
}

/* Data of the far end, or of both before anything else was seen, shows that it is up. */
static void tunnel_carries(struct tunnel *t, bool from_near, uint64_t now_ns)
{
	t->sent |= from_near;
	t->received |= !from_near;
	if (!from_near || (t->received && t->state == TUNNEL_COMING_UP))
		tunnel_comes_up(t, false, now_ns);
}

void tunnels_learn(struct tunnels *t, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	const struct endpoint *near = tunnel_near(h);
	bool from_near = near == &h->src;
	struct tunnels_key key = tunnels_key(&near->addr);
	bool added;
	if (!kind_takes_all(o->tunnel.kind))
		return;
	struct client_tunnels *c = table_get(&t->table, &key, h->time_ns, &added);
	table_touch(&t->table, c, h->time_ns);
	struct tunnel *tunnel = tunnel_get(t, c, from_near ? &h->dst : &h->src);
	tunnel->far_end = from_near ? h->dst : h->src;
	tunnel->kind = o->tunnel.kind;
	tunnel->protocol = h->protocol;
	tunnel->seen_ns = h->time_ns;
	switch ((enum tunnel_event)o->tunnel.event) {
	case TUNNEL_ASKS:
		tunnel_asks(tunnel, &o->tunnel, h->time_ns);
		break;
	case TUNNEL_ANSWERS:
		tunnel_comes_up(tunnel, true, h->time_ns);
		break;
	case TUNNEL_DATA:
	case TUNNEL_KEEPALIVE:
		tunnel_carries(tunnel, from_near, h->time_ns);
		break;
	case TUNNEL_RESETS:
		tunnel_goes_down(tunnel, from_near ? TUNNEL_CLOSED : TUNNEL_DOWN, h->time_ns);
		break;
	case TUNNEL_DEFERS:
		break;
	}
}

static bool tunnel_is_expected(const struct tunnel *t, uint64_t now_ns)
{
	if (t->far_end.addr.family == ADDR_NONE)
		return false;
	if (t->state == TUNNEL_UP)
		return t->sent && t->received;
	return t->state == TUNNEL_DOWN && t->up_ns && now_ns - t->down_ns < TUNNEL_EXPECTED_NS;
}

const struct tunnel *tunnel_expected(const struct client_tunnels *c, uint64_t now_ns)
{
	const struct tunnel *found = NULL;
	for (size_t i = 0; c && i < TUNNELS_PER_CLIENT; i++) {
		const struct tunnel *t = &c->at[i];
		if (tunnel_is_expected(t, now_ns) && (!found || t->seen_ns > found->seen_ns))
			found = t;
	}
	return found;
}

bool tunnels_end_at(const struct client_tunnels *c, const struct endpoint *dst)
{
	for (size_t i = 0; c && i < TUNNELS_PER_CLIENT; i++) {
		if (endpoint_equal(&c->at[i].far_end, dst))
			return true;
	}
	return false;
}

const struct tunnel *tunnels_reach(const struct client_tunnels *c, const struct addr *addr)
{
	for (size_t i = 0; c && i < TUNNELS_PER_CLIENT; i++) {
		if (addr_equal(&c->at[i].far_end.addr, addr))
			return &c->at[i];
	}
	return NULL;
}
