/*
 * SipHash-1-3: one round per eight bytes, three at the end. Words are read little-endian, as the
 * specification and its test vectors have it.
 */
#include "core/siphash.h"

#include <string.h>
#include <sys/random.h>

struct state {
	uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void sip_round(struct state *s)
{
	s->v0 += s->v1;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v2 = rotate(s->v2, 32);
}

static inline void absorb(struct state *s, uint64_t word)
{
	s->v3 ^= word;
	sip_round(s);
	s->v0 ^= word;
}

static inline uint64_t load(const uint8_t *bytes, size_t length)
{
	uint8_t word[8] = {0};
	memcpy(word, bytes, length);
	uint64_t value = 0;
	for (unsigned i = 8; i-- > 0;)
		value = value << 8 | word[i];
	return value;
}

uint64_t siphash13(const struct siphash_key *key, const void *data, size_t length)
{
	struct state s = {
		.v0 = key->k0 ^ UINT64_C(0x736f6d6570736575),
		.v1 = key->k1 ^ UINT64_C(0x646f72616e646f6d),
		.v2 = key->k0 ^ UINT64_C(0x6c7967656e657261),
		.v3 = key->k1 ^ UINT64_C(0x7465646279746573),
	};
	const uint8_t *bytes = data;
	size_t whole = length & ~(size_t)7;
	for (size_t at = 0; at < whole; at += 8)
		absorb(&s, load(bytes + at, 8));
	absorb(&s, load(bytes + whole, length - whole) | (uint64_t)length << 56);
	s.v2 ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

struct siphash_key siphash_random_key(void)
{
	struct siphash_key key = {0};
	/* Small requests to getrandom do not fail once the system is up; and a zero key still
	 * works. */
	if (getrandom(&key, sizeof(key), 0) != (ssize_t)sizeof(key))
		key.k0 = (uint64_t)(uintptr_t)&key;
	return key;
}
