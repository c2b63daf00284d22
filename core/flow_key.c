/* Both directions of a flow under one key, and a number for the flow that any run computes alike.
 */
#include "core/flow_key.h"

#include "core/siphash.h"

#include <endian.h>
#include <string.h>

#define FLOW_ID_BITS 51

_Static_assert(sizeof(struct flow_key) == 40, "no padding: a key is hashed as bytes");

/* As memcmp would order them, without a call for each packet. */
static int bytes_order(const uint8_t a[16], const uint8_t b[16])
{
	for (size_t at = 0; at < 16; at += 8) {
		uint64_t left, right;
		memcpy(&left, a + at, sizeof(left));
		memcpy(&right, b + at, sizeof(right));
		if (left != right)
			return be64toh(left) < be64toh(right) ? -1 : 1;
	}
	return 0;
}

bool flow_key_make(struct flow_key *key, const struct endpoint *src, const struct endpoint *dst,
	uint8_t protocol)
{
	int order = bytes_order(src->addr.bytes, dst->addr.bytes);
	bool from_high = order > 0 || (order == 0 && src->port > dst->port);
	const struct endpoint *low = from_high ? dst : src;
	const struct endpoint *high = from_high ? src : dst;
	memcpy(key->low, low->addr.bytes, sizeof(key->low));
	memcpy(key->high, high->addr.bytes, sizeof(key->high));
	key->low_port = low->port;
	key->high_port = high->port;
	key->family = src->addr.family;
	key->protocol = protocol;
	key->reserved = 0;
	return from_high;
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
