/*
 * STUN and TURN over UDP, on any port: RFC 8489 and RFC 5389 by the magic cookie, classic RFC 3489
 * by the shape of the whole message, ChannelData (RFC 8656 §12.4) by its length in a flow where
 * TURN was seen, or after a run of such messages in one channel. The message is read and said by
 * stun_message.c, what it carries opened by turn.c.
 *
 * Multiplexed TURN channels of Microsoft, and the cookie of RFC 5766's predecessors, are not read.
 */
#include "dissect/stun.h"

#define CLASSIC_ATTRIBUTE_MAX 0x000b /* the last of RFC 3489 §11.2 */
#define CLASSIC_OPTIONAL      0x8000 /* comprehension-optional, as later ones are */
#define CLASSIC_ZEROES_MAX    8
#define CHANNEL_FIRST         0x40 /* of the first byte: RFC 5766 §11; RFC 8656 ends at 0x4f */
#define CHANNEL_FIRST_LAST    0x7f
#define CHANNEL_PADDING_MAX   3 /* over UDP it may be there (§12.5) */

/* RFC 3489 drew the id at random. A few zeroes are chance, many are another protocol: a short DNS
 * query with id 1 starts like a classic Binding request. */
static bool classic_id_random(const struct stun_message *m)
{
	int zeroes = 0;
	for (size_t i = 0; i < sizeof(m->id); i++)
		zeroes += m->id[i] == 0;
	return zeroes <= CLASSIC_ZEROES_MAX;
}

/* Without a cookie everything must fit: a known message, its exact length, known attributes. */
static bool classic_shape(const struct stun_message *m, struct reader attributes)
{
	bool binding = m->method == STUN_BINDING || m->method == STUN_SHARED_SECRET;
	if (!binding || m->stun_class == STUN_INDICATION || m->length != reader_left(&attributes))
		return false;
	if (!classic_id_random(m) || (m->stun_class != STUN_REQUEST && m->length == 0))
		return false;
	while (reader_left(&attributes)) {
		uint16_t type = reader_u16(&attributes);
		uint16_t length = reader_u16(&attributes);
		reader_skip(&attributes, length);
		if (type == 0 || (type > CLASSIC_ATTRIBUTE_MAX && type < CLASSIC_OPTIONAL))
			return false;
	}
	return !attributes.failed;
}

static bool message_probe(struct reader r)
{
	struct reader start = r;
	reader_skip(&start, 2); /* the type */
	uint16_t length = reader_u16(&start);
	uint32_t cookie = reader_u32(&start);
	if (start.failed)
		return false;
	if (cookie == STUN_COOKIE)
		return reader_left(&r) >= STUN_HEADER_SIZE;
	if (r.cut || length != reader_left(&r) - STUN_HEADER_SIZE ||
		reader_left(&r) < STUN_HEADER_SIZE)
		return false;
	struct stun_message m;
	stun_header_read(&m, &r);
	return classic_shape(&m, r);
}

/* Its length is all that there is to tell it by; of a datagram that was cut, it is longer than what
 * is left. */
static bool channel_probe(struct reader r)
{
	reader_skip(&r, 2); /* the channel */
	size_t length = reader_u16(&r);
	size_t left = reader_left(&r);
	if (r.failed)
		return false;
	return r.cut ? length > left : length <= left && left - length <= CHANNEL_PADDING_MAX;
}

static bool stun_probe(struct reader r)
{
	struct reader peek = r;
	return reader_u8(&peek) >= CHANNEL_FIRST ? channel_probe(r) : message_probe(r);
}

static enum verdict channel_dissect(struct dissection *d, struct reader *r)
{
	uint16_t number = reader_u16(r);
	uint16_t length = reader_u16(r);
	struct stun_flow *flow = dissection_flow_state(d);
	if (!flow || !turn_channel_believed(&flow->turn, number))
		return NOT_MINE;
	struct reader payload = reader_sub(r, length);
	if (payload.failed)
		return reader_verdict(r);
	turn_channel_data(d, &flow->turn, number, &payload);
	return DONE;
}

static enum verdict stun_dissect(struct dissection *d, struct reader *r)
{
	struct reader peek = *r;
	if (reader_u8(&peek) >= CHANNEL_FIRST)
		return channel_dissect(d, r);
	return stun_message_dissect(d, r);
}

extern const struct dissector dissector_stun;
const struct dissector dissector_stun = {
	.info = {"stun", "RFC 8489"},
	.carrier = CARRIER_UDP,
	.open = stun_open,
	.close = stun_close,
	.state_size = sizeof(struct stun_flow),
	.first_min = 0,
	.first_max = CHANNEL_FIRST_LAST,
	.probe = stun_probe,
	.dissect = stun_dissect,
};
