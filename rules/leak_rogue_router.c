/*
 * rogue-router: while a client's tunnel was up, a router advertised itself that was not there
 * before, or a route to public networks (RFC 4861, RFC 4191 §2.3): IPv6 then leaves past a tunnel
 * that carries only IPv4, to whoever sent it (RFC 7359). Anybody on the link can.
 *
 * New is who comes after another router and says more than that: other prefixes, a higher
 * preference. The first one heard is new when the client, there for long, makes an address of its
 * prefix only now. A router that was restarted has its link-local or hardware address again; a
 * second one with the same prefixes is its spare; one with lifetime 0 (a mesh of lamps) is no
 * default. Known false positive: two providers on one link, the second heard late.
 */
#include "rules/describe.h"
#include "rules/detection.h"
#include "rules/local_end.h"

/* A host that comes to a link asks for routers, and has an address of theirs soon. */
#define SETTLED_NS UINT64_C(10000000000)
#define TOLD_MAX   4

enum reason { NOTHING, ROUTE, ANOTHER_ROUTER, FIRST_ROUTER };

struct client_state {
	uint32_t count;
	struct addr told[TOLD_MAX]; /* routers */
};

static bool router_has_prefix(const struct lan_router *r, const struct prefix *p)
{
	for (unsigned i = 0; i < r->prefixes; i++) {
		if (prefix_equal(&r->prefix[i].prefix, p))
			return true;
	}
	return false;
}

/* Does the router say nothing but what the other one does? */
static bool router_is_spare(const struct lan_router *r, const struct lan_router *of)
{
	for (unsigned i = 0; i < r->prefixes; i++) {
		if (!router_has_prefix(of, &r->prefix[i].prefix))
			return false;
	}
	return r->prefixes && r->preference <= of->preference;
}

/* Another default router that was there before; and is this one its spare? Those of a network that
 * the client has left since (a lease of another one came long after they were last heard) are not.
 */
static bool router_comes_after(const struct lan_link *link, const struct lan_router *r,
	const struct lan_host *host, bool *spare)
{
	uint64_t moved_ns = host ? host->moved_ns : 0;
	bool after = false;
	*spare = false;
	for (uint32_t i = 0; i < lan_routers(link); i++) {
		const struct lan_router *other = &link->router[i];
		if (other == r || !other->lifetime || other->first_ns >= r->first_ns ||
			other->last_ns + SETTLED_NS < moved_ns)
			continue;
		after = true;
		*spare |= router_is_spare(r, other);
	}
	return after;
}

/* The client has been on this link for long, and takes an address of the router's only now. */
static bool prefix_is_news(
	const struct lan_router *r, const struct lan_host *host, const struct observation *o)
{
	if (!host || o->traffic.first_ns + SETTLED_NS > r->first_ns)
		return false;
	for (unsigned i = 0; i < LAN_PROBED; i++) {
		uint64_t when_ns = host->probed_ns[i];
		if (when_ns < r->first_ns || when_ns > r->first_ns + SETTLED_NS)
			continue;
		for (unsigned p = 0; p < r->prefixes; p++) {
			if (prefix_contains(&r->prefix[p].prefix, &host->probed[i]))
				return true;
		}
	}
	return false;
}

/* A provider's customer is told of the whole network that was delegated to him (RFC 7084 §4.3). */
static bool route_is_own(const struct lan_link *link, const struct prefix *route)
{
	if (route->bits < LAN_DELEGATED_BITS)
		return false;
	for (uint32_t i = 0; i < lan_routers(link); i++) {
		const struct lan_router *r = &link->router[i];
		for (unsigned p = 0; p < r->prefixes; p++) {
			if (prefix_contains(route, &r->prefix[p].prefix.addr))
				return true;
		}
	}
	return false;
}

static const struct prefix *route_astray(const struct lan_link *link, const struct lan_router *r)
{
	for (unsigned i = 0; i < r->routes; i++) {
		if (!route_is_own(link, &r->route[i]))
			return &r->route[i];
	}
	return NULL;
}

static enum reason router_suspect(const struct judgement *j, const struct observation *o,
	const struct local_end *end, const struct lan_link *link, const struct lan_router *r)
{
	const struct knowledge *k = j->knowledge;
	const struct lan_host *host = end->mac ? lan_host(&k->lan, end->mac) : NULL;
	bool spare;
	if (route_astray(link, r))
		return ROUTE;
	if (!r->lifetime || r->first_ns <= knowledge_tunnel_since(k, &end->client))
		return NOTHING;
	if (router_comes_after(link, r, host, &spare))
		return spare ? NOTHING : ANOTHER_ROUTER;
	return prefix_is_news(r, host, o) ? FIRST_ROUTER : NOTHING;
}

