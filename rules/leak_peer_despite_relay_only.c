/*
 * peer-despite-relay-only: the policy lets a client use nothing but relays, and yet it has a pair
 * in use with somebody who is no TURN server it allocated from: nominated, or kept by consent
 * checks (RFC 7675). That peer, or media server, sees the address that the relay was to hide (RFC
 * 9429 §4.1.1, iceTransportPolicy).
 *
 * The finding of relay-only-violated about a candidate of that address, or about checks without
 * one, grows. What a relay carries is the relay's, and a TURN server may be asked for an address by
 * plain STUN, as browsers do. Inside the tunnel the peer sees the tunnel's end: no leak. Known
 * false positive: an allocation made before the capture began, on a server that answers checks
 * itself.
 */
#include "rules/describe.h"
#include "rules/detection.h"

#define RELAYS 4

struct relays {
	struct addr at[RELAYS];
	uint32_t count;
};

static bool relay_known(const struct relays *r, const struct addr *server)
{
	for (size_t i = 0; r && i < RELAYS; i++) {
		if (addr_equal(&r->at[i], server))
			return true;
	}
	return false;
}

static void relay_note(const struct judgement *j, const struct observation *o)
{
	const struct obs_stun_answer *answer = &o->allocation.answer;
	if (!knowledge_judges_answer(j->knowledge, answer))
		return;
	struct relays *r = judgement_memory(j, &answer->client.addr);
	if (!relay_known(r, &answer->server.addr))
		r->at[r->count++ % RELAYS] = answer->server.addr;
}

static void pair_judge(const struct judgement *j, const struct observation *o)
{
	struct proof proof;
	const struct obs_stun_answer *answer = &o->binding_result.answer;
	if (!answer->check || !(answer->nominates || answer->ice.consent))
		return;
	if (!proof_read(j, o, &proof) ||
		!knowledge_terms(j->knowledge, &answer->client.addr)->relay_only)
		return;
	bool outside = proof.path == PATH_DIRECT || proof.path == PATH_UNKNOWN;
	if (!outside || addr_scope(&answer->server.addr) != SCOPE_GLOBAL ||
		expectation_met(&proof.expected, &proof.mapped) ||
		relay_known(judgement_recall(j, &answer->client.addr), &answer->server.addr))
		return;
	struct alert a = alert_of_proof(j, o, &proof);
	finding_raise(j, &a);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	if (o->head.kind == OBS_ALLOCATION)
		relay_note(j, o);
	else
		pair_judge(j, o);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message,
		"%s is in a call straight with %s, though only relays are "
		"allowed",
		names.client, names.server);
	if (a->leaked_count)
		describe_append(a->message, ": the peer sees its address %s", names.leaked);
	describe_append(a->remedy,
		"Have the page, or the SDK it uses, set iceTransportPolicy to relay for each "
		"RTCPeerConnection, and let the firewall pass UDP to the TURN servers alone.");
}

static const char *const references[] = {
	"RFC 9429 section 4.1.1",
	"RFC 8828 section 5.2",
	"RFC 7675",
	NULL,
};

extern const struct detection detection_relay_only;
extern const struct detection detection_peer_despite_relay_only;
const struct detection detection_peer_despite_relay_only = {
	.info =
		{
			.id = "peer-despite-relay-only",
			.signature_id = 290,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "Call without the relay that is required",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D29",
			.why = "Only relayed calls are allowed, so that peers see the relay's "
			       "address. This call goes straight: its other end, a person or a "
			       "media server, sees the client's own.",
			.remedy = "Set iceTransportPolicy to relay, and let UDP out to the TURN "
				  "servers alone.",
			.false_positive = "A relay that was allocated before the capture began "
					  "and answers checks itself.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_BINDING_RESULT) | INTEREST_IN(OBS_ALLOCATION),
	.policy_alone = true,
	.grows = &detection_relay_only,
	.state_size = sizeof(struct relays),
	.observe = observe,
	.describe = describe,
};
