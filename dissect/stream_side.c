/*
 * As long as nothing is missing and the dissector takes whole messages, segments are read in place
 * and no buffer is used; else window.c keeps them.
 */
#include "dissect/stream_side.h"

#include "dissect/run.h"
#include "dissect/text.h"

static uint8_t *side_bytes(const struct streams *s, const struct stream_side *side)
{
	return side->buffer ? pool_at(&s->buffers, side->buffer) : NULL;
}

void side_release(struct streams *s, struct stream_side *side)
{
	if (side->buffer)
		pool_give(&s->buffers, side->buffer);
	side->buffer = 0;
}

/* What was held is lost; the next segment is taken wherever it stands. */
static void side_lose(struct streams *s, struct stream_side *side)
{
	side_release(s, side);
	side->synced = false;
	side->gap = true;
}

static void side_restart(struct streams *s, struct stream_side *side, uint32_t sequence)
{
	side_release(s, side);
	window_start(&side->window, sequence);
	side->synced = true;
}

static void side_ignore(struct streams *s, struct stream_side *side)
{
	side_lose(s, side);
	side->ignored = true;
	side->started = false;
}

/* A side that had no reader gets one. Where it was given up for want of one, its next segment is
 * taken up behind a gap. */
static void side_join(struct stream_side *side, uint8_t row)
{
	if (side->row)
		return;
	side->row = row;
	side->ignored = false;
}

/* The rows whose shape these first bytes have; the first that does reads both directions. */
static bool side_claim(struct dissection *d, struct reader r)
{
	const struct shapes *shapes = &d->run->stream;
	for (uint64_t asked = shapes_asked(shapes, r); asked; asked &= asked - 1) {
		unsigned row = shapes_next(shapes, asked);
		if (!d->run->rows[row]->probe(r))
			continue;
		for (int i = 0; i < 2; i++)
			side_join(&d->stream->side[i], (uint8_t)(row + 1));
		return true;
	}
	return false;
}

/* More bytes may tell what these are the start of. */
static bool start_unclear(const struct dissection *d, struct reader r)
{
	bool more = reader_left(&r) < STREAM_START && !r.cut && !d->last;
	return more && shapes_asked(&d->run->stream, r);
}

/* Empty lines keep a connection alive (RFC 5626 §3.5.1), or are left of the message before (RFC
 * 9112 §2.2): true when there were any. */
static bool empty_lines_skip(struct reader *r)
{
	bool skipped = false;
	while (text_step(r, "\r") || text_step(r, "\n"))
		skipped = true;
	return skipped;
}

/* Finds a reader for the side. False: not now; then the bytes are either kept for another try or
 * taken out of `r`. */
static bool side_ready(struct dissection *d, struct stream_side *side, struct reader *r)
{
	if (side->row || side_claim(d, *r))
		return true;
	if (empty_lines_skip(r) && (!reader_left(r) || side_claim(d, *r)))
		return reader_left(r) != 0;
	if (start_unclear(d, *r))
		return false;
	reader_skip(r, reader_left(r));
	if (++side->tries == STREAM_TRIES)
		side_ignore(&d->run->streams, side);
	return false;
}

/* Lets the side's dissector take whole messages off `r`, which ends at the sequence number `end`.
 * It may name another for what follows. */
static void side_read(
	struct dissection *d, struct stream_side *side, struct reader *r, uint32_t end)
{
	d->last = side->ended && end == side->end;
	for (unsigned turn = 0; turn < STREAM_TURNS; turn++) {
		if (side->ignored || !reader_left(r) || !side_ready(d, side, r))
			return;
		uint8_t row = side->row;
		const struct dissector *reader = row_enter(d, row - 1U);
		d->gap = side->gap;
		side->gap = false;
		size_t before = reader_left(r);
		enum verdict verdict = reader->dissect(d, r);
		bool took = reader_left(r) != before;
		side->gap |= d->gap && !took; /* these will come again */
		if (verdict == DONE || (verdict == MORE && took))
			d->flow->age.note |= FLOW_READ;
		if (verdict == NOT_MINE || verdict == MALFORMED) {
			side_ignore(&d->run->streams, side);
			return;
		}
		if (side->row == row)
			return;
	}
}

