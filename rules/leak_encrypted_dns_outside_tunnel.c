/*
 * encrypted-dns-outside-tunnel: a client that should use a tunnel opened DNS over TLS, HTTPS or
 * QUIC around it. Nobody on the way can read the names, but the resolver can, and it gets the
 * client's real address with them: what the tunnel should have hid from it.
 *
 * Told from the hello: port and ALPN (RFC 7858, RFC 9250), or the name of a resolver that is known
 * (RFC 8484 looks like any page). A resolver of one's own, one behind ECH, or a connection that was
 * there before the capture is not seen. Inside the tunnel any resolver is the user's choice. Held
 * until it is known that a tunnel was up (lookups.h). Known false positive: split tunnelling on
 * purpose, and browsers that were started before the VPN by its user's wish.
 */
#include "rules/describe.h"
#include "rules/lookups.h"
#include "rules/resolver_way.h"

#define PORT_DNS_OVER_TLS 853 /* over QUIC, too (RFC 9250 §4.1.1) */
#define PROTOCOL_UDP      17

static void tell(const struct judgement *j, const struct addr *client, const struct lookup *lookup)
{
	const struct knowledge *k = j->knowledge;
	const struct observation hello = {.head = lookup->head};
	enum resolver_way way = resolver_way(k, &lookup->head);
	struct expectation expected;
	knowledge_expect(k, client, &expected);
	if (way == WAY_FINE || !lookup_wants_tunnel(k, client))
		return;
	struct alert a = alert_draft(j, &hello, client);
	if (way == WAY_LAN)
		a.severity = SEVERITY_LOW;
	a.confidence = knowledge_confidence(k, client, lookup->head.interface);
	a.path = way == WAY_OUTSIDE ? PATH_DIRECT : PATH_LAN;
	a.server = lookup->head.dst;
	a.provisional = true;
	alert_add_expected(&a, &expected);
	alert_add_frame(&a, lookup->head.capture, lookup->head.interface, lookup->head.frame);
	finding_raise(j, &a);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	lookups_follow(j, o, tell);
	if (h->kind != OBS_HELLO || o->hello.server || o->hello.dns == ENCRYPTED_DNS_NONE ||
		!knowledge_judges(j->knowledge, h))
		return;
	struct expectation expected;
	knowledge_expect(j->knowledge, &h->src.addr, &expected);
	if (expected.tunnel && resolver_way(j->knowledge, h) != WAY_FINE)
		lookup_hold(j, o, o->hello.name.bytes, 0);
}

static void finish(const struct judgement *j, const struct addr *client, void *state)
{
	lookups_finish(j, client, state, tell);
}

static const char *kind_name(const struct obs_head *h)
{
	bool datagrams = h->protocol == PROTOCOL_UDP;
	if (h->dst.port == PORT_DNS_OVER_TLS)
		return datagrams ? "DNS over QUIC" : "DNS over TLS";
	return datagrams ? "DNS over HTTPS or QUIC" : "DNS over HTTPS or TLS";
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s opened %s to %s%s outside its tunnel: ", names.client,
		kind_name(&a->head), a->path == PATH_LAN ? "the LAN's resolver " : "",
		names.server);
	describe_append(a->message,
		a->path == PATH_LAN
			? "it learns the names that the client asks for"
			: "the resolver learns the client's real address with every name it asks "
			  "for");
	describe_append(a->remedy,
		"Turn off secure DNS (DNS over HTTPS) in the browser, or Private DNS in the "
		"system, or see that it goes through the tunnel: a kill switch forbids TCP 853, "
		"UDP 853 and everything else outside. If this resolver is meant to be asked, "
		"allow it in the policy.");
}

static const char *const references[] = {
	"RFC 7858 section 3.1",
	"RFC 8484 section 8.2",
	"RFC 9250 section 4.1",
	NULL,
};

extern const struct detection detection_encrypted_dns_outside_tunnel;
const struct detection detection_encrypted_dns_outside_tunnel = {
	.info =
		{
			.id = "encrypted-dns-outside-tunnel",
			.signature_id = 400,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "Encrypted DNS outside the tunnel",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D40, D39",
			.why = "The client should use a tunnel, and opened DNS over TLS, HTTPS or "
			       "QUIC around it. Nobody on the way reads the names, but the "
			       "resolver does, and it learns the client's real address with them; "
			       "the resolver of the VPN is bypassed.",
			.remedy = "Have encrypted DNS go through the tunnel, or turn it off in the "
				  "browser and the system; forbid port 853 outside the tunnel.",
			.false_positive = "Split tunnelling on purpose: allow the resolver's "
					  "address in the policy.",
			.references = references,
		},
	.wants = LOOKUPS_WANTS | INTEREST_IN(OBS_HELLO),
	.state_size = sizeof(struct lookups),
	.observe = observe,
	.describe = describe,
	.finish = finish,
};
