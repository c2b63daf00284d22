/*
 * The policy file: YAML read against one schema (cli/schema.c), every complaint with the line and
 * the column of what is wrong. Whatever is accepted is kept in struct config.
 *
 * Only plain YAML is taken: no anchors, aliases, tags or second document, no key twice. All values
 * are text until the schema says what they are, so nothing turns into a number or a truth value by
 * its looks.
 */
#ifndef SEEP_CLI_CONFIG_H
#define SEEP_CLI_CONFIG_H

#include "core/policy.h"
#include "output/output.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_SIZE_MAX   (1 << 20) /* bytes of a policy file */
#define CONFIG_VALUE_MAX  256       /* bytes of a key or value, with its NUL */
#define CONFIG_DEPTH_MAX  32        /* lists and mappings in each other; the schema needs 6 */
#define CONFIG_ERRORS_MAX 20        /* complaints before the rest is left unread */
#define CONFIG_SPEC_MAX   (2 * CONFIG_VALUE_MAX)

struct config_limits {
	uint32_t flows;                /* in the flow table */
	uint64_t memory, stream_bytes; /* bytes; 0: not said */
};

struct config_output {
	char spec[CONFIG_SPEC_MAX]; /* "NAME:DEST", as behind -o */
	bool missing;               /* the name of an output that this version does not have yet */
};

/* Large: on the heap. */
struct config {
	struct policy policy;
	struct config_limits limits;
	uint32_t output_count;
	struct config_output outputs[OUTPUTS_MAX];
};

/* What holds without a policy file. NULL without memory; free() it. */
struct config *config_new(void);

struct config_error {
	uint32_t line, column; /* from 1 */
	const char *text;
};

/* Adds what the text says to the config. False when there was anything to complain of, each told to
 * `complain`; the config is then good for nothing. */
bool config_parse(struct config *c, const char *text, size_t length,
	void (*complain)(void *sink, const struct config_error *error), void *sink);

/* The same for a file, that is open already unless `fd` is -1; complaints are printed. */
bool config_load(struct config *c, const char *path, int fd);

#endif
