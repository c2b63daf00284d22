/*
 * turn-tls-outside-tunnel: a client that should use a tunnel or proxy reaches a TURN server over
 * TLS or DTLS around it (RFC 8656 §2.1, RFC 7350). Nothing of TURN can be read, but who is called
 * shows: the hello offers stun.turn (RFC 7443), or it goes to a server that the client has
 * allocated from in clear. The operator learns the client's address, as with turn-outside-tunnel,
 * whose finding about the same address grows. TURN over TCP in clear is read, and that one's.
 *
 * A name like turn.example alone is a guess, and info. A hello that offers HTTP is a page's,
 * whoever else answers there. Known false positive: a host that is named turn and is none.
 */
#include "rules/departure.h"
#include "rules/describe.h"
#include "rules/hellos.h"

#include <ctype.h>
#include <string.h>

#define TURN_SERVERS 4

struct turn_client {
	struct addr server[TURN_SERVERS];
	uint32_t count;
};

static bool server_known(const struct turn_client *c, const struct addr *server)
{
	for (size_t i = 0; c && i < TURN_SERVERS; i++) {
		if (addr_equal(&c->server[i], server))
			return true;
	}
	return false;
}

static void server_note(const struct judgement *j, const struct observation *o)
{
	const struct obs_stun_answer *answer = &o->allocation.answer;
	if (!knowledge_judges_answer(j->knowledge, answer))
		return;
	struct turn_client *c = judgement_memory(j, &answer->client.addr);
	if (!server_known(c, &answer->server.addr))
		c->server[c->count++ % TURN_SERVERS] = answer->server.addr;
}

/* turn.example, turns.example, turn-2.example, turn3.example */
static bool name_says_turn(const struct obs_word *name)
{
	const char *start = "turn";
	size_t length = strlen(start);
	if (name->length <= length || memcmp(name->bytes, start, length) != 0)
		return false;
	uint8_t next = name->bytes[length];
	if (next == 's' && name->length > length + 1)
		next = name->bytes[length + 1];
	return next == '.' || next == '-' || isdigit(next);
}

static bool hello_says_turn(const struct obs_hello *hello)
{
	return hello_offers(hello, "stun.turn") || hello_offers(hello, "stun.nat-discovery");
}

/* A page's, a mail server's ...: it says itself what it is. */
static bool hello_says_other(const struct obs_hello *hello)
{
	return hello->alpn.length && !hello_says_turn(hello);
}

static void hello_judge(const struct judgement *j, const struct observation *o)
{
	struct departure d;
	const struct obs_hello *hello = &o->hello;
	if (hello->server || hello->protocol == HELLO_QUIC || hello_says_other(hello) ||
		hello_is_webrtc(hello))
		return;
	bool said = hello_says_turn(hello);
	bool known = server_known(judgement_recall(j, &o->head.src.addr), &o->head.dst.addr);
	if (!said && !known && !name_says_turn(&hello->name))
		return;
	if (!departure_read(j, &o->head, NULL, &d))
		return;
	struct alert a = alert_of_departure(j, o, &d);
	a.stage = STAGE_GATHERED;
	if (!said)
		alert_doubt(&a, known ? CONFIDENCE_MEDIUM : CONFIDENCE_LOW);
	if (!said && !known)
		a.severity = SEVERITY_INFO;
	if (hello->name.length)
		alert_add_name(&a, hello->name.bytes, hello->name.length);
	finding_raise(j, &a);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	if (o->head.kind == OBS_ALLOCATION)
		server_note(j, o);
	else
		hello_judge(j, o);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s reached %s %s over TLS outside the tunnel or proxy",
		names.client,
		a->confidence == CONFIDENCE_LOW ? "what may be a TURN server," : "the TURN server",
		names.server);
	if (a->leaked_count)
		describe_append(
			a->message, ", whose operator sees its real address %s", names.leaked);
	describe_expected(a);
	describe_remedy(a);
}

static const char *const references[] = {
	"RFC 8656 section 2.1",
	"RFC 7443",
	"RFC 7350",
	NULL,
};

extern const struct detection detection_turn_outside_tunnel;
extern const struct detection detection_turn_tls_outside_tunnel;
const struct detection detection_turn_tls_outside_tunnel = {
	.info =
		{
			.id = "turn-tls-outside-tunnel",
			.signature_id = 300,
			.revision = 1,
			.severity = SEVERITY_MEDIUM,
			.title = "TURN over TLS outside the tunnel",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D30",
			.why = "TLS hides the calls from who watches the line, not the client "
			       "from the relay: its operator sees the client's real address, "
			       "because the connection goes around the tunnel or proxy.",
			.remedy = "Reach the TURN server through the tunnel, or through the proxy "
				  "with CONNECT.",
			.false_positive = "A host named turn that is no TURN server: hence info "
					  "where nothing but the name says so.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_HELLO) | INTEREST_IN(OBS_ALLOCATION),
	.grows = &detection_turn_outside_tunnel,
	.state_size = sizeof(struct turn_client),
	.observe = observe,
	.describe = describe,
};
