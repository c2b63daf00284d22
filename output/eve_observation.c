/*
 * Observations as EVE records, rendered from the field lists of core/observation.h: the members
 * that every packet has, then one object named after the event type. An observation with parts
 * stays open until as many part observations came; they are the elements of an array in its
 * object. No kind is known here.
 */
#include "output/eve.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define MEMBER_NAME_MAX 64

/* "<prefix><rest>"; fields' names are short constants. */
static const char *member_name(char out[MEMBER_NAME_MAX], const char *prefix, const char *rest)
{
	size_t head = strlen(prefix), tail = strlen(rest);
	assert(head + tail < MEMBER_NAME_MAX);
	memcpy(out, prefix, head);
	memcpy(out + head, rest, tail + 1);
	return out;
}

static void add_endpoint(struct json *j, const char *prefix, const struct endpoint *e)
{
	char name[MEMBER_NAME_MAX];
	if (e->addr.family == ADDR_NONE)
		return;
	json_add_addr(j, member_name(name, prefix, "ip"), &e->addr);
	json_add_u64(j, member_name(name, prefix, "port"), e->port);
}

static void add_obs_text(struct json *j, const char *prefix, const struct obs_text *text)
{
	char name[MEMBER_NAME_MAX];
	json_add_bytes(j, prefix, text->bytes, text->length);
	if (text->cut)
		json_add_bool(j, member_name(name, prefix, "_cut"), true);
}

static void add_word(struct json *j, const char *name, const struct obs_word *word)
{
	char cut[MEMBER_NAME_MAX];
	if (word->length)
		json_add_bytes(j, name, word->bytes, word->length);
	if (word->cut)
		json_add_bool(j, member_name(cut, name, "_cut"), true);
}

static void add_prefix(struct json *j, const char *name, const struct prefix *prefix)
{
	char text[PREFIX_TEXT_MAX];
	if (prefix->addr.family != ADDR_NONE)
		json_add_text(j, name, prefix_text(prefix, text));
}

static void add_label(struct json *j, const struct field *f, unsigned value, int digits)
{
	char number[12];
	const char *label = f->label(value);
	if (!label)
		snprintf(number, sizeof(number), "0x%0*x", digits, value);
	json_add_text(j, f->name, label ? label : number);
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

static void add_field(struct json *j, const struct field *f, const uint8_t *body)
{
	const void *at = body + f->offset;
	switch ((enum field_type)f->type) {
	case FIELD_BOOL:
		json_add_bool(j, f->name, *(const bool *)at);
		break;
	case FIELD_U8:
		json_add_u64(j, f->name, field_integer(at, 1));
		break;
	case FIELD_I8:
		json_add_i64(j, f->name, *(const int8_t *)at);
		break;
	case FIELD_U16:
		json_add_u64(j, f->name, field_integer(at, 2));
		break;
	case FIELD_U32:
		json_add_u64(j, f->name, field_integer(at, 4));
		break;
	case FIELD_U64:
		json_add_u64(j, f->name, field_integer(at, 8));
		break;
	case FIELD_TIME:
		json_add_time(j, f->name, field_integer(at, 8));
		break;
	case FIELD_PREFIX:
		add_prefix(j, f->name, at);
		break;
	case FIELD_MAC:
		json_add_mac(j, f->name, at);
		break;
	case FIELD_WORD:
		add_word(j, f->name, at);
		break;
	case FIELD_ADDR:
		json_add_addr(j, f->name, at);
		break;
	case FIELD_ENDPOINT:
		add_endpoint(j, f->name, at);
		break;
	case FIELD_TEXT:
		add_obs_text(j, f->name, at);
		break;
	case FIELD_HEX:
		json_add_hex(j, f->name, at, body[f->length_at]);
		break;
	case FIELD_LABEL8:
		add_label(j, f, (unsigned)field_integer(at, 1), 2);
		break;
	case FIELD_LABEL16:
		add_label(j, f, (unsigned)field_integer(at, 2), 4);
		break;
	}
}

static void add_fields(struct json *j, const struct observation *observation)
{
	const uint8_t *body = observation_body(observation);
	const struct field *f = observation_info[observation->head.kind].fields;
	for (; f->name; f++) {
		if (!f->when || field_integer(body, sizeof(uint32_t)) & f->when)
			add_field(j, f, body);
	}
}

void eve_observation_flush(struct output *o)
{
	struct eve *eve = o->state;
	if (!eve->open)
		return;
	if (eve->list)
		json_close_list(&eve->record);
	eve_add_wrapping(&eve->record, &eve->head);
	json_close(&eve->record);
	eve_write(o, &eve->record);
	eve->open = false;
}

static void part_add(struct eve *eve, const struct observation *part)
{
	json_open(&eve->record, NULL);
	add_fields(&eve->record, part);
	json_close(&eve->record);
	eve->parts--;
}

/* Whoever opened the flow is EVE's client. */
static void add_direction(struct json *j, const struct obs_head *h)
{
	if (h->flow_id)
		json_add_text(j, "direction", h->from_opener ? "to_server" : "to_client");
}

/* The object named after the event type is the record's last member, the list of parts but for the
 * wrapping the last of that. */
static void record_begin(struct output *o, const struct observation *observation)
{
	const struct observation_info *info = &observation_info[observation->head.kind];
	struct eve *eve = o->state;
	eve->open = true;
	eve->head = observation->head;
	eve->parts = observation->head.parts;
	eve->record = eve_record(o, eve->line, sizeof(eve->line), &eve->head, info->event_type);
	add_direction(&eve->record, &eve->head);
	json_open(&eve->record, info->event_type);
	add_fields(&eve->record, observation);
	eve->list = info[1].part;
	if (eve->list)
		json_open_list(&eve->record, info[1].event_type);
}

void eve_observation(struct output *o, const struct observation *observation)
{
	struct eve *eve = o->state;
	bool part = observation_info[observation->head.kind].part;
	if (part && !eve->open)
		return;
	if (part) {
		part_add(eve, observation);
	} else {
		eve_observation_flush(o);
		record_begin(o, observation);
	}
	if (!eve->parts)
		eve_observation_flush(o);
}
