/* What happens in the course of a call, step by step, told to a judge. */
#ifndef SEEP_TESTS_UNIT_SUPPORT_CALL_H
#define SEEP_TESTS_UNIT_SUPPORT_CALL_H

#include "tests/unit/support/judge.h"

#define LAPTOP "192.168.77.10:50000"
#define PEER   "203.0.113.50:40000"
#define RELAY  "192.0.2.11:3478"
#define CALL   77 /* the flow of the call */
#define MOST   12 /* steps of a story */

/* An observation; what is not said is the laptop's, to its peer, on eth0, in the call's flow. */
struct step {
	uint8_t kind; /* enum observation_kind; 0: no more steps */
	uint8_t interface;
	bool comes; /* from the peer */
	uint64_t flow;
	const char *client, *peer;
	uint8_t encapsulation;
	uint8_t protocol; /* of media, or of a hello */
	uint32_t packets; /* 0: a few */
	uint8_t hop_limit;
	const char *alpn, *name;
	uint8_t srtp, proxy; /* enum proxy_kind */
	const char *mapped;
	bool nominates, consent, gathers;
};

#define SAYS(protocol_)    .kind = OBS_MEDIA, .protocol = MEDIA_##protocol_
#define CHECKS             .kind = OBS_STUN_REQUEST
#define ANSWERED(mapped_)  .kind = OBS_BINDING_RESULT, .mapped = (mapped_)
#define ALLOCATES(mapped_) .kind = OBS_ALLOCATION, .mapped = (mapped_)
#define GREETS(protocol_)  .kind = OBS_HELLO, .protocol = HELLO_##protocol_
#define USES_PROXY(kind_)  .kind = OBS_PROXY, .proxy = PROXY_##kind_, .peer = "203.0.113.99:3128"

static inline struct obs_word step_word(const char *text)
{
	struct obs_word word = {0};
	word.length = (uint8_t)(text ? strlen(text) : 0);
	memcpy(word.bytes, text ? text : "", word.length);
	return word;
}

static inline void step_answer(
	const struct observation *o, const struct step *s, struct obs_stun_answer *out)
{
	*out = (struct obs_stun_answer){
		.matched = true,
		.same_server = true,
		.check = !s->gathers && s->kind == OBS_BINDING_RESULT,
		.nominates = s->nominates,
		.request_interface = s->interface,
		.request_ns = o->head.time_ns,
		.request_frame = o->head.frame,
		.client = o->head.dst,
		.server = o->head.src,
		.ice.consent = s->consent,
	};
}

static inline void step_body(struct observation *o, const struct step *s)
{
	switch (s->kind) {
	case OBS_STUN_REQUEST:
		o->stun_request = (struct obs_stun_request){
			.method = METHOD_BINDING, .check = !s->gathers, .nominates = s->nominates};
		break;
	case OBS_BINDING_RESULT:
		step_answer(o, s, &o->binding_result.answer);
		o->binding_result.mapped = end(s->mapped);
		break;
	case OBS_ALLOCATION:
		step_answer(o, s, &o->allocation.answer);
		o->allocation.mapped = end(s->mapped);
		break;
	case OBS_PROXY:
		o->proxy = (struct obs_proxy){.kind = s->proxy, .event = PROXY_GRANTS};
		break;
	case OBS_HELLO:
		o->hello = (struct obs_hello){.protocol = s->protocol, .srtp_profiles = s->srtp};
		o->hello.alpn = step_word(s->alpn);
		o->hello.name = step_word(s->name);
		break;
	default:
		o->media = (struct obs_media){
			.protocol = s->protocol, .packets = s->packets ? s->packets : 4};
		break;
	}
}

static inline void step_play(struct judge *j, const struct step *s)
{
	struct observation o = judge_head(j, s->kind, s->interface);
	const struct endpoint client = end(s->client ? s->client : LAPTOP);
	const struct endpoint peer = end(s->peer ? s->peer : PEER);
	bool answers = s->mapped || s->kind == OBS_PROXY;
	o.head.src = s->comes || answers ? peer : client;
	o.head.dst = s->comes || answers ? client : peer;
	o.head.from_opener = !s->comes && !answers;
	o.head.flow_id = s->flow ? s->flow : CALL;
	o.head.hop_limit = s->hop_limit ? s->hop_limit : 57;
	o.head.encapsulation = s->encapsulation;
	if (s->encapsulation & WRAPPED_TURN)
		o.head.outer_dst = end(RELAY).addr;
	step_body(&o, s);
	j->now_ns += SECOND_NS / 50;
	engine_observe(j->engine, &o);
}

/* Findings of this detection that stand, after the run is over. */
static inline const struct alert *call_found(const struct judge *j, const char *id)
{
	const struct alert *found = NULL;
	assert_true(j->count <= JUDGE_ALERTS_MAX);
	for (uint32_t i = 0; i < j->count; i++) {
		const struct alert *a = &j->alerts[i];
		if (a->state == STATE_CLOSED && strcmp(a->detection->id, id) == 0)
			found = a;
	}
	return found;
}

static inline struct judge *call_play(const char *declared, unsigned seen, const struct step *steps)
{
	struct judge *j = judge_new(declared);
	judge_links(j, seen);
	for (unsigned i = 0; i < MOST && steps[i].kind; i++)
		step_play(j, &steps[i]);
	engine_finish(j->engine);
	return j;
}

#endif
