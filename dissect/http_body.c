/*
 * Bodies of HTTP/1.1 messages (RFC 9112 §6, §7). One of interest is collected, decompressed and
 * handed on when it is complete, or, where a server streams lines, when those are; any other is
 * counted past. Bytes are taken as they come, so no
 * body needs a stream's buffer.
 */
#include "dissect/head.h"
#include "dissect/http.h"
#include "dissect/text.h"

void http_body_drop(struct dissection *d, struct http_side *side)
{
	struct http_state *state = d->state;
	if (side->length)
		held_drop(&state->bodies, d);
	d->stats->http_bodies_dropped += side->collect;
	side->collect = false;
	side->length = 0;
}

static void body_hand_on(struct dissection *d, const struct http_side *side, struct reader body)
{
	struct http_state *state = d->state;
	struct reader plain;
	if (!inflate_body(&state->inflate, &side->coding, body, &plain)) {
		d->stats->http_bodies_dropped++;
		return;
	}
	d->stats->http_bodies++;
	d->signalling = side->signalling;
	d->sdp_role = side->role;
	d->owner = side->owner;
	dissection_content(d, side->content, &plain);
}

void http_body_finish(struct dissection *d, struct http_side *side)
{
	struct http_state *state = d->state;
	if (side->collect && side->length) {
		const uint8_t *bytes = held_find(&state->bodies, d);
		if (bytes)
			body_hand_on(d, side, reader_make(bytes, side->length, false));
		else
			d->stats->http_bodies_dropped++;
		held_drop(&state->bodies, d);
	}
	side->collect = false;
	side->length = 0;
	side->mode = HTTP_HEAD;
}

static void body_collect(struct dissection *d, struct http_side *side, struct reader part)
{
	struct http_state *state = d->state;
	size_t length = reader_left(&part);
	if (!side->collect || !length)
		return;
	uint8_t *bytes = side->length ? held_find(&state->bodies, d) : held_get(&state->bodies, d);
	d->stats->http_evicted = state->bodies.table.evicted;
	if (!bytes || length > HTTP_BODY_MAX - side->length) {
		http_body_drop(d, side);
		return;
	}
	reader_copy(&part, bytes + side->length, length);
	side->length += (uint32_t)length;
}

/* As much of `left` as is there. */
static struct reader part_take(struct http_side *side, struct reader *r)
{
	size_t there = reader_left(r);
	struct reader part = reader_sub(r, side->left < there ? (size_t)side->left : there);
	side->left -= reader_left(&part);
	return part;
}

static enum verdict length_step(struct dissection *d, struct http_side *side, struct reader *r)
{
	bool first = side->length == 0;
	struct reader part = part_take(side, r);
	if (side->left) {
		body_collect(d, side, part);
		return MORE;
	}
	if (first && side->collect) { /* all of it is here: no need to copy */
		body_hand_on(d, side, part);
		side->collect = false;
	}
	body_collect(d, side, part);
	http_body_finish(d, side);
	return DONE;
}

/* A whole line, or nothing. */
static enum verdict line_take(struct reader *r, struct reader *line)
{
	size_t length = reader_find(r, '\n');
	if (length > HTTP_LINE_MAX)
		return MALFORMED;
	if (length == reader_left(r))
		return MORE;
	return head_line(r, line) ? DONE : MORE;
}

static enum verdict size_step(struct http_side *side, struct reader *r)
{
	struct reader line;
	enum verdict verdict = line_take(r, &line);
	if (verdict != DONE)
		return verdict;
	if (!text_hex(text_trim(text_until(&line, ';')), &side->left))
		return MALFORMED;
	side->mode = side->left ? HTTP_CHUNK_DATA : HTTP_TRAILER;
	side->lines = 0;
	return DONE;
}

static enum verdict data_step(struct dissection *d, struct http_side *side, struct reader *r)
{
	body_collect(d, side, part_take(side, r));
	if (side->left)
		return MORE;
	side->mode = HTTP_CHUNK_END;
	return DONE;
}

/* What a server has to say so far, where it goes on and on. */
static void lines_hand_on(struct dissection *d, struct http_side *side)
{
	struct http_state *state = d->state;
	if (!side->streams || side->coding.count || !side->collect || !side->length)
		return;
	const uint8_t *bytes = held_find(&state->bodies, d);
	if (!bytes || bytes[side->length - 1] != '\n')
		return;
	body_hand_on(d, side, reader_make(bytes, side->length, false));
	held_drop(&state->bodies, d);
	side->length = 0;
}

static enum verdict chunk_end_step(struct dissection *d, struct http_side *side, struct reader *r)
{
	struct reader line;
	enum verdict verdict = line_take(r, &line);
	if (verdict != DONE)
		return verdict;
	if (reader_left(&line))
		return MALFORMED;
	lines_hand_on(d, side);
	side->mode = HTTP_CHUNK_SIZE;
	return DONE;
}

static enum verdict trailer_step(struct dissection *d, struct http_side *side, struct reader *r)
{
	struct reader line;
	size_t length = reader_find(r, '\n');
	if (length > HEAD_BYTES_MAX || side->lines > HEAD_FIELDS_MAX)
		return MALFORMED;
	if (length == reader_left(r) || !head_line(r, &line))
		return MORE;
	side->lines++;
	if (reader_left(&line) == 0)
		http_body_finish(d, side);
	return DONE;
}

enum verdict http_body_read(struct dissection *d, struct http_side *side, struct reader *r)
{
	switch (side->mode) {
	case HTTP_LENGTH:
		return length_step(d, side, r);
	case HTTP_CHUNK_SIZE:
		return size_step(side, r);
	case HTTP_CHUNK_DATA:
		return data_step(d, side, r);
	case HTTP_CHUNK_END:
		return chunk_end_step(d, side, r);
	case HTTP_TRAILER:
		return trailer_step(d, side, r);
	default: /* HTTP_CLOSE */
		body_collect(d, side, reader_sub(r, reader_left(r)));
		lines_hand_on(d, side);
		return MORE;
	}
}
