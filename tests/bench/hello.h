/*
 * TLS hellos as a browser and its server write them (RFC 8446): handshake messages without a record
 * around them.
 */
#ifndef SEEP_BENCH_HELLO_H
#define SEEP_BENCH_HELLO_H

#include <stdint.h>

#define HELLO_MAX 2048

enum hello_shape {
	HELLO_PADDED, /* 512 bytes, padded (RFC 7685) */
	HELLO_HYBRID, /* some 1,800 bytes: an ML-KEM key share is in it */
	HELLO_QUIC,   /* some 300 bytes, with QUIC's transport parameters */
};

/* Write the hellos of one connection; the end of what was written comes back. */
uint8_t *hello_client(uint8_t *at, uint64_t seed, enum hello_shape shape);
uint8_t *hello_server(uint8_t *at, uint64_t seed, enum hello_shape shape);

#endif
