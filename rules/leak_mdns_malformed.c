/*
 * mdns-candidate-malformed: a client's host candidate has a .local name that is not the random
 * UUID that draft-ietf-mmusic-mdns-ice-candidates §3.1 asks for, such as the machine's own name; or
 * one gathering has so many names that they count its networks ("Network Interface Enumeration").
 *
 * That a name is used on several sites cannot be told from one page with several servers, and is
 * not judged. Known false positive: names that people chose on purpose.
 */
#include "rules/describe.h"
#include "rules/mdns_name.h"
#include "rules/telling.h"

#include <string.h>
/* IPv4 and IPv6 of the default route have two names, a second link two more. */
#define NAMES_PLENTY 4

/* The names of one gathering, as hashes. */
struct gathered {
	uint32_t ufrag;
	uint32_t count;
	uint32_t name[NAMES_PLENTY];
};

/* True when this name is one too many. */
static bool name_count(struct gathered *g, const struct obs_candidate *c)
{
	uint32_t ufrag = word_hash(&c->ufrag), name = word_hash(&c->name);
	if (g->ufrag != ufrag)
		*g = (struct gathered){.ufrag = ufrag};
	for (uint32_t i = 0; i < g->count; i++) {
		if (g->name[i] == name)
			return false;
	}
	if (g->count == NAMES_PLENTY)
		return true;
	g->name[g->count++] = name;
	return false;
}

static void observe(const struct judgement *j, const struct observation *o)
{
	struct telling t;
	const struct obs_candidate *c = &o->candidate;
	if (!c->mdns || c->type != CANDIDATE_HOST || !telling_read(j, o, &t))
		return;
	bool many = name_count(judgement_memory(j, t.client), c);
	if (mdns_name_random(&c->name) && !many)
		return;
	struct alert a = telling_alert(j, o, &t, NULL);
	alert_add_name(&a, c->name.bytes, c->name.length);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	const struct obs_word *name = &a->names[0];
	describe_begin(a, &names);
	if (mdns_name_random(name))
		describe_append(a->message,
			"%s told %s more than %d mDNS names in one gathering: they count its "
			"networks",
			names.client, names.server, NAMES_PLENTY);
	else
		describe_append(a->message,
			"%s told %s the name %.*s in a host candidate: it is not random, and says "
			"whose machine it is",
			names.client, names.server, (int)name->length, (const char *)name->bytes);
	describe_append(a->remedy,
		"Update the browser or program that made it; it should make a new random name for "
		"each site.");
}

static const char *const references[] = {
	"draft-ietf-mmusic-mdns-ice-candidates section 3.1",
	"RFC 9562 section 5.4",
	NULL,
};

extern const struct detection detection_mdns_malformed;
const struct detection detection_mdns_malformed = {
	.info =
		{
			.id = "mdns-candidate-malformed",
			.signature_id = 181,
			.revision = 1,
			.severity = SEVERITY_LOW,
			.title = "mDNS name that hides little",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D18",
			.why = "A host candidate has a .local name that is not a random UUID "
			       "(version 4): the machine's own name, or one derived from "
			       "something that stays. It tells who it is on every visit, and "
			       "is no protection. The same goes for one gathering with many "
			       "names: they count the client's networks.",
			.remedy = "Update the browser or program; give machines names that say "
				  "nothing of their owner. In Chromium, Chrome, Brave and Edge "
				  "set the WebRTC IP handling policy to disable_non_proxied_udp; "
				  "in Firefox set media.peerconnection.ice.proxy_only to true.",
			.false_positive =
				"Programs in which people chose such a name on purpose, to be "
				"found in the LAN.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_CANDIDATE),
	.state_size = sizeof(struct gathered),
	.observe = observe,
	.describe = describe,
};
