/*
 * A report for people to look at, print and pass on: one HTML file with nothing outside it, no
 * script and no network, which its Content-Security-Policy enforces as well. Light or dark as the
 * reader's system is. Everything that came from the wire or from a file name is text.
 */
#include "output/report.h"

#include "output/report_style.h"
#include "output/verdict.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CAPTURES_SHOWN 20

struct report {
	struct kept kept;
	struct lanes lanes;
};

void report_names_add(struct report_names *names, const char *text)
{
	const uint32_t room = sizeof(names->text) / sizeof(names->text[0]);
	for (uint32_t i = 0; i < names->count; i++) {
		if (strcmp(names->text[i], text) == 0)
			return;
	}
	if (names->count == room)
		names->more++;
	else
		snprintf(names->text[names->count++], sizeof(names->text[0]), "%s", text);
}

void report_names_leaked(struct report_names *names, const struct alert *a)
{
	char text[OBS_WORD_MAX + 1];
	for (size_t i = 0; i < a->leaked_count; i++)
		report_names_add(names, addr_text(&a->leaked[i], text));
	for (size_t i = 0; i < a->name_count; i++) {
		memcpy(text, a->names[i].bytes, a->names[i].length);
		text[a->names[i].length] = '\0';
		report_names_add(names, text);
	}
}

void report_element(struct report_view *v, const char *name, const char *class, const char *text)
{
	if (class)
		document_add(&v->d, "<%s class=\"%s\">", name, class);
	else
		document_add(&v->d, "<%s>", name);
	document_text(&v->d, text);
	document_add(&v->d, "</%s>", name);
}

/* Those that stand before those taken back; the gravest first; then as they were found. */
static int finding_compare(const void *a, const void *b)
{
	const struct kept_finding *x = *(const struct kept_finding *const *)a;
	const struct kept_finding *y = *(const struct kept_finding *const *)b;
	if (kept_stands(x) != kept_stands(y))
		return kept_stands(x) ? -1 : 1;
	if (x->alert.severity != y->alert.severity)
		return x->alert.severity > y->alert.severity ? -1 : 1;
	if (x->alert.first_ns != y->alert.first_ns)
		return x->alert.first_ns < y->alert.first_ns ? -1 : 1;
	return x < y ? -1 : 1;
}

static bool findings_order(struct report_view *v, const struct kept *kept)
{
	v->findings = calloc(kept->count + 1, sizeof(struct kept_finding *));
	if (!v->findings)
		return false;
	for (; v->count < kept->count; v->count++) {
		v->findings[v->count] = &kept->findings[v->count];
		v->standing += kept_stands(&kept->findings[v->count]);
	}
	qsort(v->findings, v->count, sizeof(struct kept_finding *), finding_compare);
	return true;
}

static void put_head(struct report_view *v)
{
	document_add(&v->d,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'\">\n"
		"<meta name=\"generator\" content=\"seep " SEEP_VERSION "\">\n"
		"<title>seep: leak report</title>\n<style>\n" REPORT_STYLE
		"</style>\n</head>\n<body>\n<main>\n");
}

static void put_captures(struct report_view *v)
{
	const struct source_table *sources = v->context->sources;
	struct strip more = {0};
	for (uint32_t i = 0; i < sources->captures && i < CAPTURES_SHOWN; i++) {
		const char *name = sources->capture[i];
		document_add(&v->d, i ? ", " : "<p class=\"dim\">Read from ");
		report_element(v, "bdi", NULL, strcmp(name, "-") == 0 ? "standard input" : name);
	}
	if (sources->captures > CAPTURES_SHOWN)
		strip_add(&more, " and %" PRIu32 " more", sources->captures - CAPTURES_SHOWN);
	document_text(&v->d, more.text);
	document_add(&v->d, sources->captures ? "</p>\n" : "");
}

