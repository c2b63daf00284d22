/*
 * A SARIF 2.1.0 log (OASIS), as code hosts read it: all detections as rules, each finding that
 * stands as a result. Code hosts reject a whole log for one result without a physicalLocation, so
 * every result has one, the capture its evidence lies in; a packet has no line, and line 1 is what
 * such hosts want to see. The finding_id is the fingerprint, so that a finding is the same one from
 * run to run.
 */
#include "output/document.h"
#include "output/driver.h"
#include "output/facts.h"
#include "output/json.h"
#include "output/kept.h"

#include <inttypes.h>
#include <string.h>

#define PIECE_MAX (64 * 1024) /* of a rule, a result: its texts are bounded */
#define URI_MAX   (3 * 4096)
#define SCHEMA    "https://json.schemastore.org/sarif-2.1.0.json"

struct sarif {
	struct kept kept;
	char piece[PIECE_MAX];
	struct document document;
	struct json json; /* the log, of which what is done was handed to the document */
};

static const struct {
	const char *level, *score; /* the score is what GitHub sorts by, a number from 0 to 10 */
} levels[SEVERITIES] = {
	[SEVERITY_INFO] = {"note", "0.0"},
	[SEVERITY_LOW] = {"note", "3.0"},
	[SEVERITY_MEDIUM] = {"warning", "5.5"},
	[SEVERITY_HIGH] = {"error", "8.0"},
	[SEVERITY_CRITICAL] = {"error", "9.5"},
};

/* Hands over what is written but for its last byte, which tells whether a comma is due. */
static void piece_done(struct sarif *s)
{
	struct json *j = &s->json;
	size_t done = (size_t)(j->at - j->line) - 1;
	if (j->full)
		sink_fail(s->document.sink, "it is too long");
	document_bytes(&s->document, j->line, done);
	j->line[0] = j->line[done];
	j->at = j->line + 1;
}

static void add_message(struct json *j, const char *name, const char *text)
{
	json_open(j, name);
	json_add_text(j, "text", text && *text ? text : "-");
	json_close(j);
}

/* A file's name as a URI reference (RFC 3986): relative names stay so. */
static const char *uri_of(const char *name, char out[URI_MAX])
{
	static const char digits[] = "0123456789ABCDEF";
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~/";
	char *to = out;
	if (strcmp(name, "-") == 0)
		name = "stdin";
	if (*name == '/')
		to += snprintf(to, URI_MAX, "file://");
	for (; *name && to < out + URI_MAX - sizeof("%00"); name++) {
		if (strchr(plain, *name)) {
			*to++ = *name;
			continue;
		}
		*to++ = '%';
		*to++ = digits[(uint8_t)*name >> 4];
		*to++ = digits[(uint8_t)*name & 15];
	}
	*to = '\0';
	return out;
}

static void add_artifact(struct json *j, const char *name)
{
	char uri[URI_MAX];
	json_open(j, "artifactLocation");
	json_add_text(j, "uri", uri_of(name, uri));
	json_close(j);
}

static void add_rule_texts(struct json *j, const struct detection_info *detection)
{
	struct strip help = {0};
	strip_add(&help, "%s", detection->remedy ? detection->remedy : "-");
	if (detection->false_positive)
		strip_add(&help, "\n\nKnown false positive: %s", detection->false_positive);
	for (size_t i = 0; detection->references && detection->references[i]; i++)
		strip_add(&help, "%s%s", i ? ", " : "\n\nReferences: ", detection->references[i]);
	add_message(j, "shortDescription", detection->title);
	add_message(j, "fullDescription", detection->why);
	add_message(j, "help", help.text);
}

static void add_rule(struct json *j, const struct detection_info *detection)
{
	json_open(j, NULL);
	json_add_text(j, "id", detection->id);
	add_rule_texts(j, detection);
	json_open(j, "defaultConfiguration");
	json_add_text(j, "level", levels[detection->severity].level);
	json_close(j);
	json_open(j, "properties");
	json_add_text(j, "security-severity", levels[detection->severity].score);
	json_open_list(j, "tags");
	json_add_text(j, NULL, "security");
	json_add_text(j, NULL, "privacy");
	json_close_list(j);
	json_close(j);
	json_close(j);
}

static void add_tool(struct sarif *s, const struct output *o)
{
	struct json *j = &s->json;
	json_open(j, "tool");
	json_open(j, "driver");
	json_add_text(j, "name", "seep");
	json_add_text(j, "semanticVersion", SEEP_VERSION);
	json_open_list(j, "rules");
	for (unsigned i = 0; o->context->catalogue && o->context->catalogue(i); i++) {
		add_rule(j, o->context->catalogue(i));
		piece_done(s);
	}
	json_close_list(j);
	json_close(j);
	json_close(j);
}

static void add_location(struct json *j, const struct kept_finding *f, const struct output *o)
{
	const char *capture = facts_capture(&f->alert, o->context->sources);
	struct strip way = {0};
	char client[ADDR_TEXT_MAX], server[ENDPOINT_TEXT_MAX];
	strip_add(&way, "%s", addr_text(&f->alert.client, client));
	if (f->alert.server.addr.family != ADDR_NONE)
		strip_add(&way, " -> %s", endpoint_text(&f->alert.server, server));
	json_open_list(j, "locations");
	json_open(j, NULL);
	json_open(j, "physicalLocation");
	add_artifact(j, capture ? capture : "capture");
	json_open(j, "region");
	json_add_u64(j, "startLine", 1);
	json_close(j);
	json_close(j);
	json_open_list(j, "logicalLocations");
	json_open(j, NULL);
	json_add_text(j, "fullyQualifiedName", way.text);
	json_add_text(j, "kind", "flow");
	json_close(j);
	json_close_list(j);
	json_close(j);
	json_close_list(j);
}

