/*
 * local-paths-told: the checks of one ICE session come from several interfaces of the client, and
 * their PRIORITY says so (RFC 8445 §5.1.2: the local preference; Chromium and Firefox write the
 * interface into its first byte). The peer learns how many ways out there are: a VPN beside a home
 * network, for instance. Noted at info, with the addresses that the checks came from.
 *
 * Only the client's own checks, within one session and one transport: TCP has other preferences by
 * itself (RFC 6544 §4.2), and IPv4 beside IPv6 on one interface differs in the second byte only.
 * Checks that a relay carries are not compared. Known false positive: programs that write
 * preferences as they like.
 */
#include "rules/describe.h"
#include "rules/detection.h"

#define PROTOCOL_UDP    17
#define INTERFACE_SHIFT 16 /* of a priority: the first byte of the local preference */
#define SESSIONS        2  /* with one peer; the oldest makes way */
#define PATHS           ALERT_LEAKED_MAX

struct session {
	struct obs_word ufrag;
	uint8_t paths;
	uint8_t preference[PATHS];
	struct addr from[PATHS];
};

/* By peer: to it the checks of one session have in common to go, whichever address of the host
 * they come from. */
struct state {
	struct session session[SESSIONS];
	uint8_t next;
};

static struct session *session_get(struct state *s, const struct obs_word *ufrag)
{
	for (size_t i = 0; i < SESSIONS; i++) {
		const struct obs_word *known = &s->session[i].ufrag;
		if (known->length == ufrag->length &&
			memcmp(known->bytes, ufrag->bytes, ufrag->length) == 0)
			return &s->session[i];
	}
	struct session *fresh = &s->session[s->next++ % SESSIONS];
	*fresh = (struct session){.ufrag = *ufrag};
	return fresh;
}

/* Is this interface new to a session that has others? */
static bool path_added(struct session *s, uint32_t priority, const struct addr *from)
{
	uint8_t preference = (uint8_t)(priority >> INTERFACE_SHIFT);
	if (s->paths == PATHS || memchr(s->preference, preference, s->paths))
		return false;
	s->preference[s->paths] = preference;
	s->from[s->paths++] = *from;
	return s->paths > 1;
}

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	const struct obs_ice *ice = &o->stun_request.ice;
	if (!o->stun_request.check || !ice->ufrag.length || h->protocol != PROTOCOL_UDP ||
		!knowledge_judges(j->knowledge, h))
		return;
	struct state *state = judgement_memory(j, &h->dst.addr);
	struct session *session = session_get(state, &ice->ufrag);
	if (!path_added(session, ice->priority, &h->src.addr))
		return;
	struct alert a = alert_draft(j, o, &session->from[0]);
	a.path = knowledge_path(j->knowledge, &h->src.addr, h->interface, &h->dst);
	a.stage = STAGE_SIGNALLED;
	a.server = h->dst;
	alert_add_leaked(&a, &session->from[0]);
	for (size_t i = 1; i < session->paths; i++) {
		if (!addr_equal(&session->from[i], &session->from[0]))
			alert_add_leaked(&a, &session->from[i]);
	}
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message,
		"the priorities in the checks of %s tell peer %s that it has several networks",
		names.client, names.server);
	for (uint32_t i = 1; i < a->leaked_count; i++) {
		char text[ADDR_TEXT_MAX];
		describe_append(a->message, "%s%s", i == 1 ? ", with the addresses " : ", ",
			addr_text(&a->leaked[i], text));
	}
	if (a->leaked_count > 1)
		describe_append(a->message, " and %s", names.leaked);
	describe_append(a->remedy,
		"In Chromium, Chrome, Brave and Edge set the WebRTC IP handling policy to "
		"default_public_interface_only; in Firefox set "
		"media.peerconnection.ice.default_address_only to true.");
}

static const char *const references[] = {
	"RFC 8445 section 5.1.2",
	"RFC 8445 section 7.1.1",
	"RFC 8828 section 5.2",
	NULL,
};

extern const struct detection detection_local_paths;
const struct detection detection_local_paths = {
	.info =
		{
			.id = "local-paths-told",
			.signature_id = 110,
			.revision = 1,
			.severity = SEVERITY_INFO,
			.title = "Number of networks told to an ICE peer",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D11",
			.why = "Each connectivity check carries the priority of the interface it "
			       "comes from. Several in one session tell the peer that the client "
			       "has several networks, often a VPN and the one beneath it, and help "
			       "to recognise it.",
			.remedy = "Have the browser use the default network only.",
			.false_positive = "Programs that do not number their interfaces as RFC "
					  "8445 recommends.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_STUN_REQUEST),
	.state_size = sizeof(struct state),
	.observe = observe,
	.describe = describe,
};
