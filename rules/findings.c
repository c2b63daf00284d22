/* Folding, growing and closing findings. */
#include "rules/findings.h"

#include "rules/growth.h"

#include "rules/names.h"

#include <string.h>

_Static_assert(sizeof(struct finding_key) == 40, "no padding: a key is hashed as bytes");
_Static_assert(sizeof(struct finding) % 8 == 0, "rows of a table");

/* Hands the alert to the outputs, unless the user does not want to hear of its severity. */
static void finding_report(struct findings *f, struct finding *found, enum alert_state state)
{
	struct alert *a = &found->alert;
	if (found->limited || a->severity < f->policy->min_severity)
		return;
	a->state = state;
	found->reported_ns = a->last_ns;
	if (state != STATE_CLOSED || a->traffic.packets)
		found->detection->describe(a);
	f->report(f->sink, a);
}

/* Keeps the sums by severity, for the run and for the client, when a finding comes or moves up. */
static void severity_count(struct findings *f, const struct alert *a, int by)
{
	struct client *client = knowledge_client(f->knowledge, &a->client);
	f->by_severity[a->severity] += (uint64_t)(int64_t)by;
	if (client && (by > 0 || client->findings[a->severity] > 0))
		client->findings[a->severity] += (uint64_t)(int64_t)by;
}

/* Is the finding to be reported, as it is now? Keeps the counts of those that are not. */
static void finding_limit(struct findings *f, struct finding *found)
{
	const struct alert *a = &found->alert;
	f->stats->limited -= found->limited;
	found->limited = a->severity >= f->policy->min_severity &&
		alert_limited(&f->suppress, f->knowledge, a);
	f->stats->limited += found->limited;
}

/* From here on the finding counts, unless the user does not want it to. */
static void finding_tell(struct findings *f, struct finding *found)
{
	const struct alert *a = &found->alert;
	if (alert_suppressed(f->policy, a)) {
		found->state = FINDING_SUPPRESSED;
		f->stats->suppressed++;
		return;
	}
	found->state = FINDING_TOLD;
	f->stats->findings++;
	f->stats->below_severity += a->severity < f->policy->min_severity;
	severity_count(f, a, 1);
	finding_limit(f, found);
	finding_report(f, found, STATE_OPEN);
}

/* Called for each entry that leaves the table. */
static void finding_close(void *context, void *entry)
{
	struct findings *f = context;
	struct finding *found = entry;
	if (found->state == FINDING_HELD)
		finding_tell(f, found);
	found->alert.provisional = false; /* nothing comes that could take it back */
	if (found->state == FINDING_TOLD)
		finding_report(f, found, STATE_CLOSED);
	f->stats->findings_evicted += !f->closing && found->state == FINDING_TOLD;
}

static struct finding *finding_find(struct findings *f, const struct finding_key *key)
{
	return table_find(&f->table, table_hash(&f->table, key, sizeof(*key)), key);
}

static void held_tell_first(struct findings *f)
{
	struct finding *found = finding_find(f, &f->held[f->held_first]);
	f->held_first = (f->held_first + 1) % FINDINGS_HELD;
	f->held_count--;
	if (found && found->state == FINDING_HELD)
		finding_tell(f, found);
}

static void finding_hold(struct findings *f, const struct finding *found)
{
	if (f->held_count == FINDINGS_HELD) {
		f->stats->held_early++;
		held_tell_first(f);
	}
	f->held[(f->held_first + f->held_count++) % FINDINGS_HELD] = found->key;
}

void findings_advance(struct findings *f, uint64_t now_ns)
{
	while (f->held_count) {
		const struct finding *first = finding_find(f, &f->held[f->held_first]);
		if (first && first->alert.first_ns + FINDING_GRACE_NS > now_ns)
			return;
		held_tell_first(f);
	}
}

void findings_close(struct findings *f)
{
	while (f->held_count)
		held_tell_first(f);
	f->closing = true;
	for (void *oldest = table_oldest(&f->table); oldest; oldest = table_oldest(&f->table))
		table_remove(&f->table, oldest);
}

