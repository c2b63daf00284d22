/* Whose words, who hears them, and what they give away. */
#include "rules/telling.h"

#include "rules/describe.h"
#include "rules/heard.h"

/* Are the words its sender's own? A media server answers for itself, too (RFC 9725): it is the end
 * that did not open the connection. */
static bool words_are_own(const struct observation *o)
{
	switch (o->head.kind) {
	case OBS_CANDIDATE:
		return o->candidate.owner == OWNER_SENDER &&
			(o->candidate.signalling != SIGNALLING_WHIP || o->head.from_opener);
	case OBS_SESSION:
		return o->session.owner == OWNER_SENDER &&
			(o->session.signalling != SIGNALLING_WHIP || o->head.from_opener);
	case OBS_HTTP:
		return o->http.kind == HTTP_REQUEST;
	default:
		return false;
	}
}

static bool words_are_sip(const struct observation *o)
{
	switch (o->head.kind) {
	case OBS_CANDIDATE:
		return o->candidate.signalling == SIGNALLING_SIP;
	case OBS_SESSION:
		return o->session.signalling == SIGNALLING_SIP;
	default:
		return o->http.protocol == HTTP_SIP;
	}
}

bool telling_read(const struct judgement *j, const struct observation *o, struct telling *out)
{
	const struct knowledge *k = j->knowledge;
	const struct obs_head *h = &o->head;
	const struct addr *client = &h->src.addr;
	bool proxied = h->encapsulation & WRAPPED_PROXY;
	if (!words_are_own(o) || !knowledge_judges(k, h))
		return false;
	*out = (struct telling){
		.client = client,
		.listener = &h->dst.addr,
		.path = proxied ? PATH_PROXY : knowledge_path(k, client, h->interface, &h->dst),
		.phone = words_are_sip(o),
		.stranger = proxied || addr_scope(&h->dst.addr) == SCOPE_GLOBAL,
		.inside = knowledge_role(k, client, h->interface) == ROLE_TUNNEL,
		.guessed = h->direction == DIRECTION_UNKNOWN &&
			addr_scope(client) == SCOPE_GLOBAL && !knowledge_declared(k, client),
		.knowledge = k,
		.terms = knowledge_terms(k, client),
	};
	out->outside = out->path == PATH_DIRECT;
	knowledge_expect(k, client, &out->expected);
	return out->path != PATH_LAN;
}

static bool family_expected(const struct expectation *e, uint8_t family)
{
	for (uint32_t i = 0; i < e->egress_count; i++) {
		if (e->egress[i].addr.family == family)
			return true;
	}
	return false;
}

static bool is_declared_proxy(const struct telling *t, const struct addr *told)
{
	const struct policy_span *span = &t->terms->proxy;
	for (uint32_t i = span->first; i < span->first + span->count; i++) {
		if (addr_equal(&t->knowledge->policy->proxy[i].addr, told))
			return true;
	}
	return false;
}

static bool is_proxy(const struct telling *t, const struct addr *told)
{
	const struct client_proxies *seen = knowledge_proxies(t->knowledge, t->client);
	for (uint32_t i = 0; seen && i < seen->count && i < PROXIES_PER_CLIENT; i++) {
		if (addr_equal(&seen->at[i].addr, told))
			return true;
	}
	return is_declared_proxy(t, told);
}

/* Whose it is outside, by the word of a STUN server: the client's own, or of the same host, which
 * speaks from another address within its tunnel. NULL: not known. */
static const struct addr *owner_of(const struct telling *t, const struct addr *told)
{
	const struct addr *real = knowledge_real(t->knowledge, t->client, told->family);
	if (real && addr_equal(real, told))
		return t->client;
	return t->inside ? knowledge_real_owner(t->knowledge, told) : NULL;
}

/* The client is known to have this address around tunnel and proxy: it is seen to use it, or a STUN
 * server said so. */
static bool is_real(const struct telling *t, const struct addr *told)
{
	bool used = t->outside && addr_equal(told, t->client) &&
		(t->expected.tunnel || t->expected.proxy);
	return used || owner_of(t, told);
}

/* A declared egress binds its family. What was learned may be one of a pool, and a family that
 * nothing is known of may come out of the tunnel, too: then only an address that the client is
 * known to have outside is beyond doubt. With a tunnel of which nothing is known there is nothing
 * to compare with. */
static enum given given_global(const struct telling *t, const struct addr *told)
{
	const struct expectation *e = &t->expected;
	bool inner = t->inside && addr_equal(told, t->client);
	if (expectation_met(e, told) || is_proxy(t, told) || inner)
		return GIVEN_NOTHING;
	if ((e->declared && family_expected(e, told->family)) || is_real(t, told))
		return GIVEN_REAL;
	return e->egress_count || e->proxy ? GIVEN_DOUBTFUL : GIVEN_NOTHING;
}

enum given telling_given(const struct telling *t, const struct endpoint *told)
{
	struct addr plain = addr_unmapped(&told->addr);
	if (!t->expected.any || heard_before(&t->knowledge->heard, t->client, told))
		return GIVEN_NOTHING;
	switch (addr_scope(&plain)) {
	case SCOPE_LINK:
	case SCOPE_PRIVATE:
	case SCOPE_SHARED:
		if (!t->stranger)
			return GIVEN_NOTHING;
		return t->inside && addr_equal(&plain, t->client) ? GIVEN_INNER : GIVEN_PRIVATE;
	case SCOPE_GLOBAL:
		return given_global(t, &plain);
	default:
		return GIVEN_NOTHING; /* 0.0.0.0, 127.0.0.1: what stands for "not said" */
	}
}

/* Where nobody declared anything, and only packets outside show a tunnel or proxy, a private
 * address goes around neither. */
static enum severity given_severity(const struct telling *t, enum given given, enum severity worst)
{
	bool minor = given == GIVEN_INNER || given == GIVEN_DOUBTFUL || t->phone ||
		t->expected.observed;
	enum severity most = given == GIVEN_REAL ? worst : minor ? SEVERITY_LOW : SEVERITY_MEDIUM;
	return worst < most ? worst : most;
}

struct alert telling_alert(const struct judgement *j, const struct observation *o,
	const struct telling *t, const struct endpoint *told)
{
	const struct obs_head *h = &o->head;
	struct alert a = alert_draft(j, o, t->client);
	a.path = t->path;
	a.stage = STAGE_SIGNALLED;
	a.server = h->dst;
	a.detail = t->phone ? TELLER_PHONE : TELLER_PAGE;
	if (t->guessed)
		a.confidence = CONFIDENCE_MEDIUM;
	alert_add_expected(&a, &t->expected);
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	if (!told)
		return a;
	enum given given = telling_given(t, told);
	struct addr plain = addr_unmapped(&told->addr);
	const struct addr *owner = owner_of(t, &plain);
	if (owner)
		a.client = *owner; /* under whom the leak is known */
	alert_add_leaked(&a, &plain);
	a.severity = given_severity(t, given, a.severity);
	if (given == GIVEN_DOUBTFUL)
		a.confidence = CONFIDENCE_LOW;
	return a;
}

void telling_raise(const struct judgement *j, const struct observation *o, const struct telling *t,
	const struct endpoint *told)
{
	if (telling_given(t, told) == GIVEN_NOTHING)
		return;
	struct alert a = telling_alert(j, o, t, told);
	finding_raise(j, &a);
}

uint32_t word_hash(const struct obs_word *word)
{
	uint32_t hash = 2166136261U; /* FNV-1a */
	for (unsigned i = 0; i < word->length; i++)
		hash = (hash ^ word->bytes[i]) * 16777619U;
	return hash | 1;
}
