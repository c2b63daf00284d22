/*
 * mdns-candidate: a client tells host candidates by random mDNS names, as browsers do to keep
 * addresses to themselves (draft-ietf-mmusic-mdns-ice-candidates §3.1). Noted at info: what is
 * hidden can be told from what is missing. Names that are not as the draft has them are
 * mdns-candidate-malformed's.
 *
 * Known false positive: none.
 */
#include "rules/describe.h"
#include "rules/mdns_name.h"
#include "rules/telling.h"
static void observe(const struct judgement *j, const struct observation *o)
{
	struct telling t;
	const struct obs_candidate *c = &o->candidate;
	if (!c->mdns || !mdns_name_random(&c->name) || !telling_read(j, o, &t))
		return;
	struct alert a = telling_alert(j, o, &t, NULL);
	alert_add_name(&a, c->name.bytes, c->name.length);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message,
		"%s hides its addresses from %s behind mDNS names like %.*s, as it should",
		names.client, names.server, (int)a->names[0].length,
		(const char *)a->names[0].bytes);
	describe_append(a->remedy, "Nothing is to be done.");
}

static const char *const references[] = {
	"draft-ietf-mmusic-mdns-ice-candidates section 3.1",
	"RFC 6762 section 3",
	NULL,
};

extern const struct detection detection_mdns_candidate;
const struct detection detection_mdns_candidate = {
	.info =
		{
			.id = "mdns-candidate",
			.signature_id = 180,
			.revision = 1,
			.severity = SEVERITY_INFO,
			.title = "Host addresses hidden by mDNS names",
			.category = "Not Suspicious Traffic",
			.catalogue = "D18",
			.why = "The client's host candidates carry names of the form "
			       "UUID.local that only its own network can resolve: the good "
			       "case. Peers and pages still learn how many addresses there "
			       "are, and everybody in the LAN sees which name is whose.",
			.remedy = "Nothing is to be done: the addresses stay in the LAN.",
			.false_positive =
				"None: that the names were told is a fact, and a good sign.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_CANDIDATE),
	.observe = observe,
	.describe = describe,
};
