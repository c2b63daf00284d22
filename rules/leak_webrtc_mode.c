/*
 * webrtc-mode: which of the four modes of RFC 8828 §5.2 a client's browser is in, from the shape of
 * a whole gathering (§7 warns that this shows): bare IPv4 addresses of two networks are mode 1, any
 * host candidate mode 2, reflexive ones alone mode 3, relayed ones or none mode 4. Noted at info,
 * for whoever wants to know whether a setting took hold.
 *
 * Only when the client has said that these are all (end-of-candidates); mDNS names hide addresses,
 * and how many networks they stand for is not judged. SIP is left alone: no browser. Known false
 * positive: iceTransportPolicy "relay" looks like mode 4.
 */
#include "rules/describe.h"
#include "rules/gathering.h"
enum mode { MODE_ALL = 1, MODE_DEFAULT_ROUTE, MODE_PUBLIC_ONLY, MODE_PROXIED };

static enum mode mode_of(const struct gathering *g)
{
	if (g->second.family != ADDR_NONE)
		return MODE_ALL;
	if (g->bare || g->masked)
		return MODE_DEFAULT_ROUTE;
	return g->reflexive ? MODE_PUBLIC_ONLY : MODE_PROXIED;
}

static void observe(const struct judgement *j, const struct observation *o)
{
	struct telling t;
	const struct gathering *g = gathering_ended(j, o, &t);
	if (!g)
		return;
	struct alert a = telling_alert(j, o, &t, NULL);
	a.detail = (uint8_t)mode_of(g);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	static const char *const told[] = {
		[MODE_ALL] = "mode 1: it tells the addresses of several networks",
		[MODE_DEFAULT_ROUTE] =
			"mode 2: it tells host candidates, of one network as far as can be seen",
		[MODE_PUBLIC_ONLY] = "mode 3: it tells no host candidates, only its public side",
		[MODE_PROXIED] = "mode 4, or relay only: it tells relayed candidates or none",
	};
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s has WebRTC as in RFC 8828 %s", names.client,
		a->detail <= MODE_PROXIED && told[a->detail] ? told[a->detail]
							     : "none of its modes");
	describe_append(a->remedy,
		"Nothing, if that is as it was set. The setting is the WebRTC IP handling "
		"policy in Chromium, Chrome, Brave and Edge; in Firefox "
		"media.peerconnection.ice.default_address_only, ice.no_host and ice.proxy_only.");
}

static const char *const references[] = {
	"RFC 8828 section 5.2",
	"RFC 8828 section 7",
	"RFC 8838 section 13",
	NULL,
};

extern const struct detection detection_webrtc_mode;
const struct detection detection_webrtc_mode = {
	.info =
		{
			.id = "webrtc-mode",
			.signature_id = 230,
			.revision = 1,
			.severity = SEVERITY_INFO,
			.title = "WebRTC mode, as candidates show it",
			.category = "Not Suspicious Traffic",
			.catalogue = "D23",
			.why = "Which addresses a browser may gather is a setting of four "
			       "steps (RFC 8828). What a whole gathering has in it shows which "
			       "one is in force: whether every network is told, the default "
			       "route's alone, only the public side, or nothing but what a "
			       "proxy carries.",
			.remedy = "If more is shown than should be: In Chromium, Chrome, Brave "
				  "and Edge set the WebRTC IP handling policy to "
				  "disable_non_proxied_udp; in Firefox set "
				  "media.peerconnection.ice.proxy_only to true.",
			.false_positive =
				"A page that asks for relayed candidates only looks like mode "
				"4; a second address of one link like mode 1.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_SESSION) | INTEREST_IN(OBS_CANDIDATE),
	.state_size = sizeof(struct gathering),
	.observe = observe,
	.describe = describe,
};
