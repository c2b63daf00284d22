/*
 * Where records go: standard output or a file that is appended to, one write(2) for each record, so
 * that a reader sees complete records only; or a collector behind a socket (link.h). A document's
 * file is emptied when it is opened: a run that dies leaves nothing that could be taken for its
 * result.
 */
#ifndef SEEP_OUTPUT_SINK_H
#define SEEP_OUTPUT_SINK_H

#include "core/stats.h"
#include "output/link.h"
#include "output/output.h"

#include <stdbool.h>
#include <stddef.h>

#define SINK_NAME_MAX 256

struct sink {
	const char *dest;         /* a file's name, as the user wrote it; not owned */
	struct link *link;        /* to a collector; NULL for files */
	char name[SINK_NAME_MAX]; /* for messages; longer ones are cut */
	struct stats *stats;
	int fd;
	bool standard; /* standard output: not ours to close */
	bool anew;     /* a file holds one document, not what was there before */
	bool terminal;
	bool gone;   /* nobody reads standard output any more */
	bool failed; /* a record could not be written */
	bool torn;   /* the last record ended in the middle */
};

struct sink_options {
	bool anew;    /* a file is emptied first, not appended to */
	bool counted; /* records are told apart by their length in streams (syslog) */
	bool patient; /* a collector is waited for rather than lose a record */
};

/* `dest` is a file's name, "-", or a collector's address as dial.h has them. False with the reason
 * printed. */
bool sink_open(
	struct sink *s, const char *dest, const struct sink_options *options, struct stats *stats);

/* Time goes on, by a clock that never goes back. */
void sink_tick(struct sink *s, uint64_t now_ns);

/* Goes on with `fd`, the file opened anew by its name. Where that is -1, the old one stays, and
 * that is said. */
void sink_reopen(struct sink *s, int fd);

/* Tries the collector again now, if it went away. */
void sink_retry(struct sink *s);

/* How the file is opened anew. */
struct output_file sink_file(const struct sink *s);

void sink_write(struct sink *s, const void *record, size_t length);

/* Counts a record that could not be written, and says why the first time. */
void sink_fail(struct sink *s, const char *why);

void sink_close(struct sink *s);

#endif
