/* Counting until the end is said. */
#include "rules/gathering.h"

bool gathering_read(const struct judgement *j, const struct observation *o, struct telling *t)
{
	return telling_read(j, o, t) && !t->phone;
}

static void gathering_begin(struct gathering *g, const struct obs_word *ufrag)
{
	*g = (struct gathering){.ufrag = ufrag->length ? word_hash(ufrag) : 0};
}

/* Another user name fragment is another gathering (RFC 8445 §9), but for the sections of one
 * description, which may have one each. */
static void ufrag_follow(struct gathering *g, const struct obs_word *ufrag)
{
	if (ufrag->length && word_hash(ufrag) != g->ufrag)
		gathering_begin(g, ufrag);
}

static bool gathering_whole(struct gathering *g)
{
	bool whole = g->ends && g->awaited == 0 && !g->done;
	g->done |= whole;
	return whole;
}

static bool session_take(struct gathering *g, const struct observation *o)
{
	const struct obs_session *s = &o->session;
	ufrag_follow(g, &s->ufrag);
	g->frame = o->head.frame;
	g->awaited = s->candidates;
	g->ends |= s->end_of_candidates;
	return gathering_whole(g);
}

static void host_count(struct gathering *g, const struct obs_candidate *c)
{
	struct addr plain = addr_unmapped(&c->address.addr);
	enum addr_scope scope = addr_scope(&plain);
	if (c->mdns)
		g->masked++;
	else if (scope != SCOPE_NONE && scope != SCOPE_SPECIAL)
		g->bare++;
	if (plain.family != ADDR_V4 || scope == SCOPE_SPECIAL)
		return;
	if (g->first.family == ADDR_NONE)
		g->first = plain;
	else if (!addr_equal(&g->first, &plain))
		g->second = plain;
}

static bool is_private_v4(const struct addr *a)
{
	return a->family == ADDR_V4 && addr_scope(a) == SCOPE_PRIVATE;
}

static void candidate_count(struct gathering *g, const struct observation *o)
{
	const struct obs_candidate *c = &o->candidate;
	switch (c->type) {
	case CANDIDATE_HOST:
		host_count(g, c);
		break;
	case CANDIDATE_SRFLX:
	case CANDIDATE_PRFLX:
		g->reflexive++;
		g->untouched |= c->address.addr.family == ADDR_V4 &&
			addr_equal(&c->address.addr, &o->head.src.addr);
		break;
	case CANDIDATE_RELAY:
		g->relayed++;
		break;
	default:
		break;
	}
	g->beside = g->masked && (is_private_v4(&g->first) || is_private_v4(&g->second));
}

static bool candidate_take(struct gathering *g, const struct observation *o)
{
	bool described = g->awaited && g->frame == o->head.frame;
	if (!described)
		ufrag_follow(g, &o->candidate.ufrag);
	candidate_count(g, o);
	if (described)
		g->awaited--;
	return gathering_whole(g);
}

bool gathering_take(struct gathering *g, const struct observation *o)
{
	return o->head.kind == OBS_SESSION ? session_take(g, o) : candidate_take(g, o);
}

const struct gathering *gathering_ended(
	const struct judgement *j, const struct observation *o, struct telling *t)
{
	if (!gathering_read(j, o, t))
		return NULL;
	struct gathering *g = judgement_memory(j, t->client);
	return gathering_take(g, o) ? g : NULL;
}
