/*
 * WebSocket (RFC 6455 §5), with permessage-deflate (RFC 7692) and its window kept from message to
 * message. Where the capture began after the handshake it is told by a segment of nothing but whole
 * frames with text in them; what is compressed is then read as far as it needs no earlier message.
 * Emits nothing itself: complete messages, text or binary, are
 * handed on as content, a SIP message (RFC 7118) as such; XMPP's (RFC 7395) are XML by their shape.
 *
 * Frames are read as they come, masked or not, in either direction; control frames are stepped
 * over. A message that is too long is dropped; so is a compressed one whose window was lost (a gap,
 * a bomb, memory), until the end of the stream where windows are kept. After a gap, a segment that
 * is nothing but whole frames starts anew. Lengths need not be in their shortest form.
 */
#include "dissect/inflate.h"
#include "dissect/websocket.h"

#include <stdlib.h>

#define CONTROL_MAX   125
#define PIECE         1024 /* unmasked at a time */
#define RESYNC_FRAMES 64   /* looked through after a gap */
#define TEXT_PEEK     64   /* bytes of a text that have to look like it */

enum { FIN = 0x80, RSV1 = 0x40, RSV2_3 = 0x30, OPCODE = 0x0f, MASK = 0x80, LENGTH = 0x7f };
enum { LENGTH_16 = 126, LENGTH_64 = 127 };
enum { CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PONG = 10 };

struct frame_head {
	uint8_t opcode, mask[4];
	bool last, rsv1;
	uint64_t length;
};

/* One direction. */
struct websocket_side {
	uint64_t left;   /* of the frame's payload */
	uint8_t mask[4]; /* turned, so that the next byte's comes first */
	bool in_frame;   /* its head was read */
	bool control;    /* the frame is one */
	bool last;       /* the frame ends its message */
	bool adrift;     /* after a gap */
	struct websocket_message message;
};

struct websocket_flow {
	struct websocket_terms terms; /* first, see there */
	struct websocket_side side[2];
};

static bool head_good(const struct frame_head *f)
{
	bool control = f->opcode >= CLOSE;
	if (f->length >> 63 || f->opcode > PONG || (!control && f->opcode > BINARY))
		return false;
	return !control || (f->length <= CONTROL_MAX && f->last && !f->rsv1);
}

static enum verdict head_read(struct reader *r, struct frame_head *f)
{
	struct reader at = *r;
	uint8_t first = reader_u8(&at), second = reader_u8(&at);
	*f = (struct frame_head){.opcode = first & OPCODE,
		.last = first & FIN,
		.rsv1 = first & RSV1,
		.length = second & LENGTH};
	if (f->length == LENGTH_16)
		f->length = reader_u16(&at);
	else if (f->length == LENGTH_64)
		f->length = reader_u64(&at);
	if (second & MASK)
		reader_copy(&at, f->mask, sizeof(f->mask));
	if (at.failed)
		return MORE;
	if (first & RSV2_3 || !head_good(f))
		return MALFORMED;
	*r = at;
	return DONE;
}

/* May this frame come here (RFC 6455 §5.4, RFC 7692 §6)? */
static bool head_fits(const struct websocket_flow *w, const struct websocket_side *side,
	const struct frame_head *f)
{
	if (f->opcode >= CLOSE)
		return true;
	if (side->message.open)
		return f->opcode == CONTINUATION && !f->rsv1;
	return f->opcode != CONTINUATION && (w->terms.deflate || !f->rsv1);
}

static enum verdict head_step(struct dissection *d, const struct websocket_flow *w,
	struct websocket_side *side, struct reader *r)
{
	struct frame_head f;
	enum verdict verdict = head_read(r, &f);
	if (verdict != DONE)
		return verdict;
	if (!head_fits(w, side, &f))
		return MALFORMED;
	side->in_frame = true;
	side->control = f.opcode >= CLOSE;
	side->left = f.length;
	memcpy(side->mask, f.mask, sizeof(f.mask));
	if (side->control)
		return DONE;
	side->last = f.last;
	if (!side->message.open)
		websocket_message_begin(d, &side->message, f.rsv1);
	return DONE;
}

/* The mask goes on where it was left, wherever the segments are cut. */
static void part_unmask(struct websocket_side *side, struct reader part, uint8_t to[PIECE])
{
	const size_t n = sizeof(side->mask);
	size_t length = reader_left(&part);
	uint8_t mask[sizeof(side->mask)];
	memcpy(mask, side->mask, n);
	reader_copy(&part, to, length);
	for (size_t i = 0; i < length; i++)
		to[i] ^= mask[i % n];
	for (size_t i = 0; i < n; i++)
		side->mask[i] = mask[(length + i) % n];
}

static void part_add(struct dissection *d, struct websocket_side *side, struct reader part)
{
	uint8_t piece[PIECE];
	while (reader_left(&part)) {
		size_t length = reader_left(&part) < PIECE ? reader_left(&part) : PIECE;
		part_unmask(side, reader_sub(&part, length), piece);
		websocket_message_add(d, &side->message, reader_make(piece, length, false));
	}
}

static void payload_step(struct dissection *d, struct websocket_side *side, struct reader *r)
{
	size_t there = reader_left(r);
	struct reader part = reader_sub(r, side->left < there ? (size_t)side->left : there);
	side->left -= reader_left(&part);
	if (!side->control && !side->message.dropped)
		part_add(d, side, part);
	if (side->left)
		return;
	side->in_frame = false;
	if (!side->control && side->last)
		websocket_message_end(d, &side->message);
}

