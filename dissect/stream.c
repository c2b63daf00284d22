/*
 * Reassembly. A side's buffer holds a window of STREAM_BYTES from `base` on: first `have` bytes in
 * order, then ranges beyond holes, each at its own offset. As long as nothing is missing and the
 * dissector takes whole messages, segments are read in place and no buffer is used.
 */
#include "dissect/stream.h"

#include "dissect/run.h"

#include <string.h>

enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04 };

_Static_assert(sizeof(struct stream) % 8 == 0, "blocks of a pool");

bool streams_init(struct streams *s)
{
	bool ready = pool_init(&s->streams, sizeof(struct stream), STREAMS);
	return pool_init(&s->buffers, STREAM_BYTES, STREAM_BUFFERS) && ready;
}

void streams_free(struct streams *s)
{
	pool_free(&s->streams);
	pool_free(&s->buffers);
}

static void side_drop(struct streams *s, struct stream_side *side)
{
	if (side->buffer)
		pool_give(&s->buffers, side->buffer);
	side->buffer = 0;
	side->have = 0;
	side->ranges = 0;
}

void stream_forget(struct streams *s, uint32_t number)
{
	struct stream *stream = pool_at(&s->streams, number);
	side_drop(s, &stream->side[0]);
	side_drop(s, &stream->side[1]);
	pool_give(&s->streams, number);
}

/* Nobody reads this flow: from now on its packets end at the look-up. */
static void stream_ignore(struct dissection *d)
{
	struct flow_more *more = flow_more(&d->run->flows, d->flow);
	d->flow->age.note |= FLOW_IGNORED;
	if (more->stream)
		stream_forget(&d->run->streams, more->stream);
	more->stream = 0;
	d->stream = NULL;
}

static void side_ignore(struct dissection *d, struct stream_side *side)
{
	side_drop(&d->run->streams, side);
	side->ignored = true;
}

/* The rows whose shape these first bytes have; the first that does reads both directions. */
static bool side_claim(struct dissection *d, struct stream_side *side, struct reader r)
{
	struct reader peek = r;
	uint64_t asked = d->run->asked_stream[reader_u8(&peek)];
	for (; asked; asked &= asked - 1) {
		unsigned row = (unsigned)__builtin_ctzll(asked);
		if (!dissector_at(row)->probe(r))
			continue;
		side->row = (uint8_t)(row + 1);
		for (int i = 0; i < 2; i++) {
			if (!d->stream->side[i].row && !d->stream->side[i].ignored)
				d->stream->side[i].row = side->row;
		}
		return true;
	}
	return false;
}

/* Finds a reader for the side. False: not now; then the bytes are either kept for another try or
 * taken out of `r`. */
static bool side_ready(struct dissection *d, struct stream_side *side, struct reader *r)
{
	if (side->row || side_claim(d, side, *r))
		return true;
	if (reader_left(r) < STREAM_START && !r->cut)
		return false;
	reader_skip(r, reader_left(r));
	if (++side->tries == STREAM_TRIES)
		side_ignore(d, side);
	return false;
}

/* Lets the side's dissector take whole messages off `r`. It may name another for what follows. */
static void side_read(struct dissection *d, struct stream_side *side, struct reader *r)
{
	while (reader_left(r) && !side->ignored && side_ready(d, side, r)) {
		uint8_t row = side->row;
		size_t before = reader_left(r);
		d->row = row - 1U;
		d->state = d->run->state[d->row];
		d->gap = side->gap;
		side->gap = false;
		enum verdict verdict = dissector_at(d->row)->dissect(d, r);
		if (verdict == NOT_MINE || verdict == MALFORMED) {
			side_ignore(d, side);
			reader_skip(r, reader_left(r));
		}
		if (side->row == row || reader_left(r) == before)
			return;
	}
}

/* `taken` bytes of the buffer were consumed: the window moves on. */
static void side_advance(struct streams *s, struct stream_side *side, uint32_t taken)
{
	uint8_t *bytes = pool_at(&s->buffers, side->buffer);
	uint32_t end = side->ranges ? side->range[side->ranges - 1].to : side->have;
	side->base += taken;
	side->have -= taken;
	memmove(bytes, bytes + taken, end - taken);
	for (unsigned i = 0; i < side->ranges; i++) {
		side->range[i].from -= taken;
		side->range[i].to -= taken;
	}
	if (side->have == 0 && side->ranges == 0)
		side_drop(s, side);
}

