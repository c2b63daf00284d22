/*
 * tunnelcrack-localnet: the network made public addresses part of itself, so that a client in a
 * tunnel takes them for neighbours and sends to them in clear (CVE-2023-36672, CVE-2023-35838):
 * VPNs let local traffic pass. A subnet mask does that, a prefix that a router calls on-link, or an
 * answer to ARP.
 *
 * An IPv6 /64 that hosts make addresses from is no sign of it. Left alone: routers, the DHCP
 * server, broadcasts. Where the world sees the client at an address of that same network, the
 * network's public addresses are its own (a campus): low. Known false positive: such a campus, as
 * long as that is not known; allow its networks in the policy.
 */
#include "rules/describe.h"
#include "rules/detection.h"
#include "rules/local_end.h"
#include "rules/pending.h"

#define PORT_DHCP_SERVER 67

/* The last address of a network is everybody's. */
static bool addr_is_broadcast(const struct prefix *network, const struct addr *a)
{
	if (a->family != ADDR_V4)
		return false;
	for (unsigned bit = network->bits; bit < 32; bit++) {
		if (!(a->bytes[bit / 8] & 0x80U >> bit % 8))
			return false;
	}
	return network->bits < 31;
}

static bool lease_covers(const struct lan_host *lease, const struct endpoint *far)
{
	if (!lease || !prefix_contains(&lease->on_link, &far->addr) || lease->on_link.bits == 0)
		return false;
	for (unsigned i = 0; i < lease->gateways; i++) {
		if (addr_equal(&lease->gateway[i], &far->addr))
			return false;
	}
	return !addr_equal(&lease->server, &far->addr) && far->port != PORT_DHCP_SERVER &&
		!addr_is_broadcast(&lease->on_link, &far->addr);
}

/* Hosts make their addresses from a /64, or are given them: any other on-link prefix is there for
 * its own sake. */
static bool prefix_is_odd(const struct lan_router *r, const struct lan_prefix *p)
{
	return p->on_link && (p->prefix.bits < LAN_LINK_BITS || (!p->autonomous && !r->managed));
}

static const struct prefix *router_covers(const struct lan_router *r, const struct addr *far)
{
	for (unsigned i = 0; i < r->prefixes; i++) {
		if (prefix_is_odd(r, &r->prefix[i]) && prefix_contains(&r->prefix[i].prefix, far))
			return &r->prefix[i].prefix;
	}
	return NULL;
}

static const struct prefix *routers_cover(const struct lan_link *link, const struct addr *far)
{
	const struct prefix *found = NULL;
	for (uint32_t i = 0; link && !found && i < lan_routers(link); i++)
		found = router_covers(&link->router[i], far);
	return found;
}

static bool host_asked(const struct lan_host *host, const struct addr *far)
{
	for (unsigned i = 0; host && i < LAN_ASKED; i++) {
		if (addr_equal(&host->asked[i], far))
			return true;
	}
	return false;
}

/* The network, with public addresses, that the far end is made a part of. */
static bool network_find(const struct judgement *j, const struct observation *o,
	const struct local_end *end, struct prefix *out)
{
	const struct lan *lan = &j->knowledge->lan;
	const struct addr *far = &end->far->addr;
	const struct prefix *odd = NULL;
	if (lease_covers(end->lease, end->far))
		*out = end->lease->on_link;
	else if (far->family == ADDR_V6 && (odd = routers_cover(lan_link(lan, &o->head), far)))
		*out = *odd;
	else if (end->mac && host_asked(lan_host(lan, end->mac), far))
		*out = prefix_of(far);
	else
		return false;
	return true;
}

/* Does the network have a right to its addresses? Only that the world sees the client there shows
 * it. */
static void alert_grade(const struct judgement *j, const struct local_end *end, struct alert *a)
{
	const struct knowledge *k = j->knowledge;
	const struct addr *real = knowledge_real(k, &end->client, a->network.addr.family);
	bool inside = prefix_contains(&a->network, &end->near->addr);
	bool wide = a->network.bits <= LAN_WIDE_BITS;
	a->confidence = knowledge_confidence(k, &end->client, a->head.interface);
	if (wide)
		return;
	if (real && prefix_contains(&a->network, real))
		a->severity = SEVERITY_LOW;
	else if (!real && inside && a->confidence > CONFIDENCE_MEDIUM)
		a->confidence = CONFIDENCE_MEDIUM;
}

