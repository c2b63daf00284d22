/* Folding, growing and closing findings. */
#include "rules/findings.h"

#include <string.h>

_Static_assert(sizeof(struct finding_key) == 40, "no padding: a key is hashed as bytes");
_Static_assert(sizeof(struct finding) % 8 == 0, "rows of a table");

/* Hands the alert to the outputs, unless the user does not want to hear of its severity. */
static void finding_report(struct findings *f, struct finding *found, enum alert_state state)
{
	struct alert *a = &found->alert;
	if (a->severity < f->policy->min_severity)
		return;
	a->state = state;
	found->reported_ns = a->last_ns;
	if (state != STATE_CLOSED)
		found->detection->describe(a);
	f->report(f->sink, a);
}

static void finding_close(void *context, void *entry)
{
	finding_report(context, entry, STATE_CLOSED);
}

bool findings_init(struct findings *f, struct knowledge *knowledge,
	void (*report)(void *sink, const struct alert *), void *sink)
{
	*f = (struct findings){
		.knowledge = knowledge,
		.stats = knowledge->stats,
		.policy = knowledge->policy,
		.report = report,
		.sink = sink,
	};
	if (!table_init(
		    &f->table, sizeof(struct finding), sizeof(struct finding_key), FINDINGS_MAX, 0))
		return false;
	f->table.removed = finding_close;
	f->table.context = f;
	return true;
}

void findings_close(struct findings *f)
{
	for (void *oldest = table_oldest(&f->table); oldest; oldest = table_oldest(&f->table))
		table_remove(&f->table, oldest);
}

void findings_free(struct findings *f)
{
	table_free(&f->table);
}

/* Keeps the sums by severity, for the run and for the client, when a finding comes or moves up. */
static void severity_count(struct findings *f, const struct alert *a, int by)
{
	struct client *client = knowledge_client(f->knowledge, &a->client);
	f->by_severity[a->severity] += (uint64_t)(int64_t)by;
	if (client)
		client->findings[a->severity] += (uint64_t)(int64_t)by;
}

static void finding_open(struct findings *f, struct finding *found, const struct judgement *j,
	const struct alert *draft)
{
	found->detection = j->detection;
	found->alert = *draft;
	found->alert.count = 1;
	f->stats->findings++;
	f->stats->findings_evicted = f->table.evicted;
	f->stats->below_severity += draft->severity < f->policy->min_severity;
	severity_count(f, draft, 1);
	finding_report(f, found, STATE_OPEN);
}

static bool alert_grows(const struct alert *known, const struct alert *draft)
{
	return draft->severity > known->severity || draft->stage > known->stage ||
		draft->confidence > known->confidence;
}

/* Takes over what is worse or surer, with the evidence of it. */
static void alert_grow(struct alert *known, const struct alert *draft)
{
	struct alert grown = *draft;
	if (known->severity > grown.severity)
		grown.severity = known->severity;
	if (known->stage > grown.stage)
		grown.stage = known->stage;
	if (known->confidence > grown.confidence)
		grown.confidence = known->confidence;
	grown.first_ns = known->first_ns;
	grown.count = known->count;
	*known = grown;
}

static void finding_repeat(struct findings *f, struct finding *found, const struct alert *draft)
{
	struct alert *known = &found->alert;
	bool heard = known->severity >= f->policy->min_severity;
	known->count++;
	if (draft->last_ns > known->last_ns)
		known->last_ns = draft->last_ns;
	if (alert_grows(known, draft)) {
		severity_count(f, known, -1);
		alert_grow(known, draft);
		severity_count(f, known, 1);
		finding_report(f, found, heard ? STATE_UPDATED : STATE_OPEN);
	} else if (known->last_ns - found->reported_ns >= f->policy->window_ns) {
		finding_report(f, found, STATE_UPDATED);
	}
}

/* Without an expectation nothing is a leak, whatever the detection thought (ground rule: exposure).
 */
static enum severity severity_cap(const struct judgement *j, const struct alert *draft)
{
	struct expectation expected;
	knowledge_expect(j->knowledge, &draft->client, &expected);
	return expected.any ? draft->severity : SEVERITY_INFO;
}

void finding_raise(const struct judgement *j, struct alert *draft)
{
	struct findings *f = j->findings;
	draft->severity = severity_cap(j, draft);
	struct finding_key key = {0};
	key.signature_id = draft->detection->signature_id;
	key.client = draft->client;
	key.leaked = draft->leaked[0];
	bool added;
	struct finding *found = table_get(&f->table, &key, draft->last_ns, &added);
	if (added)
		finding_open(f, found, j, draft);
	else
		finding_repeat(f, found, draft);
}
