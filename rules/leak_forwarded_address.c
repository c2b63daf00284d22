/*
 * forwarded-address: a request that leaves for the Internet in clear names, in X-Forwarded-For or
 * Forwarded (RFC 7239 §5.2), a client that is to be hidden: its address in its own network, or one
 * that is not where its proxy or tunnel comes out. The server behind the proxy learns it.
 *
 * Judged is who is named: somebody that the user declared, or a private address that another
 * private one speaks for. A global address that a client itself puts there may be made up and is
 * left alone, as are load balancers in front of servers, and what a proxy is told, who may keep it.
 * Known false positive: a company proxy that identifies clients to a partner on purpose.
 */
#include "rules/describe.h"
#include "rules/detection.h"
/* Is the one named a client to judge? */
static bool names_client(
	const struct knowledge *k, const struct obs_head *h, const struct addr *named)
{
	struct obs_head as = *h;
	switch (addr_scope(named)) {
	case SCOPE_PRIVATE:
	case SCOPE_SHARED:
		as.src.addr = *named;
		as.has_macs = false; /* the proxy's */
		return knowledge_judges(k, &as);
	case SCOPE_GLOBAL:
		return !addr_equal(named, &h->src.addr) && knowledge_declared(k, named);
	default:
		return false;
	}
}

/* The end that speaks is ours: a private address, or the user named it. */
static bool speaker_is_ours(const struct knowledge *k, const struct obs_head *h)
{
	return addr_scope(&h->src.addr) != SCOPE_GLOBAL || h->direction == DIRECTION_OUT ||
		knowledge_declared(k, &h->src.addr);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	const struct knowledge *k = j->knowledge;
	struct addr named = addr_unmapped(&o->http.forwarded.addr);
	if (o->http.protocol != HTTP_1 || o->http.kind != HTTP_REQUEST || o->http.proxied ||
		addr_scope(&h->dst.addr) != SCOPE_GLOBAL)
		return;
	if (!names_client(k, h, &named) || !speaker_is_ours(k, h))
		return;
	struct expectation expected;
	knowledge_expect(k, &named, &expected);
	if (!expected.any || expectation_met(&expected, &named))
		return;
	struct alert a = alert_draft(j, o, &named);
	a.path = h->encapsulation & WRAPPED_PROXY
		? PATH_PROXY
		: knowledge_path(k, &named, h->interface, &h->dst);
	a.server = h->dst;
	alert_add_leaked(&a, &named);
	alert_add_expected(&a, &expected);
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	char speaker[ADDR_TEXT_MAX];
	describe_begin(a, &names);
	describe_append(a->message,
		"%s told web server %s, in clear, that it asks on behalf of %s (X-Forwarded-For "
		"or Forwarded)",
		addr_text(&a->head.src.addr, speaker), names.server, names.leaked);
	describe_append(a->remedy,
		"Have the proxy leave the header out: \"forwarded_for delete\" in Squid, "
		"\"DisableViaHeader\" and no X-Forwarded-For in tinyproxy.");
}

static const char *const references[] = {
	"RFC 7239 section 5.2",
	"RFC 7239 section 8.3",
	NULL,
};

extern const struct detection detection_forwarded_address;
const struct detection detection_forwarded_address = {
	.info =
		{
			.id = "forwarded-address",
			.signature_id = 350,
			.revision = 1,
			.severity = SEVERITY_MEDIUM,
			.title = "Proxy names its client",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D35",
			.why = "A proxy hides its client's address from servers only if it "
			       "does not say it. This one puts it into X-Forwarded-For or "
			       "Forwarded of requests that go out in clear, so the server and "
			       "everybody on the way can read whom the proxy speaks for.",
			.remedy = "Turn it off: forwarded_for delete in Squid, no XFF in HAProxy "
				  "and nginx for outgoing requests, disableviaheader and "
				  "anonymous lists in tinyproxy.",
			.false_positive =
				"Load balancers tell their own servers: what stays in private "
				"networks is not judged, nor who is no client to judge.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_HTTP),
	.observe = observe,
	.describe = describe,
};