bool findings_init(struct findings *f, const struct engine_options *options,
	struct knowledge *knowledge, void (*report)(void *sink, const struct alert *), void *sink)
{
	*f = (struct findings){
		.knowledge = knowledge,
		.stats = knowledge->stats,
		.policy = knowledge->policy,
		.report = report,
		.sink = sink,
	};
	if (!table_init(&f->table, sizeof(struct finding), sizeof(struct finding_key),
		    options->findings, 0))
		return false;
	f->table.removed = finding_close;
	f->table.context = f;
	return true;
}

void findings_follow(struct findings *f, const struct policy *policy)
{
	f->policy = policy;
	f->suppress = (struct suppress){0};
}

void findings_free(struct findings *f)
{
	table_free(&f->table);
}

/* Without an address given away: a held finding is about the client's path. */
static struct finding_key key_make(const struct detection *detection, const struct addr *client)
{
	struct finding_key key = {0};
	const struct detection *named = detection->grows ? detection->grows : detection;
	key.signature_id = named->info.signature_id;
	key.client = *client;
	return key;
}

/* It was told, and a graver finding says it all now. */
static void finding_withdraw(struct findings *f, struct finding *found)
{
	severity_count(f, &found->alert, -1);
	f->stats->findings--;
	f->stats->withdrawn++;
	f->stats->limited -= found->limited;
	finding_report(f, found, STATE_WITHDRAWN);
}

/* What `covering` says includes what this detection would say of the client, now and later. */
static void finding_cover(
	struct findings *f, const struct detection *covered, const struct alert *covering)
{
	struct finding_key key = key_make(covered, &covering->client);
	bool added;
	struct finding *found = table_get(&f->table, &key, covering->last_ns, &added);
	if (!added && found->state == FINDING_TOLD)
		finding_withdraw(f, found);
	found->state = FINDING_COVERED;
}

static void finding_uncover(
	struct findings *f, const struct detection *covered, const struct addr *client)
{
	struct finding_key key = key_make(covered, client);
	struct finding *found = finding_find(f, &key);
	if (found && found->state == FINDING_COVERED)
		table_remove(&f->table, found);
}

void finding_excuse(
	const struct judgement *j, const struct detection *held, const struct addr *client)
{
	struct findings *f = j->findings;
	struct finding_key key = key_make(held, client);
	struct finding *found = finding_find(f, &key);
	if (!found || found->state != FINDING_HELD)
		return;
	found->state = FINDING_COVERED; /* so that leaving the table tells nothing */
	table_remove(&f->table, found);
}

void finding_disown(struct findings *f, const struct detection *detection,
	const struct endpoint *socket, const struct addr *leaked)
{
	struct finding_key key = key_make(detection, &socket->addr);
	if (!detection->held)
		key.leaked = *leaked;
	struct finding *found = finding_find(f, &key);
	if (!found || found->several || !endpoint_equal(&found->socket, socket))
		return;
	if (found->state == FINDING_TOLD)
		finding_withdraw(f, found);
	if (detection->covers)
		finding_uncover(f, detection->covers, &socket->addr);
	found->state = FINDING_COVERED; /* so that leaving the table tells nothing */
	table_remove(&f->table, found);
}

/* The client's end of the evidence. */
static const struct endpoint *draft_socket(const struct alert *draft)
{
	const struct obs_head *h = &draft->head;
	return addr_equal(&h->src.addr, &draft->client) ? &h->src : &h->dst;
}

static void finding_open(struct findings *f, struct finding *found, const struct judgement *j,
	const struct alert *draft)
{
	found->socket = *draft_socket(draft);
	found->detection = j->detection;
	found->alert = *draft;
	found->alert.count = 1;
	if (j->detection->held) {
		finding_hold(f, found);
		return;
	}
	finding_tell(f, found);
}

static void finding_grow(struct findings *f, struct finding *found, const struct judgement *j,
	const struct alert *draft)
{
	struct alert *known = &found->alert;
	found->detection = j->detection;
	if (found->state == FINDING_HELD) {
		alert_grow(known, draft);
		return;
	}
	bool below = known->severity < f->policy->min_severity;
	bool heard = !below && !found->limited;
	severity_count(f, known, -1);
	alert_grow(known, draft);
	severity_count(f, known, 1);
	if (below && known->severity >= f->policy->min_severity)
		f->stats->below_severity--;
	if (!heard)
		finding_limit(f, found);
	finding_report(f, found, heard ? STATE_UPDATED : STATE_OPEN);
}

