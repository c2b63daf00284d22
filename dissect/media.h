/*
 * Media that flows in one direction of a flow: counted always, said when it starts, when it shows
 * on another interface, and then once in a while. Private to dissect/.
 */
#ifndef SEEP_DISSECT_MEDIA_H
#define SEEP_DISSECT_MEDIA_H

#include "core/frame.h"
#include "dissect/dissector.h"

/* Packet time between two MEDIA_GOES_ON of one direction. */
#define MEDIA_INTERVAL_NS (10 * UINT64_C(1000000000))

struct media_count {
	uint64_t bytes, said_ns;
	uint64_t interfaces; /* that it was said of since then, a bit each, by number */
	uint32_t packets;
	bool started;
};

/* The direction that the packet goes: 0 from the opener of its flow, 1 to it. */
static inline unsigned media_side(const struct dissection *d)
{
	return d->packet->from_opener ? 0 : 1;
}

/* Bytes of the payload as it was on the wire, whatever the snap length left of it. */
static inline uint64_t media_bytes(const struct dissection *d)
{
	const struct packet *p = d->packet;
	uint64_t missing = p->payload.cut ? p->frame->wire - p->frame->captured : 0;
	return reader_left(&p->payload) + missing;
}

/* The packet's interface, a bit. */
static inline uint64_t media_interface(const struct dissection *d)
{
	return UINT64_C(1) << d->packet->frame->interface % 64;
}

/* Is it time to say it again? */
static inline bool media_due(const struct dissection *d, const struct media_count *c)
{
	return !c->started || d->packet->frame->time_ns >= c->said_ns + MEDIA_INTERVAL_NS;
}

/* Says it. */
void media_emit(const struct dissection *d, struct media_count *c, const struct obs_media *what);

/* Another packet of what `what` says (protocol, ssrc, payload_type); `c` counts it already. Inline,
 * because most are not worth a word. */
static inline void media_say(
	const struct dissection *d, struct media_count *c, const struct obs_media *what)
{
	/* Another way out is news: when a tunnel fails the same flow goes on outside. */
	if (media_due(d, c) || !(c->interfaces & media_interface(d)))
		media_emit(d, c, what);
}

#endif
