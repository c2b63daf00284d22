/*
 * stun-outside-tunnel: a client that should use a tunnel or proxy sent a Binding or Allocate
 * request straight out of a physical interface, answered or not (RFC 8828 §5.1). The packet carries
 * its real source address to the server; whether an answer came back only decides who else learns
 * it.
 *
 * Held for a moment: when the answer shows that the real address was told, the finding about that
 * (srflx-outside-egress, turn-outside-tunnel) says it all, and this one stays silent.
 *
 * Judged by the interface, not by port or address: STUN runs on 53 and 443, too. Requests to local
 * addresses stay in the LAN and are no leak. Known false positive: split tunnelling on purpose, and
 * programs that probe from outside on purpose (mesh VPNs).
 */
#include "rules/describe.h"
#include "rules/detection.h"

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	const struct knowledge *k = j->knowledge;
	if (h->encapsulation & WRAPPED_PROXY || !knowledge_judges(k, h) ||
		knowledge_socket_is_tunnels(k, &h->src))
		return;
	struct expectation expected;
	knowledge_expect(k, &h->src.addr, &expected);
	if (!expected.tunnel && !expected.proxy)
		return;
	if (knowledge_path(k, &h->src.addr, h->interface, &h->dst) != PATH_DIRECT)
		return;
	struct alert a = alert_draft_direct(j, o, &h->src.addr, &h->dst, &expected);
	a.stage = o->stun_request.check ? STAGE_SIGNALLED : STAGE_GATHERED; /* not answered yet */
	a.provisional = true;
	alert_add_own(&a, &h->src.addr);
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message,
		"%s sent STUN to %s outside the tunnel or proxy it should use: whoever is there "
		"sees its real address",
		names.client, names.server);
	describe_remedy(a);
}

static const char *const references[] = {
	"RFC 8828 section 5.1",
	"RFC 8489 section 6.2",
	NULL,
};

extern const struct detection detection_stun_outside_tunnel;
const struct detection detection_stun_outside_tunnel = {
	.info =
		{
			.id = "stun-outside-tunnel",
			.signature_id = 2,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "STUN sent outside the tunnel",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D02",
			.why = "The client is expected to use a tunnel or proxy, and a STUN "
			       "request left on a physical interface in clear. Its source "
			       "address, or that of the home router, is visible to the server "
			       "and to everybody on the way, even if no answer comes back.",
			.remedy = "Stop UDP outside the tunnel (kill switch, or a firewall rule "
				  "on the physical interface), or declare the split tunnel if it "
				  "is meant to be one.",
			.false_positive = "Split tunnelling on purpose, and mesh VPNs that probe "
					  "their own path with STUN.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_STUN_REQUEST),
	.held = true,
	.observe = observe,
	.describe = describe,
};
