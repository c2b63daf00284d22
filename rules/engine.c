/*
 * The engine: knowledge first, then each detection that wants the observation.
 */
#include "rules/findings.h"
#include "rules/rules.h"

#include <stdlib.h>

#define DETECTION(name) extern const struct detection detection_##name;
#include "rules/detections.h"
#undef DETECTION

static const struct detection *const detections[] = {
#define DETECTION(name) &detection_##name,
#include "rules/detections.h"
#undef DETECTION
};

#define DETECTIONS (sizeof(detections) / sizeof(detections[0]))

struct engine {
	struct knowledge knowledge;
	struct findings findings;
	uint64_t now_ns; /* packet time so far: never runs backwards */
	uint32_t wants;  /* kinds of observation, a mask */
};

const struct detection_info *detection_info(unsigned i)
{
	return i < DETECTIONS ? &detections[i]->info : NULL;
}

struct engine *engine_new(const struct engine_options *options, const struct policy *policy,
	const struct source_table *sources, struct stats *stats,
	void (*report)(void *sink, const struct alert *), void *sink)
{
	struct engine *e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	e->wants = engine_interest();
	if (knowledge_init(&e->knowledge, options, policy, sources, stats) &&
		findings_init(&e->findings, options, &e->knowledge, report, sink))
		return e;
	engine_free(e);
	return NULL;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	findings_free(&e->findings);
	knowledge_free(&e->knowledge);
	free(e);
}

uint32_t engine_interest(void)
{
	uint32_t kinds = KNOWLEDGE_WANTS;
	for (size_t i = 0; i < DETECTIONS; i++)
		kinds |= detections[i]->wants;
	return kinds;
}

/* STUN between a client and its peer, in what a TURN server carries: the address that it maps is
 * the relay's, and the way it took the relay's, too. Nothing of it is about the client. */
static bool observation_relayed(const struct observation *o)
{
	const uint32_t stun = INTEREST_IN(OBS_STUN_REQUEST) | INTEREST_IN(OBS_BINDING_RESULT) |
		INTEREST_IN(OBS_ALLOCATION);
	return o->head.encapsulation & WRAPPED_TURN && stun & INTEREST_IN(o->head.kind);
}

void engine_observe(struct engine *e, const struct observation *o)
{
	if (o->head.time_ns > e->now_ns)
		e->now_ns = o->head.time_ns;
	findings_advance(&e->findings, e->now_ns);
	if (!(e->wants & INTEREST_IN(o->head.kind)) || observation_relayed(o))
		return;
	knowledge_learn(&e->knowledge, o);
	for (size_t i = 0; i < DETECTIONS; i++) {
		if (!(detections[i]->wants & INTEREST_IN(o->head.kind)))
			continue;
		struct judgement j = {
			.knowledge = &e->knowledge,
			.findings = &e->findings,
			.detection = detections[i],
		};
		detections[i]->observe(&j, o);
	}
}

void engine_follow(struct engine *e, const struct policy *policy)
{
	knowledge_follow(&e->knowledge, policy);
	findings_follow(&e->findings, policy);
}

void engine_finish(struct engine *e)
{
	findings_close(&e->findings);
}

uint64_t engine_findings(const struct engine *e, enum severity severity)
{
	uint64_t sum = 0;
	for (enum severity s = severity; s < SEVERITIES; s++)
		sum += e->findings.by_severity[s];
	return sum;
}

void engine_summarise(const struct engine *e, struct summary *s)
{
	for (enum severity severity = SEVERITY_INFO; severity < SEVERITIES; severity++)
		s->findings[severity] = e->findings.by_severity[severity];
	knowledge_summarise(&e->knowledge, s);
}
