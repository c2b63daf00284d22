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
	return table_init(&k->clients, sizeof(struct client), sizeof(struct client_key),
		       options->clients, 0) &&
		table_init(&k->servers, sizeof(struct server), sizeof(struct server_key),
			options->servers, 0);
}

void knowledge_free(struct knowledge *k)
{
	table_free(&k->clients);
	table_free(&k->servers);
}

static bool prefixes_hold(const struct prefix *prefix, uint32_t count, const struct addr *addr)
{
	for (uint32_t i = 0; i < count; i++) {
		if (prefix_contains(&prefix[i], addr))
			return true;
	}
	return false;
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

bool knowledge_judges(const struct knowledge *k, const struct addr *client,
	const struct addr *server, uint8_t direction, uint8_t hop_limit)
{
	if (k->policy->clients)
		return prefixes_hold(k->policy->client, k->policy->clients, client);
	switch (addr_scope(client)) {
	case SCOPE_LINK:
	case SCOPE_PRIVATE:
	case SCOPE_SHARED:
		return true;
	case SCOPE_GLOBAL:
		return global_is_local(k, client, server, direction, hop_limit);
	default:
		return false;
	}
}

bool knowledge_judges_answer(const struct knowledge *k, const struct obs_stun_answer *answer)
{
	return answer->matched &&
		knowledge_judges(k, &answer->client.addr, &answer->server.addr,
			answer->request_direction, answer->request_hop_limit);
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

static struct client *client_see(struct knowledge *k, const struct addr *addr, uint64_t now_ns)
{
	struct client_key key = client_key(addr);
	bool added;
	struct client *c = table_get(&k->clients, &key, now_ns, &added);
	k->stats->clients += added;
	k->stats->clients_evicted = k->clients.evicted;
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

static void link_learn(struct knowledge *k, const struct observation *o)
{
	enum role role = path_role(k->policy, k->sources, o->head.interface);
	k->tunnel_seen |= role == ROLE_TUNNEL;
	k->gateway |= role == ROLE_LAN || role == ROLE_WAN;
}

static void request_learn(struct knowledge *k, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	if (!knowledge_judges(k, &h->src.addr, &h->dst.addr, h->direction, h->hop_limit)) {
		k->stats->not_judged++;
		return;
	}
	client_see(k, &h->src.addr, h->time_ns)->requests++;
	if (knowledge_path(k, h->interface, &h->dst) == PATH_UNKNOWN)
		k->stats->path_unknown++;
}

/* What an answer on the tunnel's interface says is where the tunnel comes out. */
static void egress_learn(struct knowledge *k, struct client *c, const struct addr *mapped)
{
	struct addr plain = addr_unmapped(mapped);
	struct egress_set *set = k->gateway ? &c->learned : &k->learned;
	if (addr_scope(&plain) != SCOPE_GLOBAL || prefixes_hold(set->prefix, set->count, &plain))
		return;
	if (set->count < EGRESS_SET_MAX)
		set->prefix[set->count++] = prefix_of(&plain);
	else
		k->stats->egresses_forgotten++;
}

static void answer_learn(struct knowledge *k, const struct observation *o,
	const struct obs_stun_answer *answer, const struct addr *mapped, bool disputed)
{
	if (!knowledge_judges_answer(k, answer))
		return;
	struct client *c = client_see(k, &answer->client.addr, o->head.time_ns);
	if (!answer->check)
		server_see(k, &answer->server, o->head.time_ns);
	/* A peer may say what it likes, and so may who answers in the server's place. */
	bool trusted = answer->same_server && !answer->check && !disputed;
	bool inside = path_role(k->policy, k->sources, answer->request_interface) == ROLE_TUNNEL &&
		path_role(k->policy, k->sources, o->head.interface) == ROLE_TUNNEL;
	if (trusted && inside)
		egress_learn(k, c, mapped);
}

void knowledge_learn(struct knowledge *k, const struct observation *o)
{
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
	case OBS_ALLOCATION:
		answer_learn(k, o, &o->allocation.answer, &o->allocation.mapped.addr, false);
		break;
	default:
		break;
	}
}

static const struct egress_set *learned_egress(const struct knowledge *k, const struct addr *addr)
{
	static const struct egress_set nothing = {0};
	if (!k->gateway)
		return &k->learned;
	const struct client *client = knowledge_client(k, addr);
	return client ? &client->learned : &nothing;
}

/* On a gateway one client's tunnel says nothing of the others. */
static bool tunnel_expected(const struct knowledge *k)
{
	return k->policy->tunnels || (k->tunnel_seen && !k->gateway);
}

void knowledge_expect(const struct knowledge *k, const struct addr *client, struct expectation *out)
{
	const struct policy *policy = k->policy;
	const struct egress_set *learned = learned_egress(k, client);
	*out = (struct expectation){
		.tunnel = tunnel_expected(k),
		.proxy = policy->proxies,
		.declared = policy->egresses,
		.learned = !policy->egresses && learned->count,
	};
	out->egress = out->declared ? policy->egress : learned->prefix;
	out->egress_count = out->declared ? policy->egresses : learned->count;
	out->any = out->declared || out->learned || out->tunnel || out->proxy;
}

enum path knowledge_path(const struct knowledge *k, uint16_t interface, const struct endpoint *dst)
{
	return path_of(k->policy, k->sources, interface, dst);
}

enum confidence knowledge_confidence(const struct knowledge *k, uint16_t interface)
{
	return path_confidence(k->policy, k->sources, interface);
}

bool expectation_met(const struct expectation *e, const struct addr *mapped)
{
	return prefixes_hold(e->egress, e->egress_count, mapped);
}

static bool prefixes_have_family(const struct prefix *prefix, uint32_t count, uint8_t family)
{
	for (uint32_t i = 0; i < count; i++) {
		if (prefix[i].addr.family == family)
			return true;
	}
	return false;
}

/* A declared egress binds on every path; a learned one may be one of a pool, so a different address
 * is a leak only where the path itself went around the tunnel. A declared proxy is reached directly
 * by right, so what it saw is no leak. Inside the tunnel a declaration binds only the family it is
 * of: whoever names an IPv4 exit has not said where IPv6 comes out. */
bool expectation_violated(const struct expectation *e, enum path path, const struct addr *mapped)
{
	if (!e->any || path == PATH_PROXY || expectation_met(e, mapped))
		return false;
	if (path == PATH_TUNNEL)
		return e->declared &&
			prefixes_have_family(e->egress, e->egress_count, mapped->family);
	return e->declared || path == PATH_DIRECT;
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
	s->expectation = k->policy->egresses || k->policy->proxies || tunnel_expected(k);
}
