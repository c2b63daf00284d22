/*
 * What the local network told its hosts: leases with the routes that came with them (RFC 2131, RFC
 * 3442), by hardware address, and routers with what they advertised (RFC 4861, RFC 4191), by link.
 * Kept are only facts that could lead traffic away from a tunnel.
 */
#ifndef SEEP_RULES_LAN_H
#define SEEP_RULES_LAN_H

#include "core/interest.h"
#include "core/observation.h"
#include "core/table.h"

#define LAN_HOSTS    16384
#define LAN_LINKS    256
#define LAN_GATEWAYS 4
#define LAN_DIVERTED 16
#define LAN_ASKED    4
#define LAN_PROBED   4
#define LAN_ROUTERS  4
#define LAN_PREFIXES 4

/* A prefix at most this long covers so much that nobody needs it for a network of his own. */
#define LAN_WIDE_BITS 8
/* Providers delegate no more than this (RFC 6177, RFC 3587); hosts are on links of a /64. */
#define LAN_DELEGATED_BITS 29
#define LAN_LINK_BITS      64

/* What lan_learn reads. */
#define LAN_WANTS                                                                            \
	(INTEREST_IN(OBS_DHCP) | INTEREST_IN(OBS_DHCP_OPTION) | INTEREST_IN(OBS_NEIGHBOUR) | \
		INTEREST_IN(OBS_ROUTER) | INTEREST_IN(OBS_ROUTER_OPTION))

struct lan_host_key {
	uint8_t mac[6];
	uint8_t reserved[2];
};

/* A host, by what it was told and by what it asked its neighbours. */
struct lan_host {
	struct table_entry age;
	struct lan_host_key key;
	uint64_t granted_ns, expires_ns; /* of the lease; 0: none seen, and never */
	uint64_t moved_ns;    /* when it was given an address that it did not have; 0: not seen */
	struct obs_head head; /* of the message that granted it */
	uint8_t parts_left;   /* options of the lease still to come */
	uint8_t gateways, diverted_count;
	bool cut; /* more of either than is kept */
	struct addr client, server;
	struct prefix on_link;
	struct addr gateway[LAN_GATEWAYS];
	struct prefix diverted[LAN_DIVERTED]; /* routes to public networks, but no default */
	struct addr asked[LAN_ASKED];         /* public addresses that it looks for on the link */
	struct addr probed[LAN_PROBED];       /* of its own, that it was about to take (RFC 4862) */
	uint64_t probed_ns[LAN_PROBED];
	uint32_t asked_count, probed_count;
};

struct lan_prefix {
	struct prefix prefix;
	bool on_link, autonomous;
};

struct lan_router {
	struct addr addr; /* link-local */
	uint8_t mac[6];
	struct obs_head head;       /* of its first advertisement */
	struct obs_head route_head; /* of the first with a route that is kept */
	uint64_t first_ns, last_ns;
	uint16_t lifetime; /* the longest; 0: never a default router */
	int8_t preference; /* the highest */
	bool managed;
	uint8_t prefixes, routes;
	struct lan_prefix prefix[LAN_PREFIXES];
	struct prefix route[LAN_PREFIXES]; /* to public networks, but no default */
};

struct lan_link_key {
	uint16_t interface, vlan;
	uint8_t reserved[4];
};

/* Where a router's advertisements are heard. */
struct lan_link {
	struct table_entry age;
	struct lan_link_key key;
	uint64_t count; /* routers ever heard */
	struct lan_router router[LAN_ROUTERS];
};

struct lan {
	struct table hosts, links;
	uint64_t forgotten; /* facts beyond those kept of a host or link */
	/* Whose message the options belong to that come next, and its frame. */
	struct lan_host *told;
	struct lan_router *router;
	uint64_t told_frame, router_frame;
};

bool lan_init(struct lan *l);
void lan_free(struct lan *l);

/* Takes in DHCP, DHCP_OPTION, NEIGHBOUR, ROUTER and ROUTER_OPTION that were seen on a link, outside
 * of any tunnel. */
void lan_learn(struct lan *l, const struct observation *o);

/* What is known of the host with this hardware address; NULL: nothing. */
const struct lan_host *lan_host(const struct lan *l, const uint8_t mac[6]);

/* Its lease, if all of it was told and it has not run out; or NULL. */
const struct lan_host *lan_lease(const struct lan *l, const uint8_t mac[6], uint64_t now_ns);

/* The link that this was seen on; NULL when no router was heard there. */
const struct lan_link *lan_link(const struct lan *l, const struct obs_head *h);

/* How many of its routers are kept. */
static inline uint32_t lan_routers(const struct lan_link *link)
{
	return link->count < LAN_ROUTERS ? (uint32_t)link->count : LAN_ROUTERS;
}

/* Does the prefix hold public addresses, other than by holding everything? */
bool prefix_is_public(const struct prefix *p);

/* The widest of the prefixes that holds the address; NULL: none. */
const struct prefix *prefixes_widest(
	const struct prefix list[], uint32_t count, const struct addr *a);

#endif
