/*
 * JSON text through cJSON. Integers are printed by us and added raw; text is cleaned first
 * (clean.h), so that every line is valid UTF-8 whatever the wire said.
 */
#include "output/json.h"

#include "core/clean.h"
#include "output/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define U64_TEXT_SIZE 21

/* cJSON wants this much more room than the text it prints (cJSON_PrintPreallocated). */
#define PRINT_SLACK 5

void json_add_u64(cJSON *object, const char *name, uint64_t value)
{
	char text[U64_TEXT_SIZE];
	snprintf(text, sizeof(text), "%" PRIu64, value);
	cJSON_AddRawToObject(object, name, text);
}

void json_push_u64(cJSON *array, uint64_t value)
{
	char text[U64_TEXT_SIZE];
	snprintf(text, sizeof(text), "%" PRIu64, value);
	cJSON_AddItemToArray(array, cJSON_CreateRaw(text));
}

void json_add_i64(cJSON *object, const char *name, int64_t value)
{
	char text[24];
	snprintf(text, sizeof(text), "%" PRId64, value);
	cJSON_AddRawToObject(object, name, text);
}

void json_add_mac(cJSON *object, const char *name, const uint8_t mac[6])
{
	char text[18];
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
		mac[3], mac[4], mac[5]);
	json_add_text(object, name, text);
}

void json_add_bool(cJSON *object, const char *name, bool value)
{
	cJSON_AddBoolToObject(object, name, value);
}

/* A text item, or NULL when there is nothing to say. */
static cJSON *text_new(const void *bytes, size_t length)
{
	char text[CLEAN_SIZE(JSON_TEXT_MAX)];
	if (!length)
		return NULL;
	if (length > JSON_TEXT_MAX)
		length = JSON_TEXT_MAX;
	clean_text(text, sizeof(text), bytes, length, CLEAN_JSON);
	return cJSON_CreateString(text);
}

void json_add_bytes(cJSON *object, const char *name, const void *bytes, size_t length)
{
	cJSON *text = text_new(bytes, length);
	if (!cJSON_AddItemToObject(object, name, text))
		cJSON_Delete(text);
}

void json_add_text(cJSON *object, const char *name, const char *text)
{
	if (text)
		json_add_bytes(object, name, text, strlen(text));
}

void json_add_time(cJSON *object, const char *name, uint64_t ns)
{
	char text[TIME_TEXT_SIZE];
	json_add_text(object, name, time_record(ns, text));
}

void json_add_addr(cJSON *object, const char *name, const struct addr *a)
{
	char text[ADDR_TEXT_MAX];
	if (a->family != ADDR_NONE)
		json_add_text(object, name, addr_text(a, text));
}

void json_add_endpoint(cJSON *object, const char *name, const struct endpoint *e)
{
	char text[ENDPOINT_TEXT_MAX];
	if (e->addr.family != ADDR_NONE)
		json_add_text(object, name, endpoint_text(e, text));
}

void json_add_texts(cJSON *object, const char *name, const char *const *texts, size_t count)
{
	if (!count)
		return;
	cJSON *array = cJSON_AddArrayToObject(object, name);
	for (size_t i = 0; i < count; i++) {
		cJSON *text = text_new(texts[i], strlen(texts[i]));
		if (!cJSON_AddItemToArray(array, text))
			cJSON_Delete(text);
	}
}

size_t json_line(cJSON *record, char *line, size_t size)
{
	if (size <= PRINT_SLACK ||
		!cJSON_PrintPreallocated(record, line, (int)(size - PRINT_SLACK), false))
		return 0;
	size_t length = strlen(line);
	line[length++] = '\n';
	return length;
}
