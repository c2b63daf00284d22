/*
 * sanitiser-bypass: what a signalling server or border controller passes on of a client lacks a
 * kind of candidate that the client's own description had (it is sanitised), and yet a candidate of
 * that kind and session reaches the other end: trickled, or in a later message. To whom it matters:
 * the client, whose address it is.
 *
 * Both legs have to be seen, and to have the user name fragment in common; a server that puts its
 * own in its place can't be followed. That a kind is missing counts only where another candidate of
 * the same description was passed on with it. Known false positive: a server that drops candidates
 * for other reasons.
 */
#include "rules/describe.h"
#include "rules/telling.h"

#include <string.h>
#define KEPT_MAX 32

/* What of a candidate has to be the same for it to be of one kind. */
struct kind {
	uint8_t type, transport, scope, family;
};

/* A candidate that a client told of itself. */
struct kept {
	uint32_t ufrag, name; /* hashes; `name` is of all that tells it from others */
	struct kind kind;
	struct addr client;
	bool passed;    /* in the description that is being passed on right now */
	bool described; /* in a description, whose frame this is */
	bool stripped;  /* its kind is known to be taken out */
	uint8_t reserved[3];
	uint64_t frame;
};

/* Of the whole run, in one place: the two legs have no address in common. */
struct legs {
	uint64_t frame;   /* of the description whose candidates come now */
	uint32_t ufrag;   /* its hash */
	uint16_t awaited; /* candidates still to come of it */
	uint16_t next;    /* the oldest of `kept` */
	struct kept kept[KEPT_MAX];
};

static uint32_t candidate_name(const struct obs_candidate *c)
{
	struct obs_word word = {.length = sizeof(c->address.addr) + 4};
	memcpy(word.bytes, &c->address.addr, sizeof(c->address.addr));
	uint8_t *rest = word.bytes + sizeof(c->address.addr);
	rest[0] = (uint8_t)(c->address.port >> 8);
	rest[1] = (uint8_t)c->address.port;
	rest[2] = c->type;
	rest[3] = c->transport;
	return word_hash(&word);
}

static struct kind candidate_kind(const struct obs_candidate *c)
{
	return (struct kind){
		.type = c->type,
		.transport = c->transport,
		.scope = (uint8_t)addr_scope(&c->address.addr),
		.family = c->address.addr.family,
	};
}

