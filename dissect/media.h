/*
 * Media that flows in one direction of a flow: counted always, said when it starts, when it shows
 * on another interface, and then once in a while. Private to dissect/.
 */
#ifndef SEEP_DISSECT_MEDIA_H
#define SEEP_DISSECT_MEDIA_H

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
uint64_t media_bytes(const struct dissection *d);

/* Another packet of what `what` says (protocol, ssrc, payload_type); `c` counts it already. */
void media_say(const struct dissection *d, struct media_count *c, const struct obs_media *what);

#endif
