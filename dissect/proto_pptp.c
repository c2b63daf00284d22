/*
 * PPTP's control connection over TCP (RFC 2637 §2), told by its magic cookie. Emits TUNNEL: a
 * Start-Control-Connection request asks, its reply answers or, with an error, resets; Stop, Clear
 * Disconnect and the connection's end reset; Echo is a keepalive. The data is PPP in GRE and no
 * business of this stream.
 */
#include "dissect/tunnel.h"

#define MAGIC        0x1a2b3c4dU
#define HEADER_SIZE  12
#define LENGTH_MAX   220 /* of Incoming-Call-Request, the longest */
#define TYPE_CONTROL 1
#define RESULT_GOOD  1
#define CONTROL_LAST 15

enum {
	CONTROL_START_REQUEST = 1,
	CONTROL_START_REPLY = 2,
	CONTROL_STOP_REQUEST = 3,
	CONTROL_STOP_REPLY = 4,
	CONTROL_ECHO_REQUEST = 5,
	CONTROL_CLEAR = 12,
	CONTROL_DISCONNECT = 13,
};

struct pptp_flow {
	struct tunnel_way way[2];
	struct tunnel_asking asking;
	bool down; /* said */
};

struct pptp_message {
	uint16_t length, control;
};

/* The header of a message, if this is one. */
static bool message_read(struct reader *r, struct pptp_message *m)
{
	m->length = reader_u16(r);
	uint16_t type = reader_u16(r);
	uint32_t magic = reader_u32(r);
	m->control = reader_u16(r);
	reader_skip(r, 2); /* reserved */
	return !r->failed && type == TYPE_CONTROL && magic == MAGIC && m->length >= HEADER_SIZE &&
		m->length <= LENGTH_MAX && m->control > 0 && m->control <= CONTROL_LAST;
}

static bool pptp_probe(struct reader r)
{
	struct pptp_message m;
	return message_read(&r, &m);
}

static void resets_say(const struct dissection *d, struct pptp_flow *f, uint8_t control)
{
	tunnel_says(d, TUNNEL_PPTP, TUNNEL_RESETS, control);
	if (f)
		f->down = true;
}

static void message_say(
	const struct dissection *d, struct pptp_flow *f, uint8_t control, struct reader *body)
{
	reader_skip(body, 2); /* protocol version */
	switch (control) {
	case CONTROL_START_REQUEST:
		tunnel_asks(d, TUNNEL_PPTP, control, f ? &f->asking : NULL);
		break;
	case CONTROL_START_REPLY:
		if (reader_u8(body) == RESULT_GOOD)
			tunnel_answers(d, TUNNEL_PPTP, control, f ? &f->asking : NULL);
		else
			resets_say(d, f, control);
		break;
	case CONTROL_STOP_REQUEST:
	case CONTROL_STOP_REPLY:
	case CONTROL_CLEAR:
	case CONTROL_DISCONNECT:
		resets_say(d, f, control);
		break;
	case CONTROL_ECHO_REQUEST:
		if (f)
			tunnel_carries(
				d, &f->way[tunnel_side(d)], TUNNEL_PPTP, TUNNEL_KEEPALIVE, control);
		break;
	default:
		break;
	}
}

static enum verdict pptp_dissect(struct dissection *d, struct reader *r)
{
	struct pptp_flow *f = dissection_flow_state(d);
	while (reader_left(r) >= HEADER_SIZE) {
		struct reader peek = *r;
		struct pptp_message m;
		if (!message_read(&peek, &m))
			return NOT_MINE;
		if (m.length > reader_left(r))
			return MORE;
		struct reader message = reader_sub(r, m.length);
		reader_skip(&message, HEADER_SIZE);
		if (f)
			tunnel_count(&f->way[tunnel_side(d)], m.length);
		message_say(d, f, (uint8_t)m.control, &message);
	}
	return reader_left(r) ? MORE : DONE;
}

static void pptp_end(struct dissection *d)
{
	struct pptp_flow *f = dissection_flow_known(d);
	if (f)
		tunnel_ends(d, TUNNEL_PPTP, &f->down);
}

extern const struct dissector dissector_pptp;
const struct dissector dissector_pptp = {
	.info = {"pptp", "RFC 2637"},
	.carrier = CARRIER_STREAM,
	.tells = INTEREST_IN(OBS_TUNNEL),
	.state_size = sizeof(struct pptp_flow),
	.first_min = 0x00,
	.first_max = 0x00,
	.probe = pptp_probe,
	.dissect = pptp_dissect,
	.end = pptp_end,
	.reset = pptp_end,
};
