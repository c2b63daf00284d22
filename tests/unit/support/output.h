/* A set of outputs with a file of its own to write to, and an alert to write. */
#ifndef SEEP_TESTS_UNIT_SUPPORT_OUTPUT_H
#define SEEP_TESTS_UNIT_SUPPORT_OUTPUT_H

#include "output/output.h"
#include "tests/unit/support/unit.h"

#include <unistd.h>

#define RUN_TEXT_MAX (1024 * 1024) /* of all that is written */

struct run {
	struct stats stats;
	struct source_table *sources; /* empty */
	struct output_context context;
	struct outputs *set;
	char path[64];
};

static inline void run_begin(struct run *r)
{
	*r = (struct run){.sources = source_table_new(), .path = "/tmp/seep-output-XXXXXX"};
	assert_non_null(r->sources);
	int fd = mkstemp(r->path);
	assert_true(fd >= 0);
	close(fd);
	r->context = (struct output_context){.sources = r->sources, .stats = &r->stats};
	r->set = outputs_new(&r->context);
	assert_non_null(r->set);
}

static inline void run_open(struct run *r, const char *name)
{
	char spec[96];
	snprintf(spec, sizeof(spec), "%s:%s", name, r->path);
	assert_int_equal(outputs_open(r->set, spec), OUTPUT_OK);
}

/* Ends the run and gives back what was written; free() it. */
static inline char *run_end(struct run *r)
{
	assert_true(outputs_free(r->set));
	free(r->sources);
	char *text = calloc(1, RUN_TEXT_MAX);
	FILE *f = fopen(r->path, "r");
	assert_non_null(text);
	assert_non_null(f);
	assert_true(fread(text, 1, RUN_TEXT_MAX - 1, f) < RUN_TEXT_MAX - 1);
	fclose(f);
	unlink(r->path);
	return text;
}

static const char *const run_references[] = {"RFC 8489 section 14.2", NULL};
static const struct detection_info run_detection = {
	.id = "test-leak",
	.signature_id = 1001,
	.revision = 2,
	.title = "A test",
	.category = "Testing",
	.references = run_references,
};

/* 192.168.1.2 told 192.0.2.10 that it is 198.51.100.23; nothing was expected, nothing proves it. */
static inline struct alert run_alert(void)
{
	struct alert a = {
		.detection = &run_detection,
		.severity = SEVERITY_CRITICAL,
		.confidence = CONFIDENCE_HIGH,
		.stage = STAGE_GATHERED,
		.path = PATH_DIRECT,
		.leaked_count = 1,
		.count = 1,
		.message = "It leaked \"this\".",
		.remedy = "Stop it.",
	};
	addr_parse("192.168.1.2", &a.client);
	addr_parse("198.51.100.23", &a.leaked[0]);
	endpoint_parse("192.0.2.10:3478", &a.server);
	return a;
}

#endif
