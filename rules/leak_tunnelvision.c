/*
 * tunnelvision: a DHCP server gave a client that should be in a tunnel routes to public networks
 * (option 121, 249 or 33). They are more exact than the tunnel's default route, so what goes there
 * leaves in clear on the physical interface, past whoever sent the lease (CVE-2024-3661). The lease
 * alone is found as what it is, and grows with the first packet that follows it.
 *
 * Left alone: routes to private networks and multicast, default routes (a tunnel's are as good),
 * and those to the network that the client is in. Known false positive: providers that route their
 * own television by option 121, which no VPN carries; allow them in the policy.
 */
#include "rules/describe.h"
#include "rules/detection.h"
#include "rules/local_end.h"
#include "rules/pending.h"

#define PORT_DHCP_SERVER 67
#define HOST_BITS        32

struct client_state {
	uint64_t granted_ns; /* of the lease that was told */
	struct pending pending;
};

/* Policy that lets any protocol go to all of a route's network lets the route be. */
static bool route_allowed(
	const struct judgement *j, const struct addr *client, const struct prefix *to)
{
	const struct policy *policy = j->knowledge->policy;
	const struct policy_span *span = &knowledge_terms(j->knowledge, client)->allow;
	for (uint32_t i = span->first; i < span->first + span->count; i++) {
		const struct policy_allow *allow = &policy->allow[i];
		if (!allow->protocols && allow->to.bits <= to->bits &&
			prefix_contains(&allow->to, &to->addr))
			return true;
	}
	return false;
}

/* A host route to the tunnel's own far end is what the tunnel itself needs. */
static bool route_concerns(
	const struct judgement *j, const struct lan_host *lease, const struct prefix *to)
{
	if (to->bits == HOST_BITS && knowledge_far_end(j->knowledge, &lease->client, &to->addr))
		return false;
	return !route_allowed(j, &lease->client, to);
}

static const struct prefix *route_worst(const struct judgement *j, const struct lan_host *lease)
{
	const struct prefix *worst = NULL;
	for (uint32_t i = 0; i < lease->diverted_count; i++) {
		const struct prefix *to = &lease->diverted[i];
		if (route_concerns(j, lease, to) && (!worst || to->bits < worst->bits))
			worst = to;
	}
	return worst;
}

static bool lease_is_ours(const struct knowledge *k, const struct lan_host *lease)
{
	const struct policy *policy = k->policy;
	if (policy->clients)
		return prefixes_contain(policy->client, policy->clients, &lease->client);
	return lease->client.family != ADDR_NONE;
}

static struct alert draft_of_lease(const struct judgement *j, const struct observation *o,
	const struct lan_host *lease, const struct prefix *to)
{
	struct alert a = alert_draft(j, o, &lease->client);
	a.network = *to;
	if (addr_scope(&lease->client) == SCOPE_GLOBAL)
		alert_add_leaked(&a, &lease->client);
	alert_add_frame(&a, lease->head.capture, lease->head.interface, lease->head.frame);
	return a;
}

/* Clients may ignore the option (Android does): not more than a medium confidence, until one is
 * seen to follow it. */
static void lease_judge(
	const struct judgement *j, const struct observation *o, const struct lan_host *lease)
{
	struct client_state *told = judgement_recall(j, &lease->client);
	const struct prefix *to = route_worst(j, lease);
	struct expectation expected;
	if (!to || (told && told->granted_ns == lease->granted_ns))
		return;
	knowledge_expect(j->knowledge, &lease->client, &expected);
	if (!expected.tunnel && !expected.declared)
		return;
	told = judgement_memory(j, &lease->client);
	told->granted_ns = lease->granted_ns;
	struct alert a = draft_of_lease(j, o, lease, to);
	a.severity = to->bits <= LAN_WIDE_BITS ? SEVERITY_HIGH : SEVERITY_MEDIUM;
	a.confidence = CONFIDENCE_MEDIUM;
	a.head = lease->head; /* whoever sent it is no server that policy could allow */
	a.path = PATH_LAN;
	a.first_ns = lease->granted_ns;
	alert_add_expected(&a, &expected);
	finding_raise(j, &a);
}

/* The network's own services are on it by right. */
static bool far_is_the_networks(const struct lan_host *lease, const struct endpoint *far)
{
	bool gateway = addr_equal(&far->addr, &lease->server);
	for (unsigned i = 0; i < lease->gateways; i++)
		gateway |= addr_equal(&far->addr, &lease->gateway[i]);
	return gateway || far->port == PORT_DHCP_SERVER;
}

static bool traffic_follows_route(
	const struct judgement *j, const struct observation *o, struct local_end *end)
{
	if (!local_end_of(j->knowledge, o, end) || !end->lease)
		return false;
	const struct lan_host *lease = end->lease;
	return prefixes_widest(lease->diverted, lease->diverted_count, &end->far->addr) &&
		!far_is_the_networks(lease, end->far);
}

