/*
 * Observations in, alerts out: the engine runs each detection on what it wants to see, against what
 * is declared (policy) and what was learned (knowledge), and folds repeats into findings.
 */
#ifndef SEEP_RULES_RULES_H
#define SEEP_RULES_RULES_H

#include "core/alert.h"
#include "core/interest.h"
#include "core/observation.h"
#include "core/policy.h"
#include "core/source.h"
#include "core/stats.h"
#include "core/summary.h"

struct engine;

/* Databases that say where addresses are; see rules/geo.h. NULL without memory. */
struct geo;
struct geo *geo_new(void);
void geo_free(struct geo *g);

/* Opens one (MaxMind DB format). False, with a reason, when it is none or there are
 * GEO_FILES_MAX. */
#define GEO_FILES_MAX 4
bool geo_add(struct geo *g, const char *path, const char **why);

struct engine_options {
	uint32_t clients, servers, findings; /* capacities of the tables */
	const struct geo *geo;               /* or NULL; must outlive the engine */
};

#define ENGINE_CLIENTS  65536
#define ENGINE_SERVERS  16384
#define ENGINE_FINDINGS 16384

/* `report` is called with each alert while engine_observe or engine_finish runs. The policy, the
 * sources and the stats must outlive the engine. NULL without memory. */
struct engine *engine_new(const struct engine_options *options, const struct policy *policy,
	const struct source_table *sources, struct stats *stats,
	void (*report)(void *sink, const struct alert *), void *sink);

/* The kinds that any detection or the engine itself wants. */
uint32_t engine_interest(void);

void engine_observe(struct engine *e, const struct observation *o);

/* It is this time by now, whether anything is observed or not: what was held until then is told. */
void engine_advance(struct engine *e, uint64_t time_ns);

/* From here on another policy holds. What was told stays told. */
void engine_follow(struct engine *e, const struct policy *policy);

/* The end of the run: every finding is closed. */
void engine_finish(struct engine *e);

/* Findings so far at or above `severity`, without those withdrawn. */
uint64_t engine_findings(const struct engine *e, enum severity severity);

/* Fills the members that the engine knows: findings, clients, servers, expectation. */
void engine_summarise(const struct engine *e, struct summary *s);

void engine_free(struct engine *e);

/* The catalogue, by row number; NULL behind the last. */
const struct detection_info *detection_info(unsigned i);

#endif
