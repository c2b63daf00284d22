/*
 * A packet under construction: bytes are appended, headers put in front. What does not fit fails
 * the test.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_BYTES_H
#define SEEP_TESTS_UNIT_SUPPORT_BYTES_H

#include "tests/unit/support/unit.h"

#define BYTES_MAX 66000 /* the largest IP packet and a link layer */

struct bytes {
	size_t length;
	uint8_t at[BYTES_MAX];
};

static inline void bytes_put(struct bytes *b, const void *bytes, size_t length)
{
	assert_true(length <= sizeof(b->at) - b->length);
	if (length)
		memcpy(b->at + b->length, bytes, length);
	b->length += length;
}

static inline void bytes_u8(struct bytes *b, unsigned value)
{
	uint8_t byte = (uint8_t)value;
	bytes_put(b, &byte, 1);
}

static inline void bytes_u16(struct bytes *b, unsigned value)
{
	bytes_u8(b, value >> 8);
	bytes_u8(b, value);
}

static inline void bytes_u32(struct bytes *b, uint32_t value)
{
	bytes_u16(b, value >> 16);
	bytes_u16(b, value & 0xffff);
}

static inline void bytes_zero(struct bytes *b, size_t length)
{
	for (size_t i = 0; i < length; i++)
		bytes_u8(b, 0);
}

static inline void bytes_front(struct bytes *b, const void *bytes, size_t length)
{
	assert_true(length <= sizeof(b->at) - b->length);
	memmove(b->at + length, b->at, b->length);
	memcpy(b->at, bytes, length);
	b->length += length;
}

#endif
