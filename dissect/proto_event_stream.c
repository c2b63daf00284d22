/*
 * Events that a server sends (WHATWG HTML §9.2), as WHEP servers and others do to trickle: what
 * stands in a data line is handed on, told by its shape. Emits nothing itself. Lines of one event
 * are not put together: JSON has none, and of a session description each candidate stands alone.
 */
#include "dissect/dissector.h"
#include "dissect/text.h"

#define LINES_MAX 256 /* of what is handed over at a time */

static enum verdict event_stream_dissect(struct dissection *d, struct reader *r)
{
	if (r->cut)
		return TRUNCATED;
	for (unsigned i = 0; i < LINES_MAX && reader_left(r); i++) {
		struct reader line = text_line(r);
		if (text_step(&line, "data:") && reader_left(&line))
			dissection_content(d, CONTENT_UNKNOWN, &line);
	}
	d->stats->content_cut += reader_left(r) != 0;
	return DONE;
}

extern const struct dissector dissector_event_stream;
const struct dissector dissector_event_stream = {
	.info = {"event_stream", "WHATWG HTML"},
	.carrier = CARRIER_CONTENT,
	.numbers = {CONTENT_EVENTS},
	.number_count = 1,
	.dissect = event_stream_dissect,
};
