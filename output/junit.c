/*
 * A JUnit report, as CI servers read it (the format of Ant's XMLJUnitResultFormatter, the common
 * part of what Jenkins, GitLab and GitHub actions take): a test case for each detection of the
 * catalogue, which fails when there are findings at or above --fail-on, and two for what a verdict
 * rests on. A finding that was taken back is no failure.
 */
#include "output/document.h"
#include "output/driver.h"
#include "output/facts.h"
#include "output/kept.h"

#include <inttypes.h>

#define NS_PER_MS    UINT64_C(1000000)
#define MS_PER_S     1000
#define SUITE_CASES  2                             /* beside those of the catalogue */
#define TIME_SECONDS sizeof("2026-11-21T00:11:32") /* which has no zone in this format */

struct junit {
	struct kept kept;
};

/* What the findings of one detection come to. */
struct tally {
	uint32_t failures, others;
	enum severity worst; /* of the failures */
};

static bool finding_fails(const struct output *o, const struct kept_finding *f)
{
	return kept_stands(f) && f->alert.severity >= o->context->fail_on;
}

static bool finding_of(const struct kept_finding *f, const struct detection_info *detection)
{
	return f->alert.detection->signature_id == detection->signature_id;
}

static struct tally tally_of(const struct output *o, const struct detection_info *detection)
{
	const struct kept *kept = &((const struct junit *)o->state)->kept;
	struct tally t = {.worst = SEVERITY_INFO};
	for (uint32_t i = 0; i < kept->count; i++) {
		const struct kept_finding *f = &kept->findings[i];
		if (!finding_of(f, detection))
			continue;
		bool fails = finding_fails(o, f);
		t.failures += fails;
		t.others += !fails;
		if (fails && f->alert.severity > t.worst)
			t.worst = f->alert.severity;
	}
	return t;
}

static void put_row(struct document *d, const char *label, const char *text)
{
	if (!*text)
		return;
	document_add(d, "  %-11s", label);
	document_text(d, text);
	document_add(d, "\n");
}

static void put_finding(
	struct document *d, const struct kept_finding *f, const struct source_table *sources)
{
	const struct alert *a = &f->alert;
	struct strip leaked = {0}, expected = {0}, traffic = {0}, evidence = {0}, grade = {0};
	char client[ADDR_TEXT_MAX], server[ENDPOINT_TEXT_MAX] = "";
	facts_leaked(&leaked, a);
	facts_expected(&expected, a);
	facts_traffic(&traffic, &a->traffic);
	facts_evidence(&evidence, a, sources);
	facts_grade(&grade, a);
	if (a->server.addr.family != ADDR_NONE)
		endpoint_text(&a->server, server);
	document_add(d, "%s%s: ", severity_name(a->severity), kept_stands(f) ? "" : ", taken back");
	document_text(d, a->message);
	document_add(d, "\n");
	put_row(d, "client", addr_text(&a->client, client));
	put_row(d, "leaked", leaked.text);
	put_row(d, "expected", expected.text);
	put_row(d, "told to", server);
	put_row(d, "traffic", traffic.text);
	put_row(d, "evidence", evidence.text);
	put_row(d, "confidence", grade.text);
	put_row(d, "finding", f->id);
	put_row(d, "what to do", a->remedy);
}

static void put_findings(struct document *d, const struct output *o,
	const struct detection_info *detection, bool failures)
{
	const struct kept *kept = &((const struct junit *)o->state)->kept;
	for (uint32_t i = 0; i < kept->count; i++) {
		const struct kept_finding *f = &kept->findings[i];
		if (finding_of(f, detection) && finding_fails(o, f) == failures)
			put_finding(d, f, o->context->sources);
	}
}

static void put_detection(
	struct document *d, const struct output *o, const struct detection_info *detection)
{
	struct tally t = tally_of(o, detection);
	document_add(d, "<testcase classname=\"seep\" name=\"");
	document_text(d, detection->id);
	document_add(d, "\" time=\"0\">\n");
	if (t.failures) {
		document_add(d,
			"<failure type=\"%s\" message=\"%" PRIu32 " %s: ", severity_name(t.worst),
			t.failures, t.failures == 1 ? "finding" : "findings");
		document_text(d, detection->title);
		document_add(d, "\">");
		put_findings(d, o, detection, true);
		document_add(d, "</failure>\n");
	}
	if (t.others) {
		document_add(d, "<system-out>");
		put_findings(d, o, detection, false);
		document_add(d, "</system-out>\n");
	}
	document_add(d, "</testcase>\n");
}

