/*
 * Text off the wire, as the signalling protocols write it: words, numbers and addresses in a
 * reader's bytes. Nothing here ends with a NUL, nothing is copied, everything is linear.
 */
#ifndef SEEP_DISSECT_TEXT_H
#define SEEP_DISSECT_TEXT_H

#include "core/addr.h"
#include "core/reader.h"

/* A blank or a line end. */
static inline bool text_space(uint8_t byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* The next byte, which stays; 0 at the end. */
static inline uint8_t text_peek(struct reader r)
{
	return reader_left(&r) ? reader_u8(&r) : 0;
}

/* Without regard to case (ASCII): all of it is `word`, or it starts or ends with it. */
bool text_is(struct reader r, const char *word);
bool text_starts(struct reader r, const char *word);
bool text_ends(struct reader r, const char *word);

bool text_same_letter(uint8_t a, uint8_t b);

/* Steps over `start` when the text begins so, to the letter. */
bool text_step(struct reader *r, const char *start);

/* Without blanks and line ends around it; steps over those in front of it. */
struct reader text_trim(struct reader r);
void text_trim_start(struct reader *r);

/* Without the quotes around it, where there are any. */
struct reader text_unquote(struct reader r);

/* Takes what stands before the next `delimiter`, and that one too; the rest when there is none. */
struct reader text_until(struct reader *r, uint8_t delimiter);

/* The same, trimmed; but a delimiter between quotes is none. */
struct reader text_item(struct reader *r, uint8_t delimiter);

/* What comes before the next LF, without the CRs in front of it. */
struct reader text_line(struct reader *r);

/* The next run of bytes without a blank; empty at the end. */
struct reader text_word(struct reader *r);

/* Digits and nothing else; false when it is not, or too large for 63 bits. */
bool text_number(struct reader r, uint64_t *value);
bool text_hex(struct reader r, uint64_t *value);

/* The same, at most `most`. */
bool text_u32(struct reader r, uint32_t most, uint32_t *value);

/* An address (RFC 4291 §2.2); brackets around it and a zone (RFC 4007 §11) are left out. */
bool text_addr(struct reader r, struct addr *out);

/* An address with or without a port: 192.0.2.1:80, [2001:db8::1]:80, 2001:db8::1. */
bool text_endpoint(struct reader r, struct endpoint *out);

/* host[:port]: the host (brackets of IPv6 left out), and the port or `*port` as it was. */
struct reader text_authority(struct reader r, uint16_t *port);

#endif
