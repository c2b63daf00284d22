/*
 * What each kind of observation teaches. The rule behind "learned" (ground rule of passive
 * calibration): a mapped address seen on the tunnel's own interface is the egress.
 */
#include "rules/clients.h"
#include "rules/heard.h"
#include "rules/path.h"

#include <string.h>

static void server_see(struct knowledge *k, const struct endpoint *endpoint, uint64_t now_ns)
{
	struct server_key key = {0};
	key.endpoint.addr = endpoint->addr;
	key.endpoint.port = endpoint->port;
	bool added;
	struct server *s = table_get(&k->servers, &key, now_ns, &added);
	s->answers++;
	k->stats->servers += added;
	k->stats->servers_evicted = k->servers.evicted;
}

static void socket_learn(struct knowledge *k, const struct observation *o)
{
	sockets_learn(&k->sockets, o);
	k->stats->sockets_evicted = k->sockets.table.evicted;
}

/* What the far end of a client's tunnel says is about the tunnel, not about a client of ours. */
static void tunnel_learn(struct knowledge *k, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	const struct endpoint *near = tunnel_near(h);
	tunnels_learn(&k->tunnels, o);
	socket_learn(k, o);
	k->stats->tunnels_forgotten = k->tunnels.forgotten + k->tunnels.table.evicted;
	if (near == &h->src && sender_mac(k, h))
		hosts_see(&k->hosts, h->src_mac, &near->addr, h->time_ns);
}

/* Who asks for names is a client; what answers it, or is named to the LAN, a resolver. */
static void names_learn(struct knowledge *k, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	resolvers_learn(
		&k->resolvers, o, knowledge_role(k, &h->dst.addr, h->interface) == ROLE_TUNNEL);
	k->stats->resolvers_evicted = k->resolvers.table.evicted;
	if (!dns_asks_resolver(o) || !knowledge_judges(k, h))
		return;
	client_see_sender(k, h);
}

static void link_learn(struct knowledge *k, const struct observation *o)
{
	enum role role = knowledge_role(k, NULL, o->head.interface);
	k->tunnel_seen |= role == ROLE_TUNNEL &&
		!interface_is_mesh(&k->sources->interface[o->head.interface]);
	k->gateway |= role == ROLE_LAN || role == ROLE_WAN;
}

/* A client that is known by what it says of itself, before it ever asks a STUN server. */
static void speaker_learn(struct knowledge *k, const struct obs_head *h, uint8_t owner)
{
	if (owner != OWNER_SENDER || !knowledge_judges(k, h))
		return;
	client_see_sender(k, h);
}

static void words_learn(struct knowledge *k, const struct observation *o, uint8_t owner)
{
	uint64_t evicted = k->heard.evicted;
	speaker_learn(k, &o->head, owner);
	heard_learn(&k->heard, o);
	k->stats->memories_evicted += k->heard.evicted - evicted;
}

/* What comes through a tunnel is of no link here. */
static void network_learn(struct knowledge *k, const struct observation *o)
{
	bool inside = o->head.outer_src.family != ADDR_NONE;
	if (inside || knowledge_role(k, NULL, o->head.interface) == ROLE_TUNNEL)
		return;
	lan_learn(&k->lan, o);
	k->stats->lan_forgotten = k->lan.forgotten + k->lan.hosts.evicted + k->lan.links.evicted;
}

static void traffic_learn(struct knowledge *k, const struct observation *o)
{
	if (!k->tunnel_ns && knowledge_role(k, NULL, o->head.interface) == ROLE_TUNNEL)
		k->tunnel_ns = o->traffic.first_ns;
}

static void request_learn(struct knowledge *k, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	if (!knowledge_judges(k, h)) {
		k->stats->not_judged++;
		return;
	}
	client_see_sender(k, h)->requests++;
	socket_learn(k, o);
	spans_learn(&k->spans, o);
	if (knowledge_path(k, &h->src.addr, h->interface, &h->dst) == PATH_UNKNOWN)
		k->stats->path_unknown++;
}

/* What an answer on the tunnel's interface says is where the tunnel comes out. */
static void egress_learn(struct knowledge *k, struct client *c, const struct addr *mapped)
{
	struct addr plain = addr_plain(mapped);
	struct egress_set *set = k->gateway ? &c->learned : &k->learned;
	if (addr_scope(&plain) != SCOPE_GLOBAL || prefixes_contain(set->prefix, set->count, &plain))
		return;
	if (set->count < EGRESS_SET_MAX)
		set->prefix[set->count++] = prefix_of(&plain);
	else
		k->stats->egresses_forgotten++;
}

