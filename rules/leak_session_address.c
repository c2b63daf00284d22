/*
 * session-address: the c=, o= or a=rtcp line of a client's session description gives away an
 * address that its candidates do not (RFC 8839 §4.3; draft-mdns "Encoding"): hidden in one place
 * and forgotten in the other.
 *
 * So it waits for the candidates of the description; an address that they tell, too, is theirs to
 * report. 0.0.0.0 and 127.0.0.1, as browsers write them, say nothing. Known false positive: phones
 * without ICE, which have to say where media goes; in SIP a private address is low.
 */
#include "rules/describe.h"
#include "rules/telling.h"

#include <string.h>
#define LINES_MAX 4

/* A description whose candidates are not all seen yet, and what its lines gave away. */
struct description {
	struct obs_head head;
	uint16_t signalling, role; /* of its SESSION */
	uint16_t awaited;          /* candidates */
	uint16_t count;
	struct endpoint told[LINES_MAX];
};

/* The description as it was, to be judged now. */
static struct observation description_again(const struct description *d)
{
	struct observation o = {.head = d->head};
	o.session.signalling = (uint8_t)d->signalling;
	o.session.role = (uint8_t)d->role;
	o.session.owner = OWNER_SENDER;
	return o;
}

/* What is left by now, the candidates did not tell. */
static void description_end(const struct judgement *j, struct description *d)
{
	struct telling t;
	struct observation o = description_again(d);
	uint16_t count = d->count;
	d->count = 0;
	if (count == 0 || !telling_read(j, &o, &t))
		return;
	for (uint16_t i = 0; i < count; i++) {
		if (d->told[i].addr.family)
			telling_raise(j, &o, &t, &d->told[i]);
	}
}

static void address_note(
	struct description *d, const struct telling *t, const struct endpoint *told)
{
	struct addr plain = addr_unmapped(&told->addr);
	if (d->count == LINES_MAX || telling_given(t, told) == GIVEN_NOTHING)
		return;
	for (uint16_t i = 0; i < d->count; i++) {
		if (addr_equal(&d->told[i].addr, &plain))
			return;
	}
	d->told[d->count++] = (struct endpoint){plain, told->port};
}

static void session_take(const struct judgement *j, const struct observation *o)
{
	struct telling t;
	const struct obs_session *s = &o->session;
	if (!telling_read(j, o, &t))
		return;
	struct description *d = judgement_memory(j, t.client);
	description_end(j, d);
	*d = (struct description){
		.head = o->head,
		.signalling = s->signalling,
		.role = s->role,
		.awaited = s->candidates,
	};
	address_note(d, &t, &s->connection);
	address_note(d, &t, &s->origin);
	address_note(d, &t, &s->rtcp);
	if (d->awaited == 0 && o->head.parts == 0)
		description_end(j, d);
}

/* Of the frame that the description stood in. */
static struct description *description_of(const struct judgement *j, const struct observation *o)
{
	struct description *d = judgement_recall(j, &o->head.src.addr);
	bool same = d && d->head.frame == o->head.frame && d->head.capture == o->head.capture;
	return same ? d : NULL;
}

static void line_take(const struct judgement *j, const struct observation *o)
{
	struct telling t;
	struct description *d = description_of(j, o);
	if (!d)
		return;
	struct observation whole = description_again(d);
	if (telling_read(j, &whole, &t))
		address_note(d, &t, &o->session_address.address);
	if (d->awaited == 0)
		description_end(j, d);
}

static void told_clear(struct description *d, const struct addr *by_candidate)
{
	struct addr plain = addr_unmapped(by_candidate);
	for (uint16_t i = 0; i < d->count; i++) {
		if (addr_equal(&d->told[i].addr, &plain))
			d->told[i] = (struct endpoint){0};
	}
}

static void candidate_take(const struct judgement *j, const struct observation *o)
{
	struct description *d = description_of(j, o);
	if (!d || d->awaited == 0)
		return;
	told_clear(d, &o->candidate.address.addr);
	told_clear(d, &o->candidate.related.addr);
	if (--d->awaited == 0)
		description_end(j, d);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	if (o->head.kind == OBS_SESSION)
		session_take(j, o);
	else if (o->head.kind == OBS_SESSION_ADDRESS)
		line_take(j, o);
	else
		candidate_take(j, o);
}

/* Candidates that were malformed do not come. */
static void finish(const struct judgement *j, const struct addr *client, void *state)
{
	(void)client;
	description_end(j, state);
}

static void describe(struct alert *a)
{
	describe_told(a, "the c=, o= or a=rtcp line of a session description");
}

static const char *const references[] = {
	"RFC 8839 section 4.3",
	"RFC 8866 section 5.7",
	"RFC 3605",
	"draft-ietf-mmusic-mdns-ice-candidates section 3.1",
	NULL,
};

extern const struct detection detection_srflx_outside_egress;
extern const struct detection detection_session_address;
const struct detection detection_session_address = {
	.info =
		{
			.id = "session-address",
			.signature_id = 170,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "Address in a session description",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D17, D25",
			.why = "The candidates of the description are clean, but its c=, o= or "
			       "a=rtcp line names an address of the client all the same: where "
			       "it is in its own network, or in the Internet. Whoever filters "
			       "or hides candidates only has overlooked these lines; the "
			       "signalling server and the peer read them.",
			.remedy = "Update the program, or have it write 0.0.0.0 and 127.0.0.1 "
				  "there as browsers do; filter these lines where candidates are "
				  "filtered. In Chromium, Chrome, Brave and Edge set the WebRTC "
				  "IP handling policy to disable_non_proxied_udp; in Firefox set "
				  "media.peerconnection.ice.proxy_only to true.",
			.false_positive =
				"Phones without ICE have to say where media goes: in SIP a "
				"private address is low.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_SESSION) | INTEREST_IN(OBS_SESSION_ADDRESS) |
		INTEREST_IN(OBS_CANDIDATE),
	.grows = &detection_srflx_outside_egress,
	.state_size = sizeof(struct description),
	.finish = finish,
	.observe = observe,
	.describe = describe,
};
