/*
 * dns-outside-tunnel: a client that should use a tunnel asked for names in clear around it, by
 * plain DNS over UDP or TCP. The resolver, and everybody on the way to it, learns which hosts the
 * client is about to visit, and from where. Worst is a public resolver, or the tunnel's own one
 * asked on the wrong interface (GrapheneOS issue 3442); a resolver in the LAN may itself ask on
 * through a tunnel, which is not to be seen here.
 *
 * Held for a moment (lookups.h): looking up the VPN's own host is how a tunnel begins. Left alone
 * are mDNS, LLMNR and NetBIOS, names that only the LAN knows when its own resolver is asked,
 * questions inside a clear GRE or IP-in-IP tunnel (and so in an ERSPAN mirror). Names for
 * connectivity checks and clocks are noted at info. Known false positive: split DNS on purpose.
 */
#include "rules/describe.h"
#include "rules/lookups.h"
#include "rules/names.h"
#include "rules/resolver_way.h"

#define OPCODE_QUERY 0

static enum severity grade(const struct lookup *lookup, enum resolver_way way, bool observed)
{
	if (name_is_probe(lookup->name.bytes, lookup->name.length))
		return SEVERITY_INFO;
	if (way == WAY_LAN)
		return observed ? SEVERITY_LOW : SEVERITY_MEDIUM;
	return SEVERITY_HIGH;
}

static void tell(const struct judgement *j, const struct addr *client, const struct lookup *lookup)
{
	const struct knowledge *k = j->knowledge;
	const struct observation question = {.head = lookup->head};
	enum resolver_way way = resolver_way(k, &lookup->head);
	struct expectation expected;
	knowledge_expect(k, client, &expected);
	if (way == WAY_FINE || !lookup_is_sure(lookup) || !lookup_wants_tunnel(k, client))
		return;
	struct alert a = alert_draft(j, &question, client);
	a.confidence = knowledge_confidence(k, client, lookup->head.interface);
	if (way == WAY_LAN && !lookup->answered && resolver_is_lost(k, &lookup->head)) {
		way = WAY_MISROUTED;
		a.confidence = CONFIDENCE_MEDIUM;
	}
	a.severity = grade(lookup, way, expected.observed);
	a.path = way == WAY_OUTSIDE ? PATH_DIRECT : PATH_LAN;
	a.server = lookup->head.dst;
	a.provisional = true;
	alert_add_name(&a, lookup->name.bytes, lookup->name.length);
	alert_add_expected(&a, &expected);
	alert_add_frame(&a, lookup->head.capture, lookup->head.interface, lookup->head.frame);
	finding_raise(j, &a);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_dns *dns = &o->dns;
	lookups_follow(j, o, tell);
	if (!dns_asks_resolver(o) || dns->opcode != OPCODE_QUERY || !dns->name.length ||
		!knowledge_judges(j->knowledge, &o->head))
		return;
	struct expectation expected;
	knowledge_expect(j->knowledge, &o->head.src.addr, &expected);
	if (!expected.tunnel)
		return;
	enum resolver_way way = resolver_way(j->knowledge, &o->head);
	bool local = way == WAY_LAN && name_is_local(dns->name.bytes, dns->name.length);
	if (way != WAY_FINE && !local)
		lookup_hold(j, o, dns->name.bytes, dns->name.length);
}

static void finish(const struct judgement *j, const struct addr *client, void *state)
{
	lookups_finish(j, client, state, tell);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	bool misrouted = a->path == PATH_LAN && a->severity == SEVERITY_HIGH;
	describe_append(a->message, "%s asked %s%s for ", names.client,
		misrouted                     ? "its tunnel's resolver "
			: a->path == PATH_LAN ? "the LAN's resolver "
					      : "resolver ",
		names.server);
	describe_given_names(a);
	describe_append(a->message, " outside its tunnel, in clear: ");
	if (misrouted)
		describe_append(a->message,
			"the packets left on the wrong interface, and whoever is there can read "
			"the names");
	else if (a->path == PATH_LAN)
		describe_append(a->message,
			"whoever runs the LAN can read the names; whether that resolver asks on "
			"through a tunnel cannot be seen from here");
	else
		describe_append(a->message,
			"the resolver and everybody on the way can read the names, and see who "
			"asks");
	describe_append(a->remedy,
		"Let the VPN set the resolver and forbid port 53 outside the tunnel (kill switch, "
		"or \"block outside DNS\" in OpenVPN on Windows; resolvectl domain tun0 '~.' on "
		"Linux). If this resolver is meant to be asked, allow it in the policy.");
}

static const char *const references[] = {
	"RFC 1035 section 4.2",
	"RFC 7626 section 2",
	"RFC 9076 section 5",
	NULL,
};

extern const struct detection detection_dns_outside_tunnel;
const struct detection detection_dns_outside_tunnel = {
	.info =
		{
			.id = "dns-outside-tunnel",
			.signature_id = 390,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "Names asked for outside the tunnel",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D39",
			.why = "The client should use a tunnel, and asked a resolver for host "
			       "names around it, in clear. The resolver's operator, the Internet "
			       "provider and everybody on the way can tell which hosts the client "
			       "visits although the visits themselves are hidden, and tie them "
			       "to its real address.",
			.remedy = "Let the VPN set the resolver, and forbid DNS outside the tunnel "
				  "(kill switch, or a firewall rule for port 53 on the physical "
				  "interface).",
			.false_positive =
				"Split DNS on purpose, and a LAN resolver whose own questions go "
				"through a tunnel (medium): list it under resolvers, or allow it.",
			.references = references,
		},
	.wants = LOOKUPS_WANTS,
	.state_size = sizeof(struct lookups),
	.observe = observe,
	.describe = describe,
	.finish = finish,
};
