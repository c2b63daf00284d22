/*
 * SipHash-1-3 (Aumasson and Bernstein, https://131002.net/siphash/): the keyed hash of every table,
 * so that nobody who can choose addresses and ports can choose which bucket they fall into.
 */
#ifndef SEEP_CORE_SIPHASH_H
#define SEEP_CORE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t k0, k1;
};

uint64_t siphash13(const struct siphash_key *key, const void *data, size_t length);

/* A key nobody can guess, from the kernel. */
struct siphash_key siphash_random_key(void);

#endif
