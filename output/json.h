/*
 * One JSON record, written member by member straight into its line: no tree and no memory, for
 * observations come by the packet. Two traps are closed: integers keep all their digits, and bytes
 * that are not UTF-8 never make a line that is no JSON. Absent things are left out of a record: a
 * NULL or empty text adds nothing. Names are ours, short, and need no escaping.
 */
#ifndef SEEP_OUTPUT_JSON_H
#define SEEP_OUTPUT_JSON_H

#include "core/observation.h"

/* Bytes of one text before escaping; the rest is cut. The longest path name fits. */
#define JSON_TEXT_MAX 4096

/* Bytes of one record: OBS_TEXT_MAX escaped bytes in each of 255 parts fit. */
#define JSON_LINE_MAX (512 * 1024)

struct json {
	char *line, *at, *end;
	bool full; /* something did not fit: the record is lost */
};

/* A record starts in these `size` bytes, an object that is open. */
void json_begin(struct json *j, char *line, size_t size);

/* Closes the record and ends the line. Its length, or 0 when it did not fit. */
size_t json_end(struct json *j);

/* An object or a list as a member, or with a NULL name as an element of the list that is open. */
void json_open(struct json *j, const char *name);
void json_close(struct json *j);
void json_open_list(struct json *j, const char *name);
void json_close_list(struct json *j);

void json_add_u64(struct json *j, const char *name, uint64_t value);
void json_add_i64(struct json *j, const char *name, int64_t value);
void json_add_bool(struct json *j, const char *name, bool value);
void json_add_text(struct json *j, const char *name, const char *text);
void json_add_bytes(struct json *j, const char *name, const void *bytes, size_t length);
void json_add_hex(struct json *j, const char *name, const uint8_t *bytes, size_t length);
void json_add_time(struct json *j, const char *name, uint64_t ns);
void json_add_addr(struct json *j, const char *name, const struct addr *a);
void json_add_mac(struct json *j, const char *name, const uint8_t mac[6]);
void json_add_endpoint(struct json *j, const char *name, const struct endpoint *e);

/* The members of another record, which is open still. */
void json_add_members(struct json *j, const struct json *other);

/* Adds a list of texts; none when it is empty. */
void json_add_texts(struct json *j, const char *name, const char *const *texts, size_t count);

#endif
