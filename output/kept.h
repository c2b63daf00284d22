/*
 * The findings of a run, each as it was last told: for outputs that are one document, written when
 * the run ends.
 */
#ifndef SEEP_OUTPUT_KEPT_H
#define SEEP_OUTPUT_KEPT_H

#include "output/output.h"

/* As many as the engine has open at a time. */
#define KEPT_MAX   16384
#define KEPT_SLOTS (2 * KEPT_MAX) /* a power of two */

struct kept_finding {
	struct alert alert;
	char id[FINDING_ID_SIZE];
	enum severity worst; /* it ever had */
};

struct kept {
	struct kept_finding *findings; /* in the order they were found */
	uint32_t count, room;
	uint64_t lost;             /* findings for which there was no place */
	uint32_t slot[KEPT_SLOTS]; /* by id: the place in `findings`, counted from 1 */
};

/* Keeps what is told now of a finding; false when there is no place for another one. */
bool kept_add(struct kept *k, const struct alert *a);

/* It stands: it was not taken back. */
bool kept_stands(const struct kept_finding *f);

void kept_free(struct kept *k);

#endif
