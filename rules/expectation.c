/*
 * What a client's traffic is measured against: the policy's word where there is one, else what was
 * learned; and which way is which for that client.
 */
#include "rules/knowledge.h"
#include "rules/path.h"

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

bool knowledge_expects(const struct knowledge *k)
{
	const struct policy *policy = k->policy;
	if (tunnel_learned(k) || terms_expect(&policy->terms[0]))
		return true;
	const struct client *c = table_oldest(&k->clients);
	if (!c)
		return policy->egresses || policy->proxies || policy->tunnels;
	while (c && !terms_expect(&policy->terms[c->entry]))
		c = table_newer(&k->clients, c);
	return c != NULL;
}

void knowledge_expect(const struct knowledge *k, const struct addr *client, struct expectation *out)
{
	const struct policy_terms *terms = knowledge_terms(k, client);
	const struct egress_set *learned = learned_egress(k, client);
	*out = (struct expectation){
		.tunnel = terms->tunnel.count || tunnel_learned(k),
		.proxy = terms->proxy.count,
		.declared = terms->egress.count,
		.learned = !terms->egress.count && learned->count,
	};
	out->egress = out->declared ? &k->policy->egress[terms->egress.first] : learned->prefix;
	out->egress_count = out->declared ? terms->egress.count : learned->count;
	out->any = out->declared || out->learned || out->tunnel || out->proxy;
}

static struct path_map path_map(const struct knowledge *k, const struct policy_terms *terms)
{
	return (struct path_map){.policy = k->policy, .terms = terms, .sources = k->sources};
}

enum role knowledge_role(const struct knowledge *k, const struct addr *client, uint16_t interface)
{
	const struct policy_terms *terms = client ? knowledge_terms(k, client)
						  : &k->policy->terms[0];
	const struct path_map map = path_map(k, terms);
	return path_role(&map, interface);
}

enum path knowledge_path(const struct knowledge *k, const struct addr *client, uint16_t interface,
	const struct endpoint *dst)
{
	const struct path_map map = path_map(k, knowledge_terms(k, client));
	return path_of(&map, interface, dst);
}

enum confidence knowledge_confidence(
	const struct knowledge *k, const struct addr *client, uint16_t interface)
{
	const struct path_map map = path_map(k, knowledge_terms(k, client));
	return path_confidence(&map, interface);
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
