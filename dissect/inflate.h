/*
 * Decompression behind one wall: whole bodies (gzip, deflate, br) and the endless streams of
 * permessage-deflate (RFC 7692). What comes out is capped in size and in ratio, so a bomb costs no
 * more than the cap; the libraries' memory is ours, fixed, and taken at the start.
 */
#ifndef SEEP_DISSECT_INFLATE_H
#define SEEP_DISSECT_INFLATE_H

#include "core/arena.h"
#include "core/reader.h"

#define INFLATE_BODY_MAX    262144  /* bytes out of one body */
#define INFLATE_MESSAGE_MAX 1048576 /* bytes out of one message of a stream */
#define INFLATE_RATIO_MAX   64      /* of out to in, beyond the first ... */
#define INFLATE_RATIO_FREE  16384   /* ... of these bytes */

enum coding { CODING_NONE, CODING_GZIP, CODING_DEFLATE, CODING_BROTLI, CODING_UNKNOWN };

/* What was done to a body, in that order. */
#define CODINGS_MAX 4 /* more are not undone: nobody means well who does more than one */

struct codings {
	uint8_t count;
	bool unknown; /* one of them, or there are too many */
	uint8_t coding[CODINGS_MAX];
};

/* Adds the codings named in a list (RFC 9110 §8.4). */
void codings_add(struct codings *c, struct reader list);

/* Adds those of another, which were done later. */
void codings_join(struct codings *c, const struct codings *later);

/* For bodies, one after the other. */
struct inflate {
	struct arena scratch; /* of the library, while it works */
	uint8_t *out[2];      /* what one coding leaves is what the next one reads */
};

bool inflate_init(struct inflate *f);
void inflate_free(struct inflate *f);

/* The body out of `in`, good until the next call; false when it is broken, cut or too much. */
bool inflate_body(
	struct inflate *f, const struct codings *codings, struct reader in, struct reader *out);

/* One direction of a WebSocket: a block of inflater_size bytes, aligned for anything. */
struct inflater;
size_t inflater_size(void);
void inflater_begin(struct inflater *i);

/* A message while it is put together. */
struct inflated {
	uint8_t *bytes;
	size_t room, length; /* written to bytes; what does not fit is only counted */
	uint64_t in, out;
};

/* Goes on with the message; false when the stream is broken, or the message is a bomb: then it is
 * over with the stream. */
bool inflater_add(struct inflater *i, struct reader in, struct inflated *message);

#endif
