/*
 * A run in a few figures, put together by cli/ at its end for the outputs.
 */
#ifndef SEEP_CORE_SUMMARY_H
#define SEEP_CORE_SUMMARY_H

#include "core/alert.h"
#include "core/source.h"
#include "core/stats.h"

#define SUMMARY_LIST_MAX 10

struct summary_server {
	struct endpoint server;
	uint64_t answers; /* Binding and Allocate successes it gave */
};

struct summary_client {
	struct addr addr;
	uint64_t requests; /* Binding and Allocate requests it sent */
	uint64_t findings[SEVERITIES];
};

struct summary {
	const struct stats *stats;
	const struct source_table *sources;
	uint64_t first_ns, last_ns;    /* packet time span; both 0 without packets */
	uint64_t findings[SEVERITIES]; /* reported or not */
	enum severity min_severity;
	uint32_t client_count, server_count;             /* in the lists below */
	struct summary_client clients[SUMMARY_LIST_MAX]; /* with findings first, then by age */
	struct summary_server servers[SUMMARY_LIST_MAX];
	bool recorded;    /* put together from records, which do not say what was expected */
	bool failed;      /* an input could not be read to its end */
	bool expectation; /* a policy, a tunnel or a proxy was known: leaks could be told from
			     exposure */
};

#endif
