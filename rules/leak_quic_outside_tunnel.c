/*
 * quic-outside-tunnel: a client that should use a tunnel or proxy has a QUIC connection of its own
 * (RFC 9000): HTTP/3, or WebTransport. The site sees its real address, and the hello says the
 * site's name in clear. A browser that uses an HTTP or SOCKS proxy turns QUIC off, because these
 * carry no UDP; what speaks QUIC beside one does not use it.
 *
 * Both ends must have spoken. QUIC that a call's ICE checked is media-outside-tunnel's, MASQUE
 * relays are tunnels of their own (D36, D49). A connection that moves from inside the tunnel
 * outside is seen as what it is outside; that it is the same one its encrypted ids do not tell, nor
 * can WebTransport be told from HTTP/3. Known false positive: another program than the one that
 * uses the proxy.
 */
#include "rules/departure.h"
#include "rules/describe.h"

#include <string.h>

#define QUIC_FLOWS 4 /* whose names are kept until they speak; a browser opens several at once */

struct quic_flow {
	uint64_t flow_id;
	struct obs_word name;
	bool other; /* it is a call's, or a tunnel of its own */
};

struct quic_client {
	struct quic_flow flow[QUIC_FLOWS];
	uint64_t count;
};

static struct quic_flow *flow_find(struct quic_client *c, uint64_t flow_id)
{
	for (size_t i = 0; c && i < QUIC_FLOWS; i++) {
		if (c->flow[i].flow_id == flow_id)
			return &c->flow[i];
	}
	return NULL;
}

static struct quic_flow *flow_get(struct quic_client *c, uint64_t flow_id)
{
	struct quic_flow *flow = flow_find(c, flow_id);
	if (flow)
		return flow;
	flow = &c->flow[c->count++ % QUIC_FLOWS];
	*flow = (struct quic_flow){.flow_id = flow_id};
	return flow;
}

static bool word_ends(const struct obs_word *word, const char *end)
{
	size_t length = strlen(end);
	return word->length >= length &&
		memcmp(word->bytes + word->length - length, end, length) == 0;
}

/* Relays of iCloud Private Relay and WARP: what they carry is inside. */
static bool name_is_relay(const struct obs_word *name)
{
	return word_ends(name, "mask.icloud.com") || word_ends(name, "mask-h2.icloud.com") ||
		word_ends(name, "masque.cloudflareclient.com");
}

static bool quic_departs(
	const struct judgement *j, const struct observation *o, struct departure *out)
{
	return o->head.from_opener && !(o->head.encapsulation & WRAPPED_TURN) &&
		departure_read(j, &o->head, NULL, out);
}

/* Another program may use the proxy; beside a tunnel that only its outer packets show QUIC may be
 * split off like anything else. */
static enum severity quic_severity(const struct judgement *j, const struct expectation *e)
{
	if (!e->observed)
		return j->detection->info.severity;
	return e->proxy ? SEVERITY_MEDIUM : SEVERITY_INFO;
}

static void hello_note(const struct judgement *j, const struct observation *o)
{
	struct departure d;
	if (o->hello.protocol != HELLO_QUIC || o->hello.server || !quic_departs(j, o, &d))
		return;
	struct quic_flow *flow = flow_get(judgement_memory(j, &d.client), o->head.flow_id);
	flow->name = o->hello.name;
	flow->other = name_is_relay(&flow->name);
}

static void check_note(const struct judgement *j, const struct observation *o)
{
	struct departure d;
	if (o->stun_request.check && departure_read(j, &o->head, NULL, &d))
		flow_get(judgement_memory(j, &d.client), o->head.flow_id)->other = true;
}

static void quic_judge(const struct judgement *j, const struct observation *o)
{
	struct departure d;
	if (o->media.protocol != MEDIA_QUIC || !quic_departs(j, o, &d))
		return;
	const struct quic_flow *flow = flow_find(judgement_recall(j, &d.client), o->head.flow_id);
	if (flow && flow->other)
		return;
	struct alert a = alert_of_departure(j, o, &d);
	a.severity = quic_severity(j, &d.expected);
	if (flow && flow->name.length)
		alert_add_name(&a, flow->name.bytes, flow->name.length);
	finding_raise(j, &a);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	switch (o->head.kind) {
	case OBS_STUN_REQUEST:
		check_note(j, o);
		break;
	case OBS_HELLO:
		hello_note(j, o);
		break;
	default:
		quic_judge(j, o);
		break;
	}
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s speaks QUIC straight with %s", names.client, names.server);
	if (a->leaked_count)
		describe_append(a->message, ", which sees its real address %s", names.leaked);
	describe_expected(a);
	describe_append(a->remedy, "%s",
		a->through == THROUGH_PROXY
			? "Find the program that does not use the proxy, and have the firewall "
			  "let no UDP out: it then falls back to TCP, which the proxy carries. "
			: "Turn on the VPN's kill switch so that nothing leaves outside the "
			  "tunnel. ");
	describe_append(a->remedy,
		"In Chromium, Chrome, Brave and Edge set the policy QuicAllowed to false; in "
		"Firefox set network.http.http3.enable to false.");
}

static const char *const references[] = {
	"RFC 9000 section 9.5",
	"RFC 9001 section 4",
	"RFC 8828 section 5.2",
	NULL,
};

extern const struct detection detection_quic_outside_tunnel;
const struct detection detection_quic_outside_tunnel = {
	.info =
		{
			.id = "quic-outside-tunnel",
			.signature_id = 320,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "QUIC outside the tunnel or proxy",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D32, D36",
			.why = "The client has a QUIC connection around its tunnel or proxy. The "
			       "server sees its real address, and on the way everybody reads the "
			       "site's name in the hello. HTTP and SOCKS proxies carry no UDP, so "
			       "a program that speaks QUIC does not use them.",
			.remedy = "Let no UDP out of the physical interface but the tunnel's own; "
				  "programs then fall back to TCP.",
			.false_positive = "A proxy that is meant for one program, and another "
					  "program speaks QUIC: declare where that may go with "
					  "`allow`.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_MEDIA) | INTEREST_IN(OBS_HELLO) | INTEREST_IN(OBS_STUN_REQUEST),
	.state_size = sizeof(struct quic_client),
	.observe = observe,
	.describe = describe,
};
