/*
 * The end of a run in a few lines: what was read, who was seen, what was found, and what could not
 * be seen, because silence about a leak is worth only as much as what was looked at. Lists are cut
 * after a few names; the records of the eve output have everything.
 */
#include "output/summary.h"

#include "output/format.h"
#include "output/verdict.h"

#include <inttypes.h>
#include <string.h>

#define LIST_SHOWN 5

static void print_amounts(struct page *p, const struct summary *s)
{
	struct strip amount = {0};
	char size[AMOUNT_TEXT_SIZE], span[SPAN_TEXT_SIZE];
	uint64_t bytes = s->stats->bytes;
	strip_add(&amount, "%" PRIu64 ", %s", s->stats->packets, size_people(bytes, size));
	if (bytes >= 1024)
		strip_add(&amount, " (%" PRIu64 " bytes)", bytes);
	page_row(p, "packets", STYLE_PLAIN, amount.text);
	if (s->last_ns)
		page_row(p, "time", STYLE_PLAIN, span_people(s->first_ns, s->last_ns, span));
}

static void more_add(struct strip *s, uint64_t all, uint64_t shown)
{
	if (all > shown)
		strip_add(s, s->length ? " and %" PRIu64 " more" : "%" PRIu64 " seen", all - shown);
}

static uint32_t shown(uint32_t count)
{
	return count < LIST_SHOWN ? count : LIST_SHOWN;
}

static void print_captures(struct page *p, const struct source_table *sources)
{
	struct strip list = {0};
	for (uint32_t i = 0; i < shown(sources->captures); i++) {
		const char *name = sources->capture[i];
		strip_comma(&list);
		strip_add(&list, "%s", strcmp(name, "-") == 0 ? "standard input" : name);
	}
	more_add(&list, sources->captures, LIST_SHOWN);
	page_row(p, "captures", STYLE_PLAIN, list.text);
}

/* Many captures of one interface make many entries that read the same. */
static bool interface_repeats(const struct source_table *sources, uint32_t i)
{
	const struct interface *this = &sources->interface[i];
	for (uint32_t k = 0; k < i; k++) {
		const struct interface *other = &sources->interface[k];
		if (this->role == other->role && this->declared == other->declared &&
			strcmp(this->name, other->name) == 0)
			return true;
	}
	return false;
}

static void print_interfaces(struct page *p, const struct source_table *sources)
{
	struct strip list = {0};
	uint32_t distinct = 0;
	for (uint32_t i = 0; i < sources->interfaces; i++) {
		const struct interface *interface = &sources->interface[i];
		if (interface_repeats(sources, i) || distinct++ >= LIST_SHOWN)
			continue;
		bool told = interface->declared || (sources->live && interface->named);
		bool guessed = !told && interface->role != ROLE_UNKNOWN;
		strip_comma(&list);
		strip_add(&list, "%s (%s%s)",
			interface->name[0] ? interface->name : "without a name",
			role_name((enum role)interface->role), guessed ? ", guessed" : "");
	}
	more_add(&list, distinct, LIST_SHOWN);
	page_row(p, "interfaces", STYLE_PLAIN, list.text);
}

static void count_add(struct strip *s, uint64_t n, const char *one, const char *many)
{
	strip_add(s, "%" PRIu64 " %s", n, n == 1 ? one : many);
}

static void print_clients(struct page *p, const struct summary *s)
{
	struct strip list = {0};
	char addr[ADDR_TEXT_MAX];
	for (uint32_t i = 0; i < shown(s->client_count); i++) {
		const struct summary_client *client = &s->clients[i];
		uint64_t findings = 0;
		for (size_t k = 0; k < SEVERITIES; k++)
			findings += client->findings[k];
		strip_comma(&list);
		strip_add(&list, "%s (", addr_text(&client->addr, addr));
		count_add(&list, client->requests, "request, ", "requests, ");
		count_add(&list, findings, "finding)", "findings)");
	}
	more_add(&list, s->stats->clients, shown(s->client_count));
	page_row(p, "clients", STYLE_PLAIN, list.length ? list.text : "none seen");
}

static void print_servers(struct page *p, const struct summary *s)
{
	struct strip list = {0};
	char server[ENDPOINT_TEXT_MAX];
	for (uint32_t i = 0; i < shown(s->server_count); i++) {
		strip_comma(&list);
		strip_add(&list, "%s (", endpoint_text(&s->servers[i].server, server));
		count_add(&list, s->servers[i].answers, "answer)", "answers)");
	}
	more_add(&list, s->stats->servers, shown(s->server_count));
	page_row(
		p, "servers", STYLE_PLAIN, list.length ? list.text : "no STUN or TURN server seen");
}

/* Nothing is held back in silence. */
static void print_held_back(struct page *p, uint64_t count, const char *why)
{
	struct strip line = {0};
	if (!count)
		return;
	strip_add(&line, "%" PRIu64 " %s", count, why);
	page_row(p, NULL, STYLE_PLAIN, line.text);
}

static void print_findings(struct page *p, const struct summary *s)
{
	struct strip list = {0};
	for (unsigned i = SEVERITIES; i-- > 0;) {
		if (!s->findings[i])
			continue;
		strip_comma(&list);
		strip_add(&list, "%" PRIu64 " %s", s->findings[i], severity_name(i));
	}
	page_row(p, "findings", STYLE_BOLD, list.length ? list.text : "none");
	print_held_back(p, verdict_findings(s, 0, s->min_severity),
		"of them not printed; --min-severity info prints all");
	print_held_back(p, s->stats->limited, "of them not printed: beyond the policy's threshold");
	print_held_back(p, s->stats->suppressed, "suppressed by the policy");
	print_held_back(p, s->stats->allowed, "allowed by the policy");
}

/* What lies outside the verdict; true when there was something to print. */
static bool print_blind_spots(struct page *p, const struct stats *stats)
{
	const char *label = "not seen";
	for (const struct stat_info *row = stat_info; row->name; row++) {
		struct strip line = {0};
		uint64_t count = stat_value(stats, row);
		if (row->class == STAT_AMOUNT || !count)
			continue;
		strip_add(&line, "%" PRIu64 " %s", count, row->help);
		page_row(p, label, STYLE_PLAIN, line.text);
		label = NULL;
	}
	return !label;
}

static void print_verdict(struct page *p, const struct summary *s, bool blind)
{
	static const enum style styles[] = {
		[VERDICT_CLEAN] = STYLE_BOLD,
		[VERDICT_OPEN] = STYLE_BOLD,
		[VERDICT_LEAK] = STYLE_YELLOW,
		[VERDICT_GRAVE] = STYLE_RED,
	};
	struct strip sentence = {0};
	enum verdict verdict = verdict_of(s, blind, &sentence);
	page_paragraph(p, styles[verdict], sentence.text);
}

void summary_print(struct page *p, const struct summary *s)
{
	page_word(p, STYLE_BOLD, "Summary");
	page_newline(p);
	print_amounts(p, s);
	print_captures(p, s->sources);
	print_interfaces(p, s->sources);
	print_clients(p, s);
	print_servers(p, s);
	print_findings(p, s);
	bool blind = print_blind_spots(p, s->stats);
	page_newline(p);
	print_verdict(p, s, blind);
}

static void summary_end(struct output *o, const struct summary *s)
{
	struct page p;
	page_begin(&p, o);
	summary_print(&p, s);
	page_end(&p);
}

const struct output_driver output_summary = {
	.info = {"summary", "the end of a run in a few lines: what was read, found, and not seen"},
	.to = TO_FILE,
	.end = summary_end,
};