static void add_facts(struct json *j, const struct kept_finding *f, const struct output *o)
{
	const struct alert *a = &f->alert;
	struct strip leaked = {0}, expected = {0}, evidence = {0};
	facts_leaked(&leaked, a);
	facts_expected(&expected, a);
	facts_evidence(&evidence, a, o->context->sources);
	json_open(j, "properties");
	json_add_text(j, "severity", severity_name(a->severity));
	json_add_text(j, "confidence", confidence_name(a->confidence));
	json_add_text(j, "stage", stage_name(a->stage));
	json_add_addr(j, "client", &a->client);
	json_add_endpoint(j, "server", &a->server);
	json_add_text(j, "leaked", leaked.text);
	json_add_text(j, "expected", expected.text);
	json_add_text(j, "evidence", evidence.text);
	json_add_time(j, "first_seen", a->first_ns);
	json_add_time(j, "last_seen", a->last_ns);
	json_add_text(j, "remedy", a->remedy);
	if (a->provisional)
		json_add_bool(j, "provisional", true);
	json_close(j);
}

/* Where the rule stands in the list of rules. */
static unsigned rule_index(const struct output *o, const struct detection_info *detection)
{
	unsigned i = 0;
	while (o->context->catalogue(i) &&
		o->context->catalogue(i)->signature_id != detection->signature_id)
		i++;
	return i;
}

static void add_result(struct json *j, const struct kept_finding *f, const struct output *o)
{
	const struct alert *a = &f->alert;
	struct strip message = {0}, evidence = {0};
	facts_evidence(&evidence, a, o->context->sources);
	strip_add(&message, "%s", a->message);
	if (evidence.length)
		strip_add(&message, " (%s)", evidence.text);
	json_open(j, NULL);
	json_add_text(j, "ruleId", a->detection->id);
	if (o->context->catalogue && o->context->catalogue(rule_index(o, a->detection)))
		json_add_u64(j, "ruleIndex", rule_index(o, a->detection));
	json_add_text(j, "level", levels[a->severity].level);
	add_message(j, "message", message.text);
	add_location(j, f, o);
	json_add_u64(j, "occurrenceCount", a->count ? a->count : 1);
	json_open(j, "partialFingerprints");
	json_add_text(j, "findingId/v1", f->id);
	json_close(j);
	add_facts(j, f, o);
	json_close(j);
}

static void add_notice(struct json *j, const char *level, const char *text)
{
	json_open(j, NULL);
	json_add_text(j, "level", level);
	add_message(j, "message", text);
	json_close(j);
}

/* How the run went: an empty list of results is worth as much as what was read. */
static void add_invocation(struct json *j, const struct sarif *s, const struct summary *summary)
{
	struct strip lost = {0};
	if (s->kept.lost)
		strip_add(&lost, "%" PRIu64 " more findings were not kept.", s->kept.lost);
	json_open_list(j, "invocations");
	json_open(j, NULL);
	json_add_bool(j, "executionSuccessful", !summary->failed);
	json_open_list(j, "toolExecutionNotifications");
	if (summary->failed)
		add_notice(j, "error", "A capture could not be read to its end.");
	if (!summary->stats->packets)
		add_notice(j, "warning", "No packets, so there is nothing to judge.");
	if (!summary->expectation)
		add_notice(j, "note", "Nothing says where this traffic may come out.");
	if (lost.length)
		add_notice(j, "error", lost.text);
	json_close_list(j);
	json_close(j);
	json_close_list(j);
}

static void add_artifacts(struct sarif *s, const struct source_table *sources)
{
	json_open_list(&s->json, "artifacts");
	for (uint32_t i = 0; i < sources->captures; i++) {
		char uri[URI_MAX];
		json_open(&s->json, NULL);
		json_open(&s->json, "location");
		json_add_text(&s->json, "uri", uri_of(sources->capture[i], uri));
		json_close(&s->json);
		json_close(&s->json);
		piece_done(s);
	}
	json_close_list(&s->json);
}

static void sarif_end(struct output *o, const struct summary *summary)
{
	struct sarif *s = o->state;
	struct json *j = &s->json;
	document_begin(&s->document, &o->sink);
	json_begin(j, s->piece, sizeof(s->piece));
	json_add_text(j, "$schema", SCHEMA);
	json_add_text(j, "version", "2.1.0");
	json_open_list(j, "runs");
	json_open(j, NULL);
	add_tool(s, o);
	add_invocation(j, s, summary);
	add_artifacts(s, o->context->sources);
	json_open_list(j, "results");
	for (uint32_t i = 0; i < s->kept.count; i++) {
		if (kept_stands(&s->kept.findings[i]))
			add_result(j, &s->kept.findings[i], o);
		piece_done(s);
	}
	json_close_list(j);
	json_add_text(j, "columnKind", "utf16CodeUnits");
	json_close(j);
	json_close_list(j);
	document_bytes(&s->document, j->line, json_end(j));
	document_end(&s->document);
}

static void sarif_alert(struct output *o, const struct alert *a)
{
	struct sarif *s = o->state;
	if (!kept_add(&s->kept, a))
		sink_fail(&o->sink, "more findings than a log holds");
}

static void sarif_close(struct output *o)
{
	kept_free(&((struct sarif *)o->state)->kept);
}

const struct output_driver output_sarif = {
	.info = {"sarif", "a SARIF 2.1.0 log for code hosts: each finding with its capture"},
	.document = true,
	.to = TO_FILE,
	.state_size = sizeof(struct sarif),
	.alert = sarif_alert,
	.end = sarif_end,
	.close = sarif_close,
};
