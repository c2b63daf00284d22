/*
 * The tables of the HTML report: by client, by server, and each finding in full. Long lists are cut
 * and say so; the records of other outputs have everything.
 */
#include "output/facts.h"
#include "output/report.h"

#include <inttypes.h>
#include <string.h>

#define ROWS_SHOWN     100
#define FINDINGS_SHOWN 500

/* What the findings of one client, or about one server, come to. */
struct group {
	struct addr addr;
	uint64_t by_severity[SEVERITIES];
	struct report_names others, leaked;
};

struct groups {
	struct group row[ROWS_SHOWN];
	uint32_t count, more; /* findings of those that found no place */
};

static struct group *group_find(struct groups *groups, const struct addr *addr)
{
	for (uint32_t i = 0; i < groups->count; i++) {
		if (addr_equal(&groups->row[i].addr, addr))
			return &groups->row[i];
	}
	if (groups->count == ROWS_SHOWN) {
		groups->more++;
		return NULL;
	}
	groups->row[groups->count] = (struct group){.addr = *addr};
	return &groups->row[groups->count++];
}

static void group_add(struct groups *groups, const struct addr *addr, const struct addr *other,
	const struct alert *a)
{
	char text[ADDR_TEXT_MAX];
	struct group *group = addr->family == ADDR_NONE ? NULL : group_find(groups, addr);
	if (!group)
		return;
	group->by_severity[a->severity]++;
	if (other->family != ADDR_NONE)
		report_names_add(&group->others, addr_text(other, text));
	report_names_leaked(&group->leaked, a);
}

static void put_names(struct report_view *v, const struct report_names *names)
{
	document_add(&v->d, "<td>");
	for (uint32_t i = 0; i < names->count; i++) {
		document_add(&v->d, i ? "<br>" : "");
		document_text(&v->d, names->text[i]);
	}
	if (names->more)
		document_add(&v->d, "<br>and more");
	document_add(&v->d, "</td>");
}

static void put_counts(struct report_view *v, const struct group *group)
{
	struct strip counts = {0};
	for (unsigned i = SEVERITIES; i-- > 0;) {
		if (!group->by_severity[i])
			continue;
		strip_comma(&counts);
		strip_add(&counts, "%" PRIu64 " %s", group->by_severity[i], severity_name(i));
	}
	report_element(v, "td", NULL, counts.text);
}

static void put_groups(struct report_view *v, const struct groups *groups, const char *heading,
	const char *who, const char *other)
{
	char text[ADDR_TEXT_MAX];
	if (!groups->count)
		return;
	document_add(&v->d,
		"<h3>%s</h3>\n<div class=\"scroll\"><table>\n<thead><tr><th>%s</th>"
		"<th>findings</th><th>given away</th><th>%s</th></tr></thead>\n<tbody>\n",
		heading, who, other);
	for (uint32_t i = 0; i < groups->count; i++) {
		document_add(&v->d, "<tr>");
		report_element(v, "td", NULL, addr_text(&groups->row[i].addr, text));
		put_counts(v, &groups->row[i]);
		put_names(v, &groups->row[i].leaked);
		put_names(v, &groups->row[i].others);
		document_add(&v->d, "</tr>\n");
	}
	document_add(&v->d, "</tbody>\n</table></div>\n");
	if (groups->more)
		document_add(&v->d, "<p class=\"dim\">%u findings of others are not in here.</p>\n",
			groups->more);
}

void report_tables(struct report_view *v)
{
	struct groups clients = {0}, servers = {0};
	if (!v->standing)
		return;
	for (uint32_t i = 0; i < v->standing; i++) {
		const struct alert *a = &v->findings[i]->alert;
		group_add(&clients, &a->client, &a->server.addr, a);
		group_add(&servers, &a->server.addr, &a->client, a);
	}
	document_add(&v->d, "<section>\n<h2>Who, and to whom</h2>\n");
	put_groups(v, &clients, "By client", "client", "told to");
	put_groups(v, &servers, "By server", "server", "by client");
	document_add(&v->d, "</section>\n");
}

