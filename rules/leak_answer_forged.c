/*
 * stun-answer-forged: somebody answers STUN in a server's place. Either one question got two
 * answers that name different addresses, or an answer came that nobody asked for and that names
 * another address than the server's own answers (RFC 8489 §6.3, §16.1.2). Who can do so makes the
 * client believe in a wrong address, and may send its media through a place of his choice.
 *
 * A capture that starts in the middle, or sees one direction, has answers without questions: they
 * count only where the same server has answered the same socket before. Answers that say the same
 * are retransmissions. Two interfaces are two questions. Known false positive: a capture that lost
 * the question just when the path changed.
 */
#include "rules/describe.h"
#include "rules/detection.h"

#define SOCKETS_KEPT 4 /* of a client; the oldest makes way */

struct dialogue {
	uint16_t port;
	struct endpoint server;
	struct addr mapped;          /* by the last answer that was asked for */
	uint16_t capture, interface; /* of its question */
	uint64_t frame, answered_in;
};

struct state {
	struct dialogue dialogue[SOCKETS_KEPT];
	uint8_t next;
};

static struct dialogue *dialogue_find(
	struct state *s, const struct endpoint *client, const struct endpoint *server)
{
	for (size_t i = 0; i < SOCKETS_KEPT; i++) {
		struct dialogue *d = &s->dialogue[i];
		if (d->port == client->port && endpoint_equal(&d->server, server))
			return d;
	}
	return NULL;
}

static void dialogue_note(struct state *s, const struct observation *o)
{
	const struct obs_stun_answer *answer = &o->binding_result.answer;
	struct dialogue *d = dialogue_find(s, &answer->client, &answer->server);
	if (!d)
		d = &s->dialogue[s->next++ % SOCKETS_KEPT];
	*d = (struct dialogue){.port = answer->client.port,
		.server = answer->server,
		.mapped = addr_plain(&o->binding_result.mapped.addr),
		.capture = answer->request_capture,
		.interface = answer->request_interface,
		.frame = answer->request_frame,
		.answered_in = o->head.frame};
}

/* Another answer to the question that this dialogue had last. */
static bool same_question(const struct dialogue *d, const struct obs_stun_answer *answer)
{
	return d->frame == answer->request_frame && d->capture == answer->request_capture &&
		d->interface == answer->request_interface;
}

static void forgery_raise(
	const struct judgement *j, const struct observation *o, const struct dialogue *d)
{
	const struct obs_head *h = &o->head;
	struct alert a = alert_draft(j, o, &h->dst.addr);
	a.confidence = CONFIDENCE_MEDIUM;
	a.path = knowledge_path(j->knowledge, &h->dst.addr, h->interface, &h->src);
	a.server = h->src;
	alert_add_frame(&a, d->capture, d->interface, d->answered_in);
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_binding_result *r = &o->binding_result;
	const struct addr mapped = addr_plain(&r->mapped.addr);
	if (mapped.family == ADDR_NONE)
		return;
	if (r->answer.matched && !knowledge_judges_answer(j->knowledge, &r->answer))
		return;
	struct state *s = r->answer.matched ? judgement_memory(j, &o->head.dst.addr)
					    : judgement_recall(j, &o->head.dst.addr);
	if (!s)
		return;
	struct dialogue *d = dialogue_find(s, &o->head.dst, &o->head.src);
	bool asked = r->answer.matched && !(d && same_question(d, &r->answer));
	if (d && !asked && d->mapped.family == mapped.family && !addr_equal(&d->mapped, &mapped))
		forgery_raise(j, o, d);
	if (asked && r->answer.same_server)
		dialogue_note(s, o);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message,
		"%s got an answer in the name of STUN server or peer %s that contradicts the one it "
		"had: somebody between them, or somebody who guesses, makes answers up",
		names.client, names.server);
	describe_append(a->remedy,
		"Do not trust the addresses that this client gathered here. Use another network "
		"or a VPN for calls, and TURN over TLS, whose answers nobody else can write.");
}

static const char *const references[] = {
	"RFC 8489 section 6.3",
	"RFC 8489 section 16.1.2",
	NULL,
};

extern const struct detection detection_answer_forged;
const struct detection detection_answer_forged = {
	.info =
		{
			.id = "stun-answer-forged",
			.signature_id = 550,
			.revision = 1,
			.severity = SEVERITY_LOW,
			.title = "STUN answer that contradicts the server's own",
			.category = "Potentially Bad Traffic",
			.catalogue = "D55",
			.why = "STUN answers are not signed while addresses are gathered. Somebody "
			       "answered in the server's name with another address, so that the "
			       "client offers a place of the forger's choice to its peers.",
			.remedy = "Do not trust addresses gathered here; use TURN over TLS.",
			.false_positive = "A capture that lost the question while the client's "
					  "address changed.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_BINDING_RESULT),
	.state_size = sizeof(struct state),
	.observe = observe,
	.describe = describe,
};
