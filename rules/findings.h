/*
 * One leak, one alert: findings by detection, client and address given away. Repeats fold in; a
 * finding that grows is reported again at once, one that merely goes on once per window, and each a
 * last time when it is closed.
 */
#ifndef SEEP_RULES_FINDINGS_H
#define SEEP_RULES_FINDINGS_H

#include "core/alert.h"
#include "core/policy.h"
#include "core/table.h"
#include "rules/detection.h"

#define FINDINGS_MAX 16384

struct finding_key {
	uint32_t signature_id;
	struct addr client, leaked; /* the first address given away; none where it is unknown */
	uint8_t reserved[2];
};

struct finding {
	struct table_entry age;
	struct finding_key key;
	const struct detection *detection;
	uint64_t reported_ns; /* packet time of the last report */
	struct alert alert;
};

struct findings {
	struct table table;
	struct knowledge *knowledge; /* counts findings by client */
	struct stats *stats;
	const struct policy *policy;
	void (*report)(void *sink, const struct alert *);
	void *sink;
	uint64_t by_severity[SEVERITIES];
};

bool findings_init(struct findings *f, struct knowledge *knowledge,
	void (*report)(void *sink, const struct alert *), void *sink);
void findings_close(struct findings *f);
void findings_free(struct findings *f);

#endif
