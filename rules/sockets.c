/* Which sockets are a tunnel's, from what goes through them. */
#include "rules/sockets.h"

#include "rules/tunnels.h"

_Static_assert(sizeof(struct socket) % 8 == 0, "rows of a table");

bool sockets_init(struct sockets *s)
{
	return table_init(&s->table, sizeof(struct socket), sizeof(struct socket_key), SOCKETS, 0);
}

void sockets_free(struct sockets *s)
{
	table_free(&s->table);
}

static struct socket_key socket_key(const struct endpoint *at)
{
	struct socket_key key = {0};
	key.at.addr = at->addr;
	key.at.port = at->port;
	return key;
}

/* Those whose programs ask STUN from the tunnel's own socket; what is told by shape alone (ESP in
 * UDP, OpenVPN) is not believed here, because to believe it hides a leak. */
static bool tunnel_asks_stun(const struct observation *o)
{
	return o->tunnel.kind == TUNNEL_WIREGUARD || o->tunnel.kind == TUNNEL_TAILSCALE;
}

/* Tailscale's client names itself (its net/stun package); a page cannot have a browser say so. */
static bool request_is_tunnels(const struct obs_stun_request *request)
{
	static const char tailscale[] = "tailnode";
	return request->software.length == sizeof(tailscale) - 1 &&
		memcmp(request->software.bytes, tailscale, sizeof(tailscale) - 1) == 0;
}

void sockets_learn(struct sockets *s, const struct observation *o)
{
	const struct endpoint *at = &o->head.src;
	if (o->head.kind == OBS_TUNNEL)
		at = tunnel_near(&o->head);
	s->fresh = (struct endpoint){0};
	bool own = o->head.kind == OBS_TUNNEL ? tunnel_asks_stun(o)
					      : request_is_tunnels(&o->stun_request);
	if (!own)
		return;
	struct socket_key key = socket_key(at);
	bool added;
	struct socket *known = table_get(&s->table, &key, o->head.time_ns, &added);
	if (added)
		s->fresh = *at;
	else
		table_touch(&s->table, known, o->head.time_ns);
}

bool sockets_have(const struct sockets *s, const struct endpoint *at, uint64_t now_ns)
{
	if (s->table.count == 0)
		return false; /* as in most captures: spared its hash */
	struct socket_key key = socket_key(at);
	const struct socket *known = table_find(
		&s->table, table_hash(&s->table, &key, sizeof(key)), &key);
	return known && now_ns <= known->age.seen_ns + SOCKET_LIFE_NS;
}
