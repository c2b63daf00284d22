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
	struct table memory[DETECTIONS]; /* what each remembers of clients */
	uint64_t now_ns;                 /* packet time so far: never runs backwards */
	uint32_t wants;                  /* kinds of observation, a mask */
};

const struct detection_info *detection_info(unsigned i)
{
	return i < DETECTIONS ? &detections[i]->info : NULL;
}

struct memory_key {
	struct addr client;
	uint8_t reserved[7];
};

/* A row of a detection's memory; what it remembers follows. */
struct memory {
	struct table_entry age;
	struct memory_key key;
	uint64_t state[];
};

_Static_assert(sizeof(struct memory) % 8 == 0, "rows of a table");

static struct judgement judgement_of(struct engine *e, size_t i)
{
	return (struct judgement){
		.knowledge = &e->knowledge,
		.findings = &e->findings,
		.detection = detections[i],
		.memory = &e->memory[i],
		.now_ns = e->now_ns,
	};
}

static struct memory_key memory_key(const struct addr *client)
{
	struct memory_key key = {0};
	key.client = *client;
	return key;
}

void *judgement_memory(const struct judgement *j, const struct addr *client)
{
	struct memory_key key = memory_key(client);
	uint64_t evicted = j->memory->evicted;
	bool added;
	struct memory *m = table_get(j->memory, &key, j->now_ns, &added);
	if (!added)
		table_touch(j->memory, m, j->now_ns);
	j->knowledge->stats->memories_evicted += j->memory->evicted - evicted;
	return m->state;
}

void *judgement_recall(const struct judgement *j, const struct addr *client)
{
	struct memory_key key = memory_key(client);
	struct memory *m = table_find(j->memory, table_hash(j->memory, &key, sizeof(key)), &key);
	return m ? m->state : NULL;
}

static bool memories_init(struct engine *e, const struct engine_options *options)
{
	for (size_t i = 0; i < DETECTIONS; i++) {
		size_t size = (sizeof(struct memory) + detections[i]->state_size + 7) & ~(size_t)7;
		if (detections[i]->state_size &&
			!table_init(&e->memory[i], size, sizeof(struct memory_key),
				options->clients, 0))
			return false;
	}
	return true;
}

/* The run ends: what detections still have to say of their clients, oldest first. */
static void memories_finish(struct engine *e)
{
	for (size_t i = 0; i < DETECTIONS; i++) {
		struct judgement j = judgement_of(e, i);
		if (!detections[i]->finish)
			continue;
		struct memory *m = table_oldest(&e->memory[i]);
		for (; m; m = table_newer(&e->memory[i], m))
			detections[i]->finish(&j, &m->key.client, m->state);
	}
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
		findings_init(&e->findings, options, &e->knowledge, report, sink) &&
		memories_init(e, options))
		return e;
	engine_free(e);
	return NULL;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < DETECTIONS; i++)
		table_free(&e->memory[i]);
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
		INTEREST_IN(OBS_ALLOCATION) | INTEREST_IN(OBS_REDIRECT);
	return o->head.encapsulation & WRAPPED_TURN && stun & INTEREST_IN(o->head.kind);
}

static void time_advance(struct engine *e, uint64_t time_ns)
{
	if (time_ns > e->now_ns)
		e->now_ns = time_ns;
	findings_advance(&e->findings, e->now_ns);
}

static void outings_judge(struct engine *e)
{
	for (size_t i = 0; i < DETECTIONS && e->knowledge.outings.due_count; i++) {
		struct judgement j = judgement_of(e, i);
		if (detections[i]->outings)
			detections[i]->outings(&j);
	}
}

/* A program may ask STUN from its tunnel's socket before the tunnel is seen there. What only such
 * questions have shown is no finding then: of detections that judge nothing but STUN. */
static void socket_disown(struct engine *e, const struct observation *o)
{
	const uint32_t stun = INTEREST_IN(OBS_STUN_REQUEST) | INTEREST_IN(OBS_BINDING_RESULT) |
		INTEREST_IN(OBS_ALLOCATION) | INTEREST_IN(OBS_REDIRECT);
	const struct endpoint *socket = &e->knowledge.sockets.fresh;
	const struct client *client = o->head.kind == OBS_TUNNEL && socket->port
		? knowledge_client(&e->knowledge, &socket->addr)
		: NULL;
	for (size_t i = 0; client && i < DETECTIONS; i++) {
		if (detections[i]->wants & ~stun)
			continue;
		for (size_t family = 0; family < 2; family++)
			finding_disown(&e->findings, detections[i], socket, &client->real[family]);
	}
}

void engine_advance(struct engine *e, uint64_t time_ns)
{
	time_advance(e, time_ns);
	e->knowledge.now_ns = e->now_ns;
	outings_advance(&e->knowledge);
	outings_judge(e);
}

void engine_observe(struct engine *e, const struct observation *o)
{
	time_advance(e, o->head.time_ns);
	if (!(e->wants & INTEREST_IN(o->head.kind)) || observation_relayed(o))
		return;
	knowledge_learn(&e->knowledge, o);
	socket_disown(e, o);
	struct proof_once once = {.made = false};
	for (size_t i = 0; i < DETECTIONS; i++) {
		if (!(detections[i]->wants & INTEREST_IN(o->head.kind)))
			continue;
		struct judgement j = judgement_of(e, i);
		j.once = &once;
		detections[i]->observe(&j, o);
	}
	outings_judge(e);
}

void engine_follow(struct engine *e, const struct policy *policy)
{
	knowledge_follow(&e->knowledge, policy);
	findings_follow(&e->findings, policy);
}

void engine_finish(struct engine *e)
{
	while (outings_flush(&e->knowledge))
		outings_judge(e);
	memories_finish(e);
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
