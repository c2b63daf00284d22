/*
 * The only way to touch bytes that came off the wire or out of a capture file.
 *
 * A reader is a value that owns nothing: a place among somebody's bytes, and how many are left. A
 * read past the end fails, and failing is sticky: the reader empties, returns zeroes from then on,
 * and `failed` is set, so that a parser reads a whole structure, tests once, and only then acts on
 * what it read.
 * `cut` says that the capture is shorter than the wire was: running out is then truncation, not
 * malformation. Lengths are compared, pointers past the end are never formed, integers are put
 * together byte by byte (the compiler makes one load of it).
 */
#ifndef SEEP_CORE_READER_H
#define SEEP_CORE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Two words, so that it is handed to a function and back in registers. */
struct reader {
	const uint8_t *at;
	uint32_t left; /* bytes not yet read */
	bool failed;   /* a read went past the end */
	bool cut;      /* the bytes end before the packet did (snap length) */
};

/* Sets a reader on `length` bytes at `bytes`, which the caller keeps alive; nothing is copied. */
static inline void reader_init(struct reader *r, const void *bytes, size_t length, bool cut)
{
	r->at = bytes;
	r->left = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX;
	r->failed = false;
	r->cut = cut;
}

static inline struct reader reader_make(const void *bytes, size_t length, bool cut)
{
	struct reader r;
	reader_init(&r, bytes, length, cut);
	return r;
}

/* Bytes not yet read. */
static inline size_t reader_left(const struct reader *r)
{
	return r->left;
}

/* Marks the reader failed and empties it; for a parser that finds a value it cannot go on with. */
static inline void reader_fail(struct reader *r)
{
	r->left = 0;
	r->failed = true;
}

/* Whether n bytes are there; else the reader has failed. */
static inline bool reader_has(struct reader *r, size_t n)
{
	if (n <= reader_left(r))
		return true;
	reader_fail(r);
	return false;
}

/* Steps over n bytes that are known to be there, and returns where they start. */
static inline const uint8_t *reader_step(struct reader *r, size_t n)
{
	const uint8_t *at = r->at;
	if (n)
		r->at += n;
	r->left -= (uint32_t)n;
	return at;
}

/* Steps over n bytes and returns where they start, or NULL with the reader failed. */
static inline const uint8_t *reader_take(struct reader *r, size_t n)
{
	return reader_has(r, n) ? reader_step(r, n) : NULL;
}

/* A header of fixed size: false when it is not all there. That reads within its n bytes succeed is
 * known when this is compiled, so they cost no checks. */
static inline bool reader_header(struct reader *r, struct reader *header, size_t n)
{
	if (!reader_has(r, n))
		return false;
	*header = reader_make(reader_step(r, n), n, false);
	return true;
}

static inline void reader_skip(struct reader *r, size_t n)
{
	(void)reader_take(r, n);
}

/* A child over the next n bytes; it cannot see past them. The parent moves on behind them. A child
 * of a failed read is empty and failed itself. */
static inline struct reader reader_sub(struct reader *r, size_t n)
{
	if (!reader_has(r, n))
		return (struct reader){.at = r->at, .failed = true, .cut = r->cut};
	return (struct reader){.at = reader_step(r, n), .left = (uint32_t)n};
}

/* Drops everything behind the next n bytes (trailing padding below a length field). Asking for more
 * than there is changes nothing: the following reads will find out. */
static inline void reader_limit(struct reader *r, size_t n)
{
	if (n < reader_left(r)) {
		r->left = (uint32_t)n;
		r->cut = false;
	}
}

/* How many bytes stand before the first `byte`; all that are left when there is none. */
static inline size_t reader_find(const struct reader *r, uint8_t byte)
{
	size_t left = reader_left(r);
	const uint8_t *found = left ? memchr(r->at, byte, left) : NULL;
	return found ? (size_t)(found - r->at) : left;
}

/* The last byte that is left; 0 when there is none. */
static inline uint8_t reader_last(const struct reader *r)
{
	return reader_left(r) ? r->at[reader_left(r) - 1] : 0;
}

/* Copies n bytes to `to`; zeroes them when there are not that many. */
static inline void reader_copy(struct reader *r, void *to, size_t n)
{
	const uint8_t *at = reader_take(r, n);
	if (at)
		memcpy(to, at, n);
	else
		memset(to, 0, n);
}

static inline uint8_t reader_u8(struct reader *r)
{
	return reader_has(r, 1) ? *reader_step(r, 1) : 0;
}

/* Big endian (network order). */
static inline uint16_t reader_u16(struct reader *r)
{
	if (!reader_has(r, 2))
		return 0;
	const uint8_t *p = reader_step(r, 2);
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t reader_u32(struct reader *r)
{
	if (!reader_has(r, 4))
		return 0;
	const uint8_t *p = reader_step(r, 4);
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t reader_u64(struct reader *r)
{
	uint64_t high = reader_u32(r);
	return high << 32 | reader_u32(r);
}

/* Little endian: capture file headers and a few link layers are written in the writer's order. */
static inline uint16_t reader_le16(struct reader *r)
{
	return __builtin_bswap16(reader_u16(r));
}

static inline uint32_t reader_le32(struct reader *r)
{
	return __builtin_bswap32(reader_u32(r));
}

#endif
