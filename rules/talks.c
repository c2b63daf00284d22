/* Which conversations count as traffic that belongs in a tunnel. */
#include "rules/talks.h"

enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_ICMPV6 = 58 };
#define MAC_GROUP 1 /* the bit of the first byte: broadcast or multicast (IEEE 802) */

enum { PORT_NTP = 123, PORT_DHCP = 67, PORT_DHCP_CLIENT = 68 };
enum { PORT_IKE = 500, PORT_IKE_NAT = 4500 };
enum { PORT_DHCPV6_CLIENT = 546, PORT_DHCPV6 = 547 };

/* A datagram of NTP with its extensions, and the headers around it, is no longer; what is uses its
 * port for something else (RFC 5905 §7.3, RFC 8915). */
#define NTP_FRAME_MAX 512

/* Ours is the end that is in a private network, or that the capture shows to be local. */
static bool src_is_near(const struct knowledge *k, const struct obs_head *h)
{
	if (h->direction != DIRECTION_UNKNOWN)
		return h->direction == DIRECTION_OUT;
	bool src_global = addr_scope(&h->src.addr) == SCOPE_GLOBAL;
	bool dst_global = addr_scope(&h->dst.addr) == SCOPE_GLOBAL;
	return src_global == dst_global ? knowledge_judges(k, h) : dst_global;
}

struct talk talk_of(const struct knowledge *k, const struct observation *o)
{
	const struct obs_traffic *t = &o->traffic;
	bool ours = src_is_near(k, &o->head);
	return (struct talk){
		.o = o,
		.near = ours ? &o->head.src : &o->head.dst,
		.remote = ours ? &o->head.dst : &o->head.src,
		.mac = !o->head.has_macs ? NULL
			: ours           ? o->head.src_mac
					 : o->head.dst_mac,
		.ours = ours,
		.packets_out = ours ? t->packets_from : t->packets_to,
		.packets = (uint64_t)t->packets_from + t->packets_to,
		.bytes = t->bytes_from + t->bytes_to,
	};
}

bool talk_is_judged(const struct knowledge *k, const struct talk *t)
{
	struct obs_head h = t->o->head;
	if (!t->ours) {
		h.src = *t->near;
		h.dst = *t->remote;
		h.direction = h.direction == DIRECTION_UNKNOWN ? h.direction : DIRECTION_OUT;
		h.has_macs = false;
		h.hop_limit = 0;
	}
	/* Behind a gateway's outer side anybody may be who it is. */
	enum role role = knowledge_role(k, &t->near->addr, h.interface);
	if (role == ROLE_WAN && !knowledge_declared(k, &t->near->addr))
		return false;
	return knowledge_judges(k, &h);
}

static bool port_among(const struct talk *t, uint16_t a, uint16_t b)
{
	return t->remote->port == a || t->remote->port == b;
}

/* To everybody on the link, whatever the address says; and what is inside another packet, which is
 * a tunnel of its own. */
static bool talk_is_apart(const struct talk *t)
{
	const uint8_t wrapped = WRAPPED_GRE | WRAPPED_IP | WRAPPED_UDP | WRAPPED_TURN |
		WRAPPED_PROXY;
	const struct obs_head *h = &t->o->head;
	return h->encapsulation & wrapped || (h->has_macs && h->dst_mac[0] & MAC_GROUP);
}

/* What a host says to be on a network and to know the time. */
static bool talk_is_upkeep(const struct talk *t)
{
	if (t->o->head.protocol != PROTOCOL_UDP)
		return false;
	if (port_among(t, PORT_DHCP, PORT_DHCP_CLIENT) ||
		port_among(t, PORT_DHCPV6, PORT_DHCPV6_CLIENT))
		return true;
	return t->remote->port == PORT_NTP && t->bytes <= t->packets * NTP_FRAME_MAX;
}

/* Somebody outside began it, or it is only what is said to a stranger: that tells them nothing. */
static bool talk_is_answer(const struct talk *t)
{
	const struct obs_traffic *traffic = &t->o->traffic;
	uint8_t protocol = t->o->head.protocol;
	if (protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMPV6)
		return !t->ours || !traffic->answered;
	bool older = protocol == PROTOCOL_TCP && traffic->mid_stream;
	return older ? traffic->reset : !t->ours;
}

/* Of the socket that a tunnel goes through all else is the tunnel's, too. */
static bool talk_is_of_tunnels_socket(
	const struct knowledge *k, const struct talk *t, const struct addr *client)
{
	return t->o->head.protocol == PROTOCOL_UDP &&
		life_socket_has(life_of(&k->lives, client), t->near->port);
}

bool knowledge_is_far_end(
	const struct knowledge *k, const struct addr *client, const struct addr *remote)
{
	return knowledge_reach(k, client, knowledge_far_ends(k, client), remote);
}

/* Of a client with an IPsec tunnel, more IKE: with another gateway, or the same after a while, it
 * shows its shape only once ESP follows (RFC 3948 §2). */
static bool talk_is_ike(const struct knowledge *k, const struct talk *t, const struct addr *client)
{
	const struct client_tunnels *c = knowledge_far_ends(k, client);
	if (t->o->head.protocol != PROTOCOL_UDP || !port_among(t, PORT_IKE, PORT_IKE_NAT))
		return false;
	for (size_t i = 0; c && i < TUNNELS_PER_CLIENT; i++) {
		if (c->at[i].kind == TUNNEL_IKE || c->at[i].kind == TUNNEL_ESP)
			return true;
	}
	return false;
}

bool talk_counts(const struct knowledge *k, const struct talk *t, const struct addr *client)
{
	return !talk_is_apart(t) && !talk_is_upkeep(t) && !talk_is_answer(t) &&
		!talk_is_of_tunnels_socket(k, t, client) && !talk_is_ike(k, t, client) &&
		!knowledge_is_far_end(k, client, &t->remote->addr);
}
