/* When to say that media flows. */
#include "dissect/media.h"

void media_emit(const struct dissection *d, struct media_count *c, const struct obs_media *what)
{
	struct observation o;
	dissection_observe(d, OBS_MEDIA, &o);
	o.media = *what;
	o.media.event = c->started ? MEDIA_GOES_ON : MEDIA_STARTS;
	o.media.packets = c->packets;
	o.media.bytes = c->bytes;
	c->started = true;
	c->said_ns = d->packet->frame->time_ns;
	dissection_emit(d, &o);
}
