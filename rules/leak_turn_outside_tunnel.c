/*
 * turn-outside-tunnel: a TURN server allocated a relay for a client that reached it around its
 * tunnel (RFC 8656 §7). The relay hides the client from its peers, not from the relay: the success
 * carries the client's address in XOR-MAPPED-ADDRESS, so the operator has it.
 *
 * Judged by the mapped address and the path, never by the relayed address, which may well be a
 * private one of the server's own network. Known false positive: an exit with more addresses than
 * were declared.
 */
#include "rules/describe.h"
#include "rules/detection.h"

static void observe(const struct judgement *j, const struct observation *o)
{
	struct proof proof;
	if (!proof_read(j, o, &proof))
		return;
	const struct expectation *e = &proof.expected;
	bool named = addr_scope(&proof.mapped) == SCOPE_GLOBAL;
	bool around = proof.path == PATH_DIRECT && (e->tunnel || e->proxy);
	if (named ? !expectation_violated(e, proof.path, &proof.mapped) : !around)
		return;
	struct alert a = alert_of_proof(j, o, &proof);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s allocated a TURN relay on %s %s", names.client,
		names.server, a->path == PATH_TUNNEL ? "through the tunnel" : "outside the tunnel");
	if (a->leaked_count)
		describe_append(a->message, " and told its operator the address %s", names.leaked);
	describe_expected(a);
	describe_remedy(a);
}

static const char *const references[] = {
	"RFC 8656 section 7",
	"RFC 8828 section 5.1",
	NULL,
};

extern const struct detection detection_stun_outside_tunnel;
extern const struct detection detection_turn_outside_tunnel;
const struct detection detection_turn_outside_tunnel = {
	.info =
		{
			.id = "turn-outside-tunnel",
			.signature_id = 3,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "TURN allocation made outside the tunnel",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D03",
			.why = "A relay hides the client from its peers, but not from the relay. "
			       "The allocation was made around the tunnel, so the TURN operator "
			       "knows the client's real address and can tie it to every call "
			       "that it relays.",
			.remedy = "Reach the TURN server through the tunnel: turn on the kill "
				  "switch, or use TURN over TLS through the proxy and forbid UDP.",
			.false_positive = "A VPN exit with more addresses than were declared: "
					  "declare its whole prefix with --egress.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_ALLOCATION),
	.covers = &detection_stun_outside_tunnel,
	.observe = observe,
	.describe = describe,
};
