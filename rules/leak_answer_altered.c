/*
 * stun-answer-altered: the FINGERPRINT of a STUN answer is not that of the message (RFC 8489
 * §14.7). It was changed on the way: by a router that rewrites addresses inside packets (an ALG),
 * or by somebody who wants the client to believe in another address. A fingerprint is no signature;
 * who means it can make a right one.
 *
 * Only whole answers to questions that were seen: what the capture cut short is not judged. Known
 * false positive: old Microsoft clients, whose CRC table had a mistake.
 */
#include "rules/describe.h"
#include "rules/detection.h"

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_stun_answer *answer = &o->binding_result.answer;
	const struct obs_head *h = &o->head;
	if (!o->binding_result.altered || !knowledge_judges_answer(j->knowledge, answer))
		return;
	struct alert a = alert_draft(j, o, &answer->client.addr);
	a.confidence = CONFIDENCE_MEDIUM;
	a.path = knowledge_path(
		j->knowledge, &answer->client.addr, answer->request_interface, &answer->server);
	a.server = h->src;
	alert_add_frame(
		&a, answer->request_capture, answer->request_interface, answer->request_frame);
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message,
		"the STUN answer of %s to %s was changed on the way: its fingerprint does not fit",
		names.server, names.client);
	describe_append(a->remedy,
		"Turn off the router's SIP and STUN helpers (ALG). If that changes nothing, do not "
		"trust this network with calls: use a VPN, or TURN over TLS.");
}

static const char *const references[] = {
	"RFC 8489 section 14.7",
	"RFC 8489 section 16.1.2",
	NULL,
};

extern const struct detection detection_answer_altered;
const struct detection detection_answer_altered = {
	.info =
		{
			.id = "stun-answer-altered",
			.signature_id = 552,
			.revision = 1,
			.severity = SEVERITY_LOW,
			.title = "STUN answer changed on the way",
			.category = "Potentially Bad Traffic",
			.catalogue = "D55",
			.why = "The answer's check sum does not fit its bytes. Something between "
			       "the server and the client writes into packets, and the address in "
			       "this one is what such things change.",
			.remedy = "Turn off the router's helpers for SIP and STUN, or use TURN "
				  "over TLS.",
			.false_positive = "Old Microsoft clients, which compute it wrongly.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_BINDING_RESULT),
	.observe = observe,
	.describe = describe,
};
