/*
 * What a client's traffic is measured against: the policy's word where there is one, else what was
 * learned; and which way is which for that client.
 */
#include "rules/knowledge.h"
#include "rules/path.h"

#define LINK_PREFIX 8 /* bytes */
#include <string.h>

static const struct egress_set *learned_egress(const struct knowledge *k, const struct addr *addr)
{
	static const struct egress_set nothing = {0};
	if (!k->gateway)
		return &k->learned;
	const struct client *client = knowledge_client(k, addr);
	return client ? &client->learned : &nothing;
}

/* On a gateway one client's tunnel says nothing of the others. */
static bool tunnel_learned(const struct knowledge *k)
{
	return k->tunnel_seen && !k->gateway;
}

static bool terms_expect(const struct policy_terms *terms)
{
	return terms->egress.count || terms->proxy.count || terms->tunnel.count;
}

/* The address by which the client's host is known otherwise; NULL: none. */
static const struct addr *host_of(const struct knowledge *k, const struct addr *client)
{
	const struct client *c = knowledge_client(k, client);
	const struct addr *main = c && c->has_mac ? hosts_main(&k->hosts, c->mac) : NULL;
	return main && !addr_equal(main, client) ? main : NULL;
}

const struct client_tunnels *knowledge_tunnels(const struct knowledge *k, const struct addr *client)
{
	if (!k->tunnels.table.count)
		return NULL;
	const struct client_tunnels *own = tunnels_find(&k->tunnels, client);
	const struct addr *host = own ? NULL : host_of(k, client);
	return host ? tunnels_find(&k->tunnels, host) : own;
}

uint64_t knowledge_tunnel_since(const struct knowledge *k, const struct addr *client)
{
	const struct tunnel *tunnel = knowledge_tunnel(k, client);
	if (tunnel)
		return tunnel->up_ns;
	return tunnel_learned(k) ? k->tunnel_ns : 0;
}

bool knowledge_reach(const struct knowledge *k, const struct addr *client,
	const struct client_tunnels *tunnels, const struct addr *addr)
{
	const struct policy_span *declared = &knowledge_terms(k, client)->tunnel;
	for (uint32_t i = declared->first; i < declared->first + declared->count; i++) {
		if (addr_equal(&k->policy->tunnel[i].far_end.addr, addr))
			return true;
	}
	return tunnels_reach(tunnels, addr);
}

bool knowledge_far_end(
	const struct knowledge *k, const struct addr *client, const struct addr *addr)
{
	return knowledge_reach(k, client, knowledge_tunnels(k, client), addr);
}

const struct tunnel *knowledge_tunnel(const struct knowledge *k, const struct addr *client)
{
	return tunnel_expected(knowledge_tunnels(k, client), k->now_ns);
}

const struct client_proxies *knowledge_proxies(const struct knowledge *k, const struct addr *client)
{
	if (!k->proxies.table.count)
		return NULL;
	const struct client_proxies *own = proxies_find(&k->proxies, client);
	const struct addr *host = own ? NULL : host_of(k, client);
	return host ? proxies_find(&k->proxies, host) : own;
}

/* Programs of the capturing host use a proxy on it: then its traffic should be that proxy's. */
static bool loopback_proxied(const struct knowledge *k, const struct addr *client)
{
	const struct client *c = k->proxies.loopback_ns ? knowledge_client(k, client) : NULL;
	return c && c->self;
}

const struct addr *knowledge_real(
	const struct knowledge *k, const struct addr *client, uint8_t family)
{
	const struct client *c = knowledge_client(k, client);
	const struct addr *real = c ? &c->real[family == ADDR_V6] : NULL;
	return real && real->family == family ? real : NULL;
}

/* What was seen in use, besides what is declared. */
struct seen_use {
	const struct tunnel *tunnel;
	const struct client_proxies *proxies;
};

static struct endpoint tunnel_far_end(
	const struct knowledge *k, const struct policy_terms *terms, const struct seen_use *seen)
{
	const struct policy_span *span = &terms->tunnel;
	for (uint32_t i = span->first; i < span->first + span->count; i++) {
		if (k->policy->tunnel[i].far_end.addr.family != ADDR_NONE)
			return k->policy->tunnel[i].far_end;
	}
	return seen->tunnel ? seen->tunnel->far_end : (struct endpoint){0};
}

static struct endpoint proxy_at(
	const struct knowledge *k, const struct policy_terms *terms, const struct seen_use *seen)
{
	if (terms->proxy.count)
		return k->policy->proxy[terms->proxy.first];
	return seen->proxies ? seen->proxies->at[0] : (struct endpoint){0};
}