static void put_case(struct document *d, const char *name, const char *outcome, const char *why)
{
	document_add(d, "<testcase classname=\"seep\" name=\"%s\" time=\"0\">", name);
	if (outcome)
		document_add(d, "<%s message=\"%s\"/>", outcome, why);
	document_add(d, "</testcase>\n");
}

/* What the other cases are worth. */
static void put_grounds(struct document *d, const struct summary *s)
{
	if (s->failed)
		put_case(d, "captures-read", "error",
			"a capture could not be read to its end: see the messages of the run");
	else
		put_case(d, "captures-read", s->stats->packets ? NULL : "skipped",
			"no packets, so there is nothing to judge");
	put_case(d, "expectation-known", s->expectation ? NULL : "skipped",
		"nothing says where this traffic may come out: use --egress or --tunnel");
}

static uint32_t failures_count(const struct output *o)
{
	const struct kept *kept = &((const struct junit *)o->state)->kept;
	uint32_t failures = 0;
	for (unsigned i = 0; o->context->catalogue && o->context->catalogue(i); i++)
		failures += tally_of(o, o->context->catalogue(i)).failures > 0;
	return kept->count ? failures : 0;
}

static void put_counts(struct document *d, const struct output *o, const struct summary *s)
{
	unsigned cases = SUITE_CASES;
	uint64_t ms = (s->last_ns - s->first_ns) / NS_PER_MS;
	while (o->context->catalogue && o->context->catalogue(cases - SUITE_CASES))
		cases++;
	document_add(d,
		" tests=\"%u\" failures=\"%" PRIu32 "\" errors=\"%d\" time=\"%" PRIu64 ".%03u\"",
		cases, failures_count(o), s->failed, ms / MS_PER_S, (unsigned)(ms % MS_PER_S));
}

static void put_suite(struct document *d, const struct output *o, const struct summary *s)
{
	const struct output_context *context = o->context;
	char when[TIME_TEXT_SIZE];
	time_record(s->first_ns, when);
	document_add(d, "<testsuite name=\"seep\"");
	put_counts(d, o, s);
	document_add(d, " skipped=\"%d\" timestamp=\"%.*s\" hostname=\"",
		(!s->failed && !s->stats->packets) + !s->expectation, (int)TIME_SECONDS - 1, when);
	document_text(d, context->sensor ? context->sensor : "localhost");
	document_add(d, "\">\n<properties>\n");
	for (uint32_t i = 0; i < context->sources->captures; i++) {
		document_add(d, "<property name=\"capture\" value=\"");
		document_text(d, context->sources->capture[i]);
		document_add(d, "\"/>\n");
	}
	document_add(d, "<property name=\"fail-on\" value=\"%s\"/>\n</properties>\n",
		severity_name(context->fail_on));
}

static void junit_end(struct output *o, const struct summary *s)
{
	struct junit *junit = o->state;
	struct document d;
	document_begin(&d, &o->sink);
	document_add(&d, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"seep\"");
	put_counts(&d, o, s);
	document_add(&d, ">\n");
	put_suite(&d, o, s);
	put_grounds(&d, s);
	for (unsigned i = 0; o->context->catalogue && o->context->catalogue(i); i++)
		put_detection(&d, o, o->context->catalogue(i));
	if (junit->kept.lost)
		document_add(&d, "<system-err>%" PRIu64 " more findings, not kept</system-err>\n",
			junit->kept.lost);
	document_add(&d, "</testsuite>\n</testsuites>\n");
	document_end(&d);
}

static void junit_alert(struct output *o, const struct alert *a)
{
	struct junit *junit = o->state;
	if (!kept_add(&junit->kept, a))
		sink_fail(&o->sink, "more findings than a report holds");
}

static void junit_close(struct output *o)
{
	kept_free(&((struct junit *)o->state)->kept);
}

const struct output_driver output_junit = {
	.info = {"junit", "a JUnit report for CI: a test case for each detection"},
	.document = true,
	.to = TO_FILE,
	.state_size = sizeof(struct junit),
	.alert = junit_alert,
	.end = junit_end,
	.close = junit_close,
};
