/*
 * What may stand in a policy file: a table of keys for each mapping. Private to the reader of it.
 */
#ifndef SEEP_CLI_SCHEMA_H
#define SEEP_CLI_SCHEMA_H

#include "cli/config.h"

enum schema_form {
	FORM_VALUE,  /* a value */
	FORM_VALUES, /* a list of values, or one alone */
	FORM_MAP,    /* a mapping */
	FORM_MAPS,   /* a list of mappings */
};

/* The row of a key. Functions return what is wrong, static text, or NULL. */
struct schema_key {
	const char *name; /* "*" is any that `named` takes; NULL ends the table */
	enum schema_form form;
	bool required;
	const char *(*named)(const char *key);
	/* Each value, and the key before it, which is its own where any will do. */
	const char *(*take)(struct config *c, const char *key, const char *value);
	const struct schema_key *keys;          /* of each mapping */
	const char *(*begin)(struct config *c); /* before and behind each mapping */
	const char *(*end)(struct config *c);
};

/* What stands at the top, and the larger mappings in it. */
extern const struct schema_key schema_root[], schema_client_keys[], schema_alert_keys[];
const char *schema_client_begin(struct config *c);
const char *schema_client_end(struct config *c);

/* A value that is an address or prefix. */
const char *schema_prefix(struct prefix *out, const char *value);

#endif
