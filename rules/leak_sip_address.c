/*
 * sip-address: the Via (sent-by) or Contact of a client's SIP request names an address that is not
 * where its tunnel or proxy comes out (RFC 3261 §18.1.1, §20.10). The provider reads it, and the
 * one who is called gets the Contact.
 *
 * What the client says in answers to others, and what others say, is left alone; so are servers in
 * private networks. Known false positive: phones behind NAT name their private address by design:
 * low.
 */
#include "rules/describe.h"
#include "rules/telling.h"
static void observe(const struct judgement *j, const struct observation *o)
{
	struct telling t;
	const struct obs_http *h = &o->http;
	if (h->protocol != HTTP_SIP || !telling_read(j, o, &t))
		return;
	telling_raise(j, o, &t, &h->forwarded);
	if (!addr_equal(&h->forwarded.addr, &h->contact.addr))
		telling_raise(j, o, &t, &h->contact);
}

static void describe(struct alert *a)
{
	describe_told(a, "the Via or Contact of SIP");
}

static const char *const references[] = {
	"RFC 3261 section 18.1.1",
	"RFC 3261 section 20.10",
	"RFC 3581 section 3",
	"RFC 5626",
	NULL,
};

extern const struct detection detection_srflx_outside_egress;
extern const struct detection detection_sip_address;
const struct detection detection_sip_address = {
	.info =
		{
			.id = "sip-address",
			.signature_id = 260,
			.revision = 1,
			.severity = SEVERITY_MEDIUM,
			.title = "Address in a SIP head",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D26",
			.why = "The Via or Contact of a SIP request names where the client is, "
			       "and proxies hand it on to whoever is called. Through a VPN the "
			       "packets come out of the exit, and yet the head says the real "
			       "address, or where the client is in its own network.",
			.remedy = "Let the phone learn its address within the tunnel (STUN "
				  "through it, or rport and outbound), and have the provider's "
				  "border controller hide the head (topology hiding).",
			.false_positive =
				"Phones behind NAT put their private address there by design "
				"(RFC 5626): low.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_HTTP),
	.grows = &detection_srflx_outside_egress,
	.observe = observe,
	.describe = describe,
};
