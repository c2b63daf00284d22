/* Paths, from roles and destinations. */
#include "rules/path.h"

#include <string.h>

static bool policy_names_tunnel(const struct policy *policy, const struct interface *interface)
{
	for (uint32_t i = 0; i < policy->tunnels; i++) {
		const char *name = policy->tunnel[i].interface;
		if (name[0] && strcmp(name, interface->name) == 0)
			return true;
	}
	return false;
}

enum role path_role(
	const struct policy *policy, const struct source_table *sources, uint16_t interface)
{
	const struct interface *seen = &sources->interface[interface];
	if (!seen->declared && policy_names_tunnel(policy, seen))
		return ROLE_TUNNEL;
	return seen->role;
}

static bool is_proxy(const struct policy *policy, const struct endpoint *dst)
{
	for (uint32_t i = 0; i < policy->proxies; i++) {
		const struct endpoint *proxy = &policy->proxy[i];
		if (addr_equal(&proxy->addr, &dst->addr) &&
			(proxy->port == 0 || proxy->port == dst->port))
			return true;
	}
	return false;
}

/* What goes to a tunnel's far end and looks like STUN is the tunnel's own business. */
static bool is_far_end(const struct policy *policy, const struct endpoint *dst)
{
	for (uint32_t i = 0; i < policy->tunnels; i++) {
		const struct endpoint *far_end = &policy->tunnel[i].far_end;
		if (far_end->port && endpoint_equal(far_end, dst))
			return true;
	}
	return false;
}

enum path path_of(const struct policy *policy, const struct source_table *sources,
	uint16_t interface, const struct endpoint *dst)
{
	enum role role = path_role(policy, sources, interface);
	if (role == ROLE_TUNNEL)
		return PATH_TUNNEL;
	if (addr_scope(&dst->addr) != SCOPE_GLOBAL)
		return PATH_LAN;
	if (is_proxy(policy, dst))
		return PATH_PROXY;
	if (is_far_end(policy, dst))
		return PATH_TUNNEL;
	return role == ROLE_PHYSICAL || role == ROLE_WAN ? PATH_DIRECT : PATH_UNKNOWN;
}

enum confidence path_confidence(
	const struct policy *policy, const struct source_table *sources, uint16_t interface)
{
	const struct interface *seen = &sources->interface[interface];
	bool known = seen->declared || seen->named || policy_names_tunnel(policy, seen);
	return known ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
}
