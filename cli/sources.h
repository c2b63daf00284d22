/*
 * What a run reads: the files or interfaces that the options name.
 */
#ifndef SEEP_CLI_SOURCES_H
#define SEEP_CLI_SOURCES_H

#include "capture/capture.h"
#include "cli/cli.h"

/* Returns an exit status, with what is wrong printed. A file that can't be opened does not keep the
 * others from being judged: `*failed` is set for it. */
int sources_open(const struct options *o, struct capture *c, bool *failed);

#endif
