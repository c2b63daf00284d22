/* What all EVE records have in common, and how one is written. */
#ifndef SEEP_OUTPUT_EVE_H
#define SEEP_OUTPUT_EVE_H

#include "output/driver.h"
#include "output/json.h"

struct eve {
	cJSON *open;    /* a record that waits for its parts, or NULL */
	unsigned parts; /* how many are to come */
	char line[JSON_LINE_MAX];
};

/* A new record with the members that every packet has. The caller owns it. */
cJSON *eve_record(const struct output *o, const struct obs_head *h, const char *event_type);

/* What the packet was wrapped in, into the object named after the event. */
void eve_add_wrapping(cJSON *object, const struct obs_head *h);

/* Adds what names the sensor. */
void eve_add_sensor(const struct output *o, cJSON *record);

/* Writes the record and frees it. */
void eve_write(struct output *o, cJSON *record);

void eve_observation(struct output *o, const struct observation *observation);
/* Writes a record whose parts never came. */
void eve_observation_flush(struct output *o);

void eve_alert(struct output *o, const struct alert *a);

#endif
