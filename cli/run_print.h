/* What a run says of itself to the person at the terminal: -v, SIGUSR1. */
#ifndef SEEP_CLI_RUN_PRINT_H
#define SEEP_CLI_RUN_PRINT_H

#include "core/source.h"
#include "core/stats.h"

/* Counters that are not 0, a line each. */
void stats_print(const struct stats *stats);

/* Interfaces, and what they are taken for. */
void interfaces_print(const struct source_table *sources);

#endif
