/*
 * STUN messages to order (RFC 8489 §5, §14). For a message that must be wrong in some way, the
 * bytes are patched afterwards.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_STUN_H
#define SEEP_TESTS_UNIT_SUPPORT_STUN_H

#include "tests/unit/support/packet.h"

#define COOKIE           0x2112a442U
#define STUN_HEADER      20
#define STUN_LENGTH_AT   2
#define BINDING_REQUEST  0x0001
#define BINDING_SUCCESS  0x0101
#define BINDING_ERROR    0x0111
#define ALLOCATE_REQUEST 0x0003
#define ALLOCATE_SUCCESS 0x0103

enum {
	MAPPED_ADDRESS = 0x0001,
	USERNAME = 0x0006,
	LIFETIME = 0x000d,
	XOR_RELAYED_ADDRESS = 0x0016,
	XOR_MAPPED_ADDRESS = 0x0020,
	PRIORITY = 0x0024,
	USE_CANDIDATE = 0x0025,
	FINGERPRINT = 0x8028,
};

/* A header without attributes, its transaction id made of `id`. */
static inline void stun_begin(struct bytes *b, unsigned type, uint8_t id)
{
	b->length = 0;
	bytes_u16(b, type);
	bytes_u16(b, 0);
	bytes_u32(b, COOKIE);
	for (unsigned i = 0; i < 12; i++)
		bytes_u8(b, id + 17 * i);
}

/* The same as RFC 3489 has it: sixteen random bytes where cookie and id are. */
static inline void stun_begin_classic(struct bytes *b, unsigned type, uint8_t id)
{
	b->length = 0;
	bytes_u16(b, type);
	bytes_u16(b, 0);
	for (unsigned i = 0; i < 16; i++)
		bytes_u8(b, id + 1 + 13 * i);
}

/* Makes the header's length fit what is there. */
static inline void stun_length(struct bytes *b)
{
	size_t length = b->length - STUN_HEADER;
	b->at[STUN_LENGTH_AT] = (uint8_t)(length >> 8);
	b->at[STUN_LENGTH_AT + 1] = (uint8_t)length;
}

/* One attribute, padded with zeroes. */
static inline void stun_attribute(struct bytes *b, unsigned type, const void *value, size_t size)
{
	bytes_u16(b, type);
	bytes_u16(b, (unsigned)size);
	bytes_put(b, value, size);
	bytes_zero(b, (4 - size % 4) % 4);
	stun_length(b);
}

/* An address attribute (§14.1), or with `mask` = b->at + 4 the XORed form (§14.2). */
static inline void stun_address(
	struct bytes *b, unsigned type, const struct endpoint *e, const uint8_t *mask)
{
	static const uint8_t plain[16] = {0};
	bool v6 = e->addr.family == ADDR_V6;
	size_t size = v6 ? 16 : 4;
	uint8_t value[20] = {0, v6 ? 2 : 1, (uint8_t)(e->port >> 8), (uint8_t)e->port};
	if (!mask)
		mask = plain;
	value[2] ^= mask[0];
	value[3] ^= mask[1];
	for (size_t i = 0; i < size; i++)
		value[4 + i] = e->addr.bytes[i] ^ mask[i];
	stun_attribute(b, type, value, 4 + size);
}

static inline void stun_xor_address(struct bytes *b, unsigned type, const char *text)
{
	struct endpoint e = end(text);
	stun_address(b, type, &e, b->at + 4);
}

#endif
