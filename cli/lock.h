/*
 * The phases of a run's rights (OPEN, LOCK, RUN): what is kept while everything is opened, and how
 * all of it is given up before the first byte of a capture is read.
 */
#ifndef SEEP_CLI_LOCK_H
#define SEEP_CLI_LOCK_H

#include "cli/cli.h"
#include "cli/helper.h"
#include "cli/privilege.h"

struct lock {
	struct privilege user;
	struct helper *helper; /* opens files again */
};

/* OPEN begins. False, with the reason printed, for a user that cannot be become. */
bool lock_begin(struct lock *l, const struct options *o);

/* Starts the helper, where something may have to be opened again: outputs, the policy. */
bool lock_help(struct lock *l, const struct options *o, const struct outputs *outputs);

/* LOCK. Outputs keep what their rows declare. False, with the reason printed, when other rights are
 * left. */
bool lock_close(const struct lock *l, const struct options *o, const struct outputs *outputs);

/* RUN: a file that is opened again, or -1 with errno set. */
int lock_open(const struct lock *l, const char *path);

void lock_free(struct lock *l);

#endif
