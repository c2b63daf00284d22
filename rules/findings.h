/*
 * One leak, one alert: findings by detection, client and address given away. Repeats fold in; a
 * finding that grows is reported again at once, one that merely goes on once per window, and each a
 * last time when it is closed. A finding that a graver one usually follows is held for a moment,
 * and not told if that one came.
 */
#ifndef SEEP_RULES_FINDINGS_H
#define SEEP_RULES_FINDINGS_H

#include "core/alert.h"
#include "core/policy.h"
#include "core/table.h"
#include "rules/detection.h"
#include "rules/suppress.h"

/* How long a finding that a graver one may cover is held back: longer than a STUN client waits
 * before it asks again (RFC 8489 §6.2.1: 500 ms). */
#define FINDING_GRACE_NS UINT64_C(1000000000)
#define FINDINGS_HELD    1024

struct finding_key {
	uint32_t signature_id;
	struct addr client;
	struct addr leaked; /* the first address given away; none for a held detection */
	uint8_t reserved[2];
};

enum finding_state {
	FINDING_HELD,       /* found, not yet told: a graver finding may come and say it all */
	FINDING_TOLD,       /* reported, or would be but for its severity */
	FINDING_COVERED,    /* a graver finding about the same client says it all */
	FINDING_ALLOWED,    /* all evidence so far went where the policy allows it */
	FINDING_SUPPRESSED, /* the policy says not to tell */
};

struct finding {
	struct table_entry age;
	struct finding_key key;
	const struct detection *detection; /* who saw the worst of it, and describes it; NULL where
					    * nothing but the covering is known */
	enum finding_state state;
	bool several;           /* sockets of the client have shown it */
	struct endpoint socket; /* the first of them */
	uint8_t reserved[4];
	bool limited; /* told, but not to the outputs: more than the policy wants of its like */
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
	struct suppress suppress;
	/* Those held, oldest first: a ring of keys, because an entry may be evicted meanwhile. */
	struct finding_key held[FINDINGS_HELD];
	uint32_t held_first, held_count;
	bool closing; /* the run ends: what leaves the table is not evicted */
};

bool findings_init(struct findings *f, const struct engine_options *options,
	struct knowledge *knowledge, void (*report)(void *sink, const struct alert *), void *sink);
/* From here on another policy holds; its limits are not used up yet. */
void findings_follow(struct findings *f, const struct policy *policy);
/* The socket turned out to be a tunnel's own: what only it has shown of this detection and this
 * address is taken back. */
void finding_disown(struct findings *f, const struct detection *detection,
	const struct endpoint *socket, const struct addr *leaked);

/* Tells what was held until `now_ns` and not covered. */
void findings_advance(struct findings *f, uint64_t now_ns);
/* Tells what is held, and closes everything. */
void findings_close(struct findings *f);
void findings_free(struct findings *f);

#endif
