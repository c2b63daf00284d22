/* MQTT packets: the client's CONNECT, which tells the version, and what is published. */
#include "dissect/mqtt.h"

#include "dissect/text.h"

#define LENGTH_BYTES_MAX 4  /* MQTT 5.0 §1.5.5 */
#define SHAPE_PACKETS    64 /* looked through to tell a stream */

/* First bytes of packets that have no more than one. */
enum {
	PUBACK = 0x40,
	PUBREC = 0x50,
	PUBREL = 0x62,
	PUBCOMP = 0x70,
	PINGREQ = 0xc0,
	PINGRESP = 0xd0
};
enum { QOS_SHIFT = 1, QOS = 3, VERSION_5 = 5 };

enum verdict mqtt_length_read(struct reader *r, uint32_t *length)
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

bool mqtt_connect_read(struct reader *r, uint8_t *version)
{
	uint32_t length;
	if (reader_u8(r) != MQTT_CONNECT << MQTT_TYPE_SHIFT || mqtt_length_read(r, &length) != DONE)
		return false;
	struct reader name = reader_sub(r, reader_u16(r));
	*version = reader_u8(r);
	if (r->failed)
		return false;
	return text_is(name, "MQTT") ? *version == 4 || *version == VERSION_5
				     : text_is(name, "MQIsdp") && *version == 3;
}

static bool publish_starts(uint8_t byte)
{
	return byte >> MQTT_TYPE_SHIFT == MQTT_PUBLISH && (byte >> QOS_SHIFT & QOS) != QOS;
}

bool mqtt_starts(uint8_t byte)
{
	return byte == MQTT_CONNECT << MQTT_TYPE_SHIFT || byte == PUBACK || byte == PINGREQ ||
		byte == PINGRESP || publish_starts(byte);
}

/* Text, and no filter (MQTT 5.0 §3.3.2.1). */
static bool topic_good(struct reader topic)
{
	if (!reader_left(&topic))
		return false;
	while (reader_left(&topic)) {
		uint8_t byte = reader_u8(&topic);
		if (byte < ' ' || byte == 0x7f || byte == '+' || byte == '#')
			return false;
	}
	return true;
}

/* A PUBLISH that may be one, or a packet whose length is the same in all versions. */
static bool packet_shape(uint8_t first, struct reader packet, bool *published)
{
	if (first == PINGREQ || first == PINGRESP)
		return !reader_left(&packet);
	if (first == PUBACK || first == PUBREC || first == PUBREL || first == PUBCOMP)
		return reader_left(&packet) >= sizeof(uint16_t);
	if (!publish_starts(first))
		return false;
	uint16_t length = reader_u16(&packet);
	*published = true;
	return topic_good(reader_sub(&packet, length));
}

bool mqtt_packets_shape(struct reader r)
{
	bool published = false;
	for (unsigned i = 0; i < SHAPE_PACKETS && reader_left(&r); i++) {
		uint32_t length;
		uint8_t first = reader_u8(&r);
		if (mqtt_length_read(&r, &length) != DONE)
			return false;
		struct reader packet = reader_sub(&r, length);
		if (r.failed || !packet_shape(first, packet, &published))
			return false;
	}
	return published && !reader_left(&r);
}

static enum verdict publish_read(
	struct dissection *d, const struct mqtt_terms *f, uint8_t flags, struct reader r)
{
	uint32_t properties = 0;
	uint8_t qos = flags >> QOS_SHIFT & QOS;
	reader_skip(&r, reader_u16(&r)); /* the topic */
	if (qos)
		reader_skip(&r, sizeof(uint16_t)); /* packet identifier */
	if (f->version == VERSION_5 && mqtt_length_read(&r, &properties) != DONE)
		return MALFORMED;
	/* Of a version that is not known: the length of no properties, or a byte of no text. */
	if (!f->version && reader_left(&r) && text_peek(r) == 0)
		reader_skip(&r, 1);
	reader_skip(&r, properties);
	if (r.failed || qos == QOS)
		return MALFORMED;
	d->stats->mqtt++;
	d->signalling = SIGNALLING_MQTT;
	if (f->version)
		d->owner = d->packet->from_opener == f->from_opener ? OWNER_SENDER : OWNER_BEYOND;
	if (reader_left(&r))
		dissection_content(d, CONTENT_UNKNOWN, &r);
	return DONE;
}

enum verdict mqtt_packet_read(struct dissection *d, struct mqtt_terms *f, uint8_t first,
	struct reader whole, struct reader packet)
{
	if (first >> MQTT_TYPE_SHIFT == MQTT_PUBLISH)
		return publish_read(d, f, first, packet);
	if (first >> MQTT_TYPE_SHIFT == MQTT_CONNECT && !mqtt_connect_read(&whole, &f->version))
		return MALFORMED;
	if (first >> MQTT_TYPE_SHIFT == MQTT_CONNECT)
		f->from_opener = d->packet->from_opener;
	return first >> MQTT_TYPE_SHIFT ? DONE : MALFORMED; /* 0 is reserved */
}
