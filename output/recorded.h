/*
 * Alerts read back from the EVE records of an earlier run, so that any output can tell them again.
 */
#ifndef SEEP_OUTPUT_RECORDED_H
#define SEEP_OUTPUT_RECORDED_H

#include "output/output.h"

#include <cjson/cJSON.h>

#define RECORDED_DETECTIONS 256 /* that the catalogue does not have */

/* What records name is kept here as long as alerts point at it. */
struct recorded {
	struct source_table *sources;
	const struct detection_info *(*catalogue)(unsigned row);
	char *capture[SOURCE_CAPTURES_MAX]; /* the names that `sources` points at */
	struct detection_info *detection[RECORDED_DETECTIONS];
	uint32_t detections;
};

/* The alert of a record; false when it is none of ours, or broken. */
bool recorded_alert(struct recorded *r, const cJSON *record, struct alert *a);

/* Times as records spell them, in UTC; false for any other text. */
bool recorded_time(const cJSON *text, uint64_t *ns);

void recorded_free(struct recorded *r);

#endif
