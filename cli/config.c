/*
 * libyaml's events, walked along the schema. The schema bounds how deep the walk goes; what it does
 * not know is complained of and stepped over, so that one run tells of several mistakes.
 */
#include "cli/config.h"

#include "cli/schema.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define KEYS_MAX  32 /* of one mapping in the schema */
#define TEXT_SIZE (2 * CONFIG_VALUE_MAX)

struct walk {
	struct config *config;
	yaml_parser_t parser;
	yaml_event_t event; /* the one being looked at */
	const char *text;
	size_t length;
	void (*complain)(void *sink, const struct config_error *error);
	void *sink;
	uint32_t errors;
	uint32_t depth; /* lists and mappings open */
	bool broken;    /* not to be read any further */
};

static void error_tell(struct walk *w, size_t line, size_t column, const char *text)
{
	const struct config_error error = {
		.line = (uint32_t)line + 1, .column = (uint32_t)column + 1, .text = text};
	w->broken |= ++w->errors >= CONFIG_ERRORS_MAX;
	w->complain(w->sink, &error);
}

__attribute__((format(printf, 3, 4))) static void error_at(
	struct walk *w, yaml_mark_t mark, const char *format, ...)
{
	char text[TEXT_SIZE];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	error_tell(w, mark.line, mark.column, text);
}

/* Bytes that are no text have an offset and no mark. */
static yaml_mark_t mark_of_offset(const struct walk *w, size_t offset)
{
	yaml_mark_t mark = {0};
	for (size_t i = 0; i < offset && i < w->length; i++) {
		bool newline = w->text[i] == '\n';
		mark.line += newline;
		mark.column = newline ? 0 : mark.column + 1;
	}
	return mark;
}

static void syntax_tell(struct walk *w)
{
	const yaml_parser_t *p = &w->parser;
	const char *problem = p->problem ? p->problem : "not enough memory";
	if (p->error == YAML_READER_ERROR)
		error_at(w, mark_of_offset(w, p->problem_offset), "no YAML: %s", problem);
	else
		error_at(w, p->problem_mark, "no YAML: %s%s%s", problem, p->context ? " " : "",
			p->context ? p->context : "");
	w->broken = true;
}

static const char *event_decoration(const yaml_event_t *e)
{
	bool scalar = e->type == YAML_SCALAR_EVENT, list = e->type == YAML_SEQUENCE_START_EVENT,
	     map = e->type == YAML_MAPPING_START_EVENT;
	if (e->type == YAML_ALIAS_EVENT || (scalar && e->data.scalar.anchor) ||
		(list && e->data.sequence_start.anchor) || (map && e->data.mapping_start.anchor))
		return "anchors and aliases are not read: write it out";
	if ((scalar && e->data.scalar.tag) || (list && e->data.sequence_start.tag) ||
		(map && e->data.mapping_start.tag))
		return "tags are not read: leave it out";
	return NULL;
}

static bool event_opens(const yaml_event_t *e)
{
	return e->type == YAML_SEQUENCE_START_EVENT || e->type == YAML_MAPPING_START_EVENT;
}

static bool event_closes(const yaml_event_t *e)
{
	return e->type == YAML_SEQUENCE_END_EVENT || e->type == YAML_MAPPING_END_EVENT;
}

/* What may not be there at all. libyaml takes time by the square of how deep a file nests. */
static const char *event_refused(struct walk *w)
{
	w->depth += event_opens(&w->event);
	w->depth -= event_closes(&w->event);
	return w->depth > CONFIG_DEPTH_MAX ? "nested too deep" : event_decoration(&w->event);
}

/* On to the next event. False when there is none to be read. */
static bool next(struct walk *w)
{
	yaml_event_delete(&w->event);
	if (w->broken)
		return false;
	if (!yaml_parser_parse(&w->parser, &w->event)) {
		syntax_tell(w);
		return false;
	}
	const char *wrong = event_refused(w);
	if (wrong) {
		error_at(w, w->event.start_mark, "%s", wrong);
		w->broken = true;
	}
	return !w->broken;
}

