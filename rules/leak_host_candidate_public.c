/*
 * host-candidate-public: a client told a global address of its own interface as a host candidate,
 * and it is not where its tunnel or proxy comes out (RFC 8828 §3). Mostly IPv6 beside a tunnel for
 * IPv4: the peer learns the real address though everything is sent through the tunnel.
 *
 * An address that signalling itself comes from within the tunnel is the tunnel's, and of a family
 * of which no exit is known it may be: then it is low. Known false positive: an address that the
 * tunnel gave to the client and nobody declared.
 */
#include "rules/describe.h"
#include "rules/telling.h"
static void observe(const struct judgement *j, const struct observation *o)
{
	struct telling t;
	const struct endpoint *told = &o->candidate.address;
	if (o->candidate.type != CANDIDATE_HOST || !telling_read(j, o, &t))
		return;
	struct addr plain = addr_unmapped(&told->addr);
	if (addr_scope(&plain) == SCOPE_GLOBAL)
		telling_raise(j, o, &t, told);
}

static void describe(struct alert *a)
{
	describe_told(a, "a host candidate");
}

static const char *const references[] = {
	"RFC 8828 section 3",
	"RFC 8839 section 5.1",
	"RFC 7359",
	"RFC 9725",
	NULL,
};

extern const struct detection detection_srflx_outside_egress;
extern const struct detection detection_host_candidate_public;
const struct detection detection_host_candidate_public = {
	.info =
		{
			.id = "host-candidate-public",
			.signature_id = 130,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "Public address in a host candidate",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D13, D25",
			.why = "A host candidate is an address of the client's own interface. "
			       "This one is global and not where the tunnel or proxy comes "
			       "out, so it is the real one, usually IPv6 beside an IPv4 "
			       "tunnel: page, signalling server and peer now have it, although "
			       "no packet went around the tunnel.",
			.remedy = "Have the VPN carry IPv6, or turn IPv6 off outside of it. In "
				  "Chromium, Chrome, Brave and Edge set the WebRTC IP handling "
				  "policy to disable_non_proxied_udp; in Firefox set "
				  "media.peerconnection.ice.proxy_only to true.",
			.false_positive =
				"An address that the tunnel itself gave to the client: declare "
				"its prefix with --egress.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_CANDIDATE),
	.grows = &detection_srflx_outside_egress,
	.observe = observe,
	.describe = describe,
};
