/*
 * What the tunnels' dissectors share: how a handshake, data and keepalives are said. Data and
 * keepalives are said once and then once in TUNNEL_SAYS_NS for each direction, never per packet.
 */
#ifndef SEEP_DISSECT_TUNNEL_H
#define SEEP_DISSECT_TUNNEL_H

#include "dissect/dissector.h"

#define TUNNEL_SAYS_NS (10 * UINT64_C(1000000000))

/* One direction of a tunnel's flow. */
struct tunnel_way {
	uint64_t bytes;
	uint64_t data_next_ns, keepalive_next_ns; /* said again from then on */
	uint32_t packets;
	uint32_t zero;
};

/* Handshakes of a flow that nobody answered. */
struct tunnel_asking {
	uint8_t unanswered;
	bool refused; /* and that was said */
};

/* Who sent the packet at work: 0 the flow's opener, 1 the other end. */
static inline unsigned tunnel_side(const struct dissection *d)
{
	return d->packet->from_opener ? 0 : 1;
}

/* Says that a handshake was started, and how many before it went without an answer. `asking` may be
 * NULL, without memory. */
void tunnel_asks(const struct dissection *d, enum tunnel_kind kind, uint8_t message,
	struct tunnel_asking *asking);

/* Says that it was answered. */
void tunnel_answers(const struct dissection *d, enum tunnel_kind kind, uint8_t message,
	struct tunnel_asking *asking);

/* Says that the other end is there, but wants to be asked again. */
void tunnel_defers(const struct dissection *d, enum tunnel_kind kind, uint8_t message,
	struct tunnel_asking *asking);

/* Says an event that has no count. */
void tunnel_says(const struct dissection *d, enum tunnel_kind kind, enum tunnel_event event,
	uint8_t message);

/* For `refused`: says that the other end is not there; once, until it answers. */
void tunnel_refused(
	const struct dissection *d, enum tunnel_kind kind, struct tunnel_asking *asking);

/* For a stream's `end` and `reset`: says once in its flow that the tunnel in it is down. `*down` is
 * that flow's. */
void tunnel_ends(const struct dissection *d, enum tunnel_kind kind, bool *down);

/* Counts a packet, told of or not. */
void tunnel_count(struct tunnel_way *way, size_t bytes);

/* Says that the counted packets are data or keepalives, when it is time to. */
void tunnel_carries(const struct dissection *d, struct tunnel_way *way, enum tunnel_kind kind,
	enum tunnel_event event, uint8_t message);

#endif
