/*
 * dns-around-proxy: a client whose proxy looks names up for it also asked a resolver itself. With
 * an HTTP proxy, or SOCKS5 with names, a program needs no DNS at all; what still asks, such as a
 * browser that resolves a STUN or TURN server before it gathers candidates, tells the resolver and
 * the network which hosts the client uses, past the proxy.
 *
 * Only while the client is seen to give its proxy names, and no tunnel is expected. The proxy's own
 * host is looked up by right (lookups.h); names that only the LAN knows are left alone when its
 * resolver is asked, those of connectivity checks and clocks noted at info. Known false positive:
 * programs that are not meant to use the proxy, and proxy scripts (PAC) that resolve names.
 */
#include "rules/describe.h"
#include "rules/lookups.h"
#include "rules/names.h"
#include "rules/resolver_way.h"

struct memory {
	struct lookups lookups; /* first: lookups.h takes the memory for this */
	uint64_t named;         /* names that it gave to its proxy */
};

static void tell(const struct judgement *j, const struct addr *client, const struct lookup *lookup)
{
	const struct knowledge *k = j->knowledge;
	const struct observation question = {.head = lookup->head};
	const struct memory *m = judgement_recall(j, client);
	struct expectation expected;
	knowledge_expect(k, client, &expected);
	if (!m || !m->named || !lookup_is_sure(lookup) || !expected.proxy || expected.tunnel)
		return;
	struct alert a = alert_draft(j, &question, client);
	if (expected.observed)
		a.severity = SEVERITY_LOW;
	if (name_is_probe(lookup->name.bytes, lookup->name.length))
		a.severity = SEVERITY_INFO;
	a.confidence = knowledge_confidence(k, client, lookup->head.interface);
	a.path = knowledge_path(k, client, lookup->head.interface, &lookup->head.dst);
	a.server = lookup->head.dst;
	a.provisional = true;
	alert_add_name(&a, lookup->name.bytes, lookup->name.length);
	alert_add_expected(&a, &expected);
	alert_add_frame(&a, lookup->head.capture, lookup->head.interface, lookup->head.frame);
	finding_raise(j, &a);
}

static void proxy_note(const struct judgement *j, const struct observation *o)
{
	if (o->proxy.event != PROXY_ASKS || !o->proxy.target_name.length ||
		!knowledge_judges(j->knowledge, &o->head))
		return;
	struct memory *m = judgement_memory(j, &o->head.src.addr);
	m->named++;
}

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_dns *dns = &o->dns;
	if (o->head.kind == OBS_PROXY)
		proxy_note(j, o);
	lookups_follow(j, o, tell);
	if (!dns_asks_resolver(o) || !dns->name.length || !knowledge_judges(j->knowledge, &o->head))
		return;
	struct expectation expected;
	knowledge_expect(j->knowledge, &o->head.src.addr, &expected);
	if (!expected.proxy || expected.tunnel)
		return;
	enum resolver_way way = resolver_way(j->knowledge, &o->head);
	bool local = way != WAY_OUTSIDE && name_is_local(dns->name.bytes, dns->name.length);
	if (way != WAY_FINE && !local)
		lookup_hold(j, o, dns->name.bytes, dns->name.length);
}

static void finish(const struct judgement *j, const struct addr *client, void *state)
{
	struct memory *m = state;
	lookups_finish(j, client, &m->lookups, tell);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s asked %s%s for ", names.client,
		a->path == PATH_LAN ? "the LAN's resolver " : "resolver ", names.server);
	describe_given_names(a);
	describe_append(a->message,
		" itself, although its proxy looks names up for it: the resolver and the network "
		"learn what the proxy should hide");
	describe_append(a->remedy,
		"In Firefox turn on \"Proxy DNS when using SOCKS\" and DNS prefetching off; in "
		"Chromium, Chrome, Brave and Edge set the WebRTC IP handling policy to "
		"disable_non_proxied_udp, so that STUN servers are not looked up, or give the "
		"option --host-resolver-rules=\"MAP * ~NOTFOUND, EXCLUDE <proxy>\". Forbid port 53 "
		"to programs that should use the proxy.");
}

static const char *const references[] = {
	"RFC 1928 section 5",
	"RFC 9110 section 9.3.6",
	"RFC 9076 section 5",
	NULL,
};

extern const struct detection detection_dns_around_proxy;
const struct detection detection_dns_around_proxy = {
	.info =
		{
			.id = "dns-around-proxy",
			.signature_id = 392,
			.revision = 1,
			.severity = SEVERITY_MEDIUM,
			.title = "Names asked for around the proxy",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D39",
			.why = "The client's proxy looks host names up for it, and still it asked "
			       "a resolver itself. That resolver, and whoever is on the way, learns "
			       "hosts that the proxy should hide; browsers ask so for STUN and "
			       "TURN servers just before they go around the proxy, too.",
			.remedy = "Have all names looked up by the proxy, restrict WebRTC to "
				  "proxied traffic, and forbid DNS to programs that should use "
				  "the proxy.",
			.false_positive = "Programs that are not meant to use the proxy, and proxy "
					  "scripts (PAC) that look names up.",
			.references = references,
		},
	.wants = LOOKUPS_WANTS,
	.state_size = sizeof(struct memory),
	.observe = observe,
	.describe = describe,
	.finish = finish,
};
