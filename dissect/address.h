/*
 * Addresses and prefixes as protocols write them: plain bytes, a prefix often without those behind
 * its length. Private to dissect/.
 */
#ifndef SEEP_DISSECT_ADDRESS_H
#define SEEP_DISSECT_ADDRESS_H

#include "core/addr.h"
#include "core/reader.h"

#define ADDR_V4_SIZE 4
#define ADDR_V6_SIZE 16

static inline struct addr address_read(struct reader *r, enum addr_family family)
{
	struct addr a = {.family = (uint8_t)family};
	reader_copy(r, a.bytes, family == ADDR_V6 ? ADDR_V6_SIZE : ADDR_V4_SIZE);
	return a;
}

/* The address, or none where it is all zeroes: "not known" in most protocols. */
static inline struct addr address_read_known(struct reader *r, enum addr_family family)
{
	static const uint8_t zeroes[ADDR_V6_SIZE];
	struct addr a = address_read(r, family);
	if (memcmp(a.bytes, zeroes, sizeof(zeroes)) == 0)
		a.family = ADDR_NONE;
	return a;
}

static inline bool prefix_bits_fit(enum addr_family family, unsigned bits)
{
	return bits <= (family == ADDR_V6 ? 8U * ADDR_V6_SIZE : 8U * ADDR_V4_SIZE);
}

static inline size_t prefix_bytes(unsigned bits)
{
	return (bits + 7) / 8;
}

/* As many of `bytes` as a prefix of this length has; bits behind it are cleared. */
static inline struct prefix prefix_make(enum addr_family family, const uint8_t *bytes, uint8_t bits)
{
	struct prefix p = {.addr.family = (uint8_t)family, .bits = bits};
	memcpy(p.addr.bytes, bytes, prefix_bytes(bits));
	if (bits % 8)
		p.addr.bytes[bits / 8] &= (uint8_t)(0xff << (8 - bits % 8));
	return p;
}

/* A prefix of which only the bytes that its length needs are there. */
static inline struct prefix prefix_read(struct reader *r, enum addr_family family, uint8_t bits)
{
	uint8_t bytes[ADDR_V6_SIZE] = {0};
	if (!prefix_bits_fit(family, bits)) {
		reader_fail(r);
		return (struct prefix){0};
	}
	reader_copy(r, bytes, prefix_bytes(bits));
	return prefix_make(family, bytes, bits);
}

#endif
