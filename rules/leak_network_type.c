/*
 * network-type-told: a client's ICE check tells its peer what kind of network it is on
 * (GOOG-NETWORK-INFO 0xC057, of Chromium and libwebrtc: a network's number and cost). Behind a VPN
 * that says more than it should: Wi-Fi at home, or a mobile link of which generation.
 *
 * Only in requests of the client itself: a peer's value arrives in the peer's. 999 and 50 say
 * "unknown" (pages without permission), odd values are the same kind seen through a VPN where an
 * experiment adds 1 for it; they tell of the VPN, too, and are noted at info. That a value has no
 * such 1 proves nothing. Known false positive: none as a fact; how much it matters depends on the
 * peer.
 */
#include "rules/describe.h"
#include "rules/detection.h"

/* libwebrtc, rtc_base/network_constants.h. */
#define COST_CABLE        0
#define COST_WIFI         10
#define COST_CELLULAR_MIN 250 /* 5G; 500: 4G, 900: not known, 910: 3G, 980: 2G */
#define COST_CELLULAR_MAX 980
#define COST_VPN          1 /* added */

/* By what it gives away; info for what tells no kind. */
static enum severity cost_severity(uint16_t cost)
{
	if (cost & COST_VPN)
		return SEVERITY_INFO;
	if (cost >= COST_CELLULAR_MIN && cost <= COST_CELLULAR_MAX)
		return SEVERITY_MEDIUM;
	return SEVERITY_LOW;
}

static bool cost_tells(uint16_t cost)
{
	uint16_t kind = cost & (uint16_t)~COST_VPN;
	return kind == COST_CABLE || kind == COST_WIFI ||
		(kind >= COST_CELLULAR_MIN && kind <= COST_CELLULAR_MAX);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	const struct obs_ice *ice = &o->stun_request.ice;
	if (!o->stun_request.check || !ice->has_network || !cost_tells(ice->network_cost) ||
		!knowledge_judges(j->knowledge, h))
		return;
	enum path path = knowledge_path(j->knowledge, &h->src.addr, h->interface, &h->dst);
	if (path == PATH_LAN)
		return;
	struct alert a = alert_draft(j, o, &h->src.addr);
	struct expectation expected;
	knowledge_expect(j->knowledge, &h->src.addr, &expected);
	a.severity = cost_severity(ice->network_cost);
	a.path = path;
	a.stage = STAGE_SIGNALLED;
	a.server = h->dst;
	alert_add_expected(&a, &expected);
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static const char *kind_name(enum severity severity)
{
	switch (severity) {
	case SEVERITY_MEDIUM:
		return "that it is on a mobile network";
	case SEVERITY_LOW:
		return "that it is on cable or Wi-Fi";
	default:
		return "what kind of network it is on";
	}
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s told peer %s in its connectivity checks %s", names.client,
		names.server, kind_name(a->severity));
	describe_append(a->remedy,
		"In Chromium, Chrome, Brave and Edge set the WebRTC IP handling policy to "
		"default_public_interface_only: then networks are not told apart, and neither is "
		"their kind told. Without a camera or microphone permission it is not, either.");
}

static const char *const references[] = {
	"RFC 8445 section 7.1",
	"libwebrtc rtc_base/network_constants.h",
	NULL,
};

extern const struct detection detection_network_type;
const struct detection detection_network_type = {
	.info =
		{
			.id = "network-type-told",
			.signature_id = 100,
			.revision = 1,
			.severity = SEVERITY_MEDIUM,
			.title = "Kind of network told to an ICE peer",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D10",
			.why = "Chromium writes into each connectivity check what kind of network "
			       "it uses, so that peers can prefer cheap ones. A peer so learns that "
			       "a client behind a VPN is on a mobile network or on Wi-Fi, and can "
			       "tell one place from another.",
			.remedy =
				"Have the browser use the default network only (WebRTC IP handling policy).",
			.false_positive = "None as a fact; to friends it rarely matters.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_STUN_REQUEST),
	.observe = observe,
	.describe = describe,
};
