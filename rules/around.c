/* Summing up what went around the tunnel. */
#include "rules/around.h"

#include "rules/describe.h"

#include <string.h>

#define AROUND_FRAMES 4

static struct around_place *place_of(struct around *m, const struct outing *o)
{
	for (uint32_t i = 0; i < m->count; i++) {
		if (addr_equal(&m->place[i].to.addr, &o->remote.addr))
			return &m->place[i];
	}
	if (m->count == AROUND_PLACES)
		return NULL;
	m->place[m->count] = (struct around_place){
		.to = o->remote,
		.capture = o->head.capture,
		.interface = o->head.interface,
		.frame = o->head.frame,
	};
	return &m->place[m->count++];
}

/* FNV-1a: any hash that is the same in each run. */
static void beyond_note(struct around *m, const struct addr *to)
{
	uint32_t hash = 2166136261U;
	for (size_t i = 0; i < sizeof(to->bytes); i++)
		hash = (hash ^ to->bytes[i]) * 16777619U;
	hash ^= hash >> 16;
	m->beyond[hash / 64 % AROUND_BEYOND] |= UINT64_C(1) << hash % 64;
}

static void source_note(struct around *m, const struct addr *source)
{
	if (addr_scope(source) != SCOPE_GLOBAL || m->leaked_count == ALERT_LEAKED_MAX)
		return;
	for (uint32_t i = 0; i < m->leaked_count; i++) {
		if (addr_equal(&m->leaked[i], source))
			return;
	}
	m->leaked[m->leaked_count++] = *source;
}

static void around_note(struct around *m, const struct outing *o, uint64_t packets, uint64_t bytes)
{
	struct around_place *place = place_of(m, o);
	uint64_t from_ns = o->older ? o->watch.since_ns : o->first_ns;
	if (!m->from_ns || from_ns < m->from_ns)
		m->from_ns = from_ns;
	if (o->last_ns > m->until_ns)
		m->until_ns = o->last_ns;
	if (!place)
		beyond_note(m, &o->remote.addr);
	*(place ? &place->packets : &m->packets) += packets;
	*(place ? &place->bytes : &m->bytes) += bytes;
	m->handed |= o->handed;
	m->watch = o->watch;
	m->head = o->head;
	source_note(m, &o->source);
}

/* Where nobody knows which packets are the tunnel's own: those of the place that got most. */
static const struct around_place *presumed_carrier(const struct around *m)
{
	const struct around_place *most = NULL;
	if (m->watch.carrier_known || m->handed)
		return NULL;
	for (uint32_t i = 0; i < m->count; i++) {
		if (!most || m->place[i].bytes > most->bytes)
			most = &m->place[i];
	}
	return most;
}

static bool traffic_sum(const struct around *m, struct alert *a)
{
	const struct around_place *carrier = presumed_carrier(m);
	a->traffic = (struct alert_traffic){
		.from_ns = m->from_ns,
		.until_ns = m->until_ns,
		.packets = m->packets,
		.bytes = m->bytes,
	};
	for (uint32_t i = 0; i < m->count; i++) {
		const struct around_place *place = &m->place[i];
		if (place == carrier)
			continue;
		if (!a->traffic.destinations++)
			a->server = place->to;
		a->traffic.packets += place->packets;
		a->traffic.bytes += place->bytes;
		if (a->frame_count < AROUND_FRAMES)
			alert_add_frame(a, place->capture, place->interface, place->frame);
	}
	for (uint32_t i = 0; i < AROUND_BEYOND; i++)
		a->traffic.destinations += (uint32_t)__builtin_popcountll(m->beyond[i]);
	return a->traffic.destinations;
}

bool around_weigh(const struct judgement *j, struct around *m, struct alert *a, bool last)
{
	const struct life *life = life_of(&j->knowledge->lives, &a->client);
	bool presumed = !m->watch.carrier_known && !m->handed;
	if (presumed && a->severity > SEVERITY_LOW)
		a->severity = SEVERITY_LOW;
	if (presumed)
		a->confidence = CONFIDENCE_MEDIUM;
	if (m->watch.declared || m->watch.visible)
		return true;
	a->provisional |= !life_mostly_inside(life, AROUND_SURE);
	if (!life_mostly_inside(life, last ? AROUND_FEW : AROUND_SURE))
		a->severity = SEVERITY_INFO;
	else if (a->severity > SEVERITY_MEDIUM)
		a->severity--;
	return true;
}

static struct alert around_draft(
	const struct judgement *j, const struct addr *client, const struct obs_head *head)
{
	const struct observation at = {.head = *head};
	struct expectation expected;
	struct alert a = alert_draft(j, &at, client);
	knowledge_expect(j->knowledge, client, &expected);
	a.path = PATH_DIRECT;
	a.confidence = knowledge_confidence(j->knowledge, client, head->interface);
	alert_add_expected(&a, &expected);
	return a;
}

void around_raise(const struct judgement *j, const struct around_kind *kind,
	const struct addr *client, struct around *m, bool last)
{
	struct alert a = around_draft(j, client, &m->head);
	struct watch now;
	knowledge_watch(j->knowledge, client, &now);
	m->watch.carrier_known |= now.carrier_known;
	m->watch.visible |= now.visible;
	if (!m->count || !traffic_sum(m, &a))
		return;
	a.provisional = !m->ripe;
	a.first_ns = m->from_ns;
	a.last_ns = m->until_ns;
	memcpy(a.names, m->names, sizeof(a.names));
	a.name_count = m->name_count;
	if (!(kind->weigh ? kind->weigh : around_weigh)(j, m, &a, last))
		return;
	m->raised = true;
	finding_raise(j, &a);
}

/* Excused by the policy, and counted. */
static void allowed_raise(const struct judgement *j, const struct outing *o)
{
	struct alert a = around_draft(j, &o->client, &o->head);
	a.server = o->remote;
	finding_raise(j, &a);
}

static void outing_take(
	const struct judgement *j, const struct around_kind *kind, const struct outing_due *due)
{
	const struct outing *o = due->outing;
	if (o->allowed) {
		allowed_raise(j, o);
		return;
	}
	struct around *m = judgement_memory(j, &o->client);
	around_note(m, o, due->packets, due->bytes);
	m->ripe |= !due->early;
	around_raise(j, kind, &o->client, m, false);
}

void around_observe(const struct judgement *j)
{
	const struct around_kind *kind = j->detection->around;
	const struct outings *t = &j->knowledge->outings;
	for (uint32_t i = 0; i < t->due_count; i++) {
		const struct outing_due *due = &t->due[i];
		if (due->packets && kind->takes(due->outing))
			outing_take(j, kind, due);
	}
}

void around_finish(const struct judgement *j, const struct addr *client, void *state)
{
	around_raise(j, j->detection->around, client, state, true);
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

void describe_traffic(struct alert *a)
{
	const struct alert_traffic *t = &a->traffic;
	char server[ENDPOINT_TEXT_MAX];
	describe_append(a->message, "%llu packet%s (%llu bytes) to %u destination%s, %s%s",
		(unsigned long long)t->packets, plural(t->packets), (unsigned long long)t->bytes,
		t->destinations, plural(t->destinations), t->destinations == 1 ? "" : "the first ",
		endpoint_text(&a->server, server));
}