static bool router_told(const struct judgement *j, const struct addr *client, const struct addr *r)
{
	struct client_state *state = judgement_memory(j, client);
	for (unsigned i = 0; i < TOLD_MAX; i++) {
		if (addr_equal(&state->told[i], r))
			return true;
	}
	state->told[state->count] = *r;
	state->count += state->count + 1 < TOLD_MAX; /* the newest makes way, as in rules/lan.h */
	return false;
}

/* The evidence is the advertisement; the client's packet only shows that it is there to hear it. */
static void router_raise(const struct judgement *j, const struct observation *o,
	const struct local_end *end, const struct lan_link *link, const struct lan_router *r,
	enum reason reason)
{
	const struct prefix *route = route_astray(link, r);
	const struct obs_head *head = reason == ROUTE ? &r->route_head : &r->head;
	struct alert a = alert_draft(j, o, &end->client);
	a.head = *head; /* whoever sent it is no server that policy could allow */
	a.path = PATH_LAN;
	a.first_ns = head->time_ns;
	if (reason == ROUTE)
		a.network = *route;
	else if (r->prefixes)
		a.network = r->prefix[0].prefix;
	if (reason == ANOTHER_ROUTER)
		a.confidence = CONFIDENCE_MEDIUM;
	alert_add_frame(&a, head->capture, head->interface, head->frame);
	finding_raise(j, &a);
}

/* Routers are looked at whenever a client of ours shows itself on their link. */
static void observe(const struct judgement *j, const struct observation *o)
{
	const struct knowledge *k = j->knowledge;
	const struct lan_link *link = lan_link(&k->lan, &o->head);
	struct expectation expected;
	struct local_end end;
	if (!link || !lan_routers(link) || !local_end_of(k, o, &end) ||
		addr_scope(&end.client) == SCOPE_LINK)
		return;
	knowledge_expect(k, &end.client, &expected);
	if (!expected.tunnel)
		return;
	for (uint32_t i = 0; i < lan_routers(link); i++) {
		const struct lan_router *r = &link->router[i];
		enum reason reason = router_suspect(j, o, &end, link, r);
		if (reason != NOTHING && !router_told(j, &end.client, &r->addr))
			router_raise(j, o, &end, link, r, reason);
	}
}

static void describe(struct alert *a)
{
	struct describe_names names;
	char network[PREFIX_TEXT_MAX];
	describe_begin(a, &names);
	addr_text(&a->head.src.addr, names.server);
	describe_append(a->message,
		"while %s should be in its tunnel, %s began to advertise itself as a router on "
		"its link",
		names.client, names.server);
	if (a->network.addr.family != ADDR_NONE)
		describe_append(a->message, " for %s", prefix_text(&a->network, network));
	describe_append(a->message, ": IPv6 that the VPN does not carry goes there in clear");
	describe_append(a->remedy,
		"Find out whose %s is. Have the VPN carry IPv6 or block it outside the tunnel, "
		"and turn on RA guard in the switch or access point. While the tunnel is up, a "
		"host needs no advertisements (Linux: net.ipv6.conf.all.accept_ra=0, or "
		"accept_ra_rt_info_max_plen=0 for routes alone).",
		names.server);
}

static const char *const references[] = {
	"RFC 4191 section 2.3",
	"RFC 6105",
	"RFC 7359",
	NULL,
};

extern const struct detection detection_rogue_router;
const struct detection detection_rogue_router = {
	.info =
		{
			.id = "rogue-router",
			.signature_id = 480,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "New IPv6 router or route while the tunnel is up",
			.category = "Attempted Information Leak",
			.catalogue = "D48",
			.why = "Hosts believe any router advertisement on their link. One that comes "
			       "while a tunnel is up gives them IPv6, or a route more exact than the "
			       "tunnel's, and what takes it goes past the tunnel to whoever sent it.",
			.remedy =
				"Have the VPN carry IPv6, or block it outside the tunnel; turn on "
				"RA guard in the network.",
			.false_positive = "A second provider's router on the same link, heard for "
					  "the first time while the tunnel is up.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_TRAFFIC),
	.state_size = sizeof(struct client_state),
	.observe = observe,
	.describe = describe,
};
