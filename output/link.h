/*
 * The way to a collector: a socket that may be away for a while. Records wait in a bounded spool
 * until the other side's kernel has acknowledged them, and are sent again over the next connection
 * if this one is lost first. Nothing here blocks but closing, and making room where the user's
 * packets can wait (replay), both for a limited time.
 */
#ifndef SEEP_OUTPUT_LINK_H
#define SEEP_OUTPUT_LINK_H

#include "core/stats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link;

struct link_options {
	bool counted; /* octets are counted in streams (RFC 6587 §3.4.1); otherwise lines */
	bool patient; /* wait for room rather than lose a record */
	struct stats *stats;
};

/* `dest` is one that dial.h knows. That nobody answers there yet is no failure. NULL with the
 * reason printed. */
struct link *link_open(const char *dest, const struct link_options *options);

/* Takes a record, which may end with a line feed. False when there is no room: it is lost. */
bool link_put(struct link *l, const void *record, size_t length);

/* Goes on with what is under way; `now_ns` is a clock that never goes back. */
void link_tick(struct link *l, uint64_t now_ns);

/* Tries at once, whatever was to be waited for. */
void link_retry(struct link *l);

/* Waits for what is under way. How many records did not arrive. */
uint64_t link_close(struct link *l);

#endif
