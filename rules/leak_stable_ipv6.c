/*
 * hardware-address-in-ipv6: a client told a server, a peer or a page an IPv6 address whose last
 * half is made of its network card's hardware address (RFC 4291 Appendix A; RFC 7721 §3). It is the
 * same in every network, so it recognises the machine wherever it goes, and names its maker.
 *
 * Told by the ff:fe in the middle; made of a hardware address that is itself random (the local bit)
 * it is stable in one network only and graded lower. What a temporary address (RFC 8981) or a
 * stable random one (RFC 7217) gives away cannot be told apart by looking, and is the business of
 * the other detections. In a tunnel an address is the VPN's to give. Known false positive: one
 * random address in 65536 looks like this.
 */
#include "rules/describe.h"
#include "rules/detection.h"

/* Within an IPv6 address, its second half (RFC 4291 Appendix A). */
#define IID           8
#define IID_MIDDLE    11
#define IID_UNIVERSAL 0x02 /* the bit of a hardware address that says "local", turned over */
#define MAC_HALF      3
#define MAC_LAST_HALF (IID_MIDDLE + 2)

static bool made_of_mac(const struct addr *a, uint8_t mac[6])
{
	const uint8_t *bytes = a->bytes;
	if (a->family != ADDR_V6 || bytes[IID_MIDDLE] != 0xff || bytes[IID_MIDDLE + 1] != 0xfe)
		return false;
	memcpy(mac, bytes + IID, MAC_HALF);
	memcpy(mac + MAC_HALF, bytes + MAC_LAST_HALF, MAC_HALF);
	mac[0] ^= IID_UNIVERSAL;
	return addr_scope(a) != SCOPE_SPECIAL;
}

/* The hardware address seen on the wire may be a router's, or another interface's: it only ever
 * confirms. */
static enum confidence mac_confidence(
	const struct judgement *j, const struct addr *client, const uint8_t mac[6])
{
	const struct client *seen = knowledge_client(j->knowledge, client);
	bool same = seen && seen->has_mac && memcmp(seen->mac, mac, sizeof(seen->mac)) == 0;
	return same ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
}

static void grade(
	struct alert *a, const struct judgement *j, const struct addr *told, const uint8_t mac[6])
{
	enum confidence confidence = mac_confidence(j, &a->client, mac);
	if (a->confidence > confidence)
		a->confidence = confidence;
	if (!(told->bytes[IID] & IID_UNIVERSAL) && a->severity > SEVERITY_MEDIUM)
		a->severity = SEVERITY_MEDIUM;
}

static void answer_judge(const struct judgement *j, const struct observation *o)
{
	struct proof proof;
	uint8_t mac[6];
	if (!proof_read(j, o, &proof) || !made_of_mac(&proof.mapped, mac) ||
		expectation_met(&proof.expected, &proof.mapped))
		return;
	if (proof.path == PATH_LAN || proof.path == PATH_TUNNEL)
		return; /* known there anyway; or made of what the VPN's exit has */
	struct alert a = alert_of_proof(j, o, &proof);
	if (a.leaked_count == 0)
		alert_add_leaked(&a, &proof.mapped);
	grade(&a, j, &proof.mapped, mac);
	finding_raise(j, &a);
}

static void candidate_judge(const struct judgement *j, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	const struct addr *told = &o->candidate.address.addr;
	uint8_t mac[6];
	if (o->candidate.owner != OWNER_SENDER || o->candidate.type == CANDIDATE_RELAY ||
		!made_of_mac(told, mac) || !knowledge_judges(j->knowledge, h))
		return;
	struct expectation expected;
	knowledge_expect(j->knowledge, &h->src.addr, &expected);
	enum path path = knowledge_path(j->knowledge, &h->src.addr, h->interface, &h->dst);
	if (path == PATH_LAN || expectation_met(&expected, told))
		return;
	struct alert a = alert_draft(j, o, &h->src.addr);
	a.path = path;
	a.stage = STAGE_SIGNALLED;
	a.server = h->dst;
	alert_add_leaked(&a, told);
	alert_add_expected(&a, &expected);
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	grade(&a, j, told, mac);
	finding_raise(j, &a);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	if (o->head.kind == OBS_CANDIDATE)
		candidate_judge(j, o);
	else
		answer_judge(j, o);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	bool universal = a->leaked[0].bytes[IID] & IID_UNIVERSAL;
	describe_append(a->message, "%s told %s the IPv6 address %s, which is made of %s",
		names.client, names.server, names.leaked,
		universal ? "its network card's hardware address: it recognises this machine in "
			    "any network"
			  : "a random hardware address: it recognises this machine as long as it "
			    "stays in this network");
	describe_append(a->remedy,
		"Turn on temporary addresses (RFC 8981): on Linux net.ipv6.conf.all.use_tempaddr=2 "
		"and addr_gen_mode 2 or 3, in NetworkManager ipv6.addr-gen-mode=stable-privacy "
		"and ipv6.ip6-privacy=2, on Windows netsh interface ipv6 set privacy enabled. Have "
		"the VPN carry IPv6, or block it outside the tunnel.");
}

static const char *const references[] = {
	"RFC 7721 section 3",
	"RFC 8981 section 1.2",
	"RFC 4291 appendix A",
	NULL,
};

extern const struct detection detection_stable_ipv6;
const struct detection detection_stable_ipv6 = {
	.info =
		{
			.id = "hardware-address-in-ipv6",
			.signature_id = 90,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "IPv6 address made of the hardware address told",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D09",
			.why = "The second half of this IPv6 address is the network card's "
			       "hardware address. It stays the same in every network and for the "
			       "life of the machine, so who has seen it once recognises the "
			       "machine again, with any VPN.",
			.remedy = "Use temporary IPv6 addresses, and keep IPv6 inside the tunnel.",
			.false_positive = "One random address in 65536 looks like this.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_BINDING_RESULT) | INTEREST_IN(OBS_ALLOCATION) |
		INTEREST_IN(OBS_CANDIDATE),
	.observe = observe,
	.describe = describe,
};
