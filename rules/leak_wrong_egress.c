/*
 * wrong-egress: on a gateway that should put a client into a tunnel, the client's packet came out
 * of the WAN in clear. The policy route was lost (a tunnel that restarted, a reload of the rules, a
 * state older than the rule), and NAT gave the packet the provider's address.
 *
 * Needs both sides of the gateway in the run, LAN and WAN, and the client's tunnel declared. Joined
 * by the STUN transaction, which NAT leaves alone, or by source port and server, where NAT kept the
 * port: that is less sure. Known false positive: two hosts that use the same port to the same
 * server within a second, one of them the gateway itself.
 */
#include "rules/describe.h"
#include "rules/detection.h"

extern const struct detection detection_srflx_outside_egress;

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct knowledge *k = j->knowledge;
	const struct crossing *c = crossings_complete(&k->crossings, o);
	if (!c)
		return;
	const struct obs_head *lan = &c->side[SIDE_LAN], *wan = &c->side[SIDE_WAN];
	const struct addr *client = &lan->src.addr;
	if (!knowledge_terms(k, client)->tunnel.count || !knowledge_judges(k, lan) ||
		addr_equal(client, &wan->src.addr) ||
		knowledge_path(k, client, wan->interface, &wan->dst) != PATH_DIRECT)
		return;
	struct expectation expected;
	knowledge_expect(k, client, &expected);
	struct alert a = alert_draft(j, o, client);
	a.vantage = ROLE_WAN;
	a.path = PATH_DIRECT;
	a.server = wan->dst;
	bool stun = o->head.kind == OBS_STUN_REQUEST;
	a.stage = stun ? STAGE_GATHERED : STAGE_NONE;
	a.confidence = stun ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
	alert_add_own(&a, &wan->src.addr);
	alert_add_expected(&a, &expected);
	alert_add_frame(&a, lan->capture, lan->interface, lan->frame);
	alert_add_frame(&a, wan->capture, wan->interface, wan->frame);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "what %s sent to %s left the gateway's WAN in clear",
		names.client, names.server);
	if (a->leaked_count)
		describe_append(a->message, ", from its address %s", names.leaked);
	describe_expected(a);
	describe_append(a->remedy,
		"On the gateway, check that the policy route for this client still points into "
		"the tunnel, add a blackhole or prohibit route behind it, and drop what it sends "
		"on the WAN; flush connection states when the tunnel comes up.");
}

static const char *const references[] = {
	"RFC 3704 section 4",
	"RFC 8489 section 6",
	NULL,
};

extern const struct detection detection_wrong_egress;
const struct detection detection_wrong_egress = {
	.info =
		{
			.id = "wrong-egress",
			.signature_id = 500,
			.revision = 1,
			.severity = SEVERITY_CRITICAL,
			.title = "Client of the tunnel left by the WAN",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D50",
			.why = "The gateway should put this client's traffic into the tunnel, and "
			       "its packet was seen on the WAN in clear, with the provider's "
			       "address: the policy route was lost, and nothing stopped it.",
			.remedy = "Repair the policy route, and drop on the WAN what should never "
				  "be there.",
			.false_positive = "Joined by port: two hosts that use the same port to "
					  "the same server within a second.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_STUN_REQUEST) | INTEREST_IN(OBS_TRAFFIC),
	.grows = &detection_srflx_outside_egress,
	.observe = observe,
	.describe = describe,
};
