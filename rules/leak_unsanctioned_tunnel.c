/*
 * unsanctioned-tunnel: a client that should be in one tunnel has another beside it: Teredo (RFC
 * 4380), 6in4 or GRE, Tailscale, WARP, a second VPN. What is in that one comes out elsewhere, past
 * whatever the sanctioned tunnel promises (RFC 6169).
 *
 * Which is sanctioned, the policy says by its far ends; else the tunnel that was up first. A second
 * VPN counts only once both have carried something side by side: a VPN that moves to another server
 * leaves the old one silent. A phone's IPsec to its operator counts only by the policy. Left alone:
 * everything where the sanctioned tunnel is not known from outside, because this may be it. Known
 * false positive: a mesh beside the VPN on purpose.
 */
#include "rules/describe.h"
#include "rules/detection.h"
#include "rules/local_end.h"

/* How long the first tunnel must have gone on when the second one was up. */
#define OVERLAP_NS UINT64_C(2000000000)

/* SSH and Tor carry what is given to them, no packets. */
static bool kind_is_tunnel(uint8_t kind)
{
	return kind != TUNNEL_SSH && kind != TUNNEL_TOR;
}

static bool policy_names_far_end(const struct judgement *j, const struct addr *client)
{
	const struct policy *policy = j->knowledge->policy;
	const struct policy_span *declared = &knowledge_terms(j->knowledge, client)->tunnel;
	for (uint32_t i = declared->first; i < declared->first + declared->count; i++) {
		if (policy->tunnel[i].far_end.addr.family != ADDR_NONE)
			return true;
	}
	return false;
}

static bool policy_far_end(
	const struct judgement *j, const struct addr *client, const struct addr *far)
{
	const struct policy *policy = j->knowledge->policy;
	const struct policy_span *declared = &knowledge_terms(j->knowledge, client)->tunnel;
	for (uint32_t i = declared->first; i < declared->first + declared->count; i++) {
		if (addr_equal(&policy->tunnel[i].far_end.addr, far))
			return true;
	}
	return false;
}

static bool tunnel_carries(const struct tunnel *t)
{
	return t->far_end.addr.family != ADDR_NONE && t->state == TUNNEL_UP && t->sent &&
		t->received;
}

/* Phones keep IPsec up to their operator, for calls over Wi-Fi (3GPP TS 24.302): nothing else is in
 * it, and nothing else should be. */
static bool kind_is_phones(uint8_t kind)
{
	return kind == TUNNEL_IKE || kind == TUNNEL_ESP;
}

/* A VPN that was up before `far`'s, and has carried something since that came up. Without a row for
 * `far` (meshes are none) any that is up. */
static bool beside_another(
	const struct judgement *j, const struct addr *client, const struct addr *far)
{
	const struct client_tunnels *c = knowledge_tunnels(j->knowledge, client);
	const struct tunnel *second = tunnels_reach(c, far);
	if (second && (!tunnel_carries(second) || kind_is_phones(second->kind)))
		return false;
	for (size_t i = 0; c && i < TUNNELS_PER_CLIENT; i++) {
		const struct tunnel *t = &c->at[i];
		if (t == second || !tunnel_carries(t) || kind_is_phones(t->kind))
			continue;
		if (!second ||
			(t->up_ns < second->up_ns && t->seen_ns > second->up_ns + OVERLAP_NS))
			return true;
	}
	return false;
}

static bool is_unsanctioned(
	const struct judgement *j, const struct addr *client, const struct addr *far)
{
	if (policy_names_far_end(j, client))
		return !policy_far_end(j, client, far);
	return beside_another(j, client, far);
}

/* Cloudflare WARP goes over HTTP/3 or HTTP/2 and tells its name in its hello alone; over WireGuard
 * it writes into reserved bytes, and is not read. */
static bool hello_is_warp(const struct obs_hello *hello)
{
	static const char suffix[] = "-masque.cloudflareclient.com";
	size_t length = sizeof(suffix) - 1;
	const struct obs_word *name = &hello->name;
	return !hello->server && name->length > length &&
		memcmp(name->bytes + name->length - length, suffix, length) == 0;
}

/* What a packet was wrapped in. */
static const char *wrapping_name(const struct obs_head *h)
{
	if (h->outer_src.family == ADDR_NONE)
		return h->kind == OBS_HELLO ? "Cloudflare WARP" : "a VPN's";
	bool inner6 = h->src.addr.family == ADDR_V6;
	if (h->encapsulation & WRAPPED_UDP)
		return "Teredo";
	if (h->encapsulation & WRAPPED_GRE)
		return "GRE";
	return inner6 && h->outer_src.family == ADDR_V4 ? "6in4" : "IP in IP";
}

