/*
 * zlib and libzstd behind one read function. Files of several gzip members or zstd frames, as
 * parallel packers and `cat` make them, are read through; zeroes behind the last member are a
 * tape's padding.
 */
#include "capture/compressed.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define PIECE_SIZE      ((size_t)128 << 10) /* read at once */
#define GZIP_WINDOW     (MAX_WBITS + 16)    /* zlib: gzip format only */
#define ZSTD_WINDOW_LOG 27                  /* 128 MiB, the most that zstd itself takes unasked */
#define MAGIC_GZIP      0x1f8b
#define MAGIC_ZSTD      0x28b52ffd
#define MAGIC_SKIPPABLE 0x502a4d18 /* RFC 8878 §3.1.2; pzstd starts with such a frame */
#define SKIPPABLE_MASK  0xf0ffffff

#define HOW_TO "; if it is a capture all the same, unpack it first or pipe it in unpacked"

struct unpacker {
	int fd;
	z_stream gzip;
	ZSTD_DStream *zstd; /* NULL: it is gzip */
	uint64_t packed, unpacked;
	const char *reason; /* why no more can be unpacked, or NULL */
	bool inside;        /* a member or frame was begun and has not ended */
	bool padding;       /* only zeroes follow */
	bool full;          /* there may be more to get without another read */
	size_t at, have;    /* of `bytes` */
	uint8_t bytes[PIECE_SIZE];
};

static bool head_gzip(struct reader head)
{
	return reader_u16(&head) == MAGIC_GZIP;
}

bool unpacker_knows(struct reader head)
{
	bool gzip = head_gzip(head);
	uint32_t magic = reader_u32(&head);
	return gzip || magic == MAGIC_ZSTD || (magic & SKIPPABLE_MASK) == MAGIC_SKIPPABLE;
}

struct unpacker *unpacker_new(int fd, struct reader head)
{
	struct unpacker *u = calloc(1, sizeof(*u));
	if (!u)
		return NULL;
	bool ready;
	if (head_gzip(head)) {
		ready = inflateInit2(&u->gzip, GZIP_WINDOW) == Z_OK;
	} else {
		u->zstd = ZSTD_createDStream();
		ready = u->zstd &&
			!ZSTD_isError(ZSTD_DCtx_setParameter(
				u->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG));
	}
	if (!ready || reader_left(&head) > sizeof(u->bytes)) {
		unpacker_free(u);
		return NULL;
	}
	u->fd = fd;
	u->inside = true;
	u->have = u->packed = reader_left(&head);
	reader_copy(&head, u->bytes, u->have);
	return u;
}

void unpacker_free(struct unpacker *u)
{
	if (!u)
		return;
	if (u->zstd)
		ZSTD_freeDStream(u->zstd);
	else
		inflateEnd(&u->gzip);
	free(u);
}

/* Unpacks from what is here; returns how many bytes came out. */
static size_t zstd_step(struct unpacker *u, uint8_t *to, size_t size)
{
	ZSTD_inBuffer in = {u->bytes, u->have, u->at};
	ZSTD_outBuffer out = {to, size, 0};
	size_t left = ZSTD_decompressStream(u->zstd, &out, &in);
	if (ZSTD_isError(left))
		u->reason = ZSTD_getErrorCode(left) == ZSTD_error_frameParameter_windowTooLarge
			? "its zstd data needs more memory to unpack than is given" HOW_TO
			: "its zstd data is corrupt";
	u->inside = left != 0;
	u->at = in.pos;
	return out.pos;
}

/* Another member begins, unless it is padding. */
static bool gzip_again(struct unpacker *u)
{
	u->padding = u->padding || u->bytes[u->at] == 0;
	if (u->padding) {
		u->at = u->have;
		return false;
	}
	u->inside = true;
	return inflateReset(&u->gzip) == Z_OK;
}

static size_t gzip_step(struct unpacker *u, uint8_t *to, size_t size)
{
	if (!u->inside && (u->at == u->have || !gzip_again(u)))
		return 0;
	u->gzip.next_in = u->bytes + u->at;
	u->gzip.avail_in = (uInt)(u->have - u->at);
	u->gzip.next_out = to;
	u->gzip.avail_out = (uInt)(size < PIECE_SIZE ? size : PIECE_SIZE);
	size_t room = u->gzip.avail_out;
	int status = inflate(&u->gzip, Z_NO_FLUSH);
	u->at = u->have - u->gzip.avail_in;
	if (status == Z_STREAM_END)
		u->inside = false;
	else if (status != Z_OK && status != Z_BUF_ERROR)
		u->reason = "its gzip data is corrupt";
	return room - u->gzip.avail_out;
}

/* A bomb is stopped by what it has unpacked to, compared with what was read of it. */
static void expansion_check(struct unpacker *u)
{
	if (u->unpacked > UNPACK_TOTAL_MAX)
		u->reason = "it unpacks to more than a tebibyte" HOW_TO;
	else if (u->unpacked > UNPACK_RATIO_FROM && u->unpacked / UNPACK_RATIO_MAX > u->packed)
		u->reason = "it unpacks to more than 250 times its size" HOW_TO;
}

/* The next piece of the file: as read(2). */
static ssize_t piece_read(struct unpacker *u)
{
	ssize_t got = read(u->fd, u->bytes, sizeof(u->bytes));
	if (got <= 0)
		return got;
	u->at = 0;
	u->have = (size_t)got;
	u->packed += (size_t)got;
	return got;
}

ssize_t unpacker_read(struct unpacker *u, uint8_t *to, size_t size, const char **reason)
{
	size_t made = 0;
	while (!made && !u->reason) {
		ssize_t got = u->at < u->have || u->full ? 1 : piece_read(u);
		if (got < 0)
			return got;
		if (!got && !u->inside)
			return 0;
		if (!got) {
			u->reason = u->zstd ? "its zstd data is cut off"
					    : "its gzip data is cut off";
			break;
		}
		made = u->zstd ? zstd_step(u, to, size) : gzip_step(u, to, size);
		u->full = made && (made == size || made == PIECE_SIZE);
		u->unpacked += made;
		expansion_check(u);
	}
	if (made)
		return (ssize_t)made;
	*reason = u->reason;
	errno = EBADMSG;
	return -1;
}
