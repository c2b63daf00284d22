/*
 * Findings for people: who leaked what to whom, on what evidence, and what to do. A finding is
 * printed in full once, in a few words when it gets worse or better, not at all when it only goes
 * on or is closed. The summary follows at the end unless the user asked for quiet.
 */
#include "output/facts.h"
#include "output/format.h"
#include "output/summary.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What was last said of a finding. A slot is shared by findings whose ids agree in their last bits:
 * then one line too many is printed, none too few. */
struct told {
	uint64_t finding;
	uint8_t severity, confidence, stage;
};

#define TOLD_SLOTS 4096

struct text {
	struct told told[TOLD_SLOTS];
};

static const enum style severity_styles[SEVERITIES] = {
	[SEVERITY_INFO] = STYLE_BLUE,
	[SEVERITY_LOW] = STYLE_BLUE,
	[SEVERITY_MEDIUM] = STYLE_YELLOW,
	[SEVERITY_HIGH] = STYLE_RED,
	[SEVERITY_CRITICAL] = STYLE_RED,
};

/* Remembers what is said now; true when it is what was said last. */
static bool text_told(struct text *text, const struct alert *a)
{
	char id[FINDING_ID_SIZE];
	finding_id(a, id);
	struct told now = {
		.finding = strtoull(id, NULL, 16),
		.severity = (uint8_t)a->severity,
		.confidence = (uint8_t)a->confidence,
		.stage = (uint8_t)a->stage,
	};
	struct told *last = &text->told[now.finding % TOLD_SLOTS];
	bool same = last->finding == now.finding && last->severity == now.severity &&
		last->confidence == now.confidence && last->stage == now.stage;
	*last = now;
	return same;
}

static void print_heading(struct page *p, const struct alert *a)
{
	char word[16] = "", when[TIME_TEXT_SIZE];
	const char *name = severity_name(a->severity);
	for (size_t i = 0; i < sizeof(word) - 1 && name[i]; i++)
		word[i] = (char)toupper((unsigned char)name[i]);
	page_word(p, severity_styles[a->severity], word);
	page_word(p, STYLE_BOLD, a->detection->id);
	page_word(p, STYLE_DIM, time_people(a->head.time_ns, when));
	if (a->state != STATE_OPEN)
		page_word(p, STYLE_BOLD, alert_state_name(a->state));
	page_newline(p);
}

static void print_client(struct page *p, const struct alert *a, const struct source_table *sources)
{
	struct strip s = {0}, where = {0};
	char addr[ADDR_TEXT_MAX];
	const char *interface = facts_interface(a, sources);
	if (a->path != PATH_UNKNOWN)
		strip_add(&where, "%s", path_name(a->path));
	if (interface) {
		strip_comma(&where);
		strip_add(&where, "on %s", interface);
	}
	strip_add(&s, "%s", addr_text(&a->client, addr));
	if (where.length)
		strip_add(&s, " (%s)", where.text);
	page_row(p, "client", STYLE_BOLD, s.text);
}

static void print_addresses(struct page *p, const struct alert *a)
{
	struct strip leaked = {0}, expected = {0};
	char text[PREFIX_TEXT_MAX];
	facts_leaked(&leaked, a);
	facts_expected(&expected, a);
	page_row(p, "leaked", severity_styles[a->severity], leaked.text);
	page_row(p, "expected", STYLE_PLAIN, expected.text);
	if (a->network.addr.family != ADDR_NONE)
		page_row(p, "network", STYLE_PLAIN, prefix_text(&a->network, text));
}

static void print_server(struct page *p, const struct alert *a)
{
	char text[ENDPOINT_TEXT_MAX];
	if (a->server.addr.family != ADDR_NONE)
		page_row(p, "told to", STYLE_PLAIN, endpoint_text(&a->server, text));
}

static void print_finding(struct page *p, const struct alert *a, const struct source_table *sources)
{
	struct strip grade = {0}, traffic = {0}, evidence = {0};
	facts_grade(&grade, a);
	facts_traffic(&traffic, &a->traffic);
	facts_evidence(&evidence, a, sources);
	print_heading(p, a);
	page_paragraph(p, STYLE_PLAIN, a->message);
	print_client(p, a, sources);
	print_addresses(p, a);
	print_server(p, a);
	page_row(p, "traffic", STYLE_PLAIN, traffic.text);
	page_row(p, "evidence", STYLE_PLAIN, evidence.text);
	page_row(p, "confidence", STYLE_PLAIN, grade.text);
	page_row(p, "what to do", STYLE_PLAIN, a->remedy);
	page_newline(p);
}

/* A finding that the reader has seen above. */
static void print_change(struct page *p, const struct alert *a)
{
	struct strip s = {0};
	char addr[ADDR_TEXT_MAX];
	strip_add(&s, "%s", addr_text(&a->client, addr));
	for (size_t i = 0; i < a->leaked_count; i++)
		strip_add(&s, "%s %s", i ? "," : " leaked", addr_text(&a->leaked[i], addr));
	if (a->state == STATE_WITHDRAWN) {
		strip_add(&s, ": taken back, a graver finding says it all");
	} else {
		strip_add(&s, ": confidence is now ");
		facts_grade(&s, a);
		strip_add(&s, " (seen %" PRIu64 " times)", a->count);
	}
	print_heading(p, a);
	page_paragraph(p, STYLE_PLAIN, s.text);
	page_newline(p);
}

static void text_alert(struct output *o, const struct alert *a)
{
	struct page p;
	bool same = text_told(o->state, a);
	if (a->state == STATE_CLOSED || (a->state == STATE_UPDATED && same))
		return;
	page_begin(&p, o);
	if (a->state == STATE_OPEN)
		print_finding(&p, a, o->context->sources);
	else
		print_change(&p, a);
	page_end(&p);
}

static void text_end(struct output *o, const struct summary *s)
{
	struct page p;
	if (o->context->quiet)
		return;
	page_begin(&p, o);
	summary_print(&p, s);
	page_end(&p);
}

const struct output_driver output_text = {
	.info = {"text", "findings for people, then the summary"},
	.to = TO_FILE,
	.state_size = sizeof(struct text),
	.alert = text_alert,
	.end = text_end,
};
