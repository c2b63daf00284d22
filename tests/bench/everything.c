/*
 * What judging costs where every fact is wanted: the program's own layers from file to engine, with
 * every dissector asked, nDPI behind them, and every observation judged. Prints the counters, by
 * the names they have in records: tests/bench/run tells from them what was seen.
 */
#include "capture/capture.h"
#include "dissect/dissect.h"
#include "rules/rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define ENTRIES 4096 /* of each of the engine's tables */

struct everything {
	struct stats stats;
	struct policy policy;
	struct source_table *sources;
	struct capture *capture;
	struct dissect *dissect;
	struct engine *engine;
	uint64_t observations, alerts;
};

static void alert_count(void *sink, const struct alert *a)
{
	(void)a;
	((struct everything *)sink)->alerts++;
}

static void observation_judge(void *sink, const struct observation *o)
{
	struct everything *e = sink;
	e->observations++;
	engine_observe(e->engine, o);
}

static bool everything_open(struct everything *e, const char *file)
{
	static const struct interest all = {.observations = UINT32_MAX};
	static const struct capture_options unfiltered;
	static const struct engine_options tables = {
		.clients = ENTRIES, .servers = ENTRIES, .findings = ENTRIES};
	static const struct dissect_options sizes = {
		.flows = DISSECT_FLOWS,
		.transactions = DISSECT_TRANSACTIONS,
		.ndpi_flows = DISSECT_NDPI_FLOWS,
		.conversations = DISSECT_CONVERSATIONS,
	};
	e->policy.window_ns = POLICY_WINDOW_NS;
	e->sources = source_table_new();
	if (!e->sources)
		return false;
	e->capture = capture_new(&unfiltered, e->sources, &e->stats);
	e->dissect = dissect_new(&sizes, &all, &e->stats, observation_judge, e);
	e->engine = engine_new(&tables, &e->policy, e->sources, &e->stats, alert_count, e);
	return e->capture && e->dissect && e->engine && capture_add(e->capture, file, ROLE_AUTO);
}

static void everything_run(struct everything *e)
{
	struct batch batch;
	for (capture_next(e->capture, &batch); batch.count; capture_next(e->capture, &batch))
		dissect_batch(e->dissect, &batch);
	dissect_finish(e->dissect);
}

static void everything_print(const struct everything *e)
{
	printf("observations %" PRIu64 "\nalerts %" PRIu64 "\n", e->observations, e->alerts);
	for (const struct stat_info *row = stat_info; row->name; row++)
		printf("%s %" PRIu64 "\n", row->name, stat_value(&e->stats, row));
}

int main(int argc, char **argv)
{
	struct everything e = {0};
	if (argc != 2 || !everything_open(&e, argv[1])) {
		fprintf(stderr, "everything: no memory, or no capture to read\n");
		return EXIT_FAILURE;
	}
	everything_run(&e);
	everything_print(&e);
	return capture_failed(e.capture) ? EXIT_FAILURE : EXIT_SUCCESS;
}