/* The policy may be another by now. */
static void finding_unsuppress(struct findings *f, struct finding *found)
{
	if (alert_suppressed(f->policy, &found->alert))
		return;
	f->stats->suppressed--;
	finding_tell(f, found);
}

static void finding_repeat(struct findings *f, struct finding *found, const struct judgement *j,
	const struct alert *draft)
{
	struct alert *known = &found->alert;
	known->count++;
	found->several |= !endpoint_equal(&found->socket, draft_socket(draft));
	alert_gather_names(known, draft);
	alert_sum_up(known, draft);
	if (draft->last_ns > known->last_ns)
		known->last_ns = draft->last_ns;
	if (found->state == FINDING_SUPPRESSED)
		finding_unsuppress(f, found);
	else if (alert_grows(known, draft))
		finding_grow(f, found, j, draft);
	else if (found->state == FINDING_TOLD &&
		known->last_ns - found->reported_ns >= f->policy->window_ns)
		finding_report(f, found, STATE_UPDATED);
}

/* Without an expectation nothing is a leak, whatever the detection thought: exposure at most. One
 * that rests on packets outside a tunnel or to a proxy may not be about all of the client's
 * traffic. */
static void draft_cap(const struct judgement *j, struct alert *draft)
{
	struct expectation expected;
	if (j->detection->policy_alone)
		return;
	knowledge_expect(j->knowledge, &draft->client, &expected);
	if (!expected.any && !j->detection->by_policy)
		draft->severity = SEVERITY_INFO;
	if (expected.observed && draft->confidence > CONFIDENCE_MEDIUM)
		draft->confidence = CONFIDENCE_MEDIUM;
}

/* An answer counts for the request, too, which was allowed before it. */
static void finding_allow_covered(
	struct findings *f, const struct detection *covered, const struct addr *client)
{
	struct finding_key key = key_make(covered, client);
	struct finding *found = finding_find(f, &key);
	if (!found || found->state != FINDING_ALLOWED)
		return;
	table_remove(&f->table, found);
	f->stats->allowed--;
}

/* Remembered, so that it is counted once. */
static void finding_allow(
	struct findings *f, const struct finding_key *key, const struct alert *draft)
{
	bool added;
	struct finding *found = table_get(&f->table, key, draft->last_ns, &added);
	if (added)
		found->state = FINDING_ALLOWED;
	f->stats->allowed += added;
}

/* The same leak was found before its address was known: that finding ends in this one. */
static void finding_cover_nameless(
	struct findings *f, const struct judgement *j, const struct alert *draft)
{
	struct finding_key key = key_make(j->detection, &draft->client);
	struct finding *found = finding_find(f, &key);
	if (!found || found->state != FINDING_TOLD || found->alert.stage > draft->stage ||
		found->alert.severity > draft->severity)
		return;
	finding_withdraw(f, found);
	found->state = FINDING_COVERED;
}

void finding_raise(const struct judgement *j, struct alert *draft)
{
	struct findings *f = j->findings;
	draft_cap(j, draft);
	struct finding_key key = key_make(j->detection, &draft->client);
	if (!j->detection->held)
		key.leaked = draft->leaked[0];
	if (alert_allowed(j->knowledge, draft)) {
		finding_allow(f, &key, draft);
		if (j->detection->covers)
			finding_allow_covered(f, j->detection->covers, &draft->client);
		return;
	}
	bool added;
	struct finding *found = table_get(&f->table, &key, draft->last_ns, &added);
	if (added || found->state == FINDING_ALLOWED)
		finding_open(f, found, j, draft);
	else if (found->state != FINDING_COVERED)
		finding_repeat(f, found, j, draft);
	if (j->detection->grows && draft->leaked_count)
		finding_cover_nameless(f, j, draft);
	/* Last, because it may evict any entry, `found` too. */
	if (j->detection->covers && draft->path == PATH_DIRECT)
		finding_cover(f, j->detection->covers, draft);
}
