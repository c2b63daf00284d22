/* When to say that media flows. */
#include "dissect/media.h"

uint64_t media_bytes(const struct dissection *d)
{
	const struct packet *p = d->packet;
	uint64_t missing = p->payload.cut ? p->frame->wire - p->frame->captured : 0;
	return reader_left(&p->payload) + missing;
}

void media_say(const struct dissection *d, struct media_count *c, const struct obs_media *what)
{
	uint64_t now_ns = d->packet->frame->time_ns;
	if (c->started && now_ns < c->said_ns + MEDIA_INTERVAL_NS)
		return;
	struct observation o;
	dissection_observe(d, OBS_MEDIA, &o);
	o.media = *what;
	o.media.event = c->started ? MEDIA_GOES_ON : MEDIA_STARTS;
	o.media.packets = c->packets;
	o.media.bytes = c->bytes;
	c->started = true;
	c->said_ns = now_ns;
	dissection_emit(d, &o);
}
