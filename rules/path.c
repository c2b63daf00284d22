/* Paths, from roles and destinations. */
#include "rules/path.h"

#include <string.h>

static bool policy_names_tunnel(const struct path_map *map, const struct interface *interface)
{
	const struct policy_span *span = &map->terms->tunnel;
	for (uint32_t i = span->first; i < span->first + span->count; i++) {
		const char *name = map->policy->tunnel[i].interface;
		if (name[0] && strcmp(name, interface->name) == 0)
			return true;
	}
	return false;
}

enum role path_role(const struct path_map *map, uint16_t interface)
{
	const struct interface *seen = &map->sources->interface[interface];
	if (!seen->declared && policy_names_tunnel(map, seen))
		return ROLE_TUNNEL;
	return seen->role;
}

bool interface_is_mesh(const struct interface *seen)
{
	static const char *const starts[] = {"tailscale", "wt", "zt", "nebula"};
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (!seen->declared && strncmp(seen->name, starts[i], strlen(starts[i])) == 0)
			return true;
	}
	return false;
}

static bool is_proxy(const struct path_map *map, const struct endpoint *dst)
{
	const struct policy_span *span = &map->terms->proxy;
	for (uint32_t i = span->first; i < span->first + span->count; i++) {
		const struct endpoint *proxy = &map->policy->proxy[i];
		if (addr_equal(&proxy->addr, &dst->addr) &&
			(proxy->port == 0 || proxy->port == dst->port))
			return true;
	}
	return proxies_are_at(map->proxies, dst);
}

/* What goes to a tunnel's far end and looks like STUN is the tunnel's own business. */
static bool is_far_end(const struct path_map *map, const struct endpoint *dst)
{
	const struct policy_span *span = &map->terms->tunnel;
	for (uint32_t i = span->first; i < span->first + span->count; i++) {
		const struct endpoint *far_end = &map->policy->tunnel[i].far_end;
		if (far_end->port && endpoint_equal(far_end, dst))
			return true;
	}
	return tunnels_end_at(map->tunnels, dst);
}

enum path path_of(const struct path_map *map, uint16_t interface, const struct endpoint *dst)
{
	enum role role = path_role(map, interface);
	if (role == ROLE_TUNNEL)
		return PATH_TUNNEL;
	if (addr_scope(&dst->addr) != SCOPE_GLOBAL)
		return PATH_LAN;
	if (is_proxy(map, dst))
		return PATH_PROXY;
	if (is_far_end(map, dst))
		return PATH_TUNNEL;
	return role == ROLE_PHYSICAL || role == ROLE_WAN ? PATH_DIRECT : PATH_UNKNOWN;
}

enum confidence path_confidence(const struct path_map *map, uint16_t interface)
{
	const struct interface *seen = &map->sources->interface[interface];
	bool known = seen->declared || seen->named || policy_names_tunnel(map, seen);
	return known ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
}
