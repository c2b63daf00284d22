/*
 * What two packets of one flow have in common, whichever way they go: both endpoints, put in order,
 * and the protocol. And the number that a flow is known by in every record.
 */
#ifndef SEEP_CORE_FLOW_KEY_H
#define SEEP_CORE_FLOW_KEY_H

#include "core/addr.h"

/* Made of words, so that it is written, hashed and compared a word at a time. The first holds
 * family, protocol and both ports, and 16 bits that are zero; then come the two addresses, the
 * lower endpoint's first, which for IPv4 share one word. Words not needed are zero. */
#define FLOW_KEY_WORDS 5

struct flow_key {
	uint64_t word[FLOW_KEY_WORDS];
};

/* Words of a key that are in use. */
static inline unsigned flow_key_words(enum addr_family family)
{
	return family == ADDR_V4 ? 2 : FLOW_KEY_WORDS;
}

/* What nobody who chooses addresses and ports may know: it decides which of them meet. */
struct flow_salt {
	uint64_t add[1 + 2 * FLOW_KEY_WORDS];
};

struct flow_salt flow_salt_random(void);

static inline uint64_t flow_key_term(
	const struct flow_salt *salt, const struct flow_key *key, unsigned i)
{
	return (salt->add[2 * i + 1] + (uint32_t)key->word[i]) *
		(salt->add[2 * i + 2] + (key->word[i] >> 32));
}

/* The hash of a key's words in use, which are two or more. Each packet pays it, so it is one
 * multiplication a word where SipHash is a round and its end three more: multilinear hashing
 * (Lemire and Kaser, "Strongly universal string hashing is fast", 2014), of which any two keys get
 * the same with a chance of 2^-32. Its hashes of a scan's addresses are as evenly apart as those
 * are, so a last step, which loses nothing, mixes them. */
static inline uint32_t flow_key_hash(
	const struct flow_salt *salt, const struct flow_key *key, unsigned words)
{
	uint64_t sum = salt->add[0] + flow_key_term(salt, key, 0) + flow_key_term(salt, key, 1);
	for (unsigned i = 2; i < words; i++)
		sum += flow_key_term(salt, key, i);
	uint32_t hash = (uint32_t)(sum >> 32);
	hash = (hash ^ hash >> 16) * 0x9e3779b1U;
	return hash ^ hash >> 15;
}

/* The same ends and protocol, told apart by a mark as well, for which the first word has 16 bits to
 * spare; and the hash of that, from the hash of the key without it. */
static inline struct flow_key flow_key_marked(struct flow_key key, uint16_t mark)
{
	key.word[0] |= (uint64_t)mark << 16;
	return key;
}

static inline uint32_t flow_hash_marked(uint32_t hash, uint16_t mark)
{
	return hash ^ mark * 0x9e3779b1U;
}

/* Writes the key; true when `src` is its high end. */
bool flow_key_make(struct flow_key *key, const struct endpoint *src, const struct endpoint *dst,
	uint8_t protocol);

/* 51 bits (larger integers lose digits in JavaScript and much JSON) from the key and the flow's
 * first packet time: the same in every run, and different when a 5-tuple is used again. */
uint64_t flow_id(const struct flow_key *key, uint64_t first_ns);

#endif
