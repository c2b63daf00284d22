/*
 * What a run that gave up its rights still needs done: files opened again, of a list that is made
 * before. One process, forked before the first byte of a capture is read, that never sees one; it
 * is asked by the number of a row and answers with a descriptor.
 */
#ifndef SEEP_CLI_HELPER_H
#define SEEP_CLI_HELPER_H

#include <stdbool.h>
#include <sys/types.h>

struct helper;

/* Without files and not started. NULL without memory. */
struct helper *helper_new(void);

/* `path` is kept by reference; flags and mode as of open(2). What does not fit is left out. */
void helper_add(struct helper *h, const char *path, int flags, mode_t mode);

/* Forks, if there are files. False with the reason printed. */
bool helper_start(struct helper *h);

/* Opens a file of the list; -1 with errno set. Before helper_start it opens the file itself. */
int helper_open(void *helper, const char *path);

/* Ends the process. */
void helper_free(struct helper *h);

#endif