/* Nothing but whole frames; the first of a message may be lost. */
static bool resync(struct websocket_side *side, struct reader r)
{
	struct frame_head f;
	bool data = false, goes_on = false;
	for (unsigned i = 0; i < RESYNC_FRAMES && reader_left(&r); i++) {
		if (head_read(&r, &f) != DONE || f.length > reader_left(&r))
			return false;
		reader_skip(&r, (size_t)f.length);
		goes_on |= !data && f.opcode == CONTINUATION;
		data |= f.opcode < CLOSE;
	}
	side->message.open = goes_on;
	side->message.dropped = goes_on;
	return reader_left(&r) == 0;
}

/* Are the first bytes of a frame's payload text? */
static bool payload_texts(struct reader payload, const struct frame_head *f)
{
	for (unsigned i = 0; i < TEXT_PEEK && reader_left(&payload); i++) {
		uint8_t c = reader_u8(&payload) ^ f->mask[i % sizeof(f->mask)];
		if (c < ' ' && c != '\t' && c != '\r' && c != '\n')
			return false;
	}
	return true;
}

/* Without a handshake: whole frames, all masked or none, each a message, one of them text. */
static bool websocket_probe(struct reader r)
{
	struct frame_head f;
	struct reader peek = r;
	bool text = false;
	reader_skip(&peek, 1);
	uint8_t masked = reader_u8(&peek) & MASK;
	for (unsigned i = 0; i < RESYNC_FRAMES && reader_left(&r); i++) {
		peek = r;
		reader_skip(&peek, 1);
		bool same = (reader_u8(&peek) & MASK) == masked;
		if (head_read(&r, &f) != DONE || !same || !f.last || f.rsv1 || !f.opcode)
			return false;
		struct reader payload = reader_sub(&r, (size_t)f.length);
		if (payload.failed || (f.opcode == TEXT && !payload_texts(payload, &f)))
			return false;
		text |= f.opcode == TEXT && f.length;
	}
	return text && !reader_left(&r);
}

/* The client is who masks. Whether windows are kept is not known: each message has to do without.
 */
static void terms_guess(struct websocket_terms *terms, bool from_opener, struct reader r)
{
	reader_skip(&r, 1);
	bool masked = reader_u8(&r) & MASK;
	*terms = (struct websocket_terms){
		.known = true,
		.from_opener = masked == from_opener,
		.deflate = true,
		.client_no_takeover = true,
		.server_no_takeover = true,
	};
}

static void side_lose(struct dissection *d, struct websocket_side *side)
{
	websocket_message_lose(d, &side->message);
	side->in_frame = false;
	side->adrift = true;
}

static bool side_adrift(struct websocket_side *side, struct reader *r)
{
	if (!side->adrift)
		return false;
	side->adrift = !resync(side, *r);
	if (side->adrift)
		reader_skip(r, reader_left(r));
	return side->adrift;
}

static enum verdict websocket_dissect(struct dissection *d, struct reader *r)
{
	struct websocket_flow *w = dissection_flow_state(d);
	if (!w)
		return NOT_MINE;
	struct websocket_side *side = &w->side[d->packet->from_opener ? 0 : 1];
	if (!w->terms.known)
		terms_guess(&w->terms, d->packet->from_opener, *r);
	bool client = d->packet->from_opener == w->terms.from_opener;
	side->message.keeps = !(client ? w->terms.client_no_takeover : w->terms.server_no_takeover);
	side->message.content = w->terms.mqtt ? CONTENT_MQTT : CONTENT_UNKNOWN;
	side->message.owner = client ? OWNER_SENDER : OWNER_BEYOND;
	if (d->gap)
		side_lose(d, side);
	if (side_adrift(side, r))
		return MORE;
	enum verdict verdict = DONE;
	while (verdict == DONE && (reader_left(r) || (side->in_frame && side->left == 0))) {
		if (side->in_frame)
			payload_step(d, side, r);
		else
			verdict = head_step(d, w, side, r);
	}
	if (verdict == MALFORMED) {
		side_lose(d, side);
		d->stats->websocket_malformed++;
	}
	return verdict;
}

static void websocket_close(void *state)
{
	struct websocket_state *s = state;
	held_free(&s->messages);
	held_free(&s->windows);
	free(s);
}

static void *websocket_open(const struct dissect_options *options)
{
	(void)options;
	struct websocket_state *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	bool ready = held_init(&s->messages, WEBSOCKET_MESSAGE_MAX, WEBSOCKET_MESSAGES);
	if (held_init(&s->windows, inflater_size(), WEBSOCKET_WINDOWS) && ready)
		return s;
	websocket_close(s);
	return NULL;
}

extern const struct dissector dissector_websocket;
const struct dissector dissector_websocket = {
	.info = {"websocket", "RFC 6455"},
	.carrier = CARRIER_STREAM,
	.open = websocket_open,
	.close = websocket_close,
	.state_size = sizeof(struct websocket_flow),
	.tells = INTEREST_SIGNALLING,
	.first_min = FIN | TEXT,
	.first_max = FIN | PONG,
	.probe = websocket_probe,
	.dissect = websocket_dissect,
};
