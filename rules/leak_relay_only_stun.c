/*
 * relay-only-stun: a client whose policy is relay_only gathers from a STUN server that is no TURN
 * server of its own (RFC 8445 §5.1.1.2): a reflexive candidate, which it is not to have.
 *
 * Browsers ask a TURN server by a plain Binding request, too, even with iceTransportPolicy "relay",
 * and may do so before they allocate. So it is held for a moment, and excused by an Allocate
 * request to the same address. Servers in the LAN are left alone. Known false positive: a TURN
 * server whose allocation went over TLS, unseen.
 */
#include "rules/describe.h"
#include "rules/detection.h"

#include <string.h>
#define METHOD_BINDING  1
#define METHOD_ALLOCATE 3
#define SERVERS_MAX     4

/* Of the last servers: which are TURN servers, and who was asked and is none so far. */
struct servers {
	uint32_t turns, asks;
	struct addr turn[SERVERS_MAX];
	struct obs_head ask[SERVERS_MAX]; /* the first is the one that the held finding is about */
};

static void ask_raise(const struct judgement *j, const struct obs_head *h)
{
	const struct knowledge *k = j->knowledge;
	const struct addr *client = &h->src.addr;
	struct observation o = {.head = *h};
	struct alert a = alert_draft(j, &o, client);
	a.path = knowledge_path(k, client, h->interface, &h->dst);
	a.stage = STAGE_GATHERED;
	a.server = h->dst;
	a.provisional = true;
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static bool is_turn(const struct servers *s, const struct addr *server)
{
	for (uint32_t i = 0; i < s->turns && i < SERVERS_MAX; i++) {
		if (addr_equal(&s->turn[i], server))
			return true;
	}
	return false;
}

/* SERVERS_MAX when it was not asked. */
static uint32_t ask_find(const struct servers *s, const struct addr *server)
{
	uint32_t i = 0;
	while (i < s->asks && !addr_equal(&s->ask[i].dst.addr, server))
		i++;
	return i < s->asks ? i : SERVERS_MAX;
}

/* It turns out to be a TURN server: what was held against it is excused. */
static void turn_take(const struct judgement *j, struct servers *s, const struct obs_head *h)
{
	if (!is_turn(s, &h->dst.addr))
		s->turn[s->turns++ % SERVERS_MAX] = h->dst.addr;
	uint32_t at = ask_find(s, &h->dst.addr);
	if (at == SERVERS_MAX)
		return;
	s->asks--;
	memmove(&s->ask[at], &s->ask[at + 1], (s->asks - at) * sizeof(s->ask[0]));
	if (at > 0)
		return;
	finding_excuse(j, j->detection, &h->src.addr);
	if (s->asks)
		ask_raise(j, &s->ask[0]);
}

static void ask_take(const struct judgement *j, struct servers *s, const struct obs_head *h)
{
	if (is_turn(s, &h->dst.addr))
		return;
	if (ask_find(s, &h->dst.addr) == SERVERS_MAX && s->asks < SERVERS_MAX)
		s->ask[s->asks++] = *h;
	ask_raise(j, h);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	const struct knowledge *k = j->knowledge;
	if (o->stun_request.check || !knowledge_judges(k, h) ||
		!knowledge_terms(k, &h->src.addr)->relay_only)
		return;
	if (knowledge_path(k, &h->src.addr, h->interface, &h->dst) == PATH_LAN)
		return;
	struct servers *s = judgement_memory(j, &h->src.addr);
	if (o->stun_request.method == METHOD_ALLOCATE)
		turn_take(j, s, h);
	else if (o->stun_request.method == METHOD_BINDING)
		ask_take(j, s, h);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message,
		"%s asked STUN server %s for its public address; its policy allows relayed "
		"candidates only, and that is no TURN server it uses",
		names.client, names.server);
	describe_append(a->remedy,
		"Have the page name TURN servers only, and let UDP of this client out to those "
		"only.");
}

static const char *const references[] = {
	"RFC 9429 section 4.1.1",
	"RFC 8656 section 7",
	"RFC 8445 section 5.1.1.2",
	NULL,
};

extern const struct detection detection_relay_only_stun;
const struct detection detection_relay_only_stun = {
	.info =
		{
			.id = "relay-only-stun",
			.signature_id = 211,
			.revision = 1,
			.severity = SEVERITY_MEDIUM,
			.title = "STUN to others than TURN against relay-only",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D21",
			.why = "The policy says that this client uses relayed candidates only, "
			       "so it needs no STUN server but its TURN servers. It asked "
			       "another one for its public address: that server has it, and "
			       "the page gets it as a reflexive candidate unless it asked for "
			       "relayed ones only.",
			.remedy = "Have the page name TURN servers only, set iceTransportPolicy "
				  "to relay, and block UDP to all but the TURN servers.",
			.false_positive =
				"A TURN server reached over TLS that answers STUN on UDP as "
				"well, and other programs of the client.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_STUN_REQUEST),
	.policy_alone = true,
	.held = true,
	.state_size = sizeof(struct servers),
	.observe = observe,
	.describe = describe,
};
