/*
 * stun-answer-elsewhere: a STUN request was answered from another address than it was sent to. A
 * client should drop such an answer (RFC 8489 §6.3.3, RFC 8445 §7.2.5.2.1), many do not: somebody
 * who saw the transaction id can answer for the server.
 *
 * NAT tests ask for it (CHANGE-REQUEST, RFC 5780 §7.2; RFC 3489), and then it is no news. Another
 * port of the same address is the server's own doing. In the LAN nobody outside is involved. Known
 * false positive: a server with several addresses that answers from the wrong one.
 */
#include "rules/describe.h"
#include "rules/detection.h"

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_stun_answer *answer = &o->binding_result.answer;
	const struct obs_head *h = &o->head;
	if (!knowledge_judges_answer(j->knowledge, answer) || answer->elsewhere ||
		addr_equal(&answer->server.addr, &h->src.addr))
		return;
	enum path path = knowledge_path(
		j->knowledge, &answer->client.addr, answer->request_interface, &answer->server);
	if (path == PATH_LAN)
		return;
	struct alert a = alert_draft(j, o, &answer->client.addr);
	a.confidence = CONFIDENCE_MEDIUM;
	a.path = path;
	a.server = answer->server;
	alert_add_frame(
		&a, answer->request_capture, answer->request_interface, answer->request_frame);
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	char by[ENDPOINT_TEXT_MAX];
	describe_begin(a, &names);
	describe_append(a->message,
		"%s asked STUN server %s and was answered by %s, which it did not ask",
		names.client, names.server, endpoint_text(&a->head.src, by));
	describe_append(a->remedy,
		"Use another STUN server, or TURN over TLS, and find out who answers: a server with "
		"several addresses, or somebody who reads along.");
}

static const char *const references[] = {
	"RFC 8489 section 6.3.3",
	"RFC 8445 section 7.2.5.2.1",
	"RFC 5780 section 7.2",
	NULL,
};

extern const struct detection detection_answer_elsewhere;
const struct detection detection_answer_elsewhere = {
	.info =
		{
			.id = "stun-answer-elsewhere",
			.signature_id = 551,
			.revision = 1,
			.severity = SEVERITY_LOW,
			.title = "STUN answered from an address that was not asked",
			.category = "Potentially Bad Traffic",
			.catalogue = "D55",
			.why = "An answer from elsewhere is not the server's word. Who reads along "
			       "can write one, and have the client offer an address of his choice.",
			.remedy = "Use another STUN server, or TURN over TLS.",
			.false_positive = "A server with several addresses that answers from the "
					  "wrong one.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_BINDING_RESULT),
	.observe = observe,
	.describe = describe,
};
