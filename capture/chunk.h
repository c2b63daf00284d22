/*
 * A file descriptor read in large pieces. Parsers look at `view`, the bytes that are here and not
 * yet consumed; when a record is not wholly here they ask for more, and what is left over moves to
 * the front. Nothing may point into a chunk while it is filled.
 */
#ifndef SEEP_CAPTURE_CHUNK_H
#define SEEP_CAPTURE_CHUNK_H

#include "core/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Large enough to make system calls rare, small enough to stay in cache until it is consumed. */
#define CHUNK_SIZE ((size_t)128 << 10)

struct chunk {
	struct reader view;
	uint64_t offset; /* in the file, unpacked, of view.end */
	uint64_t skip;   /* bytes of the file to drop before the view goes on */
	size_t need;     /* bytes the parser waits for, see chunk_fill */
	uint8_t *bytes;
	size_t size;
	int fd;
	struct unpacker *unpacker; /* of a packed file; or NULL */
	int error;                 /* errno of a failed read, or 0 */
	const char *reason;        /* why, in other words than errno has; or NULL */
	bool ended;                /* there is nothing behind view.end */
	bool interrupted;          /* a signal ended it */
};

/* Takes over the descriptor if it succeeds; false without memory. */
bool chunk_open(struct chunk *c, int fd);
void chunk_close(struct chunk *c);

/* Reads until `need` bytes are in the view or the file ends. Grows for a record larger than
 * CHUNK_SIZE; who asks has checked it against a limit. */
void chunk_fill(struct chunk *c);

/* The file turns out to be packed (capture/compressed.h): starts anew with what it unpacks to.
 * False without memory. */
bool chunk_unpack(struct chunk *c);

/* Why reading failed. */
const char *chunk_error(const struct chunk *c);

/* Moves on by n bytes, those that are not here yet included. */
void chunk_skip(struct chunk *c, uint64_t n);

/* Where in the file the view starts. */
static inline uint64_t chunk_offset(const struct chunk *c)
{
	return c->offset - reader_left(&c->view);
}

#endif
