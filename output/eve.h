/* What all EVE records have in common, and how one is written. */
#ifndef SEEP_OUTPUT_EVE_H
#define SEEP_OUTPUT_EVE_H

#include "output/driver.h"
#include "output/format.h"
#include "output/json.h"

/* Bytes of an alert: its texts are ours, only names come from outside. */
#define EVE_ALERT_MAX (64 * 1024)

/* What records say of a packet's ends is the same for all of a flow that go the same way. */
#define EVE_FLOWS    512
#define EVE_FLOW_MAX 320 /* two IPv6 addresses and all the rest fit */
struct eve_flow {
	struct endpoint src, dst;
	const char *application;
	uint8_t protocol;
	struct json members;
	char text[EVE_FLOW_MAX];
};

struct eve {
	struct json record; /* of an observation ... */
	bool open;          /* ... that waits for its parts */
	bool list;          /* where they go is open */
	unsigned parts;     /* how many are to come */
	struct obs_head head;
	struct eve_flow flows[EVE_FLOWS]; /* by a hash, the latest each */
	uint64_t time_ns;                 /* of the latest record ... */
	char time[TIME_TEXT_SIZE];        /* ... as text, empty before the first */
	char line[JSON_LINE_MAX];
	char alert[EVE_ALERT_MAX]; /* may come while an observation waits */
};

/* A new record in these bytes, with the members that every packet has. */
struct json eve_record(struct output *o, char *line, size_t size, const struct obs_head *h,
	const char *event_type);

/* What the packet was wrapped in, into the object named after the event. */
void eve_add_wrapping(struct json *j, const struct obs_head *h);

/* Adds what names the sensor. */
void eve_add_sensor(const struct output *o, struct json *j);

/* Closes the record and writes it. */
void eve_write(struct output *o, struct json *record);

void eve_observation(struct output *o, const struct observation *observation);
/* Writes a record whose parts never came. */
void eve_observation_flush(struct output *o);

void eve_alert(struct output *o, const struct alert *a);
void eve_end(struct output *o, const struct summary *s);

/* The record of an alert, not written yet; a brief one leaves out what the catalogue has. */
struct json eve_alert_record(struct output *o, const struct alert *a, bool brief);

/* The `leak` object, which other dialects carry as well. */
void eve_add_leak(
	struct json *j, const struct alert *a, const char *id, const struct source_table *sources);

/* EVE's app_proto for a kind of observation, or NULL. */
const char *eve_application(uint8_t kind);

#endif
