/* The way of a question, from its interface and its resolver. */
#include "rules/resolver_way.h"

#include <string.h>

/* Bits of a network whose length nobody told: home networks and most others. */
#define NETWORK_BITS_V4 24
#define NETWORK_BITS_V6 64

bool question_is_wrapped(const struct obs_head *question)
{
	return question->encapsulation & (WRAPPED_GRE | WRAPPED_IP | WRAPPED_TURN | WRAPPED_PROXY);
}

static bool same_network(const struct addr *a, const struct addr *b)
{
	struct prefix network = {.addr = *a, .bits = NETWORK_BITS_V4};
	if (a->family == ADDR_V6)
		network.bits = NETWORK_BITS_V6;
	size_t bytes = network.bits / 8;
	memset(network.addr.bytes + bytes, 0, sizeof(network.addr.bytes) - bytes);
	return prefix_contains(&network, b);
}

/* A private address that the LAN did not name, in another network, is the tunnel's: when it
 * answered there, or the policy lists it. */
static bool resolver_is_tunnels(
	const struct knowledge *k, const struct addr *client, const struct endpoint *resolver)
{
	const struct resolver *known = resolvers_find(&k->resolvers, &resolver->addr);
	const struct policy_terms *terms = knowledge_terms(k, client);
	if ((known && known->of_lan) || addr_scope(&resolver->addr) == SCOPE_LINK ||
		same_network(client, &resolver->addr))
		return false;
	return (known && known->in_tunnel) ||
		(terms->resolver.count && resolver_is_listed(k->policy, terms, resolver));
}

static enum resolver_way way_in_lan(
	const struct knowledge *k, const struct addr *client, const struct endpoint *resolver)
{
	const struct policy_terms *terms = knowledge_terms(k, client);
	if (resolver_is_tunnels(k, client, resolver))
		return WAY_MISROUTED;
	bool listed = terms->resolver.count && resolver_is_listed(k->policy, terms, resolver);
	return listed ? WAY_FINE : WAY_LAN;
}

enum resolver_way resolver_way(const struct knowledge *k, const struct obs_head *question)
{
	const struct addr *client = &question->src.addr;
	enum role role = knowledge_role(k, client, question->interface);
	if (question_is_wrapped(question) || (role != ROLE_PHYSICAL && role != ROLE_WAN))
		return WAY_FINE;
	switch (knowledge_path(k, client, question->interface, &question->dst)) {
	case PATH_DIRECT: /* the router of a LAN with public addresses, as all of IPv6, is no ISP */
		return same_network(client, &question->dst.addr)
			? way_in_lan(k, client, &question->dst)
			: WAY_OUTSIDE;
	case PATH_LAN:
		return way_in_lan(k, client, &question->dst);
	default:
		return WAY_FINE;
	}
}
