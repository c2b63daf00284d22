/*
 * stun-redirect: a STUN or TURN server on the Internet sent a client that asked around its tunnel
 * to another server (error 300 with ALTERNATE-SERVER, RFC 8489 §10). Clients follow without asking
 * anybody, so who can answer chooses who learns the real address next.
 *
 * Only the answer to a request that was seen counts, and only another address: a port is the same
 * operator's. OTHER-ADDRESS and RESPONSE-ORIGIN (RFC 5780) are said to everybody and followed by
 * NAT tests alone; they are no redirection. Inside the tunnel nothing is told that way. Known false
 * positive: operators that spread their load like this.
 */
#include "rules/describe.h"
#include "rules/detection.h"

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_redirect *r = &o->redirect;
	const struct obs_stun_answer *answer = &r->answer;
	const struct addr *client = &answer->client.addr;
	if (!knowledge_judges_answer(j->knowledge, answer) ||
		knowledge_socket_is_tunnels(j->knowledge, &answer->client) ||
		addr_equal(&r->alternate.addr, &answer->server.addr))
		return;
	enum path path = knowledge_path(
		j->knowledge, client, answer->request_interface, &answer->server);
	if (path != PATH_DIRECT)
		return;
	struct expectation expected;
	knowledge_expect(j->knowledge, client, &expected);
	if (!expected.tunnel && !expected.proxy)
		return; /* the router may be the tunnel's end */
	struct alert a = alert_draft(j, o, client);
	a.path = path;
	a.server = r->alternate;
	if (!answer->same_server)
		a.confidence = CONFIDENCE_LOW;
	alert_add_expected(&a, &expected);
	alert_add_frame(
		&a, answer->request_capture, answer->request_interface, answer->request_frame);
	alert_add_frame(&a, o->head.capture, o->head.interface, o->head.frame);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	char by[ENDPOINT_TEXT_MAX];
	describe_begin(a, &names);
	describe_append(a->message,
		"%s asked STUN or TURN server %s outside its tunnel or proxy and was sent on to "
		"%s, which will see its real address if it follows",
		names.client, endpoint_text(&a->head.src, by), names.server);
	describe_remedy(a);
}

static const char *const references[] = {
	"RFC 8489 section 10",
	"RFC 8489 section 14.15",
	"RFC 5780 section 7",
	NULL,
};

extern const struct detection detection_stun_redirect;
const struct detection detection_stun_redirect = {
	.info =
		{
			.id = "stun-redirect",
			.signature_id = 70,
			.revision = 1,
			.severity = SEVERITY_LOW,
			.title = "STUN server sent a client to another server",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D07",
			.why = "A server may answer that another one is to be asked. The client "
			       "does so by itself, and outside the tunnel the other server learns "
			       "its real address, too, although nobody chose it.",
			.remedy = "Keep STUN and TURN inside the tunnel; then it does not matter "
				  "where they are sent.",
			.false_positive =
				"TURN operators that spread their load with redirections.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_REDIRECT),
	.observe = observe,
	.describe = describe,
};
