/*
 * hidden-host-asked: a question for <uuid>.local went to a resolver. Browsers hide their addresses
 * in host candidates behind such names, which only mDNS in the LAN can resolve; who asks a resolver
 * for one tells it, and everybody on the way, that it takes part in a call, and by a name that
 * joins it to its peer (draft-ietf-mmusic-mdns-ice-candidates §3.2.1; RFC 6762 §22.1).
 *
 * Whatever the way: the resolver learns it inside a tunnel as well. Known false positive: none
 * seen; .local zones of companies have no names of this form.
 */
#include "rules/describe.h"
#include "rules/detection.h"
#include "rules/names.h"

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	const struct obs_text *name = &o->dns.name;
	if (!dns_asks_resolver(o) || !name_is_hidden_host(name->bytes, name->length) ||
		!knowledge_judges(j->knowledge, h))
		return;
	struct alert a = alert_draft(j, o, &h->src.addr);
	a.path = knowledge_path(j->knowledge, &h->src.addr, h->interface, &h->dst);
	a.server = h->dst;
	alert_add_name(&a, name->bytes, name->length);
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s asked resolver %s for ", names.client, names.server);
	describe_given_names(a);
	describe_append(a->message,
		", under which a browser hides its address in a call: the resolver can tell who "
		"calls, and join both ends by the name");
	describe_append(a->remedy,
		"Have names in .local looked up by mDNS alone: on Linux put mdns4_minimal "
		"[NOTFOUND=return] before dns in nsswitch.conf, or set MulticastDNS=yes in "
		"systemd-resolved; have the resolver refuse the zone (RFC 6762 section 22.1).");
}

static const char *const references[] = {
	"draft-ietf-mmusic-mdns-ice-candidates section 3.2",
	"RFC 6762 section 22.1",
	NULL,
};

extern const struct detection detection_hidden_host_asked;
const struct detection detection_hidden_host_asked = {
	.info =
		{
			.id = "hidden-host-asked",
			.signature_id = 200,
			.revision = 1,
			.severity = SEVERITY_LOW,
			.title = "Name of an mDNS candidate asked of a resolver",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D20",
			.why = "Browsers put names like <uuid>.local in the place of addresses, to "
			       "be resolved by mDNS in the LAN. One that is asked of a resolver "
			       "tells it that the client takes part in a call, and joins it to "
			       "the peer that made the name.",
			.remedy =
				"Look up .local by mDNS alone, and have resolvers refuse the zone.",
			.false_positive = "None known: .local zones of companies have no names of "
					  "this form.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_DNS),
	.observe = observe,
	.describe = describe,
};
