/*
 * STUN and TURN over TCP, on any port: messages one after another (RFC 8489 §6.2.2), with TURN's
 * ChannelData padded to four bytes between them (RFC 8656 §12.5), or each message behind its length
 * (RFC 4571), as ICE does over TCP (RFC 6544 §10.1) together with the media. Only with the magic
 * cookie. Messages are read by stun_message.c and turn.c; other frames of ICE go to the dissectors
 * of datagrams, as from this stream's ends. A stream in which a TURN client was joined to its peer
 * (ConnectionBind, RFC 6062 §4.4) is from there on the peer's, whatever it speaks.
 *
 * A stream picked up in its middle is believed at a message, or at ChannelData that fills its
 * segment and carries STUN, DTLS or RTP. After a hole the next segment that starts with a message
 * is waited for; a few times, then the direction is given up.
 */
#include "dissect/stun.h"

#define SHAPE_SIZE         10 /* framing, type, length and cookie */
#define CHANNEL_LAST       0x4fff
#define LOST_MAX           64   /* segments in one direction that start with nothing known */
#define PAYLOAD_RTP_FIRST  0x80 /* RFC 7983 §7 */
#define PAYLOAD_RTP_LAST   0xbf
#define PAYLOAD_DTLS_FIRST 20
#define PAYLOAD_DTLS_LAST  63

/* The start of a message: 0 bits, a length of whole words, the cookie. Returns the length of all of
 * it, or 0. */
static size_t message_shape(struct reader r)
{
	uint16_t type = reader_u16(&r);
	uint16_t length = reader_u16(&r);
	uint32_t cookie = reader_u32(&r);
	if (r.failed || type > STUN_TYPE_MAX || length % 4 || cookie != STUN_COOKIE)
		return 0;
	return (size_t)STUN_HEADER_SIZE + length;
}

static bool framed_shape(struct reader r)
{
	uint16_t length = reader_u16(&r);
	size_t message = message_shape(r);
	return message && message == length;
}

static size_t padded(size_t length)
{
	return (length + 3) & ~(size_t)3;
}

static bool payload_shape(struct reader r)
{
	if (message_shape(r))
		return true;
	uint8_t first = reader_u8(&r);
	return !r.failed &&
		((first >= PAYLOAD_RTP_FIRST && first <= PAYLOAD_RTP_LAST) ||
			(first >= PAYLOAD_DTLS_FIRST && first <= PAYLOAD_DTLS_LAST));
}

/* One or more ChannelData messages of one channel that fill the segment. */
static bool channel_shape(struct reader r)
{
	uint16_t first = reader_u16(&r);
	uint16_t number = first;
	if (first >> 12 != 4)
		return false;
	while (!r.failed && number == first) {
		size_t length = reader_u16(&r);
		struct reader payload = reader_sub(&r, padded(length));
		if (payload.failed || !payload_shape(payload))
			return false;
		if (reader_left(&r) == 0)
			return true;
		number = reader_u16(&r);
	}
	return false;
}

static enum stun_framing shape_of(struct reader r)
{
	if (message_shape(r))
		return STUN_FRAMING_NONE;
	if (framed_shape(r))
		return STUN_FRAMING_RFC4571;
	return channel_shape(r) ? STUN_FRAMING_NONE : STUN_FRAMING_UNKNOWN;
}

static bool stun_tcp_probe(struct reader r)
{
	return shape_of(r) != STUN_FRAMING_UNKNOWN;
}

/* A whole message, alone in *r. How it ends says nothing about the next one. */
static void message_read(struct dissection *d, struct reader *r)
{
	d->stats->stun_tcp++;
	stun_message_dissect(d, r);
}

/* The server joined this connection to a peer's. */
static bool message_joins(struct reader message)
{
	struct stun_message m;
	stun_header_read(&m, &message);
	return m.method == STUN_CONNECTION_BIND && m.stun_class == STUN_SUCCESS;
}

