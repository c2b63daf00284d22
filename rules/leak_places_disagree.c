/*
 * places-disagree: what a client shows of itself does not fit together. Its traffic comes out in
 * one country, while an address that STUN told, the network in its questions (EDNS client subnet),
 * its resolver or its relay are in others. Who sees several of these, as a page does, learns that a
 * tunnel is used, and where its user is more likely to be.
 *
 * A score, because each by itself is ordinary: addresses count two, resolver and relay one; three
 * are low, four medium. Only with databases that the user gave (--geo). Left out is what they do
 * not know, anycast, and a resolver in the network of the exit. Hosts on one link that share an
 * exit are taken for one. Known false positives: errors of the databases, roaming, VPNs whose
 * resolvers or relays are elsewhere.
 */
#include "rules/describe.h"
#include "rules/detection.h"
#include "rules/geo.h"

#include <string.h>

#define SCORE_LOW    3
#define SCORE_MEDIUM 4

enum trace { TRACE_MAPPED, TRACE_SUBNET, TRACE_RESOLVER, TRACE_RELAY, TRACES };

static const struct {
	const char *words;
	uint32_t weight;
} traces[TRACES] = {
	[TRACE_MAPPED] = {"the address that STUN told", 2},
	[TRACE_SUBNET] = {"the network in its questions for names", 2},
	[TRACE_RESOLVER] = {"its resolver", 1},
	[TRACE_RELAY] = {"its TURN relay", 1},
};

struct memory {
	uint32_t told; /* the score that was told */
	struct addr at[TRACES];
	char country[TRACES][3]; /* "" where nothing disagrees */
};

/* Inside its tunnel and outside the host that captured has different addresses; what it has in
 * common is where it comes out. */
static const struct addr *subject(
	const struct knowledge *k, const struct addr *client, const struct expectation *e)
{
	const struct client *seen = knowledge_client(k, client);
	return !k->gateway && seen && seen->self ? &e->egress[0].addr : client;
}

/* Is it in no country and no network that traffic should come out of? Nothing is known: no. */
static bool elsewhere(
	const struct knowledge *k, const struct expectation *e, const struct place *place)
{
	bool known = false;
	for (uint32_t i = 0; i < e->egress_count; i++) {
		const struct place exit = geo_place(k->geo, &e->egress[i].addr);
		known |= exit.country[0] != '\0';
		if (strcmp(exit.country, place->country) == 0 ||
			(exit.network && exit.network == place->network))
			return false;
	}
	return known && place->country[0];
}

static uint32_t score(const struct memory *m)
{
	uint32_t sum = 0;
	for (unsigned i = 0; i < TRACES; i++)
		sum += m->country[i][0] ? traces[i].weight : 0;
	return sum;
}

/* The sentence is put together here, where the places are at hand. */
static void tell(const struct knowledge *k, const struct memory *m, struct alert *a)
{
	char client[ADDR_TEXT_MAX], text[PREFIX_TEXT_MAX];
	const struct prefix *exit = &a->expected[0];
	const struct place place = geo_place(k->geo, &exit->addr);
	bool first = true;
	describe_append(a->message, "what %s shows does not fit together: it comes out of %s (%s)",
		addr_text(&a->client, client), prefix_text(exit, text),
		place.country[0] ? place.country : "-");
	for (unsigned i = 0; i < TRACES; i++) {
		if (!m->country[i][0])
			continue;
		describe_append(a->message, ", %s%s is %s (%s)", first ? "but " : "",
			traces[i].words, addr_text(&m->at[i], text), m->country[i]);
		first = false;
	}
}

static void trace_note(const struct judgement *j, const struct observation *o,
	const struct addr *client, enum trace trace, const struct addr *at)
{
	const struct knowledge *k = j->knowledge;
	struct expectation expected;
	knowledge_expect(k, client, &expected);
	if (!expected.egress_count || addr_scope(at) != SCOPE_GLOBAL ||
		expectation_met(&expected, at))
		return;
	const struct place place = geo_place(k->geo, at);
	if (!elsewhere(k, &expected, &place))
		return;
	struct memory *m = judgement_memory(j, subject(k, client, &expected));
	m->at[trace] = *at;
	memcpy(m->country[trace], place.country, sizeof(place.country));
	uint32_t now = score(m);
	if (now < SCORE_LOW || now <= m->told)
		return;
	m->told = now;
	struct alert a = alert_draft(j, o, client);
	a.severity = now < SCORE_MEDIUM ? SEVERITY_LOW : SEVERITY_MEDIUM;
	a.confidence = CONFIDENCE_LOW;
	alert_add_expected(&a, &expected);
	alert_add_frame(&a, o->head.capture, o->head.interface, o->head.frame);
	tell(k, m, &a);
	finding_raise(j, &a);
}

static void proof_note(const struct judgement *j, const struct observation *o)
{
	struct proof proof;
	if (!proof_read(j, o, &proof) || proof.answer->check || !proof.answer->same_server)
		return;
	const struct addr *client = &proof.answer->client.addr;
	trace_note(j, o, client, TRACE_MAPPED, &proof.mapped);
	if (o->head.kind == OBS_ALLOCATION)
		trace_note(j, o, client, TRACE_RELAY, &o->allocation.relayed.addr);
}

static void names_note(const struct judgement *j, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	if (!dns_asks_resolver(o) || !knowledge_judges(j->knowledge, h))
		return;
	trace_note(j, o, &h->src.addr, TRACE_RESOLVER, &h->dst.addr);
	if (o->dns.client_subnet.addr.family != ADDR_NONE)
		trace_note(j, o, &h->src.addr, TRACE_SUBNET, &o->dns.client_subnet.addr);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	if (!j->knowledge->geo)
		return;
	if (o->head.kind == OBS_DNS)
		names_note(j, o);
	else
		proof_note(j, o);
}

static void describe(struct alert *a)
{
	a->remedy[0] = '\0';
	describe_append(a->remedy,
		"Have the VPN set the resolver and carry UDP, turn off EDNS client subnet, and use "
		"relays near the exit; if these places are right as they are, suppress this.");
}

static const char *const references[] = {
	"RFC 8828 section 3",
	"RFC 7871 section 11.1",
	NULL,
};

extern const struct detection detection_places_disagree;
const struct detection detection_places_disagree = {
	.info =
		{
			.id = "places-disagree",
			.signature_id = 530,
			.revision = 1,
			.severity = SEVERITY_MEDIUM,
			.title = "Addresses in different countries",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D53",
			.why = "Traffic comes out in one country, while other addresses that the "
			       "client shows (by STUN, in questions for names, its resolver, its "
			       "relay) are in others. Whoever sees several of them learns that a "
			       "tunnel is used, and where its user may really be.",
			.remedy = "Have the VPN set the resolver and carry UDP, turn off EDNS "
				  "client subnet, and use relays near the exit.",
			.false_positive = "Errors of the databases, roaming, and VPNs whose "
					  "resolvers or relays stand elsewhere.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_DNS) | INTEREST_IN(OBS_BINDING_RESULT) |
		INTEREST_IN(OBS_ALLOCATION),
	.state_size = sizeof(struct memory),
	.observe = observe,
	.describe = describe,
};
