/*
 * Learning, and answering what detections ask. The rule behind "learned" (ground rule of passive
 * calibration): a mapped address seen on the tunnel's own interface is the egress.
 */
#include "rules/knowledge.h"

#include "rules/path.h"

#include <string.h>

/* Hop limits that systems start with (RFC 1340 said 64; Windows 128; many stacks 255). */
static const uint8_t initial_hop_limits[] = {64, 128, 255};

_Static_assert(sizeof(struct client) % 8 == 0 && sizeof(struct server) % 8 == 0, "table rows");

bool knowledge_init(struct knowledge *k, const struct engine_options *options,
	const struct policy *policy, const struct source_table *sources, struct stats *stats)
{
	*k = (struct knowledge){.policy = policy, .sources = sources, .stats = stats};
	return hosts_init(&k->hosts) && tunnels_init(&k->tunnels) && proxies_init(&k->proxies) &&
		sockets_init(&k->sockets) &&
		table_init(&k->clients, sizeof(struct client), sizeof(struct client_key),
			options->clients, 0) &&
		table_init(&k->servers, sizeof(struct server), sizeof(struct server_key),
			options->servers, 0);
}

void knowledge_free(struct knowledge *k)
{
	table_free(&k->clients);
	table_free(&k->servers);
	sockets_free(&k->sockets);
	proxies_free(&k->proxies);
	tunnels_free(&k->tunnels);
	hosts_free(&k->hosts);
}

static bool hop_limit_untouched(uint8_t hop_limit)
{
	return memchr(initial_hop_limits, hop_limit, sizeof(initial_hop_limits)) != NULL;
}

/* Somebody with a global address is local if the capture shows it: it was sent out by the capturing
 * host, or no router has passed it yet, or it was seen to be local elsewhere. Who talks to a
 * private address came in from outside. */
static bool global_is_local(const struct knowledge *k, const struct addr *client,
	const struct addr *server, uint8_t direction, uint8_t hop_limit)
{
	if (direction != DIRECTION_UNKNOWN)
		return direction == DIRECTION_OUT;
	if (addr_scope(server) != SCOPE_GLOBAL)
		return false;
	return hop_limit_untouched(hop_limit) || knowledge_client(k, client);
}

const struct policy_terms *knowledge_terms(const struct knowledge *k, const struct addr *client)
{
	const struct policy *policy = k->policy;
	if (!policy->entries)
		return &policy->terms[0];
	const struct client *seen = knowledge_client(k, client);
	const struct policy_subject who = {.addr = client};
	return &policy->terms[seen ? seen->entry : policy_entry_find(policy, &who)];
}

bool knowledge_declared(const struct knowledge *k, const struct addr *client)
{
	const struct policy_subject who = {.addr = client};
	if (k->policy->clients)
		return true;
	if (!k->policy->entries)
		return false;
	const struct client *seen = knowledge_client(k, client);
	return seen ? seen->declared : policy_entry_find(k->policy, &who);
}

/* The sender's MAC address, where the sender is not behind the gateway that sent the frame on. */
static const uint8_t *sender_mac(const struct knowledge *k, const struct obs_head *h)
{
	bool outside = k->sources->interface[h->interface].role == ROLE_WAN;
	return h->has_macs && !outside ? h->src_mac : NULL;
}

/* Whoever asked, on the way to being judged or not. */
struct asker {
	const struct addr *client, *server;
	const uint8_t *mac; /* the client's, or NULL */
	uint8_t direction, hop_limit;
};

/* Only as long as the MAC address is news: then the client's row knows. */
static bool asker_is_told_by_mac(const struct knowledge *k, const struct asker *a)
{
	const struct policy_subject who = {.addr = a->client, .mac = a->mac};
	if (!a->mac || !k->policy->entries)
		return false;
	const struct client *seen = knowledge_client(k, a->client);
	return !(seen && seen->has_mac) && policy_entry_find(k->policy, &who);
}

static bool asker_is_judged(const struct knowledge *k, const struct asker *a)
{
	const struct policy *policy = k->policy;
	const struct addr *client = a->client;
	if (policy->clients)
		return prefixes_contain(policy->client, policy->clients, client);
	if (knowledge_declared(k, client) || asker_is_told_by_mac(k, a))
		return true;
	switch (addr_scope(client)) {
	case SCOPE_LINK:
	case SCOPE_PRIVATE:
	case SCOPE_SHARED:
		return true;
	case SCOPE_GLOBAL:
		return global_is_local(k, client, a->server, a->direction, a->hop_limit);
	default:
		return false;
	}
}

bool knowledge_judges(const struct knowledge *k, const struct obs_head *request)
{
	const struct asker asker = {
		.client = &request->src.addr,
		.server = &request->dst.addr,
		.mac = sender_mac(k, request),
		.direction = request->direction,
		.hop_limit = request->hop_limit,
	};
	return asker_is_judged(k, &asker);
}

bool knowledge_judges_answer(const struct knowledge *k, const struct obs_stun_answer *answer)
{
	const struct asker asker = {
		.client = &answer->client.addr,
		.server = &answer->server.addr,
		.direction = answer->request_direction,
		.hop_limit = answer->request_hop_limit,
	};
	return answer->matched && asker_is_judged(k, &asker);
}

static struct client_key client_key(const struct addr *addr)
{
	struct client_key key = {0};
	key.addr = *addr;
	return key;
}

