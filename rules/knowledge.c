/* What was learned, kept; who is to be judged; and the sums at the end. */
#include "rules/clients.h"
#include "rules/heard.h"

#include <string.h>

/* Hop limits that systems start with (RFC 1340 said 64; Windows 128; many stacks 255). */
static const uint8_t initial_hop_limits[] = {64, 128, 255};

_Static_assert(sizeof(struct client) % 8 == 0 && sizeof(struct server) % 8 == 0, "table rows");

bool knowledge_init(struct knowledge *k, const struct engine_options *options,
	const struct policy *policy, const struct source_table *sources, struct stats *stats)
{
	*k = (struct knowledge){
		.policy = policy, .sources = sources, .stats = stats, .geo = options->geo};
	return hosts_init(&k->hosts) && tunnels_init(&k->tunnels) && proxies_init(&k->proxies) &&
		sockets_init(&k->sockets) && resolvers_init(&k->resolvers) &&
		hidden_hosts_init(&k->hidden_hosts) && lan_init(&k->lan) && lives_init(&k->lives) &&
		outings_init(&k->outings) && crossings_init(&k->crossings) &&
		spans_init(&k->spans) &&
		table_init(&k->clients, sizeof(struct client), sizeof(struct client_key),
			options->clients, 0) &&
		table_init(&k->servers, sizeof(struct server), sizeof(struct server_key),
			options->servers, 0) &&
		heard_init(&k->heard, options->clients);
}

void knowledge_free(struct knowledge *k)
{
	table_free(&k->clients);
	table_free(&k->servers);
	sockets_free(&k->sockets);
	hidden_hosts_free(&k->hidden_hosts);
	resolvers_free(&k->resolvers);
	table_free(&k->heard);
	lan_free(&k->lan);
	spans_free(&k->spans);
	crossings_free(&k->crossings);
	outings_free(&k->outings);
	lives_free(&k->lives);
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

bool knowledge_socket_is_tunnels(const struct knowledge *k, const struct endpoint *socket)
{
	return sockets_have(&k->sockets, socket, k->now_ns);
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
