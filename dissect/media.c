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
	uint64_t bit = UINT64_C(1) << d->packet->frame->interface % 64;
	bool due = !c->started || now_ns >= c->said_ns + MEDIA_INTERVAL_NS;
	/* Another way out is news: when a tunnel fails the same flow goes on outside. */
	if (!due && c->interfaces & bit)
		return;
	c->interfaces = due ? bit : c->interfaces | bit;
	c->said_ns = due ? now_ns : c->said_ns;
	struct observation o;
	dissection_observe(d, OBS_MEDIA, &o);
	o.media = *what;
	o.media.event = c->started ? MEDIA_GOES_ON : MEDIA_STARTS;
	o.media.packets = c->packets;
	o.media.bytes = c->bytes;
	c->started = true;
	dissection_emit(d, &o);
}
