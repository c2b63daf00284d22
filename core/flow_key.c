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

/* Whether `a` comes after `b`, by address as memcmp orders it and then by port. */
static bool endpoint_after(const struct endpoint *a, const struct endpoint *b)
{
	const uint8_t *left = a->addr.bytes, *right = b->addr.bytes;
	if (a->addr.family == ADDR_V4 && load32(left) != load32(right))
		return be32toh(load32(left)) > be32toh(load32(right));
	for (size_t at = 0; a->addr.family == ADDR_V6 && at < 16; at += 8) {
		if (load64(left + at) != load64(right + at))
			return be64toh(load64(left + at)) > be64toh(load64(right + at));
	}
	return a->port > b->port;
}

bool flow_key_make(struct flow_key *key, const struct endpoint *src, const struct endpoint *dst,
	uint8_t protocol)
{
	bool from_high = endpoint_after(src, dst);
	/* By place instead of a branch: which way the next packet goes cannot be foretold. */
	const struct endpoint *const ends[] = {src, dst};
	const struct endpoint *low = ends[from_high], *high = ends[!from_high];
	key->word[0] = (uint64_t)low->port << 48 | (uint64_t)high->port << 32 |
		(uint64_t)protocol << 8 | src->addr.family;
	if (src->addr.family == ADDR_V4) {
		key->word[1] = (uint64_t)load32(low->addr.bytes) << 32 | load32(high->addr.bytes);
		key->word[2] = key->word[3] = key->word[4] = 0;
		return from_high;
	}
	key->word[1] = load64(low->addr.bytes);
	key->word[2] = load64(low->addr.bytes + 8);
	key->word[3] = load64(high->addr.bytes);
	key->word[4] = load64(high->addr.bytes + 8);
	return from_high;
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