static void traffic_judge(const struct judgement *j, const struct observation *o)
{
	const struct knowledge *k = j->knowledge;
	struct expectation expected;
	struct local_end end;
	if (!traffic_follows_route(j, o, &end) || knowledge_far_end(k, &end.client, &end.far->addr))
		return;
	knowledge_expect(k, &end.client, &expected);
	if (!expected.tunnel || !local_end_goes_around(k, o, &end))
		return;
	const struct prefix *to = prefixes_widest(
		end.lease->diverted, end.lease->diverted_count, &end.far->addr);
	struct alert a = draft_of_lease(j, o, end.lease, to);
	a.path = PATH_DIRECT;
	a.confidence = knowledge_confidence(k, &end.client, o->head.interface);
	a.server = *end.far;
	local_end_sum(&end, o, &a.traffic);
	alert_add_expected(&a, &expected);
	alert_add_frame(&a, o->head.capture, o->head.interface, o->head.frame);
	finding_raise(j, &a);
}

static void traffic_observe(const struct judgement *j, const struct observation *o)
{
	struct local_end end;
	struct observation due;
	if (!j->knowledge->lan.hosts.count || !local_end_of(j->knowledge, o, &end))
		return;
	if (!end.lease || !end.lease->diverted_count)
		return;
	lease_judge(j, o, end.lease);
	struct client_state *state = judgement_memory(j, &end.client);
	while (pending_due(&state->pending, j->now_ns, &due, NULL))
		traffic_judge(j, &due);
	if (!traffic_follows_route(j, o, &end) || pending_goes_on(&state->pending, o))
		return;
	if (o->traffic.event == TRAFFIC_BEGINS)
		pending_add(&state->pending, o);
	else
		traffic_judge(j, o);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct lan *lan = &j->knowledge->lan;
	if (o->head.kind == OBS_TRAFFIC) {
		traffic_observe(j, o);
		return;
	}
	const struct lan_host *lease = lan->told && !lan->told->parts_left ? lan->told : NULL;
	if (lease && lease->head.frame == o->head.frame && lease_is_ours(j->knowledge, lease))
		lease_judge(j, o, lease);
}

static void finish(const struct judgement *j, const struct addr *client, void *state)
{
	struct client_state *s = state;
	struct observation due;
	(void)client;
	while (pending_due(&s->pending, UINT64_MAX, &due, NULL))
		traffic_judge(j, &due);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	char network[PREFIX_TEXT_MAX];
	describe_begin(a, &names);
	prefix_text(&a->network, network);
	if (a->path == PATH_LAN)
		describe_append(a->message,
			"DHCP server %s gave %s a route to %s that is more exact than a tunnel's: "
			"what goes there would leave in clear, past the tunnel",
			addr_text(&a->head.src.addr, names.server), names.client, network);
	else
		describe_append(a->message,
			"%s sent packets to %s in clear, past its tunnel, by a route to %s that the "
			"network's DHCP server gave it",
			names.client, names.server, network);
	describe_append(a->remedy,
		"Do not trust this network: leave it, or reach it through a hotspot or a virtual "
		"machine that passes no DHCP options on. Have the VPN's kill switch drop by "
		"firewall whatever leaves outside the tunnel; on Linux put the tunnel into a "
		"network namespace of its own. If the route is meant, allow %s in the policy.",
		network);
}

static const char *const references[] = {
	"CVE-2024-3661",
	"RFC 3442",
	"RFC 2132 section 5.8",
	NULL,
};

extern const struct detection detection_tunnelvision;
const struct detection detection_tunnelvision = {
	.info =
		{
			.id = "tunnelvision",
			.signature_id = 450,
			.revision = 1,
			.severity = SEVERITY_CRITICAL,
			.title = "DHCP routes lead past the tunnel (TunnelVision)",
			.category = "Attempted Information Leak",
			.catalogue = "D45",
			.why = "A system prefers the most exact route. A DHCP server can hand out "
			       "routes more exact than the tunnel's, and who runs the network then "
			       "reads what should have been in it, while the VPN still shows that "
			       "it is connected. Whoever answers DHCP faster than the real server "
			       "can do that to everybody on a network.",
			.remedy = "Drop by firewall what leaves outside the tunnel (a kill switch "
				  "that does not trust routes), put the tunnel into a network "
				  "namespace (Linux), ignore option 121 while the tunnel is up, or "
				  "avoid the network. Android ignores the option.",
			.false_positive = "Providers and companies that route their own public "
					  "networks by option 121: allow them in the policy.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_DHCP_OPTION) | INTEREST_IN(OBS_TRAFFIC),
	.state_size = sizeof(struct client_state),
	.observe = observe,
	.describe = describe,
	.finish = finish,
};
