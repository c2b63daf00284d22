/*
 * Initial packets of QUIC version 1, sealed with the keys everybody can derive (RFC 9001, 5.2).
 */
#ifndef SEEP_BENCH_QUIC_INITIAL_H
#define SEEP_BENCH_QUIC_INITIAL_H

#include <stdbool.h>
#include <stdint.h>

#define QUIC_ID 8 /* bytes of a connection id */

struct quic_initial {
	const uint8_t *original; /* destination id of the client's first: makes the keys */
	const uint8_t *destination, *source; /* ids, or NULL: empty */
	bool client;
	const uint8_t *frames; /* as much of them as is not PADDING */
	uint32_t frames_size;
	uint32_t size; /* of the whole packet */
};

/* False where libcrypto will not. */
bool quic_initial_write(uint8_t *out, const struct quic_initial *q);

#endif
