/*
 * Resolvers, and where they belong: those that answered inside a tunnel, and those that a LAN tells
 * its hosts to ask (DHCP option 6, RFC 3646 in DHCPv6, RFC 8106 in router advertisements). A
 * private address tells the one from the other no more than a port tells DNS.
 */
#ifndef SEEP_RULES_RESOLVERS_H
#define SEEP_RULES_RESOLVERS_H

#include "core/observation.h"
#include "core/policy.h"
#include "core/table.h"

#define RESOLVERS 4096

/* What knowledge_learn reads for it. */
#define RESOLVERS_WANTS \
	(INTEREST_IN(OBS_DNS) | INTEREST_IN(OBS_DHCP_OPTION) | INTEREST_IN(OBS_ROUTER_OPTION))

struct resolver_key {
	struct addr addr;
	uint8_t reserved[7];
};

struct resolver {
	struct table_entry age;
	struct resolver_key key;
	bool in_tunnel;   /* it answered on a tunnel's interface */
	bool near_tunnel; /* and is in the network of who asked there */
	bool of_lan;      /* the LAN named it */
	uint8_t reserved[5];
};

struct resolvers {
	struct table table;
};

bool resolvers_init(struct resolvers *r);
void resolvers_free(struct resolvers *r);

/* Takes in an observation that may tell of a resolver; `inside`: it was seen on the interface of
 * its receiver's tunnel. */
void resolvers_learn(struct resolvers *r, const struct observation *o, bool inside);

/* NULL when nothing told of it. */
const struct resolver *resolvers_find(const struct resolvers *r, const struct addr *addr);

/* A question for names to one resolver: mDNS and the like ask everybody in the LAN. */
bool dns_asks_resolver(const struct observation *o);

/* In one network, as far as that can be told without its prefix length. */
bool addrs_near(const struct addr *a, const struct addr *b);

/* Is it one that the policy has the client ask? */
bool resolver_is_listed(
	const struct policy *p, const struct policy_terms *terms, const struct endpoint *resolver);

#endif
