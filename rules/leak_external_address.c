/*
 * external-address-told: something other than STUN told a client its real address: the home router
 * by NAT-PMP (RFC 6886 §3.2), PCP (RFC 6887 §11.1) or UPnP, or a SIP server in `received=`
 * (RFC 3581). Any program on the host may ask the router, without leaving the LAN and so without
 * the tunnel, and pass it on; a SIP server has seen it itself.
 *
 * Only an address that is not where the traffic should come out, told to a client of whom that is
 * expected, and news to it: what a host without NAT is told is its own. A router asking its own
 * provider is no client; announcements to everybody name nobody. A VPN's gateway that gives away
 * the VPN's exit (port forwarding) is met inside the tunnel. Known false positive: a VPN that runs
 * on the router itself, with its exits undeclared.
 */
#include "rules/describe.h"
#include "rules/detection.h"

/* The answer as the question that it must have had. */
static struct obs_head head_turned(const struct obs_head *h)
{
	struct obs_head asked = *h;
	asked.src = h->dst;
	asked.dst = h->src;
	asked.has_macs = false;
	asked.hop_limit = 0;
	asked.direction = h->direction == DIRECTION_IN ? DIRECTION_OUT
		: h->direction == DIRECTION_OUT        ? DIRECTION_IN
						       : DIRECTION_UNKNOWN;
	return asked;
}

/* The router in the LAN does not know of the host's tunnel: what it tells is its own. */
static bool address_is_real(
	const struct expectation *expected, enum path path, const struct addr *told)
{
	if (!expected->any || expectation_met(expected, told))
		return false;
	return path == PATH_LAN ||
		(path != PATH_TUNNEL && expectation_violated(expected, path, told));
}

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct knowledge *k = j->knowledge;
	const struct obs_head asked = head_turned(&o->head);
	const struct addr *client = &asked.src.addr;
	const struct addr told = addr_plain(&o->external.addr.addr);
	if (addr_scope(&told) != SCOPE_GLOBAL || addr_equal(&told, client) ||
		!knowledge_judges(k, &asked) ||
		knowledge_role(k, client, asked.interface) == ROLE_WAN)
		return;
	struct expectation expected;
	knowledge_expect(k, client, &expected);
	enum path path = knowledge_path(k, client, asked.interface, &asked.dst);
	if (!address_is_real(&expected, path, &told))
		return;
	struct alert a = alert_draft(j, o, client);
	a.path = path;
	a.stage = STAGE_GATHERED;
	a.server = asked.dst;
	if (!expected.declared)
		a.confidence = CONFIDENCE_MEDIUM;
	alert_add_leaked(&a, &told);
	alert_add_expected(&a, &expected);
	alert_add_frame(&a, o->head.capture, o->head.interface, o->head.frame);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	if (a->path == PATH_LAN) {
		describe_append(a->message,
			"%s was told its real address %s by the router %s, without leaving the LAN: "
			"any program on it can pass that on through the tunnel",
			names.client, names.leaked, names.server);
		describe_append(a->remedy,
			"Turn off UPnP, NAT-PMP and PCP on the router, or block UDP ports 1900 "
			"and 5351 to it on this host while the VPN is on.");
		return;
	}
	describe_append(a->message, "SIP server %s saw %s come from its real address %s",
		names.server, names.client, names.leaked);
	describe_expected(a);
	describe_append(a->remedy,
		"Send SIP through the tunnel or proxy, too, or declare the telephone's traffic as "
		"allowed if it is meant to go around.");
}

static const char *const references[] = {
	"RFC 6886 section 3.2",
	"RFC 6887 section 11.1",
	"RFC 3581 section 4",
	NULL,
};

extern const struct detection detection_external_address;
const struct detection detection_external_address = {
	.info =
		{
			.id = "external-address-told",
			.signature_id = 80,
			.revision = 1,
			.severity = SEVERITY_MEDIUM,
			.title = "Router or SIP server told the real address",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D08",
			.why = "STUN is not the only mirror. Home routers tell their public "
			       "address to any program in the LAN that asks (NAT-PMP, PCP, UPnP), "
			       "and SIP servers write the one they saw into their answers. A VPN "
			       "does not stop what stays in the LAN.",
			.remedy = "Turn off UPnP, NAT-PMP and PCP on the router, and send SIP "
				  "through the tunnel.",
			.false_positive = "A VPN that runs on the router itself, with exits that "
					  "were not declared with --egress.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_EXTERNAL),
	.observe = observe,
	.describe = describe,
};
