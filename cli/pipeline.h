/*
 * A run over captures: connects capture, dissect, rules and output, and owns all of them.
 */
#ifndef SEEP_CLI_PIPELINE_H
#define SEEP_CLI_PIPELINE_H

#include "cli/cli.h"

/* Opens everything the options name, runs to the end (or to SIGINT or SIGTERM) and closes. With
 * `judge` rules see the observations; without, outputs do. Returns the exit status. */
int pipeline_run(const struct options *o, bool judge);

#endif
