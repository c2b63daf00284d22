/*
 * WebSocket messages out of their parts, decompressed (RFC 7692 §7.2.2) as they come: the window
 * has to move even where the message is too long to be kept.
 */
#include "dissect/inflate.h"
#include "dissect/sip.h"
#include "dissect/websocket.h"

#define ENGINE_IO_MESSAGE 4 /* in front of a binary message of engine.io 3 */

/* Not read any more. */
static void message_drop(struct dissection *d, struct websocket_message *m)
{
	struct websocket_state *state = d->state;
	d->stats->websocket_dropped += m->open && !m->dropped;
	held_drop(&state->messages, d);
	m->dropped = true;
	m->length = 0;
}

static void window_drop(struct dissection *d, struct websocket_message *m)
{
	struct websocket_state *state = d->state;
	if (m->windowed)
		held_drop(&state->windows, d);
	m->windowed = false;
}

void websocket_message_begin(struct dissection *d, struct websocket_message *m, bool deflated)
{
	*m = (struct websocket_message){
		.open = true,
		.deflated = deflated,
		.content = m->content,
		.owner = m->owner,
		.keeps = m->keeps,
		.windowed = m->windowed,
		.lost = m->lost,
	};
	if (deflated && m->lost)
		message_drop(d, m);
}

/* The message's block; NULL when it was taken away for another. */
static uint8_t *message_block(struct dissection *d, const struct websocket_message *m)
{
	struct websocket_state *state = d->state;
	uint8_t *block = m->length ? held_find(&state->messages, d) : held_get(&state->messages, d);
	d->stats->websocket_evicted = state->messages.table.evicted + state->windows.table.evicted;
	return block;
}

/* The direction's decompressor, new if there never was one; NULL when it was taken away. */
static struct inflater *message_window(struct dissection *d, struct websocket_message *m)
{
	struct websocket_state *state = d->state;
	if (m->windowed)
		return held_find(&state->windows, d);
	struct inflater *i = held_get(&state->windows, d);
	inflater_begin(i);
	m->windowed = true;
	return i;
}

static void deflated_add(struct dissection *d, struct websocket_message *m, struct reader part)
{
	uint8_t *block = message_block(d, m);
	struct inflater *window = message_window(d, m);
	struct inflated out = {.bytes = block,
		.room = block ? WEBSOCKET_MESSAGE_MAX : 0,
		.length = block ? m->length : 0,
		.in = m->in,
		.out = m->out};
	if (!window || !inflater_add(window, part, &out)) {
		window_drop(d, m);
		m->lost = m->keeps;
		message_drop(d, m);
		return;
	}
	m->length = (uint32_t)out.length;
	m->in = out.in;
	m->out = out.out;
}

void websocket_message_add(struct dissection *d, struct websocket_message *m, struct reader part)
{
	size_t length = reader_left(&part);
	if (m->dropped || !length)
		return;
	if (m->deflated) {
		deflated_add(d, m, part);
		return;
	}
	uint8_t *block = message_block(d, m);
	if (!block || length > WEBSOCKET_MESSAGE_MAX - m->length) {
		message_drop(d, m);
		return;
	}
	reader_copy(&part, block + m->length, length);
	m->length += (uint32_t)length;
}

static void message_hand_on(struct dissection *d, const struct websocket_message *m)
{
	struct websocket_state *state = d->state;
	const uint8_t *block = held_find(&state->messages, d);
	if (!block || !m->length)
		return;
	struct reader r = reader_make(block, m->length, false);
	if (*block == ENGINE_IO_MESSAGE)
		reader_skip(&r, 1);
	d->signalling = SIGNALLING_WEBSOCKET;
	d->owner = m->owner;
	dissection_content(d, sip_shape(r) ? CONTENT_SIP : (enum content)m->content, &r);
}

void websocket_message_end(struct dissection *d, struct websocket_message *m)
{
	struct websocket_state *state = d->state;
	static const uint8_t tail[] = {0x00, 0x00, 0xff, 0xff}; /* RFC 7692 §7.2.2 */
	if (m->deflated)
		websocket_message_add(d, m, reader_make(tail, sizeof(tail), false));
	if (m->deflated && m->out > m->length) /* more than there is room for */
		message_drop(d, m);
	if (!m->dropped) {
		d->stats->websocket_messages++;
		message_hand_on(d, m);
		held_drop(&state->messages, d);
	}
	if (!m->keeps)
		window_drop(d, m);
	m->open = false;
}

void websocket_message_lose(struct dissection *d, struct websocket_message *m)
{
	message_drop(d, m);
	window_drop(d, m);
	m->lost = m->keeps;
	m->open = false;
}
