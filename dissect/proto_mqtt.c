/*
 * MQTT in streams: 3.1, 3.1.1 and 5, told by the CONNECT packet that a client starts with (MQTT 5.0
 * §3.1). Emits nothing itself: what is published is handed on as content. Topics, acknowledgements
 * and the broker's own packets are stepped over, and so is a payload that is too long.
 */
#include "dissect/dissector.h"
#include "dissect/text.h"

#define PACKET_MAX       49152 /* bytes of a PUBLISH that is read */
#define LENGTH_BYTES_MAX 4     /* MQTT 5.0 §1.5.5 */

enum { CONNECT = 1, PUBLISH = 3, TYPE_SHIFT = 4, QOS_SHIFT = 1, QOS = 3, VERSION_5 = 5 };

struct mqtt_side {
	uint32_t skip; /* bytes of a packet that is not read */
};

struct mqtt_flow {
	uint8_t version;
	bool from_opener; /* the client opened the flow, as far as the capture shows */
	struct mqtt_side side[2];
};

/* A variable byte integer; MORE when it goes on, MALFORMED when it does too long. */
static enum verdict length_read(struct reader *r, uint32_t *length)
{
	*length = 0;
	for (unsigned i = 0; i < LENGTH_BYTES_MAX; i++) {
		uint8_t byte = reader_u8(r);
		*length |= (uint32_t)(byte & 0x7f) << (7 * i);
		if (r->failed)
			return MORE;
		if (byte < 0x80)
			return DONE;
	}
	return MALFORMED;
}

/* The name and level of the protocol, whose reader is left behind them. */
static bool connect_read(struct reader *r, uint8_t *version)
{
	uint32_t length;
	if (reader_u8(r) != CONNECT << TYPE_SHIFT || length_read(r, &length) != DONE)
		return false;
	struct reader name = reader_sub(r, reader_u16(r));
	*version = reader_u8(r);
	if (r->failed)
		return false;
	return text_is(name, "MQTT") ? *version == 4 || *version == VERSION_5
				     : text_is(name, "MQIsdp") && *version == 3;
}

static bool mqtt_probe(struct reader r)
{
	uint8_t version;
	return connect_read(&r, &version);
}

static enum verdict publish_read(
	struct dissection *d, const struct mqtt_flow *f, uint8_t flags, struct reader r)
{
	uint32_t properties = 0;
	uint8_t qos = flags >> QOS_SHIFT & QOS;
	reader_skip(&r, reader_u16(&r)); /* the topic */
	if (qos)
		reader_skip(&r, sizeof(uint16_t)); /* packet identifier */
	if (f->version == VERSION_5 && length_read(&r, &properties) != DONE)
		return MALFORMED;
	reader_skip(&r, properties);
	if (r.failed || qos == QOS)
		return MALFORMED;
	d->stats->mqtt++;
	d->signalling = SIGNALLING_MQTT;
	d->owner = d->packet->from_opener == f->from_opener ? OWNER_SENDER : OWNER_BEYOND;
	if (reader_left(&r))
		dissection_content(d, CONTENT_UNKNOWN, &r);
	return DONE;
}

static enum verdict packet_read(struct dissection *d, struct mqtt_flow *f, uint8_t first,
	struct reader whole, struct reader packet)
{
	if (first >> TYPE_SHIFT == PUBLISH)
		return publish_read(d, f, first, packet);
	if (first >> TYPE_SHIFT == CONNECT && !connect_read(&whole, &f->version))
		return MALFORMED;
	if (first >> TYPE_SHIFT == CONNECT)
		f->from_opener = d->packet->from_opener;
	return first >> TYPE_SHIFT ? DONE : MALFORMED; /* 0 is reserved */
}

static void side_skip(struct mqtt_side *side, struct reader *r)
{
	size_t there = reader_left(r);
	uint32_t n = side->skip < there ? side->skip : (uint32_t)there;
	reader_skip(r, n);
	side->skip -= n;
}

static enum verdict packet_step(
	struct dissection *d, struct mqtt_flow *f, struct mqtt_side *side, struct reader *r)
{
	struct reader at = *r;
	uint32_t length;
	uint8_t first = reader_u8(&at);
	enum verdict verdict = length_read(&at, &length);
	if (verdict != DONE)
		return verdict;
	bool small = length <= PACKET_MAX;
	if (!small || (first >> TYPE_SHIFT != PUBLISH && first >> TYPE_SHIFT != CONNECT)) {
		d->stats->mqtt_dropped += !small;
		side->skip = length;
		*r = at;
		side_skip(side, r);
		return first >> TYPE_SHIFT ? DONE : MALFORMED;
	}
	if (length > reader_left(&at))
		return MORE;
	struct reader packet = reader_sub(&at, length), whole = *r;
	*r = at;
	return packet_read(d, f, first, whole, packet);
}

/* After a gap there is nothing to tell a packet by. */
static enum verdict mqtt_dissect(struct dissection *d, struct reader *r)
{
	struct mqtt_flow *f = dissection_flow_state(d);
	if (!f || d->gap)
		return NOT_MINE;
	struct mqtt_side *side = &f->side[d->packet->from_opener ? 0 : 1];
	enum verdict verdict = DONE;
	side_skip(side, r);
	while (verdict == DONE && reader_left(r))
		verdict = packet_step(d, f, side, r);
	d->stats->mqtt_malformed += verdict == MALFORMED;
	return verdict;
}

extern const struct dissector dissector_mqtt;
const struct dissector dissector_mqtt = {
	.info = {"mqtt", "MQTT 5.0"},
	.carrier = CARRIER_STREAM,
	.tells = INTEREST_SIGNALLING,
	.state_size = sizeof(struct mqtt_flow),
	.first_min = CONNECT << TYPE_SHIFT,
	.first_max = CONNECT << TYPE_SHIFT,
	.probe = mqtt_probe,
	.dissect = mqtt_dissect,
};
