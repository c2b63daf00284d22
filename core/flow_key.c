/* Both directions of a flow under one key, and a number for the flow that any run computes alike.
 */
#include "core/flow_key.h"

#include "core/siphash.h"

#include <endian.h>
#include <string.h>

#define FLOW_ID_BITS 51

static uint32_t load32(const uint8_t *bytes)
{
	uint32_t word;
	memcpy(&word, bytes, sizeof(word));
	return word;
}

static uint64_t load64(const uint8_t *bytes)
{
	uint64_t word;
	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* An IPv4 endpoint as a number, to be put in order by: by address and then by port. */
static uint64_t rank_v4(const struct endpoint *e)
{
	return (uint64_t)be32toh(load32(e->addr.bytes)) << 16 | e->port;
}

/* The same for IPv6: whether `a` comes after `b`. */
static bool after_v6(const struct endpoint *a, const struct endpoint *b)
{
	for (size_t at = 0; at < sizeof(a->addr.bytes); at += 8) {
		uint64_t left = load64(a->addr.bytes + at), right = load64(b->addr.bytes + at);
		if (left != right)
			return be64toh(left) > be64toh(right);
	}
	return a->port > b->port;
}

static uint64_t first_word(uint16_t low, uint16_t high, uint8_t protocol, enum addr_family family)
{
	return (uint64_t)low << 48 | (uint64_t)high << 32 | (uint64_t)protocol << 8 | family;
}

/* Which end is the low one is chosen without a branch: which way the next packet goes cannot be
 * foretold. */
static bool key_v4(struct flow_key *key, const struct endpoint *src, const struct endpoint *dst,
	uint8_t protocol)
{
	uint64_t from = rank_v4(src), to = rank_v4(dst);
	uint64_t low = from < to ? from : to, high = from < to ? to : from;
	key->word[0] = first_word((uint16_t)low, (uint16_t)high, protocol, ADDR_V4);
	key->word[1] = (uint64_t)htobe32((uint32_t)(low >> 16)) << 32 |
		htobe32((uint32_t)(high >> 16));
	key->word[2] = key->word[3] = key->word[4] = 0;
	return from > to;
}

static bool key_v6(struct flow_key *key, const struct endpoint *src, const struct endpoint *dst,
	uint8_t protocol)
{
	bool from_high = after_v6(src, dst);
	const struct endpoint *const ends[] = {src, dst};
	const struct endpoint *low = ends[from_high], *high = ends[!from_high];
	key->word[0] = first_word(low->port, high->port, protocol, ADDR_V6);
	key->word[1] = load64(low->addr.bytes);
	key->word[2] = load64(low->addr.bytes + 8);
	key->word[3] = load64(high->addr.bytes);
	key->word[4] = load64(high->addr.bytes + 8);
	return from_high;
}

bool flow_key_make(struct flow_key *key, const struct endpoint *src, const struct endpoint *dst,
	uint8_t protocol)
{
	return src->addr.family == ADDR_V4 ? key_v4(key, src, dst, protocol)
					   : key_v6(key, src, dst, protocol);
}

struct flow_salt flow_salt_random(void)
{
	struct siphash_key seed = siphash_random_key();
	struct flow_salt salt = {{0}};
	for (uint64_t i = 0; i < sizeof(salt.add) / sizeof(salt.add[0]); i++)
		salt.add[i] = siphash13(&seed, &i, sizeof(i));
	return salt;
}

uint64_t flow_id(const struct flow_key *key, uint64_t first_ns)
{
	static const struct siphash_key unkeyed = {0};
	struct {
		struct flow_key key;
		uint64_t first_ns;
	} whole = {*key, first_ns};
	_Static_assert(sizeof(whole) == sizeof(struct flow_key) + sizeof(uint64_t), "no padding");
	return siphash13(&unkeyed, &whole, sizeof(whole)) >> (64 - FLOW_ID_BITS);
}