/* What is in order in the buffer, to the dissector. */
void side_read_buffer(struct dissection *d, struct stream_side *side)
{
	struct streams *s = &d->run->streams;
	struct window *w = &side->window;
	if (!side->buffer || !w->have)
		return;
	struct reader r = reader_make(side_bytes(s, side), w->have, false);
	side_read(d, side, &r, window_end(w));
	if (side->ignored)
		return;
	uint32_t taken = w->have - (uint32_t)reader_left(&r);
	/* A message larger than the buffer will never be whole. */
	if (taken == 0 && w->have == WINDOW_BYTES) {
		taken = w->have;
		side->gap = true;
		d->stats->stream_gaps++;
	}
	window_take(w, side_bytes(s, side), taken);
	if (window_empty(w))
		side_release(s, side);
}

/* Takes the next buffer in turn away from the stream that has it. */
static bool buffer_evict(struct dissection *d)
{
	struct streams *s = &d->run->streams;
	s->hand = s->hand % s->buffers.capacity + 1;
	uint32_t owner = s->owner[s->hand];
	struct stream *stream = pool_at(&s->streams, owner >> 1);
	d->stats->stream_refused++;
	if (stream->busy)
		return false;
	side_lose(s, &stream->side[owner & 1]);
	return true;
}

static bool side_buffer(struct dissection *d, struct stream_side *side)
{
	struct streams *s = &d->run->streams;
	if (side->buffer)
		return true;
	side->buffer = pool_take(&s->buffers, false);
	if (!side->buffer && buffer_evict(d))
		side->buffer = pool_take(&s->buffers, false);
	if (side->buffer)
		s->owner[side->buffer] = d->stream->number << 1 | (side != &d->stream->side[0]);
	return side->buffer != 0;
}

/* A segment that follows what is there, while nothing is held: read in place, keep the rest. */
static void side_direct(struct dissection *d, struct stream_side *side, struct segment *s)
{
	struct window *w = &side->window;
	uint32_t length = (uint32_t)reader_left(&s->bytes);
	side_read(d, side, &s->bytes, s->sequence + length);
	uint32_t left = (uint32_t)reader_left(&s->bytes);
	if (side->ignored || s->bytes.cut)
		return;
	w->base += length - left;
	s->sequence = w->base;
	if (!left)
		return;
	enum window_repeat none;
	if (left <= WINDOW_BYTES && side_buffer(d, side)) {
		window_put(w, side_bytes(&d->run->streams, side), s, &none);
		return;
	}
	w->base += left;
	side->gap = true;
}

/* The hole before a segment is given up: the first of several, or all there is up to it. */
static void side_step(struct dissection *d, struct stream_side *side, uint32_t sequence)
{
	struct streams *s = &d->run->streams;
	d->stats->stream_gaps++;
	side->gap = true;
	if (window_empty(&side->window)) {
		side_restart(s, side, sequence);
		return;
	}
	window_step(&side->window, side_bytes(s, side));
	if (window_empty(&side->window))
		side_release(s, side);
	side_read_buffer(d, side);
}

static void repeat_count(struct stats *stats, enum window_repeat repeat)
{
	stats->stream_overlap += repeat != REPEAT_NONE;
	stats->stream_overlap_differs += repeat == REPEAT_DIFFERS;
}

/* Keeps a segment and reads what is in order then; false when it has to be stepped to. */
static bool side_keep(struct dissection *d, struct stream_side *side, struct segment *s)
{
	struct window *w = &side->window;
	enum window_repeat repeat = REPEAT_NONE;
	bool in_order = s->sequence == window_end(w);
	/* In the middle of a stream that nobody knows yet, no hole is worth waiting for. */
	if (!in_order && !side->row && !side->started)
		return false;
	if (!side_buffer(d, side) || !window_put(w, side_bytes(&d->run->streams, side), s, &repeat))
		return false;
	repeat_count(d->stats, repeat);
	if (in_order)
		side_read_buffer(d, side);
	return true;
}

/* Whether a segment belongs where the stream is; the second far away in a row says where that is.
 */