struct client *knowledge_client(const struct knowledge *k, const struct addr *addr)
{
	struct client_key key = client_key(addr);
	return table_find(&k->clients, table_hash(&k->clients, &key, sizeof(key)), &key);
}

/* A request that nothing says came from outside is the capturing host's own, but for a gateway's
 * sides, where it is anybody's. */
static bool request_is_own(const struct knowledge *k, uint8_t direction, uint16_t interface)
{
	enum role role = (enum role)k->sources->interface[interface].role;
	if (direction != DIRECTION_UNKNOWN)
		return direction == DIRECTION_OUT;
	return role != ROLE_LAN && role != ROLE_WAN;
}

/* Takes in what is new about the client, and by that finds its entry in the policy. */
static void client_know(struct knowledge *k, struct client *c, const uint8_t *mac, bool self)
{
	c->self |= self;
	if (mac && !c->has_mac) {
		memcpy(c->mac, mac, sizeof(c->mac));
		c->has_mac = true;
		hosts_see(&k->hosts, mac, &c->key.addr, k->now_ns);
		k->stats->hosts_evicted = k->hosts.table.evicted;
	}
	struct policy_subject who = {.addr = &c->key.addr, .mac = c->has_mac ? c->mac : NULL};
	c->declared = policy_entry_find(k->policy, &who);
	who.self = c->self;
	c->entry = policy_entry_find(k->policy, &who);
}

void knowledge_follow(struct knowledge *k, const struct policy *policy)
{
	k->policy = policy;
	struct client *c = table_oldest(&k->clients);
	for (; c; c = table_newer(&k->clients, c)) {
		client_know(k, c, NULL, false);
		c->told = (struct limit_use){0};
	}
}

static struct client *client_see(
	struct knowledge *k, const struct policy_subject *who, uint64_t now_ns)
{
	struct client_key key = client_key(who->addr);
	bool added;
	struct client *c = table_get(&k->clients, &key, now_ns, &added);
	k->stats->clients += added;
	k->stats->clients_evicted = k->clients.evicted;
	if (added || (who->mac && !c->has_mac) || (who->self && !c->self))
		client_know(k, c, who->mac, who->self);
	return c;
}

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

bool knowledge_socket_is_tunnels(const struct knowledge *k, const struct endpoint *socket)
{
	return sockets_have(&k->sockets, socket, k->now_ns);
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

static void link_learn(struct knowledge *k, const struct observation *o)
{
	enum role role = knowledge_role(k, NULL, o->head.interface);
	k->tunnel_seen |= role == ROLE_TUNNEL &&
		!interface_is_mesh(&k->sources->interface[o->head.interface]);
	k->gateway |= role == ROLE_LAN || role == ROLE_WAN;
}

/* The sender as a client; NULL when it is nobody to judge. */
static struct client *sender_see(struct knowledge *k, const struct obs_head *h)
{
	if (!knowledge_judges(k, h))
		return NULL;
	const struct policy_subject who = {
		.addr = &h->src.addr,
		.mac = sender_mac(k, h),
		.self = request_is_own(k, h->direction, h->interface),
	};
	return client_see(k, &who, h->time_ns);
}

static void request_learn(struct knowledge *k, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	struct client *c = sender_see(k, h);
	if (!c) {
		k->stats->not_judged++;
		return;
	}
	c->requests++;
	socket_learn(k, o);
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

void knowledge_learn(struct knowledge *k, const struct observation *o)
{
	if (o->head.time_ns > k->now_ns)
		k->now_ns = o->head.time_ns;
	switch (o->head.kind) {
	case OBS_LINK:
		link_learn(k, o);
		break;
	case OBS_STUN_REQUEST:
		request_learn(k, o);
		break;
	case OBS_MEDIA:
	case OBS_HELLO:
		sender_see(k, &o->head);
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
	case OBS_ALLOCATION:
		answer_learn(k, o, &o->allocation.answer, &o->allocation.mapped.addr, false);
		break;
	default:
		break;
	}
}

static bool client_found(const struct client *c)
{
	for (size_t i = 0; i < SEVERITIES; i++) {
		if (c->findings[i])
			return true;
	}
	return false;
}

/* Adds the clients with findings, or those without, as far as there is room. */
static void clients_summarise(const struct knowledge *k, struct summary *s, bool found)
{
	const struct client *c = table_oldest(&k->clients);
	for (; c && s->client_count < SUMMARY_LIST_MAX; c = table_newer(&k->clients, c)) {
		if (client_found(c) != found)
			continue;
		struct summary_client *row = &s->clients[s->client_count++];
		row->addr = c->key.addr;
		row->requests = c->requests;
		memcpy(row->findings, c->findings, sizeof(row->findings));
	}
}

static void servers_summarise(const struct knowledge *k, struct summary *s)
{
	const struct server *server = table_oldest(&k->servers);
	for (; server && s->server_count < SUMMARY_LIST_MAX;
		server = table_newer(&k->servers, server)) {
		s->servers[s->server_count++] = (struct summary_server){
			.server = server->key.endpoint, .answers = server->answers};
	}
}

void knowledge_summarise(const struct knowledge *k, struct summary *s)
{
	clients_summarise(k, s, true);
	clients_summarise(k, s, false);
	servers_summarise(k, s);
	s->expectation = knowledge_expects(k);
}
