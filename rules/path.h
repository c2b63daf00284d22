/*
 * Which way a packet went: by the interface it was seen on and where it was going, never by an
 * address or a port alone.
 */
#ifndef SEEP_RULES_PATH_H
#define SEEP_RULES_PATH_H

#include "core/alert.h"
#include "core/policy.h"
#include "core/source.h"
#include "rules/proxies.h"
#include "rules/tunnels.h"

/* The map that ways are read from, for a client: what the policy says of it, and where frames come
 * from. */
struct path_map {
	const struct policy *policy;
	const struct policy_terms *terms;
	const struct source_table *sources;
	const struct client_tunnels *tunnels; /* that were seen from outside; or NULL */
	const struct client_proxies *proxies; /* that it was seen to use; or NULL */
};

/* The role of an interface for this client: declared as a tunnel by the policy, or as the capture
 * has it. */
enum role path_role(const struct path_map *map, uint16_t interface);

/* A mesh joins hosts to each other. Only when the world is seen through it, too, by an exit node,
 * is it a tunnel that traffic belongs in. */
bool interface_is_mesh(const struct interface *seen);

/* The way of a packet to `dst` seen on `interface`. PATH_UNKNOWN where the vantage cannot tell: on
 * a gateway's LAN side, or on an interface of unknown role. */
enum path path_of(const struct path_map *map, uint16_t interface, const struct endpoint *dst);

/* How sure a verdict can be that rests on this interface's role: high when it was declared or
 * its name tells it, less when it was guessed from the link type alone. */
enum confidence path_confidence(const struct path_map *map, uint16_t interface);

#endif