/* What an answer that went around the tunnel says is what the world sees of the client. */
static void real_learn(struct client *c, const struct addr *mapped)
{
	struct addr plain = addr_plain(mapped);
	if (addr_scope(&plain) == SCOPE_GLOBAL)
		c->real[plain.family == ADDR_V6] = plain;
}

static void answer_learn(struct knowledge *k, const struct observation *o,
	const struct obs_stun_answer *answer, const struct addr *mapped, bool disputed)
{
	if (!knowledge_judges_answer(k, answer))
		return;
	const struct addr *client = &answer->client.addr;
	const struct policy_subject who = {
		.addr = client,
		.self = request_is_own(k, answer->request_direction, answer->request_interface),
	};
	struct client *c = client_see(k, &who, o->head.time_ns);
	if (!answer->check)
		server_see(k, &answer->server, o->head.time_ns);
	/* A peer may say what it likes, and so may who answers in the server's place. Who asked
	 * through a proxy is told where that comes out. */
	bool proxied = o->head.encapsulation & WRAPPED_PROXY;
	bool trusted = answer->same_server && !answer->check && !disputed && !proxied;
	bool inside = knowledge_role(k, client, answer->request_interface) == ROLE_TUNNEL &&
		knowledge_role(k, client, o->head.interface) == ROLE_TUNNEL;
	if (trusted && inside) {
		egress_learn(k, c, mapped);
		k->tunnel_seen |= k->learned.count &&
			interface_is_mesh(&k->sources->interface[answer->request_interface]);
	}
	if (trusted && knowledge_path_asked(k, o, answer) == PATH_DIRECT)
		real_learn(c, mapped);
}

/* What rests on any kind: where conversations went, and in which life of the tunnel. */
static void ways_learn(struct knowledge *k, const struct observation *o)
{
	outings_learn(k, o);
	crossings_learn(&k->crossings, o, knowledge_role(k, NULL, o->head.interface));
	k->stats->ways_forgotten = k->lives.table.evicted + k->lives.inside.evicted +
		k->crossings.table.evicted + k->spans.table.evicted;
}

void knowledge_learn(struct knowledge *k, const struct observation *o)
{
	if (o->head.time_ns > k->now_ns)
		k->now_ns = o->head.time_ns;
	if (!k->tunnel_used && o->head.kind != OBS_LINK)
		k->tunnel_used = knowledge_tunnel_carried(k, &o->head);
	switch (o->head.kind) {
	case OBS_LINK:
		link_learn(k, o);
		break;
	case OBS_STUN_REQUEST:
		request_learn(k, o);
		break;
	case OBS_BINDING_RESULT:
		answer_learn(k, o, &o->binding_result.answer, &o->binding_result.mapped.addr,
			o->binding_result.disputed);
		break;
	case OBS_TUNNEL:
		tunnel_learn(k, o);
		break;
	case OBS_PROXY:
		proxies_learn(&k->proxies, o);
		k->stats->proxies_forgotten = k->proxies.forgotten + k->proxies.table.evicted;
		break;
	case OBS_DNS_RECORD:
		hidden_hosts_learn(&k->hidden_hosts, o);
		k->stats->hidden_hosts_evicted = k->hidden_hosts.table.evicted;
		break;
	case OBS_DNS:
		names_learn(k, o);
		break;
	case OBS_DHCP_OPTION:
	case OBS_ROUTER_OPTION:
		names_learn(k, o);
		network_learn(k, o);
		break;
	case OBS_DHCP:
	case OBS_NEIGHBOUR:
	case OBS_ROUTER:
		network_learn(k, o);
		break;
	case OBS_TRAFFIC:
		traffic_learn(k, o);
		break;
	case OBS_ALLOCATION:
		answer_learn(k, o, &o->allocation.answer, &o->allocation.mapped.addr, false);
		break;
	case OBS_MEDIA:
	case OBS_HELLO:
		if (knowledge_judges(k, &o->head))
			client_see_sender(k, &o->head);
		break;
	case OBS_CANDIDATE:
		words_learn(k, o, o->candidate.owner);
		break;
	case OBS_SESSION:
		words_learn(k, o, o->session.owner);
		break;
	default:
		break;
	}
	ways_learn(k, o);
}
