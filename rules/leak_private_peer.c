/*
 * private-peer-told-to-turn: a client asked a TURN server on the Internet to relay to a private
 * address (CreatePermission, ChannelBind, Send; RFC 8656 §9, §11, §12). The operator learns what
 * addresses there are in the client's own network, though nothing could be relayed to them:
 * browsers are told not to (draft-ietf-mmusic-mdns-ice-candidates, "Interactions With TURN
 * Servers").
 *
 * The address is the one that the peer signalled. Only that of a host seen in the client's own LAN
 * surely says something of the client; one of a network numbered alike is graded low, because homes
 * are; any other may be a server's, behind the relay, and is noted at info. Where the relay's own
 * addresses are private nothing is said: there such peers are what it is for. Known false positive:
 * two homes that number their hosts alike.
 */
#include "rules/describe.h"
#include "rules/detection.h"

#define METHOD_SEND              0x006
#define METHOD_CREATE_PERMISSION 0x008
#define METHOD_CHANNEL_BIND      0x009
#define METHOD_CONNECT           0x00a
#define RELAYS                   4  /* with private addresses, of a client */
#define NEAR_V4                  24 /* bits: what homes and offices number as one */
#define NEAR_V6                  64

struct state {
	struct addr relay[RELAYS];
	uint8_t next;
	bool seen; /* it is a host of this LAN */
};

/* A relay with private addresses is in a private network, with the peers it is for. */
static void allocation_note(const struct judgement *j, const struct observation *o)
{
	const struct obs_allocation *got = &o->allocation;
	if (!knowledge_judges_answer(j->knowledge, &got->answer) ||
		addr_scope(&got->relayed.addr) != SCOPE_PRIVATE)
		return;
	struct state *s = judgement_memory(j, &got->answer.client.addr);
	s->relay[s->next++ % RELAYS] = got->answer.server.addr;
}

static bool relay_is_private(
	const struct judgement *j, const struct addr *client, const struct addr *relay)
{
	const struct state *s = judgement_recall(j, client);
	for (size_t i = 0; s && i < RELAYS; i++) {
		if (addr_equal(&s->relay[i], relay))
			return true;
	}
	return false;
}

static bool client_names(const struct obs_turn_peer *peer)
{
	if (peer->stun_class == STUN_INDICATION)
		return peer->method == METHOD_SEND;
	return peer->stun_class == STUN_REQUEST &&
		(peer->method == METHOD_CREATE_PERMISSION || peer->method == METHOD_CHANNEL_BIND ||
			peer->method == METHOD_CONNECT);
}

/* In the network that the client is in itself. */
static bool same_network(const struct addr *client, const struct addr *peer)
{
	const struct prefix near = {
		.addr = *client, .bits = client->family == ADDR_V4 ? NEAR_V4 : NEAR_V6};
	return prefix_contains(&near, peer);
}

/* Somebody of that address is in this LAN; or in another that is numbered alike. */
static void peer_grade(struct alert *a, const struct judgement *j, const struct addr *peer)
{
	const struct state *s = judgement_recall(j, peer);
	if ((s && s->seen) || knowledge_client(j->knowledge, peer))
		return;
	a->severity = same_network(&a->client, peer) ? SEVERITY_LOW : SEVERITY_INFO;
	a->confidence = CONFIDENCE_MEDIUM;
}

static void neighbour_note(const struct judgement *j, const struct addr *neighbour)
{
	struct state *s = addr_scope(neighbour) == SCOPE_PRIVATE ? judgement_memory(j, neighbour)
								 : NULL;
	if (s)
		s->seen = true;
}

static void peer_judge(const struct judgement *j, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	const struct addr *client = &h->src.addr;
	const struct addr peer = addr_plain(&o->turn_peer.peer.addr);
	if (!client_names(&o->turn_peer) || addr_scope(&peer) != SCOPE_PRIVATE ||
		addr_scope(&h->dst.addr) != SCOPE_GLOBAL || !knowledge_judges(j->knowledge, h) ||
		relay_is_private(j, client, &h->dst.addr))
		return;
	struct alert a = alert_draft(j, o, client);
	struct expectation expected;
	knowledge_expect(j->knowledge, client, &expected);
	a.path = knowledge_path(j->knowledge, client, h->interface, &h->dst);
	a.server = h->dst;
	peer_grade(&a, j, &peer);
	alert_add_leaked(&a, &peer);
	alert_add_expected(&a, &expected);
	alert_add_frame(&a, h->capture, h->interface, h->frame);
	finding_raise(j, &a);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	if (o->head.kind == OBS_ALLOCATION)
		allocation_note(j, o);
	else if (o->head.kind == OBS_NEIGHBOUR)
		neighbour_note(j, &o->neighbour.addr);
	else if (!(o->head.encapsulation & WRAPPED_TURN))
		peer_judge(j, o);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s named the private address %s to TURN server %s",
		names.client, names.leaked, names.server);
	describe_append(a->message, "%s",
		a->severity > SEVERITY_INFO || same_network(&a->client, &a->leaked[0])
			? ": its operator learns how the network around this client is numbered"
			: ": it is its peer's, or a server's behind the relay");
	describe_append(a->remedy,
		"Keep private addresses out of the signalling at the other end: no camera or "
		"microphone permission for pages that only receive, mDNS names left on, in "
		"Chromium, Chrome, Brave and Edge no WebRtcLocalIpsAllowedUrls. A TURN client "
		"should not ask for permissions to private addresses of its own network.");
}

static const char *const references[] = {
	"RFC 8656 section 9",
	"draft-ietf-mmusic-mdns-ice-candidates section 3.3.2",
	NULL,
};

extern const struct detection detection_private_peer;
const struct detection detection_private_peer = {
	.info =
		{
			.id = "private-peer-told-to-turn",
			.signature_id = 50,
			.revision = 1,
			.severity = SEVERITY_MEDIUM,
			.title = "Private address of the own network told to a TURN server",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D05",
			.why = "Permissions and channels name the peer's address to the TURN "
			       "server. A private one cannot be reached from there, but its "
			       "operator learns how the client's network is numbered, and who else "
			       "is in it, through any VPN.",
			.remedy = "Keep private addresses out of signalling, so that no peer "
				  "learns one to ask for.",
			.false_positive = "A peer in another private network with the same "
					  "numbers, 192.168.1.0/24 for instance: then it is its "
					  "own address.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_TURN_PEER) | INTEREST_IN(OBS_ALLOCATION) |
		INTEREST_IN(OBS_NEIGHBOUR),
	.state_size = sizeof(struct state),
	.observe = observe,
	.describe = describe,
};
