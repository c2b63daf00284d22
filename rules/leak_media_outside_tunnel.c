/*
 * media-outside-tunnel: the audio, video or data of a call goes straight from a client that should
 * use a tunnel or proxy to its peer or server. Whoever is there sees the client's real address for
 * as long as the call lasts, and everybody on the way sees with whom it speaks. HTTP proxies, and
 * SOCKS without UDP ASSOCIATE, carry no UDP: media beside one is a way around it (RFC 8828 §5.2).
 *
 * Media is what the flow shows to be media, by first bytes, never by ports: checked by ICE, set up
 * by DTLS for SRTP, RTP both ways, or a long run of it. DTLS of VPNs, QUIC, and games that resemble
 * nothing are none. What a relay carries counts as sent to the relay. Known false positive: split
 * tunnelling on purpose that the policy does not know of.
 */
#include "rules/calls.h"
#include "rules/departure.h"
#include "rules/describe.h"
#include "rules/hellos.h"

/* RTP in one direction alone: so many packets of one source, in order, are no coincidence. */
#define MEDIA_SURE 100

static void media_raise(const struct judgement *j, const struct observation *o,
	const struct departure *d, enum stage stage, enum confidence most)
{
	struct alert a = alert_of_departure(j, o, d);
	a.stage = stage;
	alert_doubt(&a, most);
	finding_raise(j, &a);
}

/* What the far end is known to see: by its answer in this flow, else in another one. */
static const struct addr *mapped_of(
	const struct calls *calls, const struct obs_head *h, const struct addr *real)
{
	const struct call_flow *flow = calls ? call_find(calls, h->flow_id) : NULL;
	const struct addr *told = calls ? &calls->told[h->src.addr.family == ADDR_V6] : NULL;
	if (flow && flow->mapped.family != ADDR_NONE)
		return &flow->mapped;
	return !real && told && told->family != ADDR_NONE ? told : NULL;
}

static bool media_departs(
	const struct judgement *j, const struct obs_head *h, struct departure *out)
{
	const struct addr *client = &h->src.addr;
	const struct addr *real = knowledge_real(j->knowledge, client, client->family);
	return departure_read(j, h, mapped_of(judgement_recall(j, client), h, real), out);
}

/* The head as the client sends, whichever end of it is the client. False: neither, or the far end
 * is near. */
static bool head_of_client(
	const struct judgement *j, const struct obs_head *h, struct obs_head *out)
{
	*out = *h;
	if (!knowledge_judges(j->knowledge, h)) {
		*out = head_turned(h);
		if (!knowledge_judges(j->knowledge, out))
			return false;
	}
	return addr_scope(&out->dst.addr) == SCOPE_GLOBAL || h->encapsulation & WRAPPED_TURN;
}

/* A check is the flow's sign whichever end sends it. */
static void check_note(const struct judgement *j, const struct observation *o)
{
	struct obs_head h;
	if (!o->stun_request.check || !head_of_client(j, &o->head, &h))
		return;
	struct calls *calls = judgement_memory(j, &h.src.addr);
	call_of(calls, h.flow_id)->signs |= CALL_ICE;
}

/* Inside the tunnel the peer sees the tunnel's end, which the same flow outside does not show. */
static void answer_note(const struct judgement *j, const struct observation *o)
{
	const struct obs_stun_answer *answer = &o->binding_result.answer;
	const struct addr *client = &answer->client.addr;
	struct addr mapped = addr_plain(&o->binding_result.mapped.addr);
	if (!answer->check || !knowledge_judges_answer(j->knowledge, answer))
		return;
	enum path path = knowledge_path_asked(j->knowledge, o, answer);
	if (path != PATH_DIRECT && path != PATH_UNKNOWN)
		return;
	struct calls *calls = judgement_memory(j, client);
	struct call_flow *flow = call_of(calls, o->head.flow_id);
	flow->signs |= CALL_ICE;
	if (addr_scope(&mapped) != SCOPE_GLOBAL)
		return;
	flow->mapped = mapped;
	if (path == PATH_DIRECT)
		calls->told[mapped.family == ADDR_V6] = mapped;
}

/* The handshake goes over a pair that works; media follows. */
static void hello_judge(const struct judgement *j, const struct observation *o)
{
	struct obs_head h;
	struct departure d;
	if (!hello_is_webrtc(&o->hello) || !head_of_client(j, &o->head, &h))
		return;
	call_of(judgement_memory(j, &h.src.addr), h.flow_id)->signs |= CALL_HELLO;
	if (endpoint_equal(&h.src, &o->head.src) && media_departs(j, &h, &d))
		media_raise(j, o, &d, STAGE_NOMINATED, CONFIDENCE_HIGH);
}

static bool media_is_rtp(const struct obs_media *m)
{
	return m->protocol == MEDIA_RTP || m->protocol == MEDIA_RTCP;
}

