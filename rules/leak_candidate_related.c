/*
 * candidate-related-address: raddr and rport of a client's srflx, prflx or relay candidate
 * (RFC 8839 §5.1) name where it really is: its address in its own network, or behind a relay the
 * public one. Whoever hides host candidates has to write 0.0.0.0 and 9 there.
 *
 * 0.0.0.0, :: and loopback say nothing; an exit of the tunnel or proxy may be named; the address
 * within the tunnel is low. Known false positive: programs that fill it in by design; a private one
 * in SIP is low.
 */
#include "rules/describe.h"
#include "rules/telling.h"
static void observe(const struct judgement *j, const struct observation *o)
{
	struct telling t;
	uint8_t type = o->candidate.type;
	bool derived = type == CANDIDATE_SRFLX || type == CANDIDATE_PRFLX ||
		type == CANDIDATE_RELAY;
	if (derived && telling_read(j, o, &t))
		telling_raise(j, o, &t, &o->candidate.related);
}

static void describe(struct alert *a)
{
	describe_told(a, "the raddr of a candidate");
}

static const char *const references[] = {
	"RFC 8839 section 5.1",
	"draft-ietf-mmusic-mdns-ice-candidates section 3.1",
	"RFC 8828 section 3",
	NULL,
};

extern const struct detection detection_srflx_outside_egress;
extern const struct detection detection_candidate_related;
const struct detection detection_candidate_related = {
	.info =
		{
			.id = "candidate-related-address",
			.signature_id = 160,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "Address behind a candidate told",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D16, D25",
			.why = "A reflexive or relayed candidate may name the address it was "
			       "made from. Of a server-reflexive one that is the address in "
			       "the client's own network, of a relayed one the public address "
			       "that the TURN server saw: the relay that was to hide the "
			       "client tells where it is.",
			.remedy = "Programs should write 0.0.0.0 and 9 there, as browsers without "
				  "camera permission do. In Chromium, Chrome, Brave and Edge set "
				  "the WebRTC IP handling policy to disable_non_proxied_udp; in "
				  "Firefox set media.peerconnection.ice.proxy_only to true.",
			.false_positive =
				"Programs that are no browsers always fill it in; in SIP a "
				"private one is low.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_CANDIDATE),
	.grows = &detection_srflx_outside_egress,
	.observe = observe,
	.describe = describe,
};
