/* When to say that media flows. */
#include "dissect/media.h"

void media_emit(const struct dissection *d, struct media_count *c, const struct obs_media *what)
{
	uint64_t now_ns = d->packet->frame->time_ns, bit = media_interface(d);
	bool due = media_due(d, c);
	struct observation o;
	dissection_observe(d, OBS_MEDIA, &o);
	o.media = *what;
	o.media.event = c->started ? MEDIA_GOES_ON : MEDIA_STARTS;
	o.media.packets = c->packets;
	o.media.bytes = c->bytes;
	c->started = true;
	c->interfaces = due ? bit : c->interfaces | bit;
	c->said_ns = due ? now_ns : c->said_ns;
	dissection_emit(d, &o);
}
