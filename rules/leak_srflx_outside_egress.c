/*
 * srflx-outside-egress: a STUN server (or an ICE peer) told a client an address that is not one its
 * tunnel or proxy comes out of (RFC 8489 §14.2, RFC 8445 §5.1.1.2). That address is the client's
 * own at its Internet provider; the server has it, and the browser hands it to the page as the
 * server-reflexive candidate. It leaks although every page is loaded through the tunnel.
 *
 * Judged by the matched transaction, never by "an address was seen": the success that a client
 * SENDS carries its peer's address. Private, link-local and carrier-grade NAT addresses identify
 * nobody and are left alone. Known false positive: an exit that uses more addresses than were
 * declared.
 */
#include "rules/describe.h"
#include "rules/detection.h"

extern const struct detection detection_stun_outside_tunnel;

static void observe(const struct judgement *j, const struct observation *o)
{
	struct proof proof;
	if (!proof_read(j, o, &proof) || addr_scope(&proof.mapped) != SCOPE_GLOBAL)
		return;
	if (proof.path == PATH_DIRECT && expectation_met(&proof.expected, &proof.mapped))
		finding_excuse(j, &detection_stun_outside_tunnel, &proof.answer->client.addr);
	if (!expectation_violated(&proof.expected, proof.path, &proof.mapped))
		return;
	struct alert a = alert_of_proof(j, o, &proof);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	const char *who = a->stage > STAGE_GATHERED ? "peer" : "STUN server";
	const char *what = a->path == PATH_TUNNEL ? "an address not declared as egress,"
						  : "its real address";
	describe_begin(a, &names);
	describe_append(a->message, "%s told %s %s %s %s", names.client, who, names.server, what,
		names.leaked);
	describe_expected(a);
	describe_remedy(a);
}

static const char *const references[] = {
	"RFC 8489 section 14.2",
	"RFC 8445 section 5.1.1.2",
	"RFC 8828 section 3",
	NULL,
};

extern const struct detection detection_srflx_outside_egress;
const struct detection detection_srflx_outside_egress = {
	.info =
		{
			.id = "srflx-outside-egress",
			.signature_id = 1,
			.revision = 1,
			.severity = SEVERITY_CRITICAL,
			.title = "STUN told a real address around the tunnel",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D01, D28",
			.why = "A STUN server answers with the address it saw. When that is not "
			       "where the tunnel or proxy comes out, the request went around it: "
			       "the server has learned the client's real address, and a browser "
			       "passes it on to the page, which any script can read, as its "
			       "server-reflexive candidate.",
			.remedy = "Stop UDP outside the tunnel (kill switch, or a firewall rule "
				  "on the physical interface) and restrict WebRTC to proxied "
				  "traffic in the browser.",
			.false_positive = "A VPN exit with more addresses than were declared: "
					  "declare its whole prefix with --egress.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_BINDING_RESULT),
	.covers = &detection_stun_outside_tunnel,
	.observe = observe,
	.describe = describe,
};
