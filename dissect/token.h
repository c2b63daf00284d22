/*
 * Text off the wire, a piece at a time: words, lines, numbers, addresses, as the protocols that are
 * written in letters need them. A piece is a reader of its own; nothing is copied, nothing ends
 * with a NUL, every function is linear in what it is given.
 */
#ifndef SEEP_DISSECT_TOKEN_H
#define SEEP_DISSECT_TOKEN_H

#include "core/addr.h"
#include "core/reader.h"

/* A blank or a line end. */
static inline bool token_space(uint8_t byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* The next byte, which stays; 0 at the end. */
static inline uint8_t token_peek(struct reader r)
{
	return reader_left(&r) ? reader_u8(&r) : 0;
}

/* Steps over blanks and line ends. */
void token_trim(struct reader *r);

/* What comes before the next `stop`, which is stepped over; without one all there is. */
struct reader token_until(struct reader *r, uint8_t stop);

/* What comes before the next LF, without the CRs in front of it. */
struct reader token_line(struct reader *r);

/* The next run of bytes without a blank; empty at the end. */
struct reader token_next(struct reader *r);

/* Is it this word? Upper and lower case of ASCII are the same. */
bool token_is(struct reader token, const char *word);

/* Steps over `start` when the text begins so, to the letter. */
bool token_start(struct reader *r, const char *start);

/* Digits and nothing else, at most `most`. */
bool token_number(struct reader token, uint32_t most, uint32_t *out);

/* An address in text (RFC 4291 §2.2); brackets around it and a zone (RFC 4007 §11) are left out. */
bool token_addr(struct reader token, struct addr *out);

#endif
