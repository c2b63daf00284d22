/* The way of a question, from its interface and its resolver. */
#include "rules/resolver_way.h"

bool question_is_wrapped(const struct obs_head *question)
{
	return question->encapsulation & (WRAPPED_GRE | WRAPPED_IP | WRAPPED_TURN | WRAPPED_PROXY);
}

bool resolver_is_lost(const struct knowledge *k, const struct obs_head *question)
{
	const struct addr *resolver = &question->dst.addr;
	const struct resolver *known = resolvers_find(&k->resolvers, resolver);
	return addr_scope(resolver) == SCOPE_PRIVATE && !(known && known->of_lan) &&
		!addrs_near(&question->src.addr, resolver);
}

/* A private address that the LAN did not name is the tunnel's when it answered there, or the policy
 * lists it; one in the client's own network only when it is in that of the tunnel, too: then the
 * client's address is the tunnel's as well. */
static bool resolver_is_tunnels(
	const struct knowledge *k, const struct addr *client, const struct endpoint *resolver)
{
	const struct resolver *known = resolvers_find(&k->resolvers, &resolver->addr);
	const struct policy_terms *terms = knowledge_terms(k, client);
	if ((known && known->of_lan) || addr_scope(&resolver->addr) == SCOPE_LINK)
		return false;
	if (addrs_near(client, &resolver->addr))
		return known && known->near_tunnel;
	return (known && known->in_tunnel) || resolver_is_listed(k->policy, terms, resolver);
}

static enum resolver_way way_in_lan(
	const struct knowledge *k, const struct addr *client, const struct endpoint *resolver)
{
	const struct policy_terms *terms = knowledge_terms(k, client);
	if (resolver_is_tunnels(k, client, resolver))
		return WAY_MISROUTED;
	return resolver_is_listed(k->policy, terms, resolver) ? WAY_FINE : WAY_LAN;
}

enum resolver_way resolver_way(const struct knowledge *k, const struct obs_head *question)
{
	const struct addr *client = &question->src.addr;
	enum role role = knowledge_role(k, client, question->interface);
	if (question_is_wrapped(question) || (role != ROLE_PHYSICAL && role != ROLE_WAN))
		return WAY_FINE;
	switch (knowledge_path(k, client, question->interface, &question->dst)) {
	case PATH_DIRECT: /* the router of a LAN with public addresses, as all of IPv6, is no ISP */
		return role == ROLE_PHYSICAL && addrs_near(client, &question->dst.addr)
			? way_in_lan(k, client, &question->dst)
			: WAY_OUTSIDE;
	case PATH_LAN:
		return way_in_lan(k, client, &question->dst);
	default:
		return WAY_FINE;
	}
}
