/*
 * Observations as EVE records, rendered from the field lists of core/observation.h: the members
 * that every packet has, then one object named after the event type. An observation with parts
 * stays open until as many part observations came; they are the elements of an array in its
 * object. No kind is known here.
 */
#include "output/eve.h"

#include <stdio.h>
#include <string.h>

#define MEMBER_NAME_MAX 64
#define HEX_MAX         255 /* the length is a uint8_t */

/* "<prefix><rest>"; fields' names are short constants. */
static const char *member_name(char out[MEMBER_NAME_MAX], const char *prefix, const char *rest)
{
	snprintf(out, MEMBER_NAME_MAX, "%s%s", prefix, rest);
	return out;
}

static void add_endpoint(cJSON *object, const char *prefix, const struct endpoint *e)
{
	char name[MEMBER_NAME_MAX];
	if (e->addr.family == ADDR_NONE)
		return;
	json_add_addr(object, member_name(name, prefix, "ip"), &e->addr);
	json_add_u64(object, member_name(name, prefix, "port"), e->port);
}

static void add_obs_text(cJSON *object, const char *prefix, const struct obs_text *text)
{
	char name[MEMBER_NAME_MAX];
	json_add_bytes(object, prefix, text->bytes, text->length);
	if (text->cut)
		json_add_bool(object, member_name(name, prefix, "_cut"), true);
}

static void add_word(cJSON *object, const char *name, const struct obs_word *word)
{
	char cut[MEMBER_NAME_MAX];
	if (word->length)
		json_add_bytes(object, name, word->bytes, word->length);
	if (word->cut)
		json_add_bool(object, member_name(cut, name, "_cut"), true);
}

static void add_prefix(cJSON *object, const char *name, const struct prefix *prefix)
{
	char text[PREFIX_TEXT_MAX];
	if (prefix->addr.family != ADDR_NONE)
		json_add_text(object, name, prefix_text(prefix, text));
}

static void add_hex(cJSON *object, const char *name, const uint8_t *bytes, uint8_t length)
{
	char text[2 * HEX_MAX + 1] = "";
	for (size_t i = 0; i < length; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	json_add_text(object, name, text);
}

static void add_label(cJSON *object, const struct field *f, unsigned value, int digits)
{
	char number[12];
	const char *label = f->label(value);
	snprintf(number, sizeof(number), "0x%0*x", digits, value);
	json_add_text(object, f->name, label ? label : number);
}

/* An integer of the field's width, whatever its alignment. */
static uint64_t field_integer(const void *at, size_t width)
{
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	switch (width) {
	case sizeof(u16):
		memcpy(&u16, at, width);
		return u16;
	case sizeof(u32):
		memcpy(&u32, at, width);
		return u32;
	case sizeof(u64):
		memcpy(&u64, at, width);
		return u64;
	default:
		return *(const uint8_t *)at;
	}
}

static void add_field(cJSON *object, const struct field *f, const uint8_t *body)
{
	const void *at = body + f->offset;
	switch ((enum field_type)f->type) {
	case FIELD_BOOL:
		json_add_bool(object, f->name, *(const bool *)at);
		break;
	case FIELD_U8:
		json_add_u64(object, f->name, field_integer(at, 1));
		break;
	case FIELD_I8:
		json_add_i64(object, f->name, *(const int8_t *)at);
		break;
	case FIELD_U16:
		json_add_u64(object, f->name, field_integer(at, 2));
		break;
	case FIELD_U32:
		json_add_u64(object, f->name, field_integer(at, 4));
		break;
	case FIELD_U64:
		json_add_u64(object, f->name, field_integer(at, 8));
		break;
	case FIELD_TIME:
		json_add_time(object, f->name, field_integer(at, 8));
		break;
	case FIELD_PREFIX:
		add_prefix(object, f->name, at);
		break;
	case FIELD_MAC:
		json_add_mac(object, f->name, at);
		break;
	case FIELD_WORD:
		add_word(object, f->name, at);
		break;
	case FIELD_ADDR:
		json_add_addr(object, f->name, at);
		break;
	case FIELD_ENDPOINT:
		add_endpoint(object, f->name, at);
		break;
	case FIELD_TEXT:
		add_obs_text(object, f->name, at);
		break;
	case FIELD_HEX:
		add_hex(object, f->name, at, body[f->length_at]);
		break;
	case FIELD_LABEL8:
		add_label(object, f, (unsigned)field_integer(at, 1), 2);
		break;
	case FIELD_LABEL16:
		add_label(object, f, (unsigned)field_integer(at, 2), 4);
		break;
	}
}

static void add_fields(cJSON *object, const struct observation *observation)
{
	const uint8_t *body = observation_body(observation);
	const struct field *f = observation_info[observation->head.kind].fields;
	for (; f->name; f++) {
		if (!f->when || field_integer(body, sizeof(uint32_t)) & f->when)
			add_field(object, f, body);
	}
}

void eve_observation_flush(struct output *o)
{
	struct eve *eve = o->state;
	if (eve->open)
		eve_write(o, eve->open);
	eve->open = NULL;
	eve->parts = 0;
}

/* The object named after the event type is the record's last member. */
static void add_part(struct eve *eve, const struct observation *part)
{
	const char *name = observation_info[part->head.kind].event_type;
	cJSON *object = cJSON_GetArrayItem(eve->open, cJSON_GetArraySize(eve->open) - 1);
	cJSON *array = cJSON_GetObjectItemCaseSensitive(object, name);
	if (!array)
		array = cJSON_AddArrayToObject(object, name);
	cJSON *element = cJSON_CreateObject();
	add_fields(element, part);
	if (!cJSON_AddItemToArray(array, element))
		cJSON_Delete(element);
}

/* Whoever opened the flow is EVE's client. */
static void add_direction(cJSON *record, const struct obs_head *h)
{
	if (h->flow_id)
		json_add_text(record, "direction", h->from_opener ? "to_server" : "to_client");
}

void eve_observation(struct output *o, const struct observation *observation)
{
	const struct observation_info *info = &observation_info[observation->head.kind];
	struct eve *eve = o->state;
	if (info->part && !eve->open)
		return;
	if (info->part) {
		add_part(eve, observation);
		eve->parts--;
	} else {
		eve_observation_flush(o);
		eve->open = eve_record(o, &observation->head, info->event_type);
		add_direction(eve->open, &observation->head);
		eve->parts = observation->head.parts;
		cJSON *object = cJSON_AddObjectToObject(eve->open, info->event_type);
		add_fields(object, observation);
		if (info[1].part)
			cJSON_AddArrayToObject(object, info[1].event_type);
		eve_add_wrapping(object, &observation->head);
	}
	if (!eve->parts)
		eve_observation_flush(o);
}
