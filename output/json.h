/*
 * cJSON with its two traps closed: large integers lose digits in its doubles, and bytes that are
 * not UTF-8 pass through it and make a line that is no JSON. Members go in through these functions
 * only. Absent things are left out of a record: a NULL or empty text adds nothing.
 */
#ifndef SEEP_OUTPUT_JSON_H
#define SEEP_OUTPUT_JSON_H

#include "core/observation.h"

#include <cjson/cJSON.h>

/* Bytes of one text before escaping; the rest is cut. The longest path name fits. */
#define JSON_TEXT_MAX 4096

/* Bytes of one record: OBS_TEXT_MAX escaped bytes in each of 255 parts fit. */
#define JSON_LINE_MAX (512 * 1024)

void json_add_u64(cJSON *object, const char *name, uint64_t value);
void json_add_i64(cJSON *object, const char *name, int64_t value);
void json_add_bool(cJSON *object, const char *name, bool value);
void json_add_text(cJSON *object, const char *name, const char *text);
void json_add_bytes(cJSON *object, const char *name, const void *bytes, size_t length);
void json_add_time(cJSON *object, const char *name, uint64_t ns);
void json_add_addr(cJSON *object, const char *name, const struct addr *a);
void json_add_mac(cJSON *object, const char *name, const uint8_t mac[6]);
void json_add_endpoint(cJSON *object, const char *name, const struct endpoint *e);

void json_push_u64(cJSON *array, uint64_t value);

/* Adds an array of texts; none when the list is empty. */
void json_add_texts(cJSON *object, const char *name, const char *const *texts, size_t count);

/* One line with its line feed into `line`; its length, or 0 when it does not fit. */
size_t json_line(cJSON *record, char *line, size_t size);

#endif
