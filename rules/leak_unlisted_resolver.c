/*
 * unlisted-resolver: the policy lists the resolvers that a client should ask, and it asked another
 * one, in clear or encrypted. Who is asked learns the names, whatever the way; inside the tunnel
 * that is a matter of taste (low), elsewhere, or where no tunnel is expected, more (medium).
 *
 * Around a tunnel, dns-outside-tunnel and encrypted-dns-outside-tunnel say it, and worse. Without a
 * list this one is silent. What looks like DNS on another port is left alone, and so are names that
 * only the LAN knows when its own resolver is asked; names for connectivity checks and clocks are
 * noted at info. Known false positive: a list that is not complete.
 */
#include "rules/describe.h"
#include "rules/detection.h"
#include "rules/names.h"
#include "rules/resolver_way.h"

#define PORT_DNS 53

static bool asks(const struct observation *o)
{
	if (o->head.kind == OBS_HELLO)
		return !o->hello.server && o->hello.dns != ENCRYPTED_DNS_NONE;
	return dns_asks_resolver(o) && o->dns.name.length && o->head.dst.port == PORT_DNS;
}

/* The detections of what goes around a tunnel see it. */
static bool told_elsewhere(const struct knowledge *k, const struct obs_head *h)
{
	struct expectation expected;
	knowledge_expect(k, &h->src.addr, &expected);
	return expected.tunnel && resolver_way(k, h) != WAY_FINE;
}

/* False: let it be. */
static bool grade(const struct knowledge *k, const struct observation *o, struct alert *a)
{
	const struct obs_text *name = &o->dns.name;
	bool inside = knowledge_role(k, &a->client, o->head.interface) == ROLE_TUNNEL;
	bool named = o->head.kind == OBS_DNS;
	a->path = knowledge_path(k, &a->client, o->head.interface, &o->head.dst);
	if (a->path == PATH_PROXY || (a->path == PATH_TUNNEL && !inside))
		return false;
	if (a->path == PATH_LAN && named && name_is_local(name->bytes, name->length))
		return false;
	a->severity = inside ? SEVERITY_LOW : SEVERITY_MEDIUM;
	if (named && name_is_probe(name->bytes, name->length))
		a->severity = SEVERITY_INFO;
	return true;
}

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct knowledge *k = j->knowledge;
	const struct obs_head *h = &o->head;
	if (!asks(o) || question_is_wrapped(h) || !knowledge_judges(k, h))
		return;
	const struct policy_terms *terms = knowledge_terms(k, &h->src.addr);
	if (!terms->resolver.count || resolver_is_listed(k->policy, terms, &h->dst) ||
		told_elsewhere(k, h))
		return;
	struct alert a = alert_draft(j, o, &h->src.addr);
	if (!grade(k, o, &a))
		return;
	a.server = h->dst;
	if (h->kind == OBS_DNS)
		alert_add_name(&a, o->dns.name.bytes, o->dns.name.length);
	for (uint32_t i = 0; i < terms->resolver.count && i < ALERT_EXPECTED_MAX; i++)
		a.expected[a.expected_count++] = prefix_of(
			&k->policy->resolver[terms->resolver.first + i].addr);
	a.expected_cut = terms->resolver.count > ALERT_EXPECTED_MAX;
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	char text[PREFIX_TEXT_MAX];
	describe_begin(a, &names);
	describe_append(a->message, "%s asked %s for ", names.client, names.server);
	describe_given_names(a);
	describe_append(a->message, "%s; the policy has it ask %s%s",
		a->path == PATH_TUNNEL ? ", inside the tunnel" : "",
		prefix_text(&a->expected[0], text), a->expected_count > 1 ? " or others" : "");
	describe_append(a->remedy,
		"If %s may be asked, too, list it under resolvers; if not, find out which "
		"program or setting chose it: a fixed resolver of the system, secure DNS of a "
		"browser, or a lease of the LAN.",
		names.server);
}

static const char *const references[] = {
	"RFC 1035 section 2.2",
	"RFC 9076 section 6.1.1",
	NULL,
};

extern const struct detection detection_unlisted_resolver;
const struct detection detection_unlisted_resolver = {
	.info =
		{
			.id = "unlisted-resolver",
			.signature_id = 391,
			.revision = 1,
			.severity = SEVERITY_MEDIUM,
			.title = "Resolver asked that the policy does not list",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D39, D40",
			.why = "The policy lists whom the client should ask for names, and it "
			       "asked somebody else. Whoever that is learns which hosts the "
			       "client visits, and a resolver that somebody slipped in can send "
			       "it elsewhere.",
			.remedy = "List the resolver if it is meant to be asked; otherwise find "
				  "what chose it, and have the VPN or firewall refuse it.",
			.false_positive = "A list of resolvers that is not complete.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_DNS) | INTEREST_IN(OBS_HELLO),
	.by_policy = true,
	.observe = observe,
	.describe = describe,
};