static void put_row(struct report_view *v, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	report_element(v, "dt", NULL, label);
	report_element(v, "dd", NULL, text);
	document_add(&v->d, "\n");
}

static void put_times(struct report_view *v, const struct alert *a)
{
	struct strip seen = {0};
	char span[SPAN_TEXT_SIZE];
	strip_add(&seen, "%s", span_people(a->first_ns, a->last_ns, span));
	if (a->count > 1)
		strip_add(&seen, ", %" PRIu64 " times", a->count);
	put_row(v, "seen", seen.text);
}

static void put_facts(struct report_view *v, const struct kept_finding *f)
{
	const struct alert *a = &f->alert;
	const struct source_table *sources = v->context->sources;
	struct strip leaked = {0}, expected = {0}, traffic = {0}, evidence = {0}, grade = {0};
	char text[ENDPOINT_TEXT_MAX];
	facts_leaked(&leaked, a);
	facts_expected(&expected, a);
	facts_traffic(&traffic, &a->traffic);
	facts_evidence(&evidence, a, sources);
	facts_grade(&grade, a);
	document_add(&v->d, "<dl>\n");
	put_row(v, "client", addr_text(&a->client, text));
	put_row(v, "path", path_name(a->path));
	put_row(v, "interface", facts_interface(a, sources));
	put_row(v, "given away", leaked.text);
	put_row(v, "expected", expected.text);
	if (a->server.addr.family != ADDR_NONE)
		put_row(v, "told to", endpoint_text(&a->server, text));
	if (a->network.addr.family != ADDR_NONE)
		put_row(v, "network", prefix_text(&a->network, text));
	put_row(v, "traffic", traffic.text);
	put_times(v, a);
	put_row(v, "evidence", evidence.text);
	put_row(v, "confidence", grade.text);
	put_row(v, "what to do", a->remedy);
	put_row(v, "finding", f->id);
	document_add(&v->d, "</dl>\n");
}

static void put_why(struct report_view *v, const struct detection_info *detection)
{
	if (!detection->why)
		return;
	document_add(&v->d, "<details><summary>Why this is a leak</summary>\n");
	report_element(v, "p", NULL, detection->why);
	if (detection->false_positive) {
		struct strip caveat = {0};
		strip_add(&caveat, "When it is none: %s", detection->false_positive);
		report_element(v, "p", NULL, caveat.text);
	}
	document_add(&v->d, "<p class=\"dim\">");
	for (size_t i = 0; detection->references && detection->references[i]; i++) {
		document_text(&v->d, i ? ", " : "");
		document_text(&v->d, detection->references[i]);
	}
	document_add(&v->d, "</p></details>\n");
}

static void put_finding(struct report_view *v, const struct kept_finding *f)
{
	const struct alert *a = &f->alert;
	const char *severity = severity_name(a->severity);
	document_add(&v->d, "<article class=\"%s\">\n<h3><span class=\"badge %s\">%s</span>",
		kept_stands(f) ? severity : "info", severity, severity);
	document_text(&v->d, a->detection->title);
	document_add(&v->d, "</h3>\n");
	if (!kept_stands(f))
		report_element(v, "p", "dim", "Taken back: a graver finding says it all.");
	report_element(v, "p", NULL, a->message);
	put_facts(v, f);
	put_why(v, a->detection);
	document_add(&v->d, "</article>\n");
}

void report_findings(struct report_view *v)
{
	uint32_t shown = v->count < FINDINGS_SHOWN ? v->count : FINDINGS_SHOWN;
	if (!shown)
		return;
	document_add(&v->d, "<section>\n<h2>Findings</h2>\n");
	for (uint32_t i = 0; i < shown; i++)
		put_finding(v, v->findings[i]);
	if (v->count > shown)
		document_add(&v->d, "<p class=\"dim\">%u more findings are not shown here.</p>\n",
			v->count - shown);
	document_add(&v->d, "</section>\n");
}
