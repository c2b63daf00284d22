/*
 * Captures packed by gzip (RFC 1952) or zstd (RFC 8878), unpacked as they are read. Nothing is kept
 * but the current piece, and what unpacks to absurdly much is stopped.
 */
#ifndef SEEP_CAPTURE_COMPRESSED_H
#define SEEP_CAPTURE_COMPRESSED_H

#include "core/reader.h"

#include <stdbool.h>
#include <sys/types.h>

/* A capture packs to a twentieth at best; only made-up ones unpack to more than this. */
#define UNPACK_RATIO_MAX  250
#define UNPACK_RATIO_FROM ((uint64_t)64 << 20) /* bytes that the ratio is not asked about */
#define UNPACK_TOTAL_MAX  ((uint64_t)1 << 40)

struct unpacker;

/* Whether a file that starts so is packed in a way known here. */
bool unpacker_knows(struct reader head);

/* For such a file; `head` are the bytes of it that were read already, which are copied, and `fd`
 * has the rest. NULL without memory. */
struct unpacker *unpacker_new(int fd, struct reader head);
void unpacker_free(struct unpacker *u);

/* As read(2). What cannot be unpacked is EBADMSG, and *reason then says why. */
ssize_t unpacker_read(struct unpacker *u, uint8_t *to, size_t size, const char **reason);

#endif