static void put_verdict(struct report_view *v)
{
	static const char *const classes[] = {
		[VERDICT_CLEAN] = "verdict clean",
		[VERDICT_OPEN] = "verdict open",
		[VERDICT_LEAK] = "verdict leak",
		[VERDICT_GRAVE] = "verdict grave",
	};
	const struct summary *s = v->summary;
	struct strip sentence = {0}, amount = {0};
	char span[SPAN_TEXT_SIZE], size[AMOUNT_TEXT_SIZE];
	enum verdict verdict = verdict_of(s, verdict_blind(s->stats), &sentence);
	document_add(&v->d, "<header>\n<p class=\"dim\">seep: leak report</p>\n");
	report_element(v, "h1", classes[verdict], sentence.text);
	if (s->last_ns)
		strip_add(&amount, "%s; ", span_people(s->first_ns, s->last_ns, span));
	strip_add(&amount, "%" PRIu64 " packets, %s.", s->stats->packets,
		size_people(s->stats->bytes, size));
	report_element(v, "p", "dim", amount.text);
	put_captures(v);
	if (s->failed)
		report_element(v, "p", "warn", "A capture could not be read to its end.");
	document_add(&v->d, "</header>\n");
}

static void put_held_back(struct report_view *v, uint64_t count, const char *why)
{
	struct strip line = {0};
	if (!count)
		return;
	strip_add(&line, "%" PRIu64 " %s", count, why);
	report_element(v, "li", NULL, line.text);
}

/* What the verdict does not cover. */
static void put_not_seen(struct report_view *v, uint64_t lost)
{
	const struct summary *s = v->summary;
	const struct stats *stats = s->stats;
	document_add(&v->d, "<section>\n<h2>Not in this report</h2>\n<ul>\n");
	put_held_back(v, verdict_findings(s, 0, s->min_severity),
		"findings below the least severity reported (--min-severity info shows all)");
	put_held_back(v, stats->limited, "findings beyond the policy's threshold");
	put_held_back(v, stats->suppressed, "findings suppressed by the policy");
	put_held_back(v, stats->allowed, "findings allowed by the policy");
	put_held_back(v, lost, "findings for which there was no room");
	for (const struct stat_info *row = stat_info; row->name; row++) {
		if (row->class != STAT_AMOUNT)
			put_held_back(v, stat_value(stats, row), row->help);
	}
	document_add(&v->d,
		"<li>What was encrypted, and what did not pass where this was captured</li>\n"
		"</ul>\n</section>\n");
}

static void report_end(struct output *o, const struct summary *s)
{
	struct report *report = o->state;
	struct report_view v = {.context = o->context, .summary = s, .lanes = &report->lanes};
	if (!findings_order(&v, &report->kept)) {
		sink_fail(&o->sink, "out of memory");
		return;
	}
	document_begin(&v.d, &o->sink);
	put_head(&v);
	put_verdict(&v);
	report_paths(&v);
	report_timeline(&v);
	report_tables(&v);
	report_findings(&v);
	put_not_seen(&v, report->kept.lost);
	document_add(&v.d,
		"</main>\n<footer class=\"dim\">seep " SEEP_VERSION
		". Times are UTC, of the packets.</footer>\n</body>\n</html>\n");
	document_end(&v.d);
	free(v.findings);
}

static void report_alert(struct output *o, const struct alert *a)
{
	if (!kept_add(&((struct report *)o->state)->kept, a))
		sink_fail(&o->sink, "more findings than a report holds");
}

static void report_witness(struct output *o, const struct observation *observation)
{
	lanes_note(&((struct report *)o->state)->lanes, observation);
}

static void report_close(struct output *o)
{
	kept_free(&((struct report *)o->state)->kept);
}

const struct output_driver output_report = {
	.info = {"report", "one HTML file for people: verdict, paths, timeline, findings"},
	.document = true,
	.to = TO_FILE,
	.state_size = sizeof(struct report),
	.witness = report_witness,
	.alert = report_alert,
	.end = report_end,
	.close = report_close,
};
