/*
 * MQTT packets (3.1, 3.1.1 and 5), for the dissectors that find them: in TCP streams, and in the
 * messages of a WebSocket (MQTT 5.0 §6), which is how browsers speak it.
 */
#ifndef SEEP_DISSECT_MQTT_H
#define SEEP_DISSECT_MQTT_H

#include "dissect/dissector.h"

enum { MQTT_CONNECT = 1, MQTT_PUBLISH = 3, MQTT_TYPE_SHIFT = 4 };

/* What the client's CONNECT said; zero before it. */
struct mqtt_terms {
	uint8_t version;
	bool from_opener; /* the client opened the flow, as far as the capture shows */
};

/* A variable byte integer; MORE when it goes on, MALFORMED when it does too long. */
enum verdict mqtt_length_read(struct reader *r, uint32_t *length);

/* The name and level of the protocol, whose reader is left behind them. */
bool mqtt_connect_read(struct reader *r, uint8_t *version);

/* Is this nothing but whole packets, and one of them published under a topic that is text? So a
 * connection is told whose CONNECT was not captured. */
bool mqtt_packets_shape(struct reader r);

/* May what a stream is told by start with this? */
bool mqtt_starts(uint8_t byte);

/* A whole packet, and what is behind its length; `first` is its first byte. What is published is
 * handed on. */
enum verdict mqtt_packet_read(struct dissection *d, struct mqtt_terms *f, uint8_t first,
	struct reader whole, struct reader packet);

#endif