/* Where both are expected neither is named. */
static void expectation_name(struct expectation *e, const struct knowledge *k,
	const struct policy_terms *terms, const struct seen_use *seen)
{
	if (e->tunnel == e->proxy)
		return;
	e->through = e->tunnel ? THROUGH_TUNNEL : THROUGH_PROXY;
	e->through_at = e->tunnel ? tunnel_far_end(k, terms, seen) : proxy_at(k, terms, seen);
}

/* A host has few addresses; where there are many, it is not one host's capture. */
#define OWNERS_MAX 64

const struct addr *knowledge_real_owner(const struct knowledge *k, const struct addr *real)
{
	const struct client *c = k->gateway ? NULL : table_oldest(&k->clients);
	for (unsigned i = 0; c && i < OWNERS_MAX; i++, c = table_newer(&k->clients, c)) {
		if (c->self && addr_equal(&c->real[real->family == ADDR_V6], real))
			return &c->key.addr;
	}
	return NULL;
}

void knowledge_expect(const struct knowledge *k, const struct addr *client, struct expectation *out)
{
	const struct policy_terms *terms = knowledge_terms(k, client);
	const struct egress_set *learned = learned_egress(k, client);
	const struct seen_use seen = {knowledge_tunnel(k, client), knowledge_proxies(k, client)};
	bool said = terms_expect(terms) || tunnel_learned(k);
	bool proxy_seen = seen.proxies || loopback_proxied(k, client);
	*out = (struct expectation){
		.tunnel = terms->tunnel.count || tunnel_learned(k) || seen.tunnel,
		.proxy = terms->proxy.count || proxy_seen,
		.observed = !said && (seen.tunnel || proxy_seen),
		.declared = terms->egress.count,
		.learned = !terms->egress.count && learned->count,
	};
	out->egress = out->declared ? &k->policy->egress[terms->egress.first] : learned->prefix;
	out->egress_count = out->declared ? terms->egress.count : learned->count;
	out->any = out->declared || out->learned || out->tunnel || out->proxy;
	expectation_name(out, k, terms, &seen);
}

bool knowledge_expects(const struct knowledge *k)
{
	const struct policy *policy = k->policy;
	const struct client *c = table_oldest(&k->clients);
	if (!c)
		return tunnel_learned(k) || policy->egresses || policy->proxies || policy->tunnels;
	struct expectation expected = {0};
	for (; c && !expected.any; c = table_newer(&k->clients, c))
		knowledge_expect(k, &c->key.addr, &expected);
	return expected.any;
}

/* Enough for roles. Without a client: what holds for everybody. */
static struct path_map path_map(const struct knowledge *k, const struct addr *client)
{
	return (struct path_map){
		.policy = k->policy,
		.terms = client ? knowledge_terms(k, client) : &k->policy->terms[0],
		.sources = k->sources,
	};
}

enum role knowledge_role(const struct knowledge *k, const struct addr *client, uint16_t interface)
{
	const struct path_map map = path_map(k, client);
	return path_role(&map, interface);
}

/* Hosts of one /64 are neighbours (RFC 4291 §2.5.4), though their addresses are global. */
static bool same_link(const struct addr *client, const struct addr *other)
{
	return client->family == ADDR_V6 && other->family == ADDR_V6 &&
		memcmp(client->bytes, other->bytes, LINK_PREFIX) == 0;
}

enum path knowledge_path(const struct knowledge *k, const struct addr *client, uint16_t interface,
	const struct endpoint *dst)
{
	struct path_map map = path_map(k, client);
	if (addr_scope(&dst->addr) ==
		SCOPE_GLOBAL) { /* else it stays in the LAN, whose ever it is */
		map.tunnels = knowledge_tunnels(k, client);
		map.proxies = knowledge_proxies(k, client);
	}
	enum path path = path_of(&map, interface, dst);
	bool inside = path_role(&map, interface) != ROLE_WAN && path != PATH_TUNNEL;
	return inside && same_link(client, &dst->addr) ? PATH_LAN : path;
}

enum path knowledge_path_asked(const struct knowledge *k, const struct observation *o,
	const struct obs_stun_answer *answer)
{
	if (o->head.encapsulation & WRAPPED_PROXY)
		return PATH_PROXY;
	return knowledge_path(k, &answer->client.addr, answer->request_interface, &answer->server);
}

enum confidence knowledge_confidence(
	const struct knowledge *k, const struct addr *client, uint16_t interface)
{
	const struct path_map map = path_map(k, client);
	return path_confidence(&map, interface);
}

/* A mesh carries what is for its members, and leaves the rest alone. */
bool knowledge_tunnel_carried(const struct knowledge *k, const struct obs_head *h)
{
	return knowledge_role(k, &h->src.addr, h->interface) == ROLE_TUNNEL &&
		!interface_is_mesh(&k->sources->interface[h->interface]);
}

bool expectation_met(const struct expectation *e, const struct addr *mapped)
{
	return prefixes_contain(e->egress, e->egress_count, mapped);
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