/* Over whatever begins with this event; then its last one is being looked at. */
static void skip(struct walk *w)
{
	size_t depth = event_opens(&w->event);
	while (depth && next(w)) {
		depth += event_opens(&w->event);
		depth -= event_closes(&w->event);
	}
}

/* The scalar being looked at, as text that is safe to handle; NULL with a complaint otherwise. */
static const char *scalar_text(struct walk *w)
{
	const char *text = (const char *)w->event.data.scalar.value;
	size_t length = w->event.data.scalar.length;
	if (length >= CONFIG_VALUE_MAX) {
		error_at(w, w->event.start_mark, "longer than %d bytes", CONFIG_VALUE_MAX - 1);
		return NULL;
	}
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f) {
			error_at(w, w->event.start_mark, "a control character in a value");
			return NULL;
		}
	}
	return text;
}

static bool scalar_is_empty(const yaml_event_t *e)
{
	const char *text = (const char *)e->data.scalar.value;
	bool plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	return text[0] == '\0' || (plain && (strcmp(text, "~") == 0 || strcmp(text, "null") == 0));
}

static void value_take(struct walk *w, const struct schema_key *key, const char *name)
{
	if (event_opens(&w->event)) {
		/* [[2001:db8::1]:3128] is a list in a list. */
		error_at(w, w->event.start_mark, "%s: a value is wanted here%s", name,
			key->form == FORM_VALUES ? " (an address in brackets needs quotes)" : "");
		skip(w);
		return;
	}
	if (scalar_is_empty(&w->event)) {
		error_at(w, w->event.start_mark, "%s: no value", name);
		return;
	}
	const char *text = scalar_text(w);
	const char *wrong = text ? key->take(w->config, name, text) : NULL;
	if (wrong)
		error_at(w, w->event.start_mark, "%s %s: %s", name, text, wrong);
}

static void map_walk(struct walk *w, const struct schema_key *row);

/* One element of a list. */
static void item_walk(struct walk *w, const struct schema_key *key, const char *name)
{
	if (key->form == FORM_VALUES) {
		value_take(w, key, name);
	} else if (w->event.type == YAML_MAPPING_START_EVENT) {
		map_walk(w, key);
	} else {
		error_at(w, w->event.start_mark, "%s: each of the list is a mapping", name);
		skip(w);
	}
}

static void list_walk(struct walk *w, const struct schema_key *key, const char *name)
{
	while (next(w) && w->event.type != YAML_SEQUENCE_END_EVENT)
		item_walk(w, key, name);
}

/* What stands behind a key. */
static void node_walk(struct walk *w, const struct schema_key *key, const char *name)
{
	static const char *const wanted[] = {
		[FORM_VALUE] = "a value",
		[FORM_VALUES] = "a list",
		[FORM_MAP] = "a mapping",
		[FORM_MAPS] = "a list of mappings",
	};
	bool lists = key->form == FORM_VALUES || key->form == FORM_MAPS;
	bool value = key->form == FORM_VALUE || key->form == FORM_VALUES;
	yaml_event_type_t type = w->event.type;
	if (lists && type == YAML_SEQUENCE_START_EVENT) {
		list_walk(w, key, name);
	} else if (key->form == FORM_MAP && type == YAML_MAPPING_START_EVENT) {
		map_walk(w, key);
	} else if (value) {
		value_take(w, key, name);
	} else {
		error_at(w, w->event.start_mark, "%s: %s is wanted here", name, wanted[key->form]);
		skip(w);
	}
}

static void unknown_tell(struct walk *w, const struct schema_key *keys, const char *name)
{
	char known[CONFIG_VALUE_MAX] = "";
	for (const struct schema_key *key = keys; key->name; key++) {
		size_t length = strlen(known);
		snprintf(known + length, sizeof(known) - length, "%s%s", length ? ", " : "",
			key->name);
	}
	error_at(w, w->event.start_mark, "unknown key %s (known here: %s)", name, known);
}

