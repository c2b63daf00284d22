/*
 * Headers around a payload. Lengths are right, checksums zero: nobody checks them.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_PACKET_H
#define SEEP_TESTS_UNIT_SUPPORT_PACKET_H

#include "core/addr.h"
#include "tests/unit/support/bytes.h"

#define PROTOCOL_TCP  6
#define PROTOCOL_UDP  17
#define IPV4_SIZE     20
#define IPV6_SIZE     40
#define UDP_SIZE      8
#define ETHERNET_SIZE 14
#define TEST_HOPS     64

/* "192.0.2.1:3478" as an endpoint; the port may be left out. */
static inline struct endpoint end(const char *text)
{
	struct endpoint e;
	if (!endpoint_parse(text, &e))
		fail_msg("%s is no endpoint", text);
	return e;
}

static inline struct addr ip(const char *text)
{
	return end(text).addr;
}

static inline void packet_udp(
	struct bytes *b, const struct endpoint *src, const struct endpoint *dst)
{
	size_t length = UDP_SIZE + b->length;
	const uint8_t header[UDP_SIZE] = {(uint8_t)(src->port >> 8), (uint8_t)src->port,
		(uint8_t)(dst->port >> 8), (uint8_t)dst->port, (uint8_t)(length >> 8),
		(uint8_t)length, 0, 0};
	bytes_front(b, header, sizeof(header));
}

static inline void packet_ipv4(
	struct bytes *b, const struct addr *src, const struct addr *dst, uint8_t protocol)
{
	size_t length = IPV4_SIZE + b->length;
	uint8_t header[IPV4_SIZE] = {
		0x45, 0, (uint8_t)(length >> 8), (uint8_t)length, 0, 0, 0, 0, TEST_HOPS, protocol};
	memcpy(header + 12, src->bytes, 4);
	memcpy(header + 16, dst->bytes, 4);
	bytes_front(b, header, sizeof(header));
}

static inline void packet_ipv6(
	struct bytes *b, const struct addr *src, const struct addr *dst, uint8_t next)
{
	uint8_t header[IPV6_SIZE] = {
		0x60, 0, 0, 0, (uint8_t)(b->length >> 8), (uint8_t)b->length, next, TEST_HOPS};
	memcpy(header + 8, src->bytes, 16);
	memcpy(header + 24, dst->bytes, 16);
	bytes_front(b, header, sizeof(header));
}

/* The payload in UDP in IP of the family that the endpoints have. */
static inline void packet_ip_udp(
	struct bytes *b, const struct endpoint *src, const struct endpoint *dst)
{
	packet_udp(b, src, dst);
	if (src->addr.family == ADDR_V6)
		packet_ipv6(b, &src->addr, &dst->addr, PROTOCOL_UDP);
	else
		packet_ipv4(b, &src->addr, &dst->addr, PROTOCOL_UDP);
}

static inline void packet_ethernet(struct bytes *b, unsigned type)
{
	const uint8_t header[ETHERNET_SIZE] = {0x02, 0, 0, 0, 0, 0x02, /* to */
		0x02, 0, 0, 0, 0, 0x01,                                /* from */
		(uint8_t)(type >> 8), (uint8_t)type};
	bytes_front(b, header, sizeof(header));
}

#endif
