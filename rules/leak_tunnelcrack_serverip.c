/*
 * tunnelcrack-serverip: packets of a client in a tunnel went to the address where the tunnel ends,
 * but were no tunnel's (CVE-2023-36673, CVE-2023-36671). A VPN must let its own packets pass, and
 * many do so by the server's address alone: whoever can forge the answer to its name, or gets a
 * page to name that address, makes other traffic pass in clear, too.
 *
 * A moment is waited for what shows it to be a tunnel after all: another port, a second protocol of
 * the same VPN. Left alone: ICMP, fragments, what began before the tunnel was up, a connection
 * without words. Encrypted sessions (TLS, SSH) are low: the provider's own service is often there,
 * and tells its address to nobody new. Known false positive: a declared far end without a port, of
 * an unknown protocol.
 */
#include "rules/describe.h"
#include "rules/detection.h"
#include "rules/local_end.h"
#include "rules/pending.h"

enum { ICMP = 1, TCP = 6, UDP = 17, GRE = 47, ESP = 50, AH = 51, ICMPV6 = 58 };
enum { PORT_IKE = 500, PORT_L2TP = 1701, PORT_PPTP = 1723, PORT_IKE_NAT = 4500 };

/* Packets until a client has said something: SYN, ACK, words. */
#define TCP_SPOKE 3

static bool ipsec_speaks(uint8_t protocol, uint16_t port)
{
	if (protocol == UDP)
		return port == PORT_IKE || port == PORT_IKE_NAT || port == PORT_L2TP;
	return protocol == ESP || protocol == AH;
}

/* What belongs to this tunnel beside the packets that it was seen by. */
static bool tunnel_speaks(const struct tunnel *t, uint8_t protocol, uint16_t port)
{
	switch ((enum tunnel_kind)t->kind) {
	case TUNNEL_IKE:
	case TUNNEL_ESP:
	case TUNNEL_L2TP:
		return ipsec_speaks(protocol, port);
	case TUNNEL_PPTP:
		return protocol == GRE || (protocol == TCP && port == PORT_PPTP);
	default:
		return port == t->far_end.port;
	}
}

/* Whoever declared the address alone has not said what the tunnel's own packets are. */
static bool declared_loosely(
	const struct knowledge *k, const struct addr *client, const struct endpoint *far)
{
	const struct policy_span *declared = &knowledge_terms(k, client)->tunnel;
	for (uint32_t i = declared->first; i < declared->first + declared->count; i++) {
		const struct endpoint *end = &k->policy->tunnel[i].far_end;
		if (addr_equal(&end->addr, &far->addr) && !end->port)
			return true;
	}
	return false;
}

/* Is it to the tunnel's address, and not the tunnel's own? */
static bool end_is_beside(
	const struct knowledge *k, const struct observation *o, const struct local_end *end)
{
	const struct tunnel *t = tunnels_reach(knowledge_tunnels(k, &end->client), &end->far->addr);
	uint8_t protocol = o->head.protocol;
	bool fragment = (protocol == UDP || protocol == TCP) && end->far->port == 0;
	if (protocol == ICMP || protocol == ICMPV6 || fragment ||
		!knowledge_far_end(k, &end->client, &end->far->addr))
		return false;
	if (t ? tunnel_speaks(t, protocol, end->far->port)
	      : declared_loosely(k, &end->client, end->far))
		return false;
	return local_end_goes_around(k, o, end);
}

static void traffic_judge(const struct judgement *j, const struct observation *o, bool sealed)
{
	const struct knowledge *k = j->knowledge;
	struct expectation expected;
	struct local_end end;
	if (!local_end_of(k, o, &end) || !end_is_beside(k, o, &end))
		return;
	bool spoke = o->head.protocol != TCP || end.packets >= TCP_SPOKE;
	knowledge_expect(k, &end.client, &expected);
	if (!expected.tunnel || !spoke ||
		o->traffic.first_ns < knowledge_tunnel_since(k, &end.client))
		return;
	struct alert a = alert_draft_direct(j, o, &end.client, end.far, &expected);
	if (sealed) {
		a.severity = SEVERITY_LOW;
		a.confidence = CONFIDENCE_LOW;
	}
	local_end_sum(&end, o, &a.traffic);
	alert_add_frame(&a, o->head.capture, o->head.interface, o->head.frame);
	finding_raise(j, &a);
}

