/*
 * FINGERPRINT (RFC 8489 §14.7): the CRC-32 of the message up to the attribute, XORed with "STUN".
 */
#include "dissect/stun.h"

#include <zlib.h>

#define FINGERPRINT_XOR  0x5354554eU
#define ATTRIBUTE_HEADER 4

bool stun_fingerprint_valid(
	const struct stun_message *m, const struct reader *rest, uint32_t fingerprint)
{
	struct reader whole = m->whole;
	size_t behind = reader_left(rest) + ATTRIBUTE_HEADER;
	if (behind > reader_left(&whole))
		return false;
	size_t before = reader_left(&whole) - behind;
	const uint8_t *bytes = reader_take(&whole, before);
	return (crc32(0, bytes, (uInt)before) ^ FINGERPRINT_XOR) == fingerprint;
}