static bool kind_equal(const struct kind *a, const struct kind *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static struct kept *kept_find(struct legs *l, uint32_t ufrag, uint32_t name)
{
	for (unsigned i = 0; i < KEPT_MAX; i++) {
		if (l->kept[i].ufrag == ufrag && l->kept[i].name == name)
			return &l->kept[i];
	}
	return NULL;
}

static bool kind_stripped(const struct legs *l, uint32_t ufrag, const struct kind *kind)
{
	for (unsigned i = 0; i < KEPT_MAX; i++) {
		const struct kept *k = &l->kept[i];
		if (k->stripped && k->ufrag == ufrag && kind_equal(&k->kind, kind))
			return true;
	}
	return false;
}

/* Was anything of the description in that frame passed on just now? */
static bool frame_passed(const struct legs *l, uint64_t frame)
{
	for (unsigned i = 0; i < KEPT_MAX; i++) {
		const struct kept *k = &l->kept[i];
		if (k->passed && k->described && k->ufrag == l->ufrag && k->frame == frame)
			return true;
	}
	return false;
}

/* Did one of this kind come through? */
static bool kind_passed(const struct legs *l, const struct kind *kind)
{
	for (unsigned i = 0; i < KEPT_MAX; i++) {
		const struct kept *k = &l->kept[i];
		if (k->passed && k->ufrag == l->ufrag && kind_equal(&k->kind, kind))
			return true;
	}
	return false;
}

/* A description was passed on whole: kinds that stood beside what came through, and did not come.
 */
static void description_end(struct legs *l)
{
	for (unsigned i = 0; i < KEPT_MAX; i++) {
		struct kept *k = &l->kept[i];
		if (k->described && k->ufrag == l->ufrag && frame_passed(l, k->frame) &&
			!kind_passed(l, &k->kind))
			k->stripped = true;
	}
	for (unsigned i = 0; i < KEPT_MAX; i++)
		l->kept[i].passed = false;
}

static void told(struct legs *l, const struct observation *o, uint32_t ufrag, bool described)
{
	l->kept[l->next] = (struct kept){
		.ufrag = ufrag,
		.name = candidate_name(&o->candidate),
		.kind = candidate_kind(&o->candidate),
		.client = o->head.src.addr,
		.described = described,
		.frame = o->head.frame,
	};
	l->next = (uint16_t)((l->next + 1) % KEPT_MAX);
}

/* Does the candidate say where the client is, though it should not? */
static bool gives_away(const struct expectation *e, const struct obs_candidate *c)
{
	struct addr plain = addr_unmapped(&c->address.addr);
	if (c->type != CANDIDATE_HOST && c->type != CANDIDATE_SRFLX && c->type != CANDIDATE_PRFLX)
		return false;
	return addr_scope(&plain) > SCOPE_SPECIAL && !expectation_met(e, &plain);
}

static void passed_on(const struct judgement *j, const struct observation *o, const struct kept *k)
{
	const struct obs_head *h = &o->head;
	struct addr plain = addr_unmapped(&o->candidate.address.addr);
	struct expectation expected;
	knowledge_expect(j->knowledge, &k->client, &expected);
	if (!gives_away(&expected, &o->candidate))
		return;
	struct alert a = alert_draft(j, o, &k->client);
	a.path = knowledge_path(j->knowledge, &k->client, h->interface, &h->dst);
	a.stage = STAGE_SIGNALLED;
	a.server = h->dst;
	alert_add_leaked(&a, &plain);
	alert_add_expected(&a, &expected);
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static void candidate_take(const struct judgement *j, struct legs *l, const struct observation *o)
{
	const struct obs_candidate *c = &o->candidate;
	bool described = l->awaited && l->frame == o->head.frame;
	uint32_t ufrag = c->ufrag.length ? word_hash(&c->ufrag) : described ? l->ufrag : 0;
	struct kept *k = kept_find(l, ufrag, candidate_name(c));
	bool another = k && !addr_equal(&k->client, &o->head.src.addr);
	struct kind kind = candidate_kind(c);
	if (another && kind_stripped(l, ufrag, &kind))
		passed_on(j, o, k);
	else if (another)
		k->passed = described;
	else if (!k && ufrag && c->owner == OWNER_SENDER &&
		knowledge_judges(j->knowledge, &o->head))
		told(l, o, ufrag, described);
	if (described && --l->awaited == 0)
		description_end(l);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	static const struct addr nobody;
	struct legs *l = judgement_memory(j, &nobody);
	if (o->head.kind == OBS_CANDIDATE) {
		candidate_take(j, l, o);
		return;
	}
	l->frame = o->head.frame;
	l->awaited = o->session.fragment ? 0 : o->session.candidates;
	l->ufrag = o->session.ufrag.length ? word_hash(&o->session.ufrag) : 0;
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message,
		"%s learned the candidate %s of %s, though candidates of its kind are taken out "
		"of what "
		"is passed on of that session",
		names.server, names.leaked, names.client);
	describe_append(a->remedy,
		"Have whoever takes them out (border controller, signalling server) do the same "
		"with "
		"trickled candidates, re-offers and answers, on both legs.");
}

static const char *const references[] = {
	"RFC 8839 section 5.1",
	"RFC 8838 section 9",
	"RFC 8828 section 3",
	NULL,
};

extern const struct detection detection_sanitiser_bypass;
const struct detection detection_sanitiser_bypass = {
	.info =
		{
			.id = "sanitiser-bypass",
			.signature_id = 220,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "Candidate got past a sanitiser",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D22",
			.why = "Whoever stands between the two ends takes candidates of this "
			       "kind out of the client's descriptions, so that the other end "
			       "does not learn the address. One of the same kind, of the same "
			       "session, was passed on all the same: trickled, or in another "
			       "message. What was to be hidden is known now.",
			.remedy = "Have the sanitiser (session border controller, signalling "
				  "server) treat trickled candidates, re-offers and answers like "
				  "the first description, on both legs.",
			.false_positive =
				"A server that drops candidates by chance or for size, not to "
				"hide them.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_SESSION) | INTEREST_IN(OBS_CANDIDATE),
	.state_size = sizeof(struct legs),
	.observe = observe,
	.describe = describe,
};
