/*
 * What two packets of one flow have in common, whichever way they go: both endpoints, put in order,
 * and the protocol. And the number that a flow is known by in every record.
 */
#ifndef SEEP_CORE_FLOW_KEY_H
#define SEEP_CORE_FLOW_KEY_H

#include "core/addr.h"

/* Made of words, so that it is written, hashed and compared a word at a time. The first holds
 * family, protocol and both ports; then come the two addresses, the lower endpoint's first, which
 * for IPv4 share one word. Words not needed are zero. */
#define FLOW_KEY_WORDS 5

struct flow_key {
	uint64_t word[FLOW_KEY_WORDS];
};

/* Bytes of a key that are in use: hashing the zeroes of an IPv4 key would cost as much again. */
static inline size_t flow_key_size(enum addr_family family)
{
	return family == ADDR_V4 ? 16 : sizeof(struct flow_key);
}

/* Writes the key; true when `src` is its high end. */
bool flow_key_make(struct flow_key *key, const struct endpoint *src, const struct endpoint *dst,
	uint8_t protocol);

/* 51 bits (larger integers lose digits in JavaScript and much JSON) from the key and the flow's
 * first packet time: the same in every run, and different when a 5-tuple is used again. */
uint64_t flow_id(const struct flow_key *key, uint64_t first_ns);

#endif
