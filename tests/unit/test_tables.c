/*
 * The tables, walked row by row: ids are unique, every detection explains itself and owns a hit and
 * a miss capture, every dissector has a fuzz target. Run from the top of the tree, where pcaps/ is.
 */
#include "cli/cli.h"
#include "core/observation.h"
#include "core/stats.h"
#include "dissect/dissect.h"
#include "output/output.h"
#include "rules/rules.h"

#include <ctype.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PROSE_MIN 20 /* a sentence, not a word */
#define TITLE_MIN 8
#define PATH_SIZE 256
#define ROW_SIZE  256
#define FILE_SIZE 65536 /* more than any document has */

static void slug_check(const char *name)
{
	assert_non_null(name);
	assert_true(name[0] != '\0');
	for (const char *at = name; *at; at++)
		if (!islower((unsigned char)*at) && !isdigit((unsigned char)*at) && *at != '-' &&
			*at != '_')
			fail_msg("\"%s\" is no plain name", name);
}

static void prose_check(const char *id, const char *what, const char *text, size_t least)
{
	if (!text || strlen(text) < least)
		fail_msg("%s: its %s says too little", id, what);
}

static void file_check(const char *pattern)
{
	glob_t found;
	int status = glob(pattern, 0, NULL, &found);
	if (status)
		fail_msg("there is no %s", pattern);
	globfree(&found);
}

static void detections_explain_themselves(void **state)
{
	(void)state;
	assert_non_null(detection_info(0));
	for (unsigned i = 0; detection_info(i); i++) {
		const struct detection_info *d = detection_info(i);
		slug_check(d->id);
		prose_check(d->id, "title", d->title, TITLE_MIN);
		prose_check(d->id, "category", d->category, TITLE_MIN);
		prose_check(d->id, "why", d->why, PROSE_MIN);
		prose_check(d->id, "remedy", d->remedy, PROSE_MIN);
		prose_check(d->id, "false positive", d->false_positive, PROSE_MIN);
		assert_non_null(d->references);
		prose_check(d->id, "first reference", d->references[0], TITLE_MIN);
		assert_true(d->severity < SEVERITIES);
		assert_int_not_equal(d->signature_id, 0);
		assert_int_not_equal(d->revision, 0);
	}
}

static void detections_are_unique(void **state)
{
	(void)state;
	for (unsigned i = 0; detection_info(i); i++)
		for (unsigned j = 0; j < i; j++) {
			assert_string_not_equal(detection_info(i)->id, detection_info(j)->id);
			assert_int_not_equal(
				detection_info(i)->signature_id, detection_info(j)->signature_id);
		}
}

static void detections_own_captures(void **state)
{
	(void)state;
	char pattern[PATH_SIZE];
	for (unsigned i = 0; detection_info(i); i++) {
		snprintf(pattern, sizeof(pattern), "pcaps/%s/hit-*.pcap*", detection_info(i)->id);
		file_check(pattern);
		snprintf(pattern, sizeof(pattern), "pcaps/%s/miss-*.pcap*", detection_info(i)->id);
		file_check(pattern);
	}
}

static void dissectors_are_fuzzed(void **state)
{
	(void)state;
	char path[PATH_SIZE];
	assert_non_null(dissector_info(0));
	for (unsigned i = 0; dissector_info(i); i++) {
		const struct dissector_info *d = dissector_info(i);
		slug_check(d->name);
		prose_check(d->name, "reference", d->reference, TITLE_MIN - 2);
		snprintf(path, sizeof(path), "tests/fuzz/fuzz_%s.c", d->name);
		file_check(path);
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(d->name, dissector_info(j)->name);
	}
}

/* What reads bytes from outside and is no row of a table. */
static void readers_are_fuzzed(void **state)
{
	(void)state;
	static const char *const names[] = {"savefile", "defrag", "stream", "inflate", "http_body",
		"candidate", "options", "policy", "recorded", "pipeline"};
	char path[PATH_SIZE];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "tests/fuzz/fuzz_%s.c", names[i]);
		file_check(path);
	}
}

/* The whole of a text file; free() it. */
static char *file_read(const char *path)
{
	char *text = calloc(1, FILE_SIZE);
	FILE *f = fopen(path, "r");
	assert_non_null(text);
	assert_non_null(f);
	assert_in_range(fread(text, 1, FILE_SIZE, f), 1, FILE_SIZE - 1);
	fclose(f);
	return text;
}

/* Takes the row that starts so out of a text; what is left then is what nothing stands behind. */
static void row_take(char *text, const char *path, const char *row)
{
	char *found = strstr(text, row);
	if (!found)
		fail_msg("%s has no row %s", path, row);
	memset(found, '.', strlen(row));
}

static void rows_end(char *text, const char *path)
{
	char *stale = strstr(text, "\n| `");
	if (stale)
		fail_msg("%s: nothing stands behind %.30s", path, stale + 1);
	free(text);
}

static void tables_are_documented(void **state)
{
	(void)state;
	char row[ROW_SIZE];
	char *text = file_read("docs/DISSECTORS.md");
	for (unsigned i = 0; dissector_info(i); i++) {
		const struct dissector_info *d = dissector_info(i);
		snprintf(row, sizeof(row), "\n| `%s` | %s | ", d->name, d->reference);
		row_take(text, "docs/DISSECTORS.md", row);
	}
	rows_end(text, "docs/DISSECTORS.md");
	text = file_read("docs/OUTPUTS.md");
	for (unsigned i = 0; output_info(i); i++) {
		const struct output_info *o = output_info(i);
		snprintf(row, sizeof(row), "\n| `%s` | %s | ", o->name, o->help);
		row_take(text, "docs/OUTPUTS.md", row);
	}
	rows_end(text, "docs/OUTPUTS.md");
	text = file_read("README.md");
	for (unsigned i = 0; detection_info(i); i++) {
		const struct detection_info *d = detection_info(i);
		snprintf(row, sizeof(row), "\n| `%s` | %s | ", d->id, severity_name(d->severity));
		row_take(text, "README.md", row);
	}
	rows_end(text, "README.md");
}

