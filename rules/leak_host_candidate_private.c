/*
 * host-candidate-private: a client told its address in its own network, in the clear, as a host
 * candidate (RFC 8839 §5.1): the signalling server, the page and the peer have it. Modern browsers
 * say <uuid>.local instead unless the page may use the camera.
 *
 * Judged by whose words they are: what a server or a peer says of itself is left alone, and so is
 * what stays in the LAN. The address within the tunnel identifies less and is low. Known false
 * positive: programs that never hide it, by design; in SIP, where none do, it is low.
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
	if (addr_scope(&plain) != SCOPE_GLOBAL)
		telling_raise(j, o, &t, told);
}

static void describe(struct alert *a)
{
	describe_told(a, "a host candidate");
}

static const char *const references[] = {
	"RFC 8828 section 3",
	"RFC 8839 section 5.1",
	"draft-ietf-mmusic-mdns-ice-candidates section 3.1",
	"RFC 9725",
	NULL,
};

extern const struct detection detection_srflx_outside_egress;
extern const struct detection detection_host_candidate_private;
const struct detection detection_host_candidate_private = {
	.info =
		{
			.id = "host-candidate-private",
			.signature_id = 120,
			.revision = 1,
			.severity = SEVERITY_MEDIUM,
			.title = "Private address in a host candidate",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D12, D25",
			.why = "The address of the client in its own network stands in a "
			       "candidate, readable for the page, the signalling server and "
			       "the peer. It is the same on every site and in every browser "
			       "profile, so it tells one household's machines apart and ties "
			       "visits together; browsers hide it behind an mDNS name for that "
			       "reason.",
			.remedy = "In Chromium, Chrome, Brave and Edge set the WebRTC IP handling "
				  "policy to disable_non_proxied_udp; in Firefox set "
				  "media.peerconnection.ice.proxy_only to true. Take back camera "
				  "and microphone permission where a page does not need it.",
			.false_positive =
				"Programs that are no browsers (phones, conference clients) "
				"never hide it; in SIP that is low.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_CANDIDATE),
	.grows = &detection_srflx_outside_egress,
	.observe = observe,
	.describe = describe,
};