static void traffic_judge(const struct judgement *j, const struct observation *o)
{
	const struct knowledge *k = j->knowledge;
	struct local_end end;
	struct prefix network;
	struct expectation expected;
	if (!local_end_of(k, o, &end) || !network_find(j, o, &end, &network) ||
		knowledge_far_end(k, &end.client, &end.far->addr))
		return;
	knowledge_expect(k, &end.client, &expected);
	if (!expected.tunnel || !local_end_goes_around(k, o, &end))
		return;
	struct alert a = alert_draft(j, o, &end.client);
	a.path = PATH_DIRECT;
	a.server = *end.far;
	a.network = network;
	alert_grade(j, &end, &a);
	local_end_sum(&end, o, &a.traffic);
	alert_add_expected(&a, &expected);
	if (lease_covers(end.lease, end.far))
		alert_add_frame(&a, end.lease->head.capture, end.lease->head.interface,
			end.lease->head.frame);
	alert_add_frame(&a, o->head.capture, o->head.interface, o->head.frame);
	finding_raise(j, &a);
}

static void pending_judge(const struct judgement *j, struct pending *pending, uint64_t now_ns)
{
	struct observation due;
	while (pending_due(pending, now_ns, &due, NULL))
		traffic_judge(j, &due);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct lan *lan = &j->knowledge->lan;
	struct local_end end;
	struct prefix network;
	if (!lan->hosts.count && !lan->links.count)
		return;
	if (!local_end_of(j->knowledge, o, &end))
		return;
	struct pending *pending = judgement_recall(j, &end.client);
	if (pending)
		pending_judge(j, pending, j->now_ns);
	if (addr_scope(&end.far->addr) != SCOPE_GLOBAL || !network_find(j, o, &end, &network))
		return;
	pending = judgement_memory(j, &end.client);
	if (pending_goes_on(pending, o))
		return;
	if (o->traffic.event == TRAFFIC_BEGINS)
		pending_add(pending, o);
	else
		traffic_judge(j, o);
}

static void finish(const struct judgement *j, const struct addr *client, void *state)
{
	(void)client;
	pending_judge(j, state, UINT64_MAX);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	char network[PREFIX_TEXT_MAX];
	describe_begin(a, &names);
	describe_append(a->message,
		"%s sent packets to the public address %s in clear, past its tunnel, because this "
		"network says that %s is part of it",
		names.client, names.server, prefix_text(&a->network, network));
	describe_append(a->remedy,
		"Do not trust this network, unless it is one that owns these addresses: then allow "
		"%s in the policy. Turn off the VPN's access to the local network, or have its kill "
		"switch let only private addresses pass.",
		network);
}

static const char *const references[] = {
	"CVE-2023-36672",
	"CVE-2023-35838",
	"RFC 4861 section 4.6.2",
	NULL,
};

extern const struct detection detection_tunnelcrack_localnet;
const struct detection detection_tunnelcrack_localnet = {
	.info =
		{
			.id = "tunnelcrack-localnet",
			.signature_id = 460,
			.revision = 1,
			.severity = SEVERITY_CRITICAL,
			.title =
				"Public addresses taken for the local network (TunnelCrack LocalNet)",
			.category = "Attempted Information Leak",
			.catalogue = "D46",
			.why = "VPNs let traffic to the local network pass, so that printers work. "
			       "What the local network is, the network itself says: one that calls "
			       "public addresses its own gets what is sent to them, in clear, and "
			       "can answer in their place.",
			.remedy = "Turn off local network access in the VPN, or let only private "
				  "addresses pass outside the tunnel.",
			.false_positive = "A campus with public addresses on its own links: allow "
					  "its networks in the policy.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_TRAFFIC),
	.state_size = sizeof(struct pending),
	.observe = observe,
	.describe = describe,
	.finish = finish,
};
