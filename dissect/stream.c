/*
 * Which stream a packet belongs to, and when one begins and ends.
 *
 * A dissector may open packets inside its messages, and those may lead anywhere: to this stream
 * again, which is then `busy` and left alone, or to a full flow table, which drops this flow; the
 * stream is then `gone` and given back when the dissector is through.
 */
#include "dissect/stream.h"

#include "dissect/run.h"
#include "dissect/stream_side.h"

enum { PROTOCOL_TCP = 6 };

_Static_assert(sizeof(struct stream) % 8 == 0, "blocks of a pool");

bool streams_init(struct streams *s)
{
	bool ready = pool_init(&s->streams, sizeof(struct stream), STREAMS);
	return pool_init(&s->buffers, WINDOW_BYTES, STREAM_BUFFERS) && ready;
}

void streams_free(struct streams *s)
{
	pool_free(&s->streams);
	pool_free(&s->buffers);
}

static void holes_note(struct streams *s, struct stream *stream)
{
	for (int i = 0; i < 2; i++) {
		struct stream_side *side = &stream->side[i];
		bool holey = side_holey(side);
		uint32_t more = (uint32_t)holey - (uint32_t)side->holey; /* may be -1 */
		s->holes[stream->place] += more;
		s->holey += more;
		side->holey = holey;
	}
}

void stream_forget(struct streams *s, uint32_t number)
{
	struct stream *stream = pool_at(&s->streams, number);
	stream->gone = true;
	if (stream->busy)
		return;
	side_release(s, &stream->side[0]);
	side_release(s, &stream->side[1]);
	holes_note(s, stream);
	pool_give(&s->streams, number);
}

/* Nobody reads this flow any more: until its next SYN its packets end at the look-up. */
static void stream_close(struct dissection *d)
{
	struct flow_more *more = flow_more(&d->run->flows, d->flow);
	d->flow->age.note |= FLOW_IGNORED;
	if (more->stream)
		stream_forget(&d->run->streams, more->stream);
	more->stream = 0;
	d->stream = NULL;
}

/* Swaps the ends of a packet, for bytes that the other side sent before. */
static struct packet packet_turned(const struct packet *p)
{
	struct packet t = *p;
	t.src = p->dst;
	t.dst = p->src;
	t.outer_src = p->outer_dst;
	t.outer_dst = p->outer_src;
	memcpy(t.src_mac, p->dst_mac, sizeof(t.src_mac));
	memcpy(t.dst_mac, p->src_mac, sizeof(t.dst_mac));
	t.from_high = !p->from_high;
	t.from_opener = !p->from_opener;
	t.direction = p->direction == DIRECTION_IN ? DIRECTION_OUT
		: p->direction == DIRECTION_OUT    ? DIRECTION_IN
						   : p->direction;
	t.hop_limit = 0;
	return t;
}

/* The other side has got another reader: it may know what to do with what is held. */
static void side_reread(struct dissection *d, struct stream_side *side)
{
	struct packet *packet = d->packet;
	struct packet turned = packet_turned(packet);
	d->packet = &turned;
	side_read_buffer(d, side);
	d->packet = packet;
}

/* What the other side sent, this packet says to have come. */
static void side_heard(struct dissection *d, struct stream_side *side)
{
	struct packet *packet = d->packet;
	if (!(packet->tcp_flags & TCP_ACK) || !side_holey(side))
		return;
	struct packet turned = packet_turned(packet);
	d->packet = &turned;
	side_acknowledged(d, side, packet->acknowledged);
	d->packet = packet;
}

static uint32_t note_syn(bool from_opener)
{
	return from_opener ? FLOW_SYN_FROM : FLOW_SYN_TO;
}

/* Whether the first byte that a SYN announces goes with what its side has read. */
static bool syn_fits(const struct dissection *d, const struct stream_side *side, uint32_t first)
{
	if (d->flow->age.note & FLOW_IGNORED)
		return false;
	return !side || side_fresh(side) || side->window.base - first <= WINDOW_BYTES;
}

/* Forgets what was between these ports. */
static void stream_anew(struct dissection *d, struct flow_more *more)
{
	stream_close(d);
	flow_states_forget(d->run, more);
	if (d->run->unknown)
		unknown_forget(d->run->unknown, d->flow);
	d->flow->age.note &= ~(uint32_t)(FLOW_IGNORED | FLOW_SYN_FROM | FLOW_SYN_TO);
}

static uint8_t packet_claimant(const struct packet *p)
{
	return p->from_opener ? CLAIM_OPENER : CLAIM_OTHER;
}

/* An answer that nobody asked for does not displace a claim. */
static void claim_note(struct stream *stream, const struct packet *p, uint32_t told)
{
	if (stream->claimant && p->tcp_flags & TCP_ACK)
		return;
	stream->claimant = packet_claimant(p);
	stream->claimed = told;
}

/* Is there another connection, as an earlier SYN said? The other end's SYN acknowledges it, or
 * bytes follow it. A SYN alone may be forged: its receiver asks back (RFC 5961 §4). */
static bool claim_holds(const struct stream *stream, const struct packet *p)
{
	if (stream->claimant == packet_claimant(p))
		return reader_left(&p->payload) && p->sequence == stream->claimed;
	return p->tcp_flags & TCP_SYN && p->tcp_flags & TCP_ACK &&
		p->acknowledged == stream->claimed;
}