static bool counter_exists(const char *name, size_t length)
{
	for (const struct stat_info *s = stat_info; s->name; s++) {
		if (strlen(s->name) == length && strncmp(s->name, name, length) == 0)
			return true;
	}
	return false;
}

/* Words like `flow.evicted` in the chapter on limits and all behind it. */
static void documented_counters_exist(void **state)
{
	(void)state;
	static const char of_counter[] = "abcdefghijklmnopqrstuvwxyz_.";
	char *text = file_read("docs/DISSECTORS.md");
	const char *at = strstr(text, "## Limits");
	unsigned counters = 0;
	while (at && (at = strchr(at, '`'))) {
		size_t length = strspn(++at, of_counter);
		bool counter = at[length] == '`' && memchr(at, '.', length);
		if (counter && !counter_exists(at, length))
			fail_msg("there is no counter %.*s", (int)length, at);
		counters += counter;
		at = strchr(at, '`') + 1;
	}
	assert_true(counters > 0);
	free(text);
}

static void outputs_are_helped(void **state)
{
	(void)state;
	assert_non_null(output_info(0));
	for (unsigned i = 0; output_info(i); i++) {
		const struct output_info *o = output_info(i);
		slug_check(o->name);
		prose_check(o->name, "help", o->help, TITLE_MIN);
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(o->name, output_info(j)->name);
	}
}

static void commands_are_helped(void **state)
{
	(void)state;
	assert_non_null(command_info(0));
	for (unsigned i = 0; command_info(i); i++) {
		const struct command *c = command_info(i);
		slug_check(c->name);
		prose_check(c->name, "summary", c->summary, TITLE_MIN);
		assert_non_null(c->run);
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(c->name, command_info(j)->name);
	}
}

static void counters_are_unique(void **state)
{
	(void)state;
	for (const struct stat_info *s = stat_info; s->name; s++) {
		assert_non_null(strchr(s->name, '.'));
		prose_check(s->name, "help", s->help, TITLE_MIN - 2);
		/* The summary has these without the row before them. */
		if (s->class != STAT_AMOUNT && strncmp(s->help, "of ", 3) == 0)
			fail_msg("%s: its help does not stand alone", s->name);
		for (const struct stat_info *other = stat_info; other != s; other++)
			assert_string_not_equal(s->name, other->name);
	}
}

static const size_t body_sizes[OBS_KINDS] = {
#define KIND(kind, type, member, part) [kind] = sizeof(((struct observation *)NULL)->member),
	OBSERVATION_KINDS(KIND)
#undef KIND
};

/* The bytes of the observation that a field reads; those of its count, where it has one. */
static size_t field_size(const struct field *f)
{
	switch ((enum field_type)f->type) {
	case FIELD_BOOL:
		return sizeof(bool);
	case FIELD_U8:
	case FIELD_I8:
	case FIELD_LABEL8:
	case FIELD_HEX:
		return 1;
	case FIELD_U16:
	case FIELD_LABEL16:
		return 2;
	case FIELD_U32:
		return 4;
	case FIELD_U64:
	case FIELD_TIME:
		return 8;
	case FIELD_MAC:
		return 6;
	case FIELD_PREFIX:
		return sizeof(struct prefix);
	case FIELD_WORD:
		return sizeof(struct obs_word);
	case FIELD_ADDR:
		return sizeof(struct addr);
	case FIELD_ENDPOINT:
		return sizeof(struct endpoint);
	case FIELD_TEXT:
		return sizeof(struct obs_text);
	}
	fail_msg("%s: a type of field that there is not", f->name);
	return 0;
}

static void field_check(const struct observation_info *o, const struct field *f, size_t body)
{
	const bool label = f->type == FIELD_LABEL8 || f->type == FIELD_LABEL16;
	if (f->type != FIELD_ENDPOINT)
		slug_check(f->name);
	if (f->offset + field_size(f) > body || f->length_at >= body)
		fail_msg("%s.%s lies outside its struct", o->event_type, f->name);
	assert_int_equal(f->label != NULL, label);
	for (const struct field *other = o->fields; other != f; other++) {
		if (strcmp(f->name, other->name) == 0 && f->when == other->when)
			fail_msg("%s.%s is there twice", o->event_type, f->name);
	}
}

static void observations_have_fields(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < OBS_KINDS; kind++) {
		const struct observation_info *o = &observation_info[kind];
		slug_check(o->event_type);
		assert_non_null(o->fields);
		assert_non_null(o->fields[0].name);
		for (const struct field *f = o->fields; f->name; f++)
			field_check(o, f, body_sizes[kind]);
		for (unsigned other = 0; other < kind; other++)
			assert_string_not_equal(o->event_type, observation_info[other].event_type);
	}
	assert_null(observation_info[OBS_KINDS].fields);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(detections_explain_themselves),
		cmocka_unit_test(detections_are_unique),
		cmocka_unit_test(detections_own_captures),
		cmocka_unit_test(dissectors_are_fuzzed),
		cmocka_unit_test(tables_are_documented),
		cmocka_unit_test(documented_counters_exist),
		cmocka_unit_test(readers_are_fuzzed),
		cmocka_unit_test(outputs_are_helped),
		cmocka_unit_test(commands_are_helped),
		cmocka_unit_test(counters_are_unique),
		cmocka_unit_test(observations_have_fields),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
