/*
 * The tables, walked row by row: ids are unique, every detection explains itself and owns a hit and
 * a miss capture, every dissector has a fuzz target. Run from the top of the tree, where pcaps/ is.
 */
#include "cli/cli.h"
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
		"multipart", "candidate", "options", "pipeline"};
	char path[PATH_SIZE];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "tests/fuzz/fuzz_%s.c", names[i]);
		file_check(path);
	}
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
		for (const struct stat_info *other = stat_info; other != s; other++)
			assert_string_not_equal(s->name, other->name);
	}
}

static void observations_have_fields(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < OBS_KINDS; kind++) {
		const struct observation_info *o = &observation_info[kind];
		slug_check(o->event_type);
		assert_non_null(o->fields);
		for (const struct field *f = o->fields; f->name; f++)
			assert_true(f->offset < sizeof(struct observation));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(detections_explain_themselves),
		cmocka_unit_test(detections_are_unique),
		cmocka_unit_test(detections_own_captures),
		cmocka_unit_test(dissectors_are_fuzzed),
		cmocka_unit_test(readers_are_fuzzed),
		cmocka_unit_test(outputs_are_helped),
		cmocka_unit_test(commands_are_helped),
		cmocka_unit_test(counters_are_unique),
		cmocka_unit_test(observations_have_fields),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
