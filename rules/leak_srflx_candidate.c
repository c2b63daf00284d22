/*
 * srflx-candidate-outside-egress: a client told a server-reflexive candidate (RFC 8839 §5.1) that
 * is not where its tunnel or proxy comes out. The STUN server knew it before; now the signalling
 * server, the page and the peer do, too. The signalling may well go through the tunnel: the address
 * is real all the same. Makes the finding about the STUN exchange grow, if that was seen.
 *
 * A peer's candidates, which the server hands to the client, are not the client's. Known false
 * positive: an exit with more addresses than were declared; where the exit was only learned, or is
 * of another family, the finding is low.
 */
#include "rules/describe.h"
#include "rules/telling.h"
static void observe(const struct judgement *j, const struct observation *o)
{
	struct telling t;
	const struct endpoint *told = &o->candidate.address;
	uint8_t type = o->candidate.type;
	if ((type != CANDIDATE_SRFLX && type != CANDIDATE_PRFLX) || !telling_read(j, o, &t))
		return;
	struct addr plain = addr_unmapped(&told->addr);
	if (addr_scope(&plain) == SCOPE_GLOBAL)
		telling_raise(j, o, &t, told);
}

static void describe(struct alert *a)
{
	describe_told(a, "a server-reflexive candidate");
}

static const char *const references[] = {
	"RFC 8839 section 5.1",
	"RFC 8445 section 5.1.1.2",
	"RFC 8828 section 3",
	"RFC 9725",
	NULL,
};

extern const struct detection detection_srflx_outside_egress;
extern const struct detection detection_srflx_candidate;
const struct detection detection_srflx_candidate = {
	.info =
		{
			.id = "srflx-candidate-outside-egress",
			.signature_id = 150,
			.revision = 1,
			.severity = SEVERITY_CRITICAL,
			.title = "Real address signalled as a candidate",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D15, D25",
			.why = "The client learned its public address from a STUN server and "
			       "told it to the signalling server, the page and the peer as a "
			       "server-reflexive candidate. It is not where the tunnel or "
			       "proxy comes out: the STUN request went around it, and now "
			       "everybody in the session knows the real address.",
			.remedy = "Stop UDP outside the tunnel (kill switch, or a firewall rule "
				  "on the physical interface). In Chromium, Chrome, Brave and "
				  "Edge set the WebRTC IP handling policy to "
				  "disable_non_proxied_udp; in Firefox set "
				  "media.peerconnection.ice.proxy_only to true.",
			.false_positive =
				"A VPN exit with more addresses than were declared: declare its "
				"whole prefix with --egress. Where the exit was only learned, "
				"another address is low.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_CANDIDATE),
	.grows = &detection_srflx_outside_egress,
	.observe = observe,
	.describe = describe,
};
