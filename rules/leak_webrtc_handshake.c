/*
 * webrtc-handshake: a DTLS hello that says it is WebRTC's: it asks for SRTP keys (RFC 5764 §4.1.1),
 * or offers webrtc or c-webrtc (RFC 8833; the latter keeps the media even from the page). Everybody
 * on the way, a relay's operator too, sees that the client is in a call, and by the order and
 * choice of what it offers with which browser. That is no leak of an address, and never more than
 * info; around a tunnel the same hello is media-outside-tunnel's.
 *
 * Known false positive: SIP phones that speak DTLS-SRTP, which is no web.
 */
#include "rules/departure.h"
#include "rules/describe.h"
#include "rules/hellos.h"

static void observe(const struct judgement *j, const struct observation *o)
{
	struct departure d;
	const struct obs_head *h = &o->head;
	if (!hello_is_webrtc(&o->hello) || !knowledge_judges(j->knowledge, h) ||
		departure_read(j, h, NULL, &d))
		return;
	struct alert a = alert_draft(j, o, &h->src.addr);
	a.path = h->encapsulation & WRAPPED_PROXY
		? PATH_PROXY
		: knowledge_path(j->knowledge, &h->src.addr, h->interface, &h->dst);
	a.server = h->dst;
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s sets up a WebRTC call with %s: its DTLS hello says so",
		names.client, names.server);
	describe_append(a->remedy,
		"Nothing, unless this client should make no calls. If it should be behind a VPN "
		"or proxy, say so with --egress, --tunnel or --proxy, and seep tells whether the "
		"call is.");
}

static const char *const references[] = {
	"RFC 5764 section 4.1.1",
	"RFC 8833",
	NULL,
};

extern const struct detection detection_webrtc_handshake;
const struct detection detection_webrtc_handshake = {
	.info =
		{
			.id = "webrtc-handshake",
			.signature_id = 310,
			.revision = 1,
			.severity = SEVERITY_INFO,
			.title = "A WebRTC call shows by its DTLS hello",
			.category = "Not Suspicious Traffic",
			.catalogue = "D31",
			.why = "Whoever is on the way sees that the client is in a call, and what "
			       "the hello offers tells browsers apart. It is noted so that "
			       "encrypted media can be told from a VPN's DTLS.",
			.remedy = "Nothing; encrypt the way to the relay, too, where that the "
				  "client calls at all must stay hidden.",
			.false_positive = "SIP phones with DTLS-SRTP.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_HELLO),
	.observe = observe,
	.describe = describe,
};