static bool addr_is_teredo(const struct addr *a)
{
	static const uint8_t prefix[] = {0x20, 0x01, 0, 0}; /* RFC 4380 §2.6 */
	return a->family == ADDR_V6 && memcmp(a->bytes, prefix, sizeof(prefix)) == 0;
}

static bool wrapping_is_tunnel(const struct obs_head *h)
{
	if (h->encapsulation & WRAPPED_UDP)
		return addr_is_teredo(&h->src.addr) || addr_is_teredo(&h->dst.addr);
	return h->encapsulation & (WRAPPED_IP | WRAPPED_GRE);
}

/* Raised with the tunnel's own ends as the evidence's. */
static void tunnel_judge(const struct judgement *j, const struct observation *o,
	const struct endpoint *near, const struct endpoint *far)
{
	const struct knowledge *k = j->knowledge;
	struct expectation expected;
	struct obs_head asked = o->head;
	asked.src = *near;
	asked.dst = *far;
	knowledge_expect(k, &near->addr, &expected);
	if (!expected.tunnel || knowledge_role(k, NULL, o->head.interface) == ROLE_TUNNEL ||
		addr_scope(&far->addr) != SCOPE_GLOBAL || !knowledge_judges(k, &asked) ||
		!is_unsanctioned(j, &near->addr, &far->addr))
		return;
	struct alert a = alert_draft_direct(j, o, &near->addr, far, &expected);
	alert_add_frame(&a, o->head.capture, o->head.interface, o->head.frame);
	finding_raise(j, &a);
}

/* Asking alone is no tunnel, and a mesh finds its neighbours on the link by the same words. */
static void words_observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	const struct endpoint *near = tunnel_near(h);
	if (!kind_is_tunnel(o->tunnel.kind) || h->outer_src.family != ADDR_NONE ||
		o->tunnel.event == TUNNEL_ASKS || o->tunnel.event == TUNNEL_DEFERS ||
		o->tunnel.event == TUNNEL_RESETS)
		return;
	tunnel_judge(j, o, near, near == &h->src ? &h->dst : &h->src);
}

static void wrapped_observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	if (h->outer_src.family == ADDR_NONE || !wrapping_is_tunnel(h))
		return;
	bool inward = addr_scope(&h->outer_src) == SCOPE_GLOBAL &&
		addr_scope(&h->outer_dst) != SCOPE_GLOBAL;
	struct endpoint near = {.addr = inward ? h->outer_dst : h->outer_src};
	struct endpoint far = {.addr = inward ? h->outer_src : h->outer_dst};
	if (!inward || o->traffic.answered)
		tunnel_judge(j, o, &near, &far);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	if (o->head.kind == OBS_TRAFFIC)
		wrapped_observe(j, o);
	else if (o->head.kind == OBS_HELLO && hello_is_warp(&o->hello))
		tunnel_judge(j, o, &o->head.src, &o->head.dst);
	else if (o->head.kind == OBS_TUNNEL)
		words_observe(j, o);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message,
		"%s has another tunnel beside the one it should use, %s, to %s: what is in it comes "
		"out elsewhere",
		names.client, wrapping_name(&a->head), names.server);
	if (a->head.encapsulation & WRAPPED_UDP)
		describe_append(a->remedy,
			"Turn Teredo off (netsh interface teredo set state disabled), and block "
			"UDP port 3544. ");
	describe_append(a->remedy,
		"If the tunnel is wanted, declare its far end with --tunnel or allow it in the "
		"policy; else remove the program, or have the kill switch drop it.");
}

static const char *const references[] = {
	"RFC 6169 section 2",
	"RFC 4380",
	"RFC 4213 section 3",
	NULL,
};

extern const struct detection detection_unsanctioned_tunnel;
const struct detection detection_unsanctioned_tunnel = {
	.info =
		{
			.id = "unsanctioned-tunnel",
			.signature_id = 490,
			.revision = 1,
			.severity = SEVERITY_MEDIUM,
			.title = "Another tunnel beside the one that is expected",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D49",
			.why = "A second tunnel carries traffic out past the one that the client "
			       "should be in: past its filters, its kill switch and its egress. "
			       "Teredo and its like come up by themselves, and give a host a public "
			       "IPv6 address that tells its IPv4 one.",
			.remedy = "Remove it, or declare it with --tunnel or an allow entry of the "
				  "policy.",
			.false_positive = "A mesh or company VPN beside another one on purpose.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_TRAFFIC) | INTEREST_IN(OBS_TUNNEL) | INTEREST_IN(OBS_HELLO),
	.observe = observe,
	.describe = describe,
};