static bool side_near(struct dissection *d, struct stream_side *side, const struct segment *s)
{
	int32_t ahead = (int32_t)(s->sequence - side->window.base);
	if (ahead <= STREAM_AHEAD && ahead >= -STREAM_BEHIND)
		return true;
	if (s->sequence != side->far) {
		side->far = s->sequence + (uint32_t)reader_left(&s->bytes);
		d->stats->stream_outside++;
		return false;
	}
	while (side->buffer && !side->ignored)
		side_step(d, side, s->sequence);
	if (!side->ignored)
		side_step(d, side, s->sequence);
	return true;
}

/* A keep-alive probe repeats the last byte, or one that never was (RFC 9293 §3.8.4). */
static bool keep_alive(const struct stream_side *side, const struct segment *s)
{
	return s->sequence + 1 == window_end(&side->window) && reader_left(&s->bytes) == 1;
}

static void side_segment(struct dissection *d, struct stream_side *side, struct segment *s)
{
	struct streams *all = &d->run->streams;
	if (!side->synced)
		side_restart(all, side, s->sequence);
	if (keep_alive(side, s) || !side_near(d, side, s))
		return;
	enum window_repeat repeat = window_trim(&side->window, side_bytes(all, side), s);
	repeat_count(d->stats, repeat);
	while (reader_left(&s->bytes) && !side->ignored) {
		if (!side->buffer && s->sequence == side->window.base) {
			side_direct(d, side, s);
			return;
		}
		if (side_keep(d, side, s))
			continue;
		side_step(d, side, s->sequence);
		if (!side->ignored)
			window_trim(&side->window, side_bytes(all, side), s);
	}
}

void side_start(struct streams *s, struct stream_side *side, uint32_t sequence)
{
	side_restart(s, side, sequence);
	side->gap = false;
	side->started = true;
}

/* Nothing more of this side will be read. */
bool side_over(const struct stream_side *side)
{
	return side->ignored ||
		(side->ended && side->synced && !side->buffer && side->window.base == side->end);
}

/* The sender is done. Its dissector may want to know that no more will come, if nothing is unread.
 */
static void side_finish(struct dissection *d, struct stream_side *side)
{
	if (!side->row || side->ignored || side->window.base != side->end)
		return;
	const struct dissector *row = row_enter(d, side->row - 1U);
	if (row->end)
		row->end(d);
}

static bool side_reached_end(const struct stream_side *side)
{
	return side->ended && side->synced && window_end(&side->window) == side->end;
}

static void side_end(struct dissection *d, struct stream_side *side)
{
	side_finish(d, side);
	side_restart(&d->run->streams, side, side->end);
	side->gap = true; /* for whatever may follow all the same */
}

/* Whether the first hole was received; one packet may have overtaken another. */
static bool hole_received(const struct stream_side *side, uint32_t number)
{
	const struct window *w = &side->window;
	uint32_t past = number - w->base;
	return side_holey(side) && past >= w->range[0].from && past <= STREAM_AHEAD;
}

void side_acknowledged(struct dissection *d, struct stream_side *side, uint32_t number)
{
	if (!hole_received(side, number)) {
		side->acks = 0;
		return;
	}
	bool all = side->ended && number - side->end <= 1;
	if (++side->acks < STREAM_ACKS && !all)
		return;
	while (!side->ignored && hole_received(side, number))
		side_step(d, side, number);
	side->acks = 0;
	if (side_reached_end(side))
		side_end(d, side);
}

/* Takes in one segment of a side, its FIN too. */
void side_take(struct dissection *d, struct stream_side *side, struct segment *s)
{
	struct streams *all = &d->run->streams;
	size_t length = reader_left(&s->bytes);
	bool cut = s->bytes.cut;
	if (d->packet->tcp_flags & TCP_FIN && !cut) {
		side->ended = true;
		side->end = s->sequence + (uint32_t)length;
	}
	if (length && !side->ignored)
		side_segment(d, side, s);
	if (cut) {
		side_lose(all, side); /* there is a hole of unknown size */
		return;
	}
	if (!side_reached_end(side))
		return;
	if (!length)
		side_read_buffer(d, side);
	side_end(d, side);
}
