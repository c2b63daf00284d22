/*
 * Where records go: standard output or a file that is only ever appended to, one write(2) for each
 * record, so that a reader sees complete records only.
 */
#ifndef SEEP_OUTPUT_SINK_H
#define SEEP_OUTPUT_SINK_H

#include "core/stats.h"
#include "output/output.h"

#include <stdbool.h>
#include <stddef.h>

#define SINK_NAME_MAX 256

struct sink {
	const char *dest;         /* as the user wrote it; not owned */
	char name[SINK_NAME_MAX]; /* for messages; longer ones are cut */
	struct stats *stats;
	int fd;
	bool standard; /* standard output: not ours to close */
	bool terminal;
	bool gone;   /* nobody reads standard output any more */
	bool failed; /* a record could not be written */
	bool torn;   /* the last record ended in the middle */
};

/* `dest` is a file's name, or "-". False with the reason printed. */
bool sink_open(struct sink *s, const char *dest, struct stats *stats);

/* Goes on with `fd`, the file opened anew by its name. Where that is -1, the old one stays, and
 * that is said. */
void sink_reopen(struct sink *s, int fd);

/* How the file is opened anew. */
struct output_file sink_file(const struct sink *s);

void sink_write(struct sink *s, const void *record, size_t length);

/* Counts a record that could not be written, and says why the first time. */
void sink_fail(struct sink *s, const char *why);

void sink_close(struct sink *s);

#endif
