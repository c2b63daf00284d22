/*
 * A policy file in a string, and the complaints about it as one text: "LINE:COLUMN: what\n" each.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_CONFIG_H
#define SEEP_TESTS_UNIT_SUPPORT_CONFIG_H

#include "cli/config.h"
#include "tests/unit/support/unit.h"

#define COMPLAINTS_SIZE 8192

struct complaints {
	uint32_t count;
	char text[COMPLAINTS_SIZE];
};

static inline void complaint_note(void *sink, const struct config_error *error)
{
	struct complaints *c = sink;
	size_t length = strlen(c->text);
	c->count++;
	snprintf(c->text + length, sizeof(c->text) - length, "%u:%u: %s\n", error->line,
		error->column, error->text);
}

/* From an exact-size copy, which has no NUL behind it. */
static inline bool config_take(
	struct config *c, const char *text, size_t length, struct complaints *told)
{
	char *copy = (char *)heap_copy(text, length);
	*told = (struct complaints){0};
	bool taken = config_parse(c, copy, length, complaint_note, told);
	free(copy);
	assert_int_equal(taken, told->count == 0);
	return taken;
}

/* The config of a text that is right. free() it. */
static inline struct config *config_of(const char *text)
{
	struct complaints told;
	struct config *c = config_new();
	assert_non_null(c);
	if (!config_take(c, text, strlen(text), &told))
		fail_msg("%s\n%s", text, told.text);
	return c;
}

#endif
