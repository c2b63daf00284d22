/* Learning where resolvers are. */
#include "rules/resolvers.h"

#include <string.h>

/* Bits of a network whose length nobody told: home networks and most others. */
#define NETWORK_BITS_V4 24
#define NETWORK_BITS_V6 64

_Static_assert(sizeof(struct resolver) % 8 == 0, "rows of a table");

bool addrs_near(const struct addr *a, const struct addr *b)
{
	struct prefix network = {.addr = *a, .bits = NETWORK_BITS_V4};
	if (a->family == ADDR_V6)
		network.bits = NETWORK_BITS_V6;
	size_t bytes = network.bits / 8;
	memset(network.addr.bytes + bytes, 0, sizeof(network.addr.bytes) - bytes);
	return prefix_contains(&network, b);
}

bool resolvers_init(struct resolvers *r)
{
	return table_init(
		&r->table, sizeof(struct resolver), sizeof(struct resolver_key), RESOLVERS, 0);
}

void resolvers_free(struct resolvers *r)
{
	table_free(&r->table);
}

static struct resolver_key resolver_key(const struct addr *addr)
{
	struct resolver_key key = {0};
	key.addr = addr_unmapped(addr);
	return key;
}

const struct resolver *resolvers_find(const struct resolvers *r, const struct addr *addr)
{
	struct resolver_key key = resolver_key(addr);
	return table_find(&r->table, table_hash(&r->table, &key, sizeof(key)), &key);
}

static struct resolver *resolver_see(struct resolvers *r, const struct addr *addr, uint64_t now_ns)
{
	struct resolver_key key = resolver_key(addr);
	bool added;
	struct resolver *seen = table_get(&r->table, &key, now_ns, &added);
	table_touch(&r->table, seen, now_ns);
	return seen;
}

static bool transport_is_unicast(uint8_t transport)
{
	return transport == DNS_UDP || transport == DNS_TCP || transport == DNS_HTTP;
}

bool dns_asks_resolver(const struct observation *o)
{
	return o->head.kind == OBS_DNS && !o->dns.response &&
		transport_is_unicast(o->dns.transport) &&
		addr_scope(&o->head.dst.addr) != SCOPE_SPECIAL;
}

static void answer_learn(struct resolvers *r, const struct observation *o, bool inside)
{
	if (!o->dns.response || !transport_is_unicast(o->dns.transport) || !inside)
		return;
	struct resolver *seen = resolver_see(r, &o->head.src.addr, o->head.time_ns);
	seen->in_tunnel = true;
	seen->near_tunnel |= addrs_near(&o->head.dst.addr, &o->head.src.addr);
}

static void lan_learn(struct resolvers *r, const struct addr *addr, uint64_t now_ns)
{
	if (addr->family != ADDR_NONE)
		resolver_see(r, addr, now_ns)->of_lan = true;
}

void resolvers_learn(struct resolvers *r, const struct observation *o, bool inside)
{
	const struct obs_dhcp_option *option = &o->dhcp_option;
	const struct obs_router_option *router = &o->router_option;
	if (o->head.kind == OBS_DNS)
		answer_learn(r, o, inside);
	else if (inside)
		return;
	else if (o->head.kind == OBS_ROUTER_OPTION && router->type == ROUTER_RESOLVER)
		lan_learn(r, &router->resolver, o->head.time_ns);
	else if (o->head.kind == OBS_DHCP_OPTION &&
		(option->code == DHCP_RESOLVER || option->code == DHCPV6_RESOLVER))
		lan_learn(r, &option->addr, o->head.time_ns);
}

bool resolver_is_listed(
	const struct policy *p, const struct policy_terms *terms, const struct endpoint *resolver)
{
	struct addr plain = addr_unmapped(&resolver->addr);
	for (uint32_t i = 0; i < terms->resolver.count; i++) {
		const struct endpoint *listed = &p->resolver[terms->resolver.first + i];
		if (addr_equal(&listed->addr, &plain) &&
			(!listed->port || listed->port == resolver->port))
			return true;
	}
	return false;
}
