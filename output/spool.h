/*
 * Records on their way to a collector: kept until the other side has them, and bounded.
 */
#ifndef SEEP_OUTPUT_SPOOL_H
#define SEEP_OUTPUT_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPOOL_RECORDS 8192 /* at most ... */
#define SPOOL_BYTES   (8U * 1024 * 1024)

struct spool_record {
	uint64_t end; /* where it ended in the stream of bytes that this connection has written */
	size_t length;
	char bytes[];
};

struct spool {
	struct spool_record *record[SPOOL_RECORDS]; /* a ring */
	unsigned first, count;                      /* held */
	unsigned sent;                              /* the first so many of them were written */
	size_t bytes;
};

/* A record in up to three pieces. False when there is no room. */
struct spool_piece {
	const void *bytes;
	size_t length;
};
bool spool_put(struct spool *s, const struct spool_piece *pieces, size_t count);

/* The next to write, or NULL; and that it is written. */
struct spool_record *spool_next(const struct spool *s);
void spool_wrote(struct spool *s, uint64_t end);

/* The other side has all that ended up to here. */
void spool_arrived(struct spool *s, uint64_t end);

/* The connection is lost: what is not known to have arrived is to be written again. */
void spool_rewind(struct spool *s);

/* The next record can't be written at all. */
void spool_drop(struct spool *s);

void spool_free(struct spool *s);

#endif
