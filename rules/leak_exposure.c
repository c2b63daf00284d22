/*
 * exposure: a client told a STUN or TURN server a global address of its own, and nothing is known
 * that says it should not have: no policy, no tunnel, no proxy. For most people that is how calls
 * work; it is noted at info, so that the address is there to compare with, and never more.
 *
 * Known false positive: none as a fact; as a leak, everybody without a VPN.
 */
#include "rules/describe.h"
#include "rules/detection.h"

static void observe(const struct judgement *j, const struct observation *o)
{
	struct proof proof;
	if (!proof_read(j, o, &proof) || proof.expected.any)
		return;
	if (addr_scope(&proof.mapped) != SCOPE_GLOBAL)
		return;
	struct alert a = alert_of_proof(j, o, &proof);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message,
		"%s told %s its public address %s; no tunnel, proxy or policy is known, so this "
		"is exposure, not a leak",
		names.client, names.server, names.leaked);
	describe_append(a->remedy,
		"If this client should be behind a VPN or proxy, say so with --egress, --tunnel "
		"or --proxy, or capture the tunnel's interface, too.");
}

static const char *const references[] = {
	"RFC 8828 section 3",
	"RFC 8489 section 14.2",
	NULL,
};

extern const struct detection detection_exposure;
const struct detection detection_exposure = {
	.info =
		{
			.id = "exposure",
			.signature_id = 4,
			.revision = 1,
			.severity = SEVERITY_INFO,
			.title = "Public address told to a STUN server",
			.category = "Not Suspicious Traffic",
			.catalogue = "D01",
			.why = "The server and the page behind it know the client's public "
			       "address. Without a tunnel, a proxy or a policy that is how "
			       "real-time traffic works; with one it would be a leak, and seep "
			       "would say so.",
			.remedy = "Nothing, unless the client should be behind a VPN or proxy: "
				  "then declare it with --egress, --tunnel or --proxy.",
			.false_positive =
				"As a leak: everybody who uses no VPN. Hence info, and never more.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_BINDING_RESULT) | INTEREST_IN(OBS_ALLOCATION),
	.observe = observe,
	.describe = describe,
};