static void pending_judge(const struct judgement *j, struct pending *pending, uint64_t now_ns)
{
	struct observation due;
	bool sealed;
	while (pending_due(pending, now_ns, &due, &sealed))
		traffic_judge(j, &due, sealed);
}

/* What began before the capture did is another matter: it may be older than the tunnel. */
static void traffic_observe(const struct judgement *j, const struct observation *o)
{
	const struct knowledge *k = j->knowledge;
	struct local_end end;
	if (!k->tunnels.table.count && !k->policy->tunnels)
		return;
	if (!local_end_of(k, o, &end))
		return;
	struct pending *pending = judgement_recall(j, &end.near->addr);
	if (pending) {
		pending_goes_on(pending, o);
		pending_judge(j, pending, j->now_ns);
	}
	if (o->traffic.event != TRAFFIC_BEGINS || o->traffic.mid_stream ||
		!end_is_beside(k, o, &end))
		return;
	pending_add(judgement_memory(j, &end.near->addr), o);
}

/* A session's first words, or a tunnel's. */
static void words_observe(
	const struct judgement *j, const struct observation *o, const struct endpoint *near)
{
	const struct obs_head *h = &o->head;
	struct pending *pending = judgement_recall(j, &near->addr);
	struct pending_conversation *c = pending ? pending_find(pending, h) : NULL;
	if (!c)
		return;
	if (h->kind == OBS_HELLO || o->tunnel.kind == TUNNEL_SSH)
		c->sealed = true;
	else
		pending_forget(pending, near == &h->src ? &h->dst : &h->src);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	if (o->head.kind == OBS_TRAFFIC) {
		traffic_observe(j, o);
		return;
	}
	words_observe(j, o, tunnel_near(&o->head));
}

static void finish(const struct judgement *j, const struct addr *client, void *state)
{
	(void)client;
	pending_judge(j, state, UINT64_MAX);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	char far[ADDR_TEXT_MAX];
	describe_begin(a, &names);
	addr_text(&a->server.addr, far);
	describe_append(a->message,
		"%s sent %s to %s, where its tunnel ends, but outside the tunnel: the VPN lets "
		"everything to that address pass",
		names.client,
		a->severity == SEVERITY_LOW ? "encrypted traffic that is not the VPN's"
					    : "traffic that is not the VPN's",
		names.server);
	describe_append(a->remedy,
		"Let only the VPN's own protocol and port to %s pass outside the tunnel (on Linux "
		"by firewall mark, as wg-quick does, not by a route to the address), and see that "
		"the server's name was not forged. If the provider's own service is there, allow "
		"it in the policy.",
		far);
}

static const char *const references[] = {
	"CVE-2023-36673",
	"CVE-2023-36671",
	"RFC 7359",
	NULL,
};

extern const struct detection detection_tunnelcrack_serverip;
const struct detection detection_tunnelcrack_serverip = {
	.info =
		{
			.id = "tunnelcrack-serverip",
			.signature_id = 470,
			.revision = 1,
			.severity = SEVERITY_CRITICAL,
			.title = "Other traffic to the VPN server's address in clear (TunnelCrack "
				 "ServerIP)",
			.category = "Attempted Information Leak",
			.catalogue = "D47",
			.why = "Many VPNs keep their own packets out of the tunnel by a route to the "
			       "server's address, which then holds for all traffic to it. Who forges "
			       "that address as the VPN server's gets whatever the client sends to "
			       "it in clear, past the tunnel.",
			.remedy =
				"Let only the VPN's own packets pass, by mark or by port, and look "
				"up its server's name in a way that cannot be forged.",
			.false_positive = "A provider's service or one's own server at the same "
					  "address as the VPN: allow it in the policy.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_TRAFFIC) | INTEREST_IN(OBS_TUNNEL) | INTEREST_IN(OBS_HELLO),
	.state_size = sizeof(struct pending),
	.observe = observe,
	.finish = finish,
	.describe = describe,
};
