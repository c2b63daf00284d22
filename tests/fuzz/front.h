/*
 * Fuzzed bytes behind a header that a target writes itself: what fuzz_ip and fuzz_udp do not offer.
 */
#ifndef SEEP_TESTS_FUZZ_FRONT_H
#define SEEP_TESTS_FUZZ_FRONT_H

#include "tests/fuzz/fuzz.h"

#include <string.h>

#define FUZZ_FRONT_MAX 4096
#define FUZZ_IPV6_SIZE 40

static inline int fuzz_front(uint16_t link_type, const uint8_t *header, size_t header_size,
	const uint8_t *data, size_t size)
{
	uint8_t frame[FUZZ_FRONT_MAX];
	if (size > sizeof(frame) - header_size)
		return 0;
	memcpy(frame, header, header_size);
	if (size)
		memcpy(frame + header_size, data, size);
	return fuzz_link(link_type, frame, header_size + size);
}

/* An IPv6 header from fe80::1, hop limit 255, for `payload` bytes. */
static inline void fuzz_ipv6_header(uint8_t out[FUZZ_IPV6_SIZE], uint8_t next, size_t payload)
{
	const uint8_t header[FUZZ_IPV6_SIZE] = {0x60, 0, 0, 0, (uint8_t)(payload >> 8),
		(uint8_t)payload, next, 255, 0xfe, 0x80, [23] = 1, [24] = 0xff, 0x02, [39] = 1};
	memcpy(out, header, sizeof(header));
}

#endif
