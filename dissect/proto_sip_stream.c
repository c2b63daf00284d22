/*
 * SIP in streams (RFC 3261 §18.3): messages one after the other, their ends told by Content-Length,
 * line ends between them to keep the connection alive (RFC 5626 §3.5.1). Emits what SIP in
 * datagrams does. A body that is too long is stepped over, its head still read. After a gap the
 * next message that starts a segment is waited for.
 */
#include "dissect/head.h"
#include "dissect/sip.h"
#include "dissect/text.h"

/* One direction. */
struct sip_side {
	uint64_t skip;     /* bytes of a body that is not read */
	uint32_t need;     /* bytes of a message whose head was read */
	uint32_t searched; /* of a head that is not whole */
	bool adrift;       /* after a gap */
};

struct sip_stream {
	struct sip_flow flow; /* first */
	struct sip_side side[2];
};

/* Steps over what is not read: a long body, line ends, the rest of what a gap hit. */
static void side_skip(struct sip_side *side, struct reader *r)
{
	size_t there = reader_left(r);
	size_t n = side->skip < there ? (size_t)side->skip : there;
	reader_skip(r, n);
	side->skip -= n;
	while (!side->searched && (text_starts(*r, "\r") || text_starts(*r, "\n")))
		reader_skip(r, 1);
	if (!side->adrift || !reader_left(r))
		return;
	side->adrift = !sip_shape(*r);
	if (side->adrift)
		reader_skip(r, reader_left(r));
}

static enum verdict message_step(
	struct dissection *d, struct sip_stream *s, struct sip_side *side, struct reader *r)
{
	struct reader at = *r, head;
	struct sip_head h;
	if (reader_left(r) < side->need)
		return MORE;
	enum head_status status = head_take(&at, &side->searched, &head);
	if (status != HEAD_WHOLE)
		return status == HEAD_PART ? MORE : MALFORMED;
	if (!sip_head_read(head, &h))
		return NOT_MINE;
	if (h.broken)
		return MALFORMED;
	side->skip = h.length > SIP_BODY_MAX ? h.length : 0;
	size_t length = side->skip ? 0 : (size_t)h.length;
	if (length > reader_left(&at)) {
		side->need = (uint32_t)(reader_left(r) - reader_left(&at) + length);
		return MORE;
	}
	side->need = 0;
	struct reader body = reader_sub(&at, length);
	*r = at;
	sip_message(d, &s->flow, &h, body);
	return DONE;
}

static enum verdict sip_stream_dissect(struct dissection *d, struct reader *r)
{
	struct sip_stream *s = dissection_flow_state(d);
	if (!s)
		return NOT_MINE;
	struct sip_side *side = &s->side[d->packet->from_opener ? 0 : 1];
	if (d->gap)
		*side = (struct sip_side){.adrift = true};
	enum verdict verdict = DONE;
	side_skip(side, r);
	while (verdict == DONE && reader_left(r)) {
		verdict = message_step(d, s, side, r);
		if (verdict == DONE)
			side_skip(side, r);
	}
	d->stats->sip_malformed += verdict == MALFORMED;
	return verdict;
}

extern const struct dissector dissector_sip_stream;
const struct dissector dissector_sip_stream = {
	.info = {"sip_stream", "RFC 3261"},
	.carrier = CARRIER_STREAM,
	.tells = INTEREST_SIGNALLING,
	.state_size = sizeof(struct sip_stream),
	.first_min = 'A',
	.first_max = 'U',
	.allows = sip_allows,
	.probe = sip_shape,
	.dissect = sip_stream_dissect,
};