/* The row of the key being looked at, entered in `seen`; NULL with a complaint otherwise. */
static const struct schema_key *key_find(
	struct walk *w, const struct schema_key *keys, const char *name, uint32_t *seen)
{
	const struct schema_key *key = keys;
	while (key->name && strcmp(key->name, name) != 0 && strcmp(key->name, "*") != 0)
		key++;
	assert(key - keys < KEYS_MAX);
	uint32_t bit = UINT32_C(1) << (key - keys);
	if (!key->name) {
		unknown_tell(w, keys, name);
		return NULL;
	}
	const char *wrong = key->named ? key->named(name) : NULL;
	if (!wrong && *seen & bit)
		wrong = key->named ? "only one may stand here" : "is here twice";
	*seen |= bit;
	if (wrong)
		error_at(w, w->event.start_mark, "%s: %s", name, wrong);
	return wrong ? NULL : key;
}

/* A key and what stands behind it. */
static void pair_walk(struct walk *w, const struct schema_key *keys, uint32_t *seen)
{
	char name[CONFIG_VALUE_MAX] = "";
	const struct schema_key *key = NULL;
	if (event_opens(&w->event)) {
		error_at(w, w->event.start_mark, "a key is a single word");
		skip(w);
	} else {
		const char *text = scalar_text(w);
		snprintf(name, sizeof(name), "%s", text ? text : "");
		key = text ? key_find(w, keys, name, seen) : NULL;
	}
	if (!next(w))
		return;
	if (key)
		node_walk(w, key, name);
	else
		skip(w);
}

static void required_check(
	struct walk *w, const struct schema_key *keys, uint32_t seen, yaml_mark_t mark)
{
	for (const struct schema_key *key = keys; key->name; key++) {
		if (key->required && !(seen >> (key - keys) & 1))
			error_at(w, mark, "%s is missing",
				key->name[0] == '*' ? "its name" : key->name);
	}
}

/* A mapping, from its first event to its last. */
static void map_walk(struct walk *w, const struct schema_key *row)
{
	uint32_t seen = 0, errors = w->errors;
	yaml_mark_t mark = w->event.start_mark;
	const char *wrong = row->begin ? row->begin(w->config) : NULL;
	if (wrong) {
		error_at(w, mark, "%s", wrong);
		w->broken = true;
		return;
	}
	while (next(w) && w->event.type != YAML_MAPPING_END_EVENT)
		pair_walk(w, row->keys, &seen);
	if (w->broken)
		return;
	required_check(w, row->keys, seen, mark);
	wrong = row->end ? row->end(w->config) : NULL;
	if (wrong && errors == w->errors)
		error_at(w, mark, "%s", wrong);
}

static void document_walk(struct walk *w)
{
	static const struct schema_key root = {.form = FORM_MAP, .keys = schema_root};
	next(w); /* the stream begins */
	if (!next(w))
		return;
	if (w->event.type == YAML_STREAM_END_EVENT) {
		error_at(w, w->event.start_mark, "there is nothing in it");
		return;
	}
	if (!next(w))
		return;
	if (w->event.type != YAML_MAPPING_START_EVENT) {
		error_at(w, w->event.start_mark, "a policy is a mapping: clients, alerts ...");
		return;
	}
	map_walk(w, &root);
	next(w); /* the document ends */
	if (next(w) && w->event.type != YAML_STREAM_END_EVENT)
		error_at(w, w->event.start_mark, "a second document");
}

bool config_parse(struct config *c, const char *text, size_t length,
	void (*complain)(void *sink, const struct config_error *error), void *sink)
{
	struct walk w = {
		.config = c, .text = text, .length = length, .complain = complain, .sink = sink};
	if (!yaml_parser_initialize(&w.parser)) {
		error_tell(&w, 0, 0, "not enough memory");
		return false;
	}
	yaml_parser_set_input_string(&w.parser, (const unsigned char *)text, length);
	document_walk(&w);
	yaml_event_delete(&w.event);
	yaml_parser_delete(&w.parser);
	return w.errors == 0;
}
