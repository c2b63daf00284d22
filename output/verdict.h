/* A run in one sentence. */
#ifndef SEEP_OUTPUT_VERDICT_H
#define SEEP_OUTPUT_VERDICT_H

#include "core/summary.h"
#include "output/format.h"

enum verdict {
	VERDICT_CLEAN, /* no leak seen */
	VERDICT_OPEN,  /* nothing can be said */
	VERDICT_LEAK,
	VERDICT_GRAVE, /* one that is high or critical */
};

/* `blind`: there was something that could not be read. */
enum verdict verdict_of(const struct summary *s, bool blind, struct strip *sentence);

/* Findings from severity `least` up to but without `end`. */
uint64_t verdict_findings(const struct summary *s, unsigned least, unsigned end);

/* Something could not be read or kept. */
bool verdict_blind(const struct stats *stats);

#endif