static enum verdict plain_message(struct dissection *d, struct stun_flow *flow, struct reader *r)
{
	size_t size = message_shape(*r);
	if (reader_left(r) < SHAPE_SIZE)
		return MORE;
	if (!size)
		return NOT_MINE;
	if (reader_left(r) < size)
		return MORE;
	struct reader message = reader_sub(r, size);
	bool joins = message_joins(message) && d->stream;
	message_read(d, &message);
	if (!joins)
		return DONE;
	flow->framing = STUN_FRAMING_UNKNOWN;
	dissection_become(d, NULL, WRAPPED_TURN);
	return MORE;
}

static enum verdict plain_channel_data(
	struct dissection *d, struct stun_flow *flow, struct reader *r)
{
	struct reader start = *r;
	uint16_t number = reader_u16(&start);
	size_t length = reader_u16(&start);
	if (number > CHANNEL_LAST && !turn_channel_believed(&flow->turn, number))
		return NOT_MINE;
	if (start.failed || reader_left(&start) < padded(length))
		return MORE;
	*r = start;
	struct reader payload = reader_sub(r, padded(length));
	reader_limit(&payload, length);
	turn_channel_data(d, &flow->turn, number, &payload);
	return DONE;
}

static enum verdict plain_read(struct dissection *d, struct stun_flow *flow, struct reader *r)
{
	struct reader peek = *r;
	switch (reader_u8(&peek) >> 6) {
	case 0:
		return plain_message(d, flow, r);
	case 1:
		return plain_channel_data(d, flow, r);
	default:
		return NOT_MINE;
	}
}

static enum verdict framed_read(struct dissection *d, struct reader *r)
{
	struct reader start = *r;
	struct reader frame = reader_sub(&start, reader_u16(&start));
	if (start.failed)
		return MORE;
	*r = start;
	if (message_shape(frame) && reader_left(&frame) >= STUN_HEADER_SIZE) {
		message_read(d, &frame);
	} else if (reader_left(&frame)) {
		const struct endpoint src = d->packet->src, dst = d->packet->dst;
		dissection_relayed(d, 0, &src, &dst, &frame);
	}
	return DONE;
}

/* Looks whether a message starts here; if not, these bytes are lost. */
static enum verdict start_find(
	struct dissection *d, struct stun_flow *flow, unsigned side, struct reader *r)
{
	enum stun_framing framing = shape_of(*r);
	if (framing != STUN_FRAMING_UNKNOWN) {
		flow->framing = (uint8_t)framing;
		flow->searching[side] = false;
		return DONE;
	}
	if (reader_left(r) < SHAPE_SIZE && !flow->searching[side])
		return MORE;
	flow->searching[side] = true;
	reader_skip(r, reader_left(r));
	d->stats->stun_lost++;
	return ++flow->lost[side] == LOST_MAX ? NOT_MINE : MORE;
}

static enum verdict stun_tcp_dissect(struct dissection *d, struct reader *r)
{
	struct stun_flow forgetful = {0}, *flow = dissection_flow_state(d);
	unsigned side = d->packet->from_opener ? 0 : 1;
	if (!flow)
		flow = &forgetful;
	flow->searching[side] |= d->gap;
	enum verdict verdict = DONE;
	while (verdict == DONE && reader_left(r)) {
		if (flow->framing == STUN_FRAMING_UNKNOWN || flow->searching[side])
			verdict = start_find(d, flow, side, r);
		else if (flow->framing == STUN_FRAMING_RFC4571)
			verdict = framed_read(d, r);
		else
			verdict = plain_read(d, flow, r);
		if (verdict == NOT_MINE && flow->lost[side] < LOST_MAX) {
			flow->searching[side] = true;
			verdict = start_find(d, flow, side, r);
		}
	}
	return verdict;
}

extern const struct dissector dissector_stun_tcp;
const struct dissector dissector_stun_tcp = {
	.info = {"stun_tcp", "RFC 8489 section 6.2.2"},
	.carrier = CARRIER_STREAM,
	.open = stun_open,
	.close = stun_close,
	.state_size = sizeof(struct stun_flow),
	.first_min = 0,
	.first_max = CHANNEL_LAST >> 8,
	.probe = stun_tcp_probe,
	.dissect = stun_tcp_dissect,
};
