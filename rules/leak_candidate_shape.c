/*
 * candidate-shape: a whole gathering that is unlike those of browsers as they come: no candidates
 * at all, relayed ones only although no policy wants that, a bare private address beside mDNS
 * names, or a reflexive IPv4 address that the client itself sends from (no NAT in between). Noted
 * at info: it says how the client stands out (RFC 8828 §7), not that something leaked.
 *
 * Reflexive IPv6 addresses are the client's own as a rule. Only when the client has said that
 * these are all; SIP is left alone. Known false positive: hosts in data centres.
 */
#include "rules/describe.h"
#include "rules/gathering.h"
enum shape { SHAPE_USUAL, SHAPE_NONE, SHAPE_RELAYED, SHAPE_BESIDE, SHAPE_UNTOUCHED };

static enum shape shape_of(const struct gathering *g, const struct telling *t)
{
	bool direct = g->bare || g->masked || g->reflexive;
	if (!direct && !g->relayed)
		return SHAPE_NONE;
	if (!direct)
		return t->terms->relay_only ? SHAPE_USUAL : SHAPE_RELAYED;
	if (g->beside)
		return SHAPE_BESIDE;
	return g->untouched ? SHAPE_UNTOUCHED : SHAPE_USUAL;
}

static void observe(const struct judgement *j, const struct observation *o)
{
	struct telling t;
	const struct gathering *g = gathering_ended(j, o, &t);
	if (!g)
		return;
	enum shape shape = shape_of(g, &t);
	if (shape == SHAPE_USUAL)
		return;
	struct alert a = telling_alert(j, o, &t, NULL);
	a.detail = (uint8_t)shape;
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	static const char *const told[] = {
		[SHAPE_NONE] = "no ICE candidates at all",
		[SHAPE_RELAYED] = "relayed ICE candidates only",
		[SHAPE_BESIDE] = "a bare private address beside mDNS names",
		[SHAPE_UNTOUCHED] = "a reflexive address that is its own, as behind no NAT",
	};
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s told %s %s: most browsers do not, so it stands out",
		names.client, names.server,
		a->detail <= SHAPE_UNTOUCHED && told[a->detail] ? told[a->detail]
								: "an unusual set");
	describe_append(
		a->remedy, "Nothing, if a setting or the network is meant to be like that.");
}

static const char *const references[] = {
	"RFC 8828 section 7",
	"RFC 8445 section 5.1.1",
	"RFC 8838 section 13",
	NULL,
};

extern const struct detection detection_candidate_shape;
const struct detection detection_candidate_shape = {
	.info =
		{
			.id = "candidate-shape",
			.signature_id = 240,
			.revision = 1,
			.severity = SEVERITY_INFO,
			.title = "Unusual set of candidates",
			.category = "Not Suspicious Traffic",
			.catalogue = "D24",
			.why = "Most browsers tell a hidden host candidate, a reflexive one, "
			       "and perhaps a relayed one. A set that is unlike that tells of "
			       "a setting, an extension, a virtual machine or a data centre, "
			       "and makes its client stand out: sites compare it with what the "
			       "browser claims to be.",
			.remedy = "Nothing, if the setting is meant. To look like others, change "
				  "as little as possible.",
			.false_positive =
				"Hosts in data centres, networks without NAT, pages that ask "
				"for relayed candidates only.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_SESSION) | INTEREST_IN(OBS_CANDIDATE),
	.state_size = sizeof(struct gathering),
	.observe = observe,
	.describe = describe,
};