static void claim_check(struct dissection *d, struct flow_more *more)
{
	if (!more->stream)
		return;
	const struct stream *stream = pool_at(&d->run->streams.streams, more->stream);
	if (!stream->claimant || !claim_holds(stream, d->packet))
		return;
	bool from_opener = stream->claimant == CLAIM_OPENER;
	uint32_t claimed = stream->claimed;
	stream_anew(d, more);
	d->flow->age.note |= note_syn(from_opener);
	more->first_byte[from_opener ? 0 : 1] = claimed;
}

/* A SYN: notes where this side begins. One that does not go with what was there may open a new
 * connection. */
static void stream_syn(struct dissection *d, const struct packet *p)
{
	struct streams *s = &d->run->streams;
	struct flow_more *more = flow_more(&d->run->flows, d->flow);
	uint32_t *note = &d->flow->age.note, bit = note_syn(p->from_opener);
	uint32_t *first = &more->first_byte[p->from_opener ? 0 : 1], told = p->sequence + 1;
	if (*note & bit && *first == told)
		return;
	struct stream *stream = more->stream ? pool_at(&s->streams, more->stream) : NULL;
	struct stream_side *side = stream ? &stream->side[p->from_opener ? 0 : 1] : NULL;
	bool fits = !(*note & bit) && syn_fits(d, side, told);
	if (!fits && stream) {
		claim_note(stream, p, told);
		return;
	}
	if (!fits && !(p->tcp_flags & TCP_ACK))
		stream_anew(d, more);
	*note |= bit;
	*first = told;
	if (side && side_fresh(side))
		side_start(s, side, told);
	else if (side)
		side->started = true;
}

/* The flow's stream, or NULL when there is no room for it. */
static struct stream *stream_of(struct dissection *d)
{
	struct streams *s = &d->run->streams;
	struct flow_more *more = flow_more(&d->run->flows, d->flow);
	if (more->stream)
		return pool_at(&s->streams, more->stream);
	more->stream = pool_take(&s->streams, true);
	d->stats->streams += more->stream != 0;
	d->stats->streams_refused += more->stream == 0;
	if (!more->stream)
		return NULL;
	struct stream *stream = pool_at(&s->streams, more->stream);
	stream->number = more->stream;
	stream->place = (uint16_t)stream_place(d->packet->src.port, d->packet->dst.port);
	for (int i = 0; i < 2; i++) {
		if (d->flow->age.note & note_syn(i == 0))
			side_start(s, &stream->side[i], more->first_byte[i]);
	}
	return stream;
}

/* Its dissector may want to know that the stream was cut off. */
static void stream_reset(struct dissection *d, const struct stream_side *side)
{
	if (!side->row || side->ignored)
		return;
	const struct dissector *row = row_enter(d, side->row - 1U);
	if (row->reset)
		row->reset(d);
}

/* One packet of a stream: its side, then the other one if that has another reader now. */
static void stream_take(struct dissection *d, struct segment *s)
{
	struct stream *stream = d->stream;
	struct stream_side *side = &stream->side[d->packet->from_opener ? 0 : 1];
	struct stream_side *other = &stream->side[d->packet->from_opener ? 1 : 0];
	side_heard(d, other);
	uint8_t row = other->row;
	if (d->packet->tcp_flags & TCP_RST) {
		bool exact = side->synced && s->sequence == window_end(&side->window);
		if (exact)
			stream_reset(d, side);
		side->ended = side->ignored = other->ignored = exact;
		return;
	}
	side_take(d, side, s);
	if (other->row != row)
		side_reread(d, other);
}

bool stream_heard(const struct streams *s, const struct packet *p)
{
	return p->has_payload && p->has_ports && p->protocol == PROTOCOL_TCP &&
		!reader_left(&p->payload) && p->tcp_flags & TCP_ACK &&
		s->holes[stream_place(p->src.port, p->dst.port)];
}

/* True when a dissector of this very stream led here. */
static bool stream_busy(const struct dissection *d)
{
	const struct flow_more *more = flow_more(&d->run->flows, d->flow);
	const struct stream *stream = more->stream ? pool_at(&d->run->streams.streams, more->stream)
						   : NULL;
	return stream && stream->busy;
}

void stream_segment(struct dissection *d)
{
	struct packet *p = d->packet;
	bool syn = p->tcp_flags & TCP_SYN;
	/* First what the flow itself says: most packets of most flows end here. */
	if ((d->flow->age.note & FLOW_IGNORED && !syn) || stream_busy(d))
		return;
	claim_check(d, flow_more(&d->run->flows, d->flow));
	if (syn)
		stream_syn(d, p);
	struct segment s = {p->sequence + syn, p->payload};
	bool opens = flow_more(&d->run->flows, d->flow)->stream || reader_left(&s.bytes);
	if (d->flow->age.note & FLOW_IGNORED || !opens)
		return;
	d->stream = stream_of(d);
	if (!d->stream) {
		stream_close(d);
		return;
	}
	struct stream *stream = d->stream;
	p->encapsulation |= stream->wrapped;
	stream->busy = true;
	stream_take(d, &s);
	stream->busy = false;
	holes_note(&d->run->streams, stream);
	if (stream->gone) {
		stream_forget(&d->run->streams, stream->number);
	} else if (side_over(&stream->side[0]) && side_over(&stream->side[1])) {
		d->stats->streams_unread += !stream->side[0].row && !stream->side[1].row;
		stream_close(d);
	}
}
