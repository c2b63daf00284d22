/*
 * SipHash-1-3 (Aumasson and Bernstein, https://131002.net/siphash/): the keyed hash of tables,
 * so that nobody who can choose addresses and ports can choose which bucket they fall into. One
 * round per eight bytes, three at the end.
 */
#ifndef SEEP_CORE_SIPHASH_H
#define SEEP_CORE_SIPHASH_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct siphash_key {
	uint64_t k0, k1;
};

struct siphash {
	uint64_t v0, v1, v2, v3;
};

static inline uint64_t siphash_rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void siphash_round(struct siphash *s)
{
	s->v0 += s->v1;
	s->v2 += s->v3;
	s->v1 = siphash_rotate(s->v1, 13) ^ s->v0;
	s->v3 = siphash_rotate(s->v3, 16) ^ s->v2;
	s->v0 = siphash_rotate(s->v0, 32);
	s->v2 += s->v1;
	s->v0 += s->v3;
	s->v1 = siphash_rotate(s->v1, 17) ^ s->v2;
	s->v3 = siphash_rotate(s->v3, 21) ^ s->v0;
	s->v2 = siphash_rotate(s->v2, 32);
}

static inline void siphash_absorb(struct siphash *s, uint64_t word)
{
	s->v3 ^= word;
	siphash_round(s);
	s->v0 ^= word;
}

/* The hash of `length` bytes. Inline, because a table hashes keys of constant size. */
static inline uint64_t siphash13(const struct siphash_key *key, const void *data, size_t length)
{
	struct siphash s = {
		.v0 = key->k0 ^ UINT64_C(0x736f6d6570736575),
		.v1 = key->k1 ^ UINT64_C(0x646f72616e646f6d),
		.v2 = key->k0 ^ UINT64_C(0x6c7967656e657261),
		.v3 = key->k1 ^ UINT64_C(0x7465646279746573),
	};
	const uint8_t *bytes = data;
	size_t whole = length & ~(size_t)7;
	uint64_t word;
	for (size_t at = 0; at < whole; at += sizeof(word)) {
		memcpy(&word, bytes + at, sizeof(word));
		siphash_absorb(&s, le64toh(word));
	}
	word = 0;
	memcpy(&word, bytes + whole, length - whole);
	siphash_absorb(&s, le64toh(word) | (uint64_t)length << 56);
	s.v2 ^= 0xff;
	for (int i = 0; i < 3; i++)
		siphash_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* A key nobody can guess, from the kernel. */
struct siphash_key siphash_random_key(void);

#endif
