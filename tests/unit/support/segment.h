/*
 * TCP segments to order: two ends, each with its own sequence numbers, saying bytes in turn.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_SEGMENT_H
#define SEEP_TESTS_UNIT_SUPPORT_SEGMENT_H

#include "tests/unit/support/packet.h"
#include "tests/unit/support/watch.h"

#define TCP_SIZE     20
#define SEGMENT_SYN  0x02
#define SEGMENT_ACK  0x10
#define SEGMENT_DATA 0x18 /* PSH, ACK */

struct talk {
	struct watch *watch;
	struct endpoint end[2];
	uint32_t sequence[2]; /* of the next byte */
};

static inline struct talk talk_make(struct watch *w, const char *client, const char *server)
{
	return (struct talk){w, {end(client), end(server)}, {1000, 2000}};
}

static inline void talk_segment(
	struct talk *t, int from, uint8_t flags, const void *bytes, size_t length)
{
	const struct endpoint *src = &t->end[from], *dst = &t->end[!from];
	const uint32_t sequence = t->sequence[from], acknowledged = t->sequence[!from];
	struct bytes b = {0};
	const uint8_t header[TCP_SIZE] = {(uint8_t)(src->port >> 8), (uint8_t)src->port,
		(uint8_t)(dst->port >> 8), (uint8_t)dst->port, (uint8_t)(sequence >> 24),
		(uint8_t)(sequence >> 16), (uint8_t)(sequence >> 8), (uint8_t)sequence,
		(uint8_t)(acknowledged >> 24), (uint8_t)(acknowledged >> 16),
		(uint8_t)(acknowledged >> 8), (uint8_t)acknowledged, 0x50, flags};
	bytes_put(&b, bytes, length);
	bytes_front(&b, header, sizeof(header));
	packet_ipv4(&b, &src->addr, &dst->addr, PROTOCOL_TCP);
	watch_frame(t->watch, b.at, b.length);
	t->sequence[from] += (uint32_t)length + (flags & SEGMENT_SYN ? 1 : 0);
}

static inline void talk_open(struct talk *t)
{
	talk_segment(t, 0, SEGMENT_SYN, "", 0);
	talk_segment(t, 1, SEGMENT_SYN | SEGMENT_ACK, "", 0);
}

/* `from` 0 is the client. */
static inline void talk_say(struct talk *t, int from, const void *bytes, size_t length)
{
	talk_segment(t, from, SEGMENT_DATA, bytes, length);
}

/* Bytes that get lost on their way to the capture. */
static inline void talk_lose(struct talk *t, int from, size_t length)
{
	t->sequence[from] += (uint32_t)length;
}

#endif