/* What is in order in the buffer, to the dissector. */
static void side_read_buffer(struct dissection *d, struct stream_side *side)
{
	struct streams *s = &d->run->streams;
	if (!side->buffer || !side->have)
		return;
	struct reader r = reader_make(pool_at(&s->buffers, side->buffer), side->have, false);
	uint32_t before = side->have;
	side_read(d, side, &r);
	if (side->ignored)
		return;
	uint32_t taken = before - (uint32_t)reader_left(&r);
	/* A message larger than the buffer will never be whole. */
	if (taken == 0 && side->have == STREAM_BYTES) {
		taken = before;
		side->gap = true;
		d->stats->stream_gaps++;
	}
	side_advance(s, side, taken);
}

static bool side_buffer(struct dissection *d, struct stream_side *side)
{
	if (!side->buffer)
		side->buffer = pool_take(&d->run->streams.buffers, false);
	return side->buffer != 0;
}

/* A segment that follows what is there, and nothing is held: read in place, keep the rest. */
static void side_direct(struct dissection *d, struct stream_side *side, struct reader r)
{
	uint32_t length = (uint32_t)reader_left(&r);
	side_read(d, side, &r);
	if (side->ignored)
		return;
	uint32_t left = (uint32_t)reader_left(&r);
	side->base += length - left;
	if (left == 0)
		return;
	if (left <= STREAM_BYTES && side_buffer(d, side)) {
		reader_copy(&r, pool_at(&d->run->streams.buffers, side->buffer), left);
		side->have = left;
		return;
	}
	d->stats->stream_refused++;
	side->base += left;
	side->gap = true;
}

/* Ranges that the bytes in order have reached join them. */
static void side_join(struct stream_side *side)
{
	while (side->ranges && side->range[0].from <= side->have) {
		if (side->range[0].to > side->have)
			side->have = side->range[0].to;
		side->ranges--;
		memmove(side->range, side->range + 1, side->ranges * sizeof(side->range[0]));
	}
}

/* Copies [from, to) into the window, leaving bytes that are there as they are. */
static void side_fill(
	struct dissection *d, struct stream_side *side, uint32_t from, uint32_t to, struct reader r)
{
	uint8_t *bytes = pool_at(&d->run->streams.buffers, side->buffer);
	for (unsigned i = 0; i < side->ranges && from < to; i++) {
		const struct stream_range *have = &side->range[i];
		if (have->to <= from || have->from >= to)
			continue;
		if (have->from > from)
			reader_copy(&r, bytes + from, have->from - from);
		uint32_t start = have->from > from ? have->from : from;
		uint32_t resume = have->to < to ? have->to : to;
		const uint8_t *again = reader_take(&r, resume - start);
		d->stats->stream_overlap++;
		if (again && memcmp(again, bytes + start, resume - start) != 0)
			d->stats->stream_overlap_differs++;
		from = resume;
	}
	if (from < to)
		reader_copy(&r, bytes + from, to - from);
}

/* Notes bytes beyond a hole; false when there are too many runs of them. */
static bool side_range_add(struct stream_side *side, uint32_t from, uint32_t to)
{
	unsigned at = 0, touched = 0;
	while (at < side->ranges && side->range[at].to < from)
		at++;
	while (at + touched < side->ranges && side->range[at + touched].from <= to)
		touched++;
	if (touched == 0 && side->ranges == STREAM_RANGES)
		return false;
	struct stream_range joined = {from, to};
	if (touched) {
		const struct stream_range *last = &side->range[at + touched - 1];
		joined.from = side->range[at].from < from ? side->range[at].from : from;
		joined.to = last->to > to ? last->to : to;
	}
	memmove(&side->range[at + 1], &side->range[at + touched],
		(side->ranges - at - touched) * sizeof(side->range[0]));
	side->range[at] = joined;
	side->ranges = (uint8_t)(side->ranges + 1 - touched);
	return true;
}

/* Gives the first hole up: the stream goes on behind it. */
static void side_skip_hole(struct dissection *d, struct stream_side *side)
{
	struct streams *s = &d->run->streams;
	d->stats->stream_gaps++;
	side_advance(s, side, side->have);
	side->gap = true;
	if (!side->ranges)
		return;
	uint32_t hole = side->range[0].from;
	side->have = hole; /* so that side_advance may take it away */
	side_advance(s, side, hole);
	side_join(side);
	side_read_buffer(d, side);
}

/* Keeps a segment at `offset` in the window; false when it does not fit. */
static bool side_keep(
	struct dissection *d, struct stream_side *side, uint32_t offset, struct reader r)
{
	size_t length = reader_left(&r);
	if (offset > STREAM_BYTES || length > STREAM_BYTES - offset)
		return false;
	uint32_t to = offset + (uint32_t)length;
	if (!side_buffer(d, side)) {
		d->stats->stream_refused++;
		return true;
	}
	if (offset == side->have) {
		side_fill(d, side, offset, to, r);
		side->have = to;
		side_join(side);
		side_read_buffer(d, side);
		return true;
	}
	side_fill(d, side, offset, to, r);
	return side_range_add(side, offset, to);
}

