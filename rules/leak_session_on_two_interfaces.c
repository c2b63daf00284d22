/*
 * session-on-two-interfaces: the checks of one call left inside the tunnel and, at the same time,
 * on a link without one: Wi-Fi or cellular beside the VPN. The peer sees both addresses and can
 * join them, because they carry the same user fragments; if the call's path breaks, it goes on
 * outside. What phones do on purpose, to survive losing one link.
 *
 * Two interfaces of which neither is outside, the two sides of a gateway, and one packet captured
 * twice are no two ways. A tunnel that roams keeps its inside: one way. It says more than
 * stun-outside-tunnel, which then stays silent. Known false positive: a link that is excluded from
 * the VPN on purpose.
 */
#include "rules/describe.h"
#include "rules/detection.h"

extern const struct detection detection_stun_outside_tunnel;

/* Another way of the same session that is still in use; NULL: none. */
static const struct span_way *other_way(
	const struct knowledge *k, const struct span *s, const struct obs_head *h)
{
	for (uint64_t i = 0; i < s->count && i < SPAN_WAYS; i++) {
		const struct span_way *way = &s->way[i];
		bool inside = knowledge_role(k, &way->client, way->interface) == ROLE_TUNNEL;
		bool other = way->interface != h->interface &&
			(inside || !addr_equal(&way->client, &h->src.addr));
		if (other && h->time_ns - way->seen_ns < SPAN_LIFE_NS)
			return way;
	}
	return NULL;
}

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct knowledge *k = j->knowledge;
	const struct obs_head *h = &o->head;
	const struct span *span = spans_find(&k->spans, o);
	const struct span_way *other = span && !k->gateway ? other_way(k, span, h) : NULL;
	struct expectation expected;
	if (!other || !knowledge_judges(k, h) ||
		knowledge_path(k, &h->src.addr, h->interface, &h->dst) != PATH_DIRECT)
		return;
	knowledge_expect(k, &h->src.addr, &expected);
	if (!expected.tunnel)
		return;
	struct alert a = alert_draft_direct(j, o, &h->src.addr, &h->dst, &expected);
	a.stage = STAGE_SIGNALLED;
	alert_add_own(&a, &h->src.addr);
	alert_add_frame(&a, other->capture, other->interface, other->frame);
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message,
		"one call uses two interfaces, and on the one outside the tunnel %s asked its peer "
		"%s: the peer can tell that both addresses are the same user",
		names.client, names.server);
	describe_remedy(a);
}

static const char *const references[] = {
	"RFC 8445 section 7.2.2",
	"RFC 8828 section 3",
	NULL,
};

extern const struct detection detection_session_on_two_interfaces;
const struct detection detection_session_on_two_interfaces = {
	.info =
		{
			.id = "session-on-two-interfaces",
			.signature_id = 520,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "One call inside and outside the tunnel",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D52",
			.why = "The same ICE session checks its peer through the tunnel and on "
			       "another link. The peer sees both addresses with the same user "
			       "fragments, so it knows the real one, and the call moves outside "
			       "as soon as the tunnel is slower.",
			.remedy = "Block what is outside the tunnel on every link, cellular, too, "
				  "and restrict WebRTC to the default route or to proxies.",
			.false_positive = "A link that is left out of the VPN on purpose.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_STUN_REQUEST),
	.covers = &detection_stun_outside_tunnel,
	.observe = observe,
	.describe = describe,
};
