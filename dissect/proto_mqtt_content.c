/*
 * MQTT in the messages of a WebSocket whose ends agreed on it (MQTT 5.0 §6). Emits nothing itself:
 * what is published is handed on as content. A message holds whole packets here; one that is spread
 * over several messages, which the standard allows, is left alone.
 */
#include "dissect/mqtt.h"

#define PACKETS_MAX 64 /* of one message */

static enum verdict mqtt_content_dissect(struct dissection *d, struct reader *r)
{
	struct mqtt_terms *f = dissection_flow_state(d);
	enum verdict verdict = r->cut ? TRUNCATED : DONE;
	for (unsigned i = 0; f && verdict == DONE && reader_left(r) && i < PACKETS_MAX; i++) {
		struct reader whole = *r;
		uint32_t length;
		uint8_t first = reader_u8(r);
		if (mqtt_length_read(r, &length) != DONE)
			return NOT_MINE;
		struct reader packet = reader_sub(r, length);
		if (packet.failed)
			return NOT_MINE;
		verdict = mqtt_packet_read(d, f, first, whole, packet);
	}
	d->stats->mqtt_malformed += verdict == MALFORMED;
	return verdict;
}

extern const struct dissector dissector_mqtt_content;
const struct dissector dissector_mqtt_content = {
	.info = {"mqtt_content", "MQTT 5.0"},
	.carrier = CARRIER_CONTENT,
	.numbers = {CONTENT_MQTT},
	.number_count = 1,
	.state_size = sizeof(struct mqtt_terms),
	.dissect = mqtt_content_dissect,
};
