/*
 * relay-only-violated: a client whose policy is relay_only (RFC 9429 §4.1.1, iceTransportPolicy
 * "relay") told a host, srflx or prflx candidate, or sent an ICE check straight to a peer. Either
 * way the peer learns the address that the relay was to hide.
 *
 * Checks in ChannelData and Send indications go through the relay and are not looked at; relay
 * candidates are as they should be (their raddr is candidate-related-address's). What stays in the
 * LAN is left alone. Known false positive: another program of the same client.
 */
#include "rules/describe.h"
#include "rules/heard.h"
#include "rules/telling.h"
static bool says_address(const struct obs_candidate *c)
{
	return addr_scope(&c->address.addr) > SCOPE_SPECIAL;
}

static void candidate_take(const struct judgement *j, const struct observation *o)
{
	struct telling t;
	const struct obs_candidate *c = &o->candidate;
	bool direct = c->type == CANDIDATE_HOST || c->type == CANDIDATE_SRFLX ||
		c->type == CANDIDATE_PRFLX;
	if (!direct || !telling_read(j, o, &t) || !t.terms->relay_only)
		return;
	if (says_address(c) ? heard_before(&j->knowledge->heard, t.client, &c->address) : !c->mdns)
		return;
	struct alert a = telling_alert(j, o, &t, NULL);
	if (says_address(c)) {
		struct addr plain = addr_unmapped(&c->address.addr);
		alert_add_leaked(&a, &plain);
	} else {
		a.severity = SEVERITY_MEDIUM; /* hidden still, but the call will go around */
	}
	finding_raise(j, &a);
}

static void check_take(const struct judgement *j, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	const struct knowledge *k = j->knowledge;
	const struct addr *client = &h->src.addr;
	if (!o->stun_request.check || !knowledge_judges(k, h) ||
		!knowledge_terms(k, client)->relay_only)
		return;
	enum path path = knowledge_path(k, client, h->interface, &h->dst);
	if (path == PATH_LAN)
		return;
	struct alert a = alert_draft(j, o, client);
	a.path = path;
	a.stage = o->stun_request.nominates ? STAGE_NOMINATED : STAGE_SIGNALLED;
	a.server = h->dst;
	a.provisional = true; /* an answer tells the address, and is another finding */
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	if (o->head.kind == OBS_CANDIDATE)
		candidate_take(j, o);
	else
		check_take(j, o);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	if (a->head.kind == OBS_STUN_REQUEST)
		describe_append(a->message,
			"%s sent an ICE check straight to %s, who sees where it comes from",
			names.client, names.server);
	else if (a->leaked_count)
		describe_append(a->message, "%s told %s the candidate %s, which is no relay",
			names.client, names.server, names.leaked);
	else
		describe_append(a->message, "%s told %s an mDNS host candidate", names.client,
			names.server);
	describe_append(a->message, "; its policy allows relayed candidates only");
	describe_append(a->remedy,
		"Have the page set iceTransportPolicy to \"relay\", and let UDP of this client "
		"out to its TURN servers only.");
}

static const char *const references[] = {
	"RFC 9429 section 4.1.1",
	"RFC 8828 section 5.2",
	"RFC 8445 section 7.2",
	NULL,
};

extern const struct detection detection_relay_only;
const struct detection detection_relay_only = {
	.info =
		{
			.id = "relay-only-violated",
			.signature_id = 210,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "Direct candidates or checks against relay-only",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D21",
			.why = "The policy says that this client is to be reached through a "
			       "TURN relay only, so that peers never learn its address. It "
			       "told a candidate that is no relay, or sent a connectivity "
			       "check straight to a peer: the peer learns its address from "
			       "that, relay or not.",
			.remedy = "Have the page set iceTransportPolicy to relay, and block UDP "
				  "to all but the TURN servers. In Chromium, Chrome, Brave and "
				  "Edge set the WebRTC IP handling policy to "
				  "disable_non_proxied_udp; in Firefox set "
				  "media.peerconnection.ice.proxy_only to true.",
			.false_positive =
				"A program of the same client that is not meant by the policy.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_CANDIDATE) | INTEREST_IN(OBS_STUN_REQUEST),
	.policy_alone = true,
	.observe = observe,
	.describe = describe,
};
