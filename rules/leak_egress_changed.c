/*
 * egress-changed-in-session: the same STUN server or ICE peer, asked from the same socket, saw a
 * client come out of its tunnel and outside of it (RFC 8445 §5.1.1.2). Whoever that is can tie both
 * addresses to one person, which neither alone would allow: the tunnel came up or went down in the
 * middle of a session.
 *
 * Two addresses of a pool are none of this: one of them has to be where the traffic belongs, the
 * other where it does not. A symmetric NAT changes ports; only addresses count. Where ICE names its
 * session, the host's own address may change with the path, as long as the port stays. Known false
 * positive: an exit with more addresses than were declared.
 */
#include "rules/describe.h"
#include "rules/detection.h"

#define SESSIONS 4 /* of a client or, with ICE, of its peer; the oldest makes way */

struct side {
	struct addr mapped;
	enum path path;
	uint64_t frame;
	uint16_t capture, interface;
};

struct session {
	uint16_t port;
	struct endpoint server;
	struct obs_word ufrag; /* of who asks; none without ICE */
	struct side side[2];   /* where it should come out, and elsewhere */
};

struct state {
	struct session session[SESSIONS];
	uint8_t next;
};

static bool word_equal(const struct obs_word *a, const struct obs_word *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static struct session *session_get(struct state *s, const struct obs_stun_answer *answer)
{
	for (size_t i = 0; i < SESSIONS; i++) {
		struct session *known = &s->session[i];
		if (known->port == answer->client.port &&
			endpoint_equal(&known->server, &answer->server) &&
			word_equal(&known->ufrag, &answer->ice.ufrag))
			return known;
	}
	struct session *fresh = &s->session[s->next++ % SESSIONS];
	*fresh = (struct session){
		.port = answer->client.port,
		.server = answer->server,
		.ufrag = answer->ice.ufrag,
	};
	return fresh;
}

static bool answer_tells_side(const struct proof *proof, bool *outside)
{
	const struct obs_stun_answer *answer = proof->answer;
	if (!answer->same_server || proof->disputed || addr_scope(&proof->mapped) != SCOPE_GLOBAL)
		return false;
	*outside = expectation_violated(&proof->expected, proof->path, &proof->mapped);
	return *outside || proof->path == PATH_TUNNEL ||
		expectation_met(&proof->expected, &proof->mapped);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	struct proof proof;
	bool outside;
	if (!proof_read(j, o, &proof) || !answer_tells_side(&proof, &outside))
		return;
	const struct obs_stun_answer *answer = proof.answer;
	const struct endpoint *end = answer->check ? &answer->server : &answer->client;
	struct session *session = session_get(judgement_memory(j, &end->addr), answer);
	session->side[outside] = (struct side){.mapped = proof.mapped,
		.path = proof.path,
		.frame = o->head.frame,
		.capture = o->head.capture,
		.interface = o->head.interface};
	const struct side *other = &session->side[!outside];
	/* What is expected may have changed since: by a policy read again, or by what was learned.
	 */
	if (other->mapped.family != proof.mapped.family ||
		expectation_violated(&proof.expected, other->path, &other->mapped) == outside)
		return;
	struct alert a = alert_of_proof(j, o, &proof);
	a.leaked_count = 0;
	alert_add_leaked(&a, &session->side[true].mapped);
	alert_add_leaked(&a, &session->side[false].mapped);
	alert_add_frame(&a, other->capture, other->interface, other->frame);
	if (answer->check && a.confidence > CONFIDENCE_MEDIUM)
		a.confidence = CONFIDENCE_MEDIUM; /* a peer may say what it likes */
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	char inside[ADDR_TEXT_MAX];
	describe_begin(a, &names);
	describe_append(a->message,
		"%s showed %s two addresses in one session, %s outside its tunnel or proxy and %s "
		"through it: both can now be tied to the same person",
		names.client, names.server, names.leaked, addr_text(&a->leaked[1], inside));
	describe_append(a->remedy,
		"Close what was running (calls, pages, the whole browser) before the VPN is turned "
		"on or off, and turn on its kill switch, so that no session outlives the tunnel.");
}

static const char *const references[] = {
	"RFC 8445 section 5.1.1.2",
	"RFC 8828 section 3",
	NULL,
};

extern const struct detection detection_egress_changed;
const struct detection detection_egress_changed = {
	.info =
		{
			.id = "egress-changed-in-session",
			.signature_id = 40,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "One session seen through the tunnel and outside it",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D04",
			.why = "The same server or peer was asked from the same socket through the "
			       "tunnel and outside of it. It has seen both addresses in one "
			       "session, so it knows that they are the same person's, and the "
			       "address of the tunnel protects nothing it saw before.",
			.remedy = "End sessions before the VPN is turned on or off, and use its "
				  "kill switch.",
			.false_positive = "A VPN exit with more addresses than were declared: "
					  "declare its whole prefix with --egress.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_BINDING_RESULT),
	.state_size = sizeof(struct state),
	.observe = observe,
	.describe = describe,
};