/* To its relay, which it has called: a server that relays sends the same. */
static bool sent_to_relay(const struct obs_head *h)
{
	return h->from_opener || h->src.port > h->dst.port;
}

/* Do the flow's signs, or the packet itself, show that it is a call's? */
static bool media_shown(const struct observation *o, unsigned signs)
{
	switch ((enum media_protocol)o->media.protocol) {
	case MEDIA_RTP:
	case MEDIA_RTCP:
		return signs & (CALL_ICE | CALL_HELLO | CALL_IN);
	case MEDIA_DTLS:
		return signs & (CALL_ICE | CALL_HELLO);
	case MEDIA_QUIC:
		return signs & CALL_ICE; /* RFC 9443 */
	case MEDIA_CHANNEL_DATA:
		return sent_to_relay(&o->head);
	}
	return false;
}

static void media_sent(const struct judgement *j, const struct observation *o)
{
	struct departure d;
	const struct addr *client = &o->head.src.addr;
	if (!media_departs(j, &o->head, &d))
		return;
	const struct calls *known = judgement_recall(j, client);
	const struct call_flow *flow = known ? call_find(known, o->head.flow_id) : NULL;
	if (media_shown(o, flow ? flow->signs : 0))
		media_raise(j, o, &d, STAGE_MEDIA, CONFIDENCE_HIGH);
	else if (media_is_rtp(&o->media) && o->media.packets >= MEDIA_SURE)
		media_raise(j, o, &d, STAGE_MEDIA, CONFIDENCE_MEDIUM);
	else if (media_is_rtp(&o->media))
		call_of(judgement_memory(j, client), o->head.flow_id)->signs |= CALL_OUT;
}

/* What comes back shows that what went out before was media. */
static void media_came(
	const struct judgement *j, const struct observation *o, const struct obs_head *turned)
{
	struct departure d;
	if (!media_is_rtp(&o->media))
		return;
	struct call_flow *flow = call_of(judgement_memory(j, &turned->src.addr), turned->flow_id);
	bool completes = (flow->signs & (CALL_OUT | CALL_IN)) == CALL_OUT;
	flow->signs |= CALL_IN;
	if (completes && media_departs(j, turned, &d))
		media_raise(j, o, &d, STAGE_MEDIA, CONFIDENCE_HIGH);
}

static void media_judge(const struct judgement *j, const struct observation *o)
{
	struct obs_head h;
	if (!head_of_client(j, &o->head, &h))
		return;
	if (endpoint_equal(&h.src, &o->head.src))
		media_sent(j, o);
	else
		media_came(j, o, &h);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	switch (o->head.kind) {
	case OBS_STUN_REQUEST:
		check_note(j, o);
		break;
	case OBS_BINDING_RESULT:
		answer_note(j, o);
		break;
	case OBS_HELLO:
		hello_judge(j, o);
		break;
	default:
		media_judge(j, o);
		break;
	}
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s %s %s", names.client,
		a->stage == STAGE_MEDIA ? "sends a call's media straight to"
					: "sets up a call's encryption straight with",
		names.server);
	if (a->leaked_count)
		describe_append(a->message, ", which sees its real address %s", names.leaked);
	describe_expected(a);
	describe_remedy(a);
}

static const char *const references[] = {
	"RFC 8828 section 5.1",
	"RFC 8828 section 5.2",
	"RFC 7983",
	"RFC 5764",
	NULL,
};

extern const struct detection detection_srflx_outside_egress;
extern const struct detection detection_stun_outside_tunnel;
extern const struct detection detection_media_outside_tunnel;
const struct detection detection_media_outside_tunnel = {
	.info =
		{
			.id = "media-outside-tunnel",
			.signature_id = 270,
			.revision = 1,
			.severity = SEVERITY_CRITICAL,
			.title = "Media of a call outside the tunnel",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D27, D33, D34, D51",
			.why = "The audio, video or data of a call goes around the tunnel or "
			       "proxy: the peer sees the client's real address for as long as "
			       "the call lasts, and whoever watches the line sees who speaks "
			       "with whom, and when. It is the gravest end of what starts as a "
			       "gathered address.",
			.remedy = "Stop UDP outside the tunnel (kill switch, or a firewall rule "
				  "on the physical interface); behind a proxy, allow WebRTC only "
				  "over TURN through it.",
			.false_positive = "Split tunnelling on purpose: declare what may go "
					  "around with `allow` in the policy.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_MEDIA) | INTEREST_IN(OBS_HELLO) | INTEREST_IN(OBS_STUN_REQUEST) |
		INTEREST_IN(OBS_BINDING_RESULT),
	.covers = &detection_stun_outside_tunnel,
	.grows = &detection_srflx_outside_egress,
	.state_size = sizeof(struct calls),
	.observe = observe,
	.describe = describe,
};
