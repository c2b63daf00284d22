/*
 * What the fuzz targets share: bytes in, through a fresh dissect/, every observation that comes out
 * looked at. Packets are exact-size copies on the heap, so that a sanitizer sees the first byte
 * read too far. Each is read twice: as a whole packet, and as one that the snap length cut.
 */
#ifndef SEEP_TESTS_FUZZ_FUZZ_H
#define SEEP_TESTS_FUZZ_FUZZ_H

#include "core/link_type.h"
#include "dissect/dissector.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes as a frame of this link type. Always 0, what a target returns. */
int fuzz_link(uint16_t link_type, const uint8_t *data, size_t size);

/* The bytes behind a link layer that names this EtherType. */
int fuzz_ethertype(uint16_t type, const uint8_t *data, size_t size);

/* The bytes behind an IPv4 header with this protocol number. */
int fuzz_ip(uint8_t protocol, const uint8_t *data, size_t size);

/* The bytes behind IPv4 and UDP: once as they are, then back from the other end with the lowest bit
 * of the first byte flipped, which makes a STUN request its own success response. */
int fuzz_udp(const uint8_t *data, size_t size);

/* A TCP stream: the first byte says how it is cut into segments, the rest is what both ends send,
 * the server always a segment behind. */
int fuzz_segments(const uint8_t *data, size_t size);
/* The bytes as a body of this kind that some message carried; then the same as one that was cut. */
int fuzz_content(enum content content, const uint8_t *data, size_t size);

/* The bytes as a TCP conversation, behind one that is given (or NULL) from each end. They are
 * pieces, each with two bytes in front: the highest bit is who says it (1: back), the others how
 * long it is; the last one is what is left. */
int fuzz_stream(const char *there, const char *back, const uint8_t *data, size_t size);

#endif
