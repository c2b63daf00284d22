/*
 * Keys that captures bring along (pcapng Decryption Secrets Blocks,
 * draft-ietf-opsawg-pcapng §4.7), kept in memory for those who can use them.
 */
#ifndef SEEP_CAPTURE_SECRETS_H
#define SEEP_CAPTURE_SECRETS_H

#include "capture/capture.h"
#include "core/reader.h"

#define SECRETS_MAX       256               /* blocks kept of all captures */
#define SECRETS_BYTES_MAX ((size_t)4 << 20) /* and their bytes */

struct secrets {
	uint32_t count;
	size_t bytes;
	struct capture_secret secret[SECRETS_MAX];
};

/* Copies one; false when there is no room for it. */
bool secrets_add(struct secrets *s, uint16_t capture, uint32_t type, struct reader bytes);
void secrets_clear(struct secrets *s);

#endif
