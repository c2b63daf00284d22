/*
 * What detections of traffic around a tunnel share: each takes its own of the conversations outside
 * (rules/outings.h), sums them up for each client, and has one finding that grows.
 */
#ifndef SEEP_RULES_AROUND_H
#define SEEP_RULES_AROUND_H

#include "rules/detection.h"

#define AROUND_PLACES 12
#define AROUND_BEYOND \
	8 /* words, a bit for each place that is not kept: nearly exact for hundreds */

/* Packets in an observed tunnel, after which it is known whether nearly all goes through it: while
 * the run lasts, and at its end. */
#define AROUND_SURE 512
#define AROUND_FEW  16

struct around_place {
	struct endpoint to;
	uint16_t capture, interface;
	uint64_t frame, packets, bytes;
};

/* A detection's memory of a client. */
struct around {
	uint64_t from_ns, until_ns; /* first and last packet */
	uint64_t packets, bytes;    /* to places beyond those kept */
	uint64_t beyond[AROUND_BEYOND];
	uint32_t count;
	bool handed; /* one of the conversations was inside before */
	bool ripe;   /* one of them has waited long enough to be recognised */
	bool raised, over;
	struct watch watch;
	struct obs_head head; /* of the newest conversation */
	uint32_t leaked_count, name_count;
	struct addr leaked[ALERT_LEAKED_MAX];
	struct obs_word names[ALERT_NAMES_MAX];
	struct around_place place[AROUND_PLACES];
};

/* A detection, as far as it differs from the others. */
struct around_kind {
	bool (*takes)(const struct outing *o);
	/* Gives the draft its severity and what else is its own; false: not yet. `last`: the run
	 * ends. NULL: around_weigh. */
	bool (*weigh)(const struct judgement *j, struct around *m, struct alert *a, bool last);
};

/* What such a detection has as its `outings` and its `finish`. */
void around_observe(const struct judgement *j);
void around_finish(const struct judgement *j, const struct addr *client, void *state);

/* Raises what is remembered, if it weighs enough. */
void around_raise(const struct judgement *j, const struct around_kind *kind,
	const struct addr *client, struct around *m, bool last);

/* Lowers the severity where a tunnel is only seen from outside: to info, as long as much goes
 * around it, because then that is how it is meant; and where it is not known which packets are its
 * own. */
bool around_weigh(const struct judgement *j, struct around *m, struct alert *a, bool last);

/* "14 packets (2345 bytes) to 3 destinations, the first 192.0.2.80:443" */
void describe_traffic(struct alert *a);

#endif
