/*
 * ipv4-mapped-private-address: a private IPv4 address in the clothes of IPv6 (::ffff:192.168.1.2,
 * RFC 4291 §2.5.5.2), told to a client by a STUN server or peer outside its LAN, or by the client
 * in a candidate that is no host candidate. Browsers hide private addresses from pages; peer
 * reflexive ones in this form got through (prflxion).
 *
 * Programs with one IPv6 socket for everything write public IPv4 addresses so, too: those are read
 * as what they are and judged by others. What a neighbour in the LAN tells stays there. Host
 * candidates are judged by their own detection. Known false positive: a peer in a company's network
 * that is reached without NAT, where no page listens.
 */
#include "rules/describe.h"
#include "rules/detection.h"

static bool hides_private(const struct addr *a, struct addr *plain)
{
	*plain = addr_unmapped(a);
	enum addr_scope scope = addr_scope(plain);
	return plain->family != a->family && (scope == SCOPE_PRIVATE || scope == SCOPE_LINK);
}

static void answer_judge(
	const struct judgement *j, const struct observation *o, const struct addr *mapped)
{
	struct proof proof;
	struct addr plain;
	if (!hides_private(mapped, &plain) || !proof_read(j, o, &proof) || proof.path == PATH_LAN)
		return;
	struct alert a = alert_of_proof(j, o, &proof);
	alert_add_leaked(&a, &plain);
	finding_raise(j, &a);
}

static void candidate_judge(const struct judgement *j, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	const struct obs_candidate *c = &o->candidate;
	struct addr plain;
	if (c->owner != OWNER_SENDER || c->type == CANDIDATE_HOST ||
		!hides_private(&c->address.addr, &plain) || !knowledge_judges(j->knowledge, h))
		return;
	struct alert a = alert_draft(j, o, &h->src.addr);
	struct expectation expected;
	knowledge_expect(j->knowledge, &h->src.addr, &expected);
	a.path = knowledge_path(j->knowledge, &h->src.addr, h->interface, &h->dst);
	a.stage = STAGE_SIGNALLED;
	a.server = h->dst;
	alert_add_leaked(&a, &plain);
	alert_add_expected(&a, &expected);
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	if (o->head.kind == OBS_CANDIDATE)
		candidate_judge(j, o);
	else if (o->head.kind == OBS_BINDING_RESULT)
		answer_judge(j, o, &o->binding_result.mapped.addr);
	else
		answer_judge(j, o, &o->allocation.mapped.addr);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	bool said = a->head.kind == OBS_CANDIDATE;
	describe_begin(a, &names);
	describe_append(a->message,
		said ? "%s gave its private address %s, written as IPv6, to %s in a candidate"
		     : "%s has its private address %s, written as IPv6, from %s: a page can read "
		       "it as a peer reflexive candidate",
		names.client, names.leaked, names.server);
	describe_append(a->remedy,
		"Update the browser: current ones hide private addresses in this form, too. At "
		"the server or peer, turn IPv4-mapped addresses into IPv4 before they are told "
		"(or use a socket for each family).");
}

static const char *const references[] = {
	"RFC 4291 section 2.5.5.2",
	"RFC 8489 section 14.1",
	"draft-ietf-mmusic-mdns-ice-candidates section 3.1",
	NULL,
};

extern const struct detection detection_mapped_private;
const struct detection detection_mapped_private = {
	.info =
		{
			.id = "ipv4-mapped-private-address",
			.signature_id = 60,
			.revision = 1,
			.severity = SEVERITY_MEDIUM,
			.title = "Private address told as IPv4-mapped IPv6",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D06",
			.why = "Browsers keep private addresses from pages by writing .local names "
			       "instead. An address written as ::ffff:192.168.1.2 is not taken "
			       "for a private one, reaches the page in its statistics, and helps "
			       "to recognise the person and to map the network.",
			.remedy = "Update the browser, and have servers write IPv4 addresses as "
				  "IPv4.",
			.false_positive = "Peers of one company that reach each other without NAT, "
					  "and programs without pages.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_BINDING_RESULT) | INTEREST_IN(OBS_ALLOCATION) |
		INTEREST_IN(OBS_CANDIDATE),
	.observe = observe,
	.describe = describe,
};
