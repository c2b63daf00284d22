/*
 * client-subnet: a question for a name carried an EDNS client subnet (RFC 7871) that is not where
 * the client's traffic comes out: a part of its real address, which the resolver passes on to every
 * name server it asks. That happens inside a tunnel as well, where everything else is hidden.
 *
 * The subnet is a leak when it holds the address that the world sees of the client outside (a
 * mapped address told it), its own global address, or none of its exits of that family. Of a subnet
 * that nothing can be compared with nothing is said, nor of private ones, which identify nobody.
 * Known false positive: an exit in another network than was declared.
 */
#include "rules/describe.h"
#include "rules/detection.h"

#define CLIENTS_LOOKED_AT 64 /* for the host that captured */

/* Inside the tunnel the host that captured goes by another address than outside. */
static bool holds_real_of_self(const struct knowledge *k, const struct prefix *subnet)
{
	const struct client *c = k->gateway ? NULL : table_oldest(&k->clients);
	for (unsigned i = 0; c && i < CLIENTS_LOOKED_AT; i++, c = table_newer(&k->clients, c)) {
		const struct addr *real = &c->real[subnet->addr.family == ADDR_V6];
		if (c->self && real->family != ADDR_NONE && prefix_contains(subnet, real))
			return true;
	}
	return false;
}

static bool holds_real(
	const struct knowledge *k, const struct obs_head *h, const struct prefix *subnet)
{
	const struct addr *real = knowledge_real(k, &h->src.addr, subnet->addr.family);
	bool inside = knowledge_role(k, &h->src.addr, h->interface) == ROLE_TUNNEL;
	if (real && prefix_contains(subnet, real))
		return true;
	if (inside && holds_real_of_self(k, subnet))
		return true;
	return !inside && addr_scope(&h->src.addr) == SCOPE_GLOBAL &&
		prefix_contains(subnet, &h->src.addr);
}

/* An exit is in the subnet, or the subnet in an exit's network. */
static bool holds_exit(const struct expectation *e, const struct prefix *subnet)
{
	for (uint32_t i = 0; i < e->egress_count; i++) {
		const struct prefix *exit = &e->egress[i];
		if (prefix_contains(subnet, &exit->addr) || prefix_contains(exit, &subnet->addr))
			return true;
	}
	return false;
}

static bool exit_known(const struct expectation *e, uint8_t family)
{
	for (uint32_t i = 0; i < e->egress_count; i++) {
		if (e->egress[i].addr.family == family)
			return true;
	}
	return false;
}

/* An exit that was learned may be one of a pool; one that was declared is the only one. */
static bool subnet_leaks(const struct knowledge *k, const struct observation *o, bool *sure)
{
	const struct prefix *subnet = &o->dns.client_subnet;
	struct expectation expected;
	knowledge_expect(k, &o->head.src.addr, &expected);
	if (!expected.any || holds_exit(&expected, subnet))
		return false;
	*sure = holds_real(k, &o->head, subnet);
	return *sure || (expected.declared && exit_known(&expected, subnet->addr.family));
}

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct knowledge *k = j->knowledge;
	const struct obs_head *h = &o->head;
	const struct prefix *subnet = &o->dns.client_subnet;
	bool sure;
	if (o->dns.response || addr_scope(&subnet->addr) != SCOPE_GLOBAL ||
		!knowledge_judges(k, h) || !subnet_leaks(k, o, &sure))
		return;
	struct expectation expected;
	knowledge_expect(k, &h->src.addr, &expected);
	struct alert a = alert_draft(j, o, &h->src.addr);
	a.confidence = sure ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
	a.path = knowledge_path(k, &h->src.addr, h->interface, &h->dst);
	a.server = h->dst;
	a.network = *subnet;
	alert_add_name(&a, o->dns.name.bytes, o->dns.name.length);
	alert_add_expected(&a, &expected);
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	char subnet[PREFIX_TEXT_MAX];
	describe_begin(a, &names);
	describe_append(a->message, "%s asked %s for ", names.client, names.server);
	describe_given_names(a);
	describe_append(a->message,
		"%s and told it to be in %s, which the resolver passes on to the name servers it "
		"asks",
		a->path == PATH_TUNNEL ? " inside the tunnel" : "",
		prefix_text(&a->network, subnet));
	describe_expected(a);
	describe_append(a->remedy,
		"Turn EDNS client subnet off where it is added (dnsmasq: add-subnet; dnsdist: "
		"useClientSubnet; Unbound: send-client-subnet), or send it with a source prefix of "
		"/0, which asks resolvers to add none.");
}

static const char *const references[] = {
	"RFC 7871 section 11.1",
	"RFC 7871 section 7.1.2",
	NULL,
};

extern const struct detection detection_client_subnet;
const struct detection detection_client_subnet = {
	.info =
		{
			.id = "client-subnet",
			.signature_id = 410,
			.revision = 1,
			.severity = SEVERITY_MEDIUM,
			.title = "Real network told with a question for a name",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D41",
			.why = "A question for a name carried a part of the client's real address "
			       "(EDNS client subnet). The resolver passes it on, so that every "
			       "name server on the way learns from which network the client "
			       "comes, even if the question itself went through a tunnel.",
			.remedy = "Turn off EDNS client subnet in the client or its forwarder, or "
				  "send it with a source prefix length of 0.",
			.false_positive = "A VPN exit in another network than was declared: "
					  "declare it with --egress.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_DNS),
	.observe = observe,
	.describe = describe,
};
