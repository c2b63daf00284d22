/* Leases, what comes with them, and whom hosts look for on their link. */
#include "rules/lan.h"

#include "rules/lan_routers.h"

#define NS_PER_S UINT64_C(1000000000)

enum { DHCP_V4 = 4, DHCP_ACK = 5, CLASSLESS_MICROSOFT = 249 };

_Static_assert(sizeof(struct lan_host) % 8 == 0, "rows of a table");
_Static_assert(sizeof(struct lan_link) % 8 == 0, "rows of a table");

bool lan_init(struct lan *l)
{
	return table_init(&l->hosts, sizeof(struct lan_host), sizeof(struct lan_host_key),
		       LAN_HOSTS, 0) &&
		table_init(&l->links, sizeof(struct lan_link), sizeof(struct lan_link_key),
			LAN_LINKS, 0);
}

void lan_free(struct lan *l)
{
	table_free(&l->hosts);
	table_free(&l->links);
}

/* The first and the last address decide: what is not public lies in one piece, but for what is as
 * wide as a quarter of all. */
bool prefix_is_public(const struct prefix *p)
{
	const unsigned quarter = 2;
	struct addr last = p->addr;
	unsigned size = p->addr.family == ADDR_V4 ? 32 : 128;
	if (p->bits == 0 || p->addr.family == ADDR_NONE)
		return false;
	for (unsigned bit = p->bits; bit < size; bit++)
		last.bytes[bit / 8] |= (uint8_t)(0x80U >> bit % 8);
	return p->bits <= quarter || addr_scope(&p->addr) == SCOPE_GLOBAL ||
		addr_scope(&last) == SCOPE_GLOBAL;
}

const struct prefix *prefixes_widest(
	const struct prefix list[], uint32_t count, const struct addr *a)
{
	const struct prefix *widest = NULL;
	for (uint32_t i = 0; i < count; i++) {
		if (prefix_contains(&list[i], a) && (!widest || list[i].bits < widest->bits))
			widest = &list[i];
	}
	return widest;
}

static struct lan_host_key host_key(const uint8_t mac[6])
{
	struct lan_host_key key = {0};
	memcpy(key.mac, mac, sizeof(key.mac));
	return key;
}

const struct lan_host *lan_host(const struct lan *l, const uint8_t mac[6])
{
	struct lan_host_key key = host_key(mac);
	if (!l->hosts.count)
		return NULL;
	return table_find(&l->hosts, table_hash(&l->hosts, &key, sizeof(key)), &key);
}

const struct lan_host *lan_lease(const struct lan *l, const uint8_t mac[6], uint64_t now_ns)
{
	const struct lan_host *host = lan_host(l, mac);
	if (!host || !host->granted_ns || host->parts_left)
		return NULL;
	return !host->expires_ns || now_ns < host->expires_ns ? host : NULL;
}

static struct lan_host *host_get(struct lan *l, const uint8_t mac[6], uint64_t now_ns)
{
	struct lan_host_key key = host_key(mac);
	bool added;
	struct lan_host *host = table_get(&l->hosts, &key, now_ns, &added);
	table_touch(&l->hosts, host, now_ns);
	return host;
}

/* Who names his address himself had it before (RFC 2131 §4.3.2). */
static bool lease_is_new(const struct lan_host *host, const struct obs_dhcp *dhcp)
{
	bool same = host->granted_ns && addr_equal(&host->client, &dhcp->your) &&
		addr_equal(&host->server, &dhcp->server);
	return dhcp->client.family == ADDR_NONE && !same;
}

/* An answer to INFORM leases nothing (RFC 2131 §4.3.5), but what it says of routes holds. */
static void lease_begin(struct lan *l, const struct observation *o)
{
	static const uint8_t nobody[6];
	const struct obs_dhcp *dhcp = &o->dhcp;
	l->told = NULL;
	if (dhcp->version != DHCP_V4 || dhcp->type != DHCP_ACK)
		return;
	if (memcmp(dhcp->client_mac, nobody, sizeof(nobody)) == 0)
		return;
	struct lan_host *host = host_get(l, dhcp->client_mac, o->head.time_ns);
	bool leases = dhcp->your.family != ADDR_NONE;
	if (lease_is_new(host, dhcp))
		host->moved_ns = o->head.time_ns;
	host->client = leases ? dhcp->your : dhcp->client;
	host->server = dhcp->server;
	host->granted_ns = o->head.time_ns;
	host->expires_ns = dhcp->lease ? o->head.time_ns + dhcp->lease * NS_PER_S : 0;
	host->head = o->head;
	host->parts_left = o->head.parts;
	host->gateways = host->diverted_count = 0;
	host->cut = dhcp->options_cut;
	if (leases)
		host->on_link = (struct prefix){0};
	l->told = host;
	l->told_frame = o->head.frame;
}

/* A route to the public network that the host is in anyway leads nowhere else. */
static void route_add(struct lan *l, struct lan_host *host, const struct prefix *to)
{
	bool own = to->bits > LAN_WIDE_BITS && prefix_contains(to, &host->client);
	if (!prefix_is_public(to) || own)
		return;
	if (host->diverted_count == LAN_DIVERTED) {
		l->forgotten++;
		host->cut = true;
		return;
	}
	host->diverted[host->diverted_count++] = *to;
}

static void lease_add(struct lan *l, const struct observation *o)
{
	const struct obs_dhcp_option *option = &o->dhcp_option;
	struct lan_host *host = l->told;
	if (!host || l->told_frame != o->head.frame)
		return;
	if (host->parts_left)
		host->parts_left--;
	switch (option->code) {
	case DHCP_MASK:
		host->on_link = option->prefix;
		break;
	case DHCP_ROUTER:
		if (host->gateways < LAN_GATEWAYS)
			host->gateway[host->gateways++] = option->addr;
		break;
	case DHCP_STATIC_ROUTE:
	case DHCP_CLASSLESS_ROUTE:
	case CLASSLESS_MICROSOFT:
		route_add(l, host, &option->prefix);
		break;
	default:
		break;
	}
}

/* A host with a private address that asks its neighbours for a public one takes that to be on its
 * link. Who asks for an address on behalf of nobody is about to take it. */
static void neighbour_learn(struct lan *l, const struct observation *o)
{
	const struct obs_neighbour *n = &o->neighbour;
	if (!n->request || addr_scope(&n->target) != SCOPE_GLOBAL)
		return;
	bool probe = n->addr.family == ADDR_NONE;
	bool asks = n->protocol == NEIGHBOUR_ARP && addr_scope(&n->addr) == SCOPE_PRIVATE;
	if (!asks && !probe)
		return;
	struct lan_host *host = host_get(l, n->mac, o->head.time_ns);
	if (asks) {
		host->asked[host->asked_count++ % LAN_ASKED] = n->target;
		return;
	}
	uint32_t at = host->probed_count++ % LAN_PROBED;
	host->probed[at] = n->target;
	host->probed_ns[at] = o->head.time_ns;
}

void lan_learn(struct lan *l, const struct observation *o)
{
	switch (o->head.kind) {
	case OBS_DHCP:
		lease_begin(l, o);
		break;
	case OBS_DHCP_OPTION:
		lease_add(l, o);
		break;
	case OBS_NEIGHBOUR:
		neighbour_learn(l, o);
		break;
	case OBS_ROUTER:
		lan_router_learn(l, o);
		break;
	case OBS_ROUTER_OPTION:
		lan_router_add(l, o);
		break;
	default:
		break;
	}
}