/* Starts again at `sequence`; what was before it is lost. */
static void side_restart(struct dissection *d, struct stream_side *side, uint32_t sequence)
{
	side_drop(&d->run->streams, side);
	side->gap |= side->synced;
	side->synced = true;
	side->base = sequence;
}

/* Takes away what is there already. */
static void segment_trim(
	struct dissection *d, const struct stream_side *side, uint32_t *offset, struct reader *r)
{
	int32_t ahead = (int32_t)*offset;
	if (ahead >= 0 && *offset >= side->have)
		return;
	uint32_t known = side->have - *offset; /* wraps as sequence numbers do */
	d->stats->stream_overlap++;
	if (ahead >= 0 && known) {
		const uint8_t *bytes = pool_at(&d->run->streams.buffers, side->buffer);
		size_t same = reader_left(r) < known ? reader_left(r) : known;
		struct reader peek = *r;
		const uint8_t *again = reader_take(&peek, same);
		d->stats->stream_overlap_differs += again &&
			memcmp(again, bytes + *offset, same) != 0;
	}
	reader_skip(r, known < reader_left(r) ? known : reader_left(r));
	*offset = side->have;
}

static void side_segment(struct dissection *d, struct stream_side *side)
{
	const struct packet *p = d->packet;
	struct reader r = p->payload;
	if (!side->synced)
		side_restart(d, side, p->sequence);
	uint32_t offset = p->sequence - side->base;
	segment_trim(d, side, &offset, &r);
	if (!reader_left(&r))
		return;
	if (offset == 0 && !side->buffer) {
		side_direct(d, side, r);
		return;
	}
	/* In the middle of a stream that nobody knows yet, no hole is worth waiting for. */
	bool unknown = !side->row && !side->started;
	while (!side->ignored && (unknown || !side_keep(d, side, offset, r))) {
		if (unknown || (!side->have && !side->ranges)) {
			side_restart(d, side, p->sequence);
			side_direct(d, side, r);
			return;
		}
		side_skip_hole(d, side);
		offset = p->sequence - side->base;
		segment_trim(d, side, &offset, &r);
	}
}

/* The sender's FIN, and nothing in front of it is missing or unread: its dissector may want to know
 * that no more will come. */
static void side_end(struct dissection *d, const struct stream_side *side)
{
	const struct packet *p = d->packet;
	uint32_t end = p->sequence + (uint32_t)reader_left(&p->payload);
	if (!side->row || side->ignored || side->buffer || side->base != end || p->payload.cut)
		return;
	d->row = side->row - 1U;
	d->state = d->run->state[d->row];
	if (dissector_at(d->row)->end)
		dissector_at(d->row)->end(d);
}

static struct stream *stream_of(struct dissection *d)
{
	struct flow_more *more = flow_more(&d->run->flows, d->flow);
	if (!more->stream) {
		more->stream = pool_take(&d->run->streams.streams, true);
		d->stats->streams += more->stream != 0;
		d->stats->streams_refused += more->stream == 0;
	}
	return more->stream ? pool_at(&d->run->streams.streams, more->stream) : NULL;
}

void stream_segment(struct dissection *d)
{
	struct packet *p = d->packet;
	if (d->flow->age.note & FLOW_IGNORED)
		return;
	if (p->tcp_flags & TCP_FIN && !reader_left(&p->payload) &&
		!flow_more(&d->run->flows, d->flow)->stream)
		return;
	d->stream = stream_of(d);
	if (!d->stream) {
		stream_ignore(d);
		return;
	}
	struct stream_side *side = &d->stream->side[p->from_opener ? 0 : 1];
	p->encapsulation |= d->stream->wrapped;
	if (p->tcp_flags & TCP_SYN) {
		side_restart(d, side, p->sequence + 1);
		side->gap = false;
		side->started = true;
		return;
	}
	if (!side->ignored && reader_left(&p->payload))
		side_segment(d, side);
	if (p->tcp_flags & TCP_FIN)
		side_end(d, side);
	/* The snap length took the rest of the segment: there is a hole of unknown size. */
	if (p->payload.cut) {
		side_drop(&d->run->streams, side);
		side->synced = false;
		side->gap = true;
	}
	if (d->stream->side[0].ignored && d->stream->side[1].ignored) {
		d->stats->streams_unread += !d->stream->side[0].row && !d->stream->side[1].row;
		stream_ignore(d);
	}
}
