/*
 * MQTT in streams: 3.1, 3.1.1 and 5, told by the CONNECT packet that a client starts with
 * (MQTT 5.0 §3.1); without it, and after a gap, by a segment of nothing but whole packets. Emits
 * nothing itself: what is published is handed on as content. Topics, acknowledgements and the
 * broker's own packets are stepped over, and so is a payload that is too long.
 */
#include "dissect/mqtt.h"

#define PACKET_MAX 49152 /* bytes of a PUBLISH that is read */

struct mqtt_side {
	uint32_t skip; /* bytes of a packet that is not read */
	bool begun;
	bool adrift; /* nothing tells where a packet starts */
};

struct mqtt_flow {
	struct mqtt_terms terms;
	struct mqtt_side side[2];
};

static bool mqtt_probe(struct reader r)
{
	uint8_t version;
	struct reader connect = r;
	return mqtt_connect_read(&connect, &version) || mqtt_packets_shape(r);
}

static bool mqtt_allows(unsigned at, uint8_t byte)
{
	return at != 0 || mqtt_starts(byte);
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
	enum verdict verdict = mqtt_length_read(&at, &length);
	if (verdict != DONE)
		return verdict;
	bool small = length <= PACKET_MAX;
	if (!small ||
		(first >> MQTT_TYPE_SHIFT != MQTT_PUBLISH &&
			first >> MQTT_TYPE_SHIFT != MQTT_CONNECT)) {
		d->stats->mqtt_dropped += !small;
		side->skip = length;
		*r = at;
		side_skip(side, r);
		return first >> MQTT_TYPE_SHIFT ? DONE : MALFORMED;
	}
	if (length > reader_left(&at))
		return MORE;
	struct reader packet = reader_sub(&at, length), whole = *r;
	*r = at;
	return mqtt_packet_read(d, &f->terms, first, whole, packet);
}

/* Looks for the next segment that starts with a packet, where it is not known. */
static bool side_adrift(const struct dissection *d, const struct mqtt_flow *f,
	struct mqtt_side *side, struct reader r)
{
	if (d->gap || (!side->begun && !f->terms.version))
		*side = (struct mqtt_side){.adrift = true};
	side->begun = true;
	side->adrift = side->adrift && !mqtt_probe(r);
	return side->adrift;
}

static enum verdict mqtt_dissect(struct dissection *d, struct reader *r)
{
	struct mqtt_flow *f = dissection_flow_state(d);
	if (!f)
		return NOT_MINE;
	struct mqtt_side *side = &f->side[d->packet->from_opener ? 0 : 1];
	enum verdict verdict = DONE;
	if (side_adrift(d, f, side, *r)) {
		reader_skip(r, reader_left(r));
		return MORE;
	}
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
	.first_min = MQTT_CONNECT << MQTT_TYPE_SHIFT,
	.first_max = UINT8_MAX,
	.allows = mqtt_allows,
	.probe = mqtt_probe,
	.dissect = mqtt_dissect,
};
