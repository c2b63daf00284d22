/*
 * Which interfaces of this host are worth watching, and as what: the way to the outside, and the
 * tunnels. By what the kernel says of them: kind, routes, master; by names only where it says
 * nothing. Each decision comes with its reason.
 *
 * A tunnel that no default route leads into (a mesh, a company's networks only, IPv6 in IPv4) is
 * watched, too, but says nothing of where other traffic should go.
 */
#include "capture/host.h"

#include <net/if_arp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#ifndef ARPHRD_NONE
#define ARPHRD_NONE 0xFFFE
#endif

/* Kinds that the kernel calls by a name of their own, and what people call them. */
static const struct {
	const char *kind, *called;
} tunnel_kinds[] = {
	{"wireguard", "a WireGuard tunnel"},
	{"amneziawg", "an AmneziaWG tunnel"},
	{"ovpn", "an OpenVPN tunnel"},
	{"ovpn-dco", "an OpenVPN tunnel"},
	{"xfrm", "an IPsec tunnel"},
	{"vti", "an IPsec tunnel"},
	{"vti6", "an IPsec tunnel"},
	{"ipip", "an IP-in-IP tunnel"},
	{"ip6tnl", "an IP-in-IPv6 tunnel"},
	{"sit", "an IPv6-in-IPv4 tunnel"},
	{"gre", "a GRE tunnel"},
	{"ip6gre", "a GRE tunnel"},
};

/* Carry frames between their ports; a port's frames are seen on them as well. */
static const char *const gathering_kinds[] = {"bridge", "bond", "team", "openvswitch"};

static bool is_kind(const struct host_link *l, const char *kind)
{
	return strcmp(l->kind, kind) == 0;
}

static const struct host_link *gathered_by(struct host *h, const struct host_link *l)
{
	const struct host_link *master = host_find(h, l->master);
	for (size_t i = 0; master && i < sizeof(gathering_kinds) / sizeof(gathering_kinds[0]);
		i++) {
		if (is_kind(master, gathering_kinds[i]))
			return master;
	}
	return NULL;
}

/* A route to the outside leaves by an interface that is no tunnel for sure. */
static bool other_way_out(const struct host *h, const struct host_link *but)
{
	for (uint32_t i = 0; i < h->count; i++) {
		const struct host_link *l = &h->link[i];
		if (l != but && !l->gone && !l->loopback && !is_kind(l, "ppp") &&
			!is_kind(l, "tun") && (l->defaults | l->gateways))
			return true;
	}
	return false;
}

/* What kind of tunnel it is, or NULL. */
static const char *tunnel_called(const struct host *h, const struct host_link *l)
{
	for (size_t i = 0; i < sizeof(tunnel_kinds) / sizeof(tunnel_kinds[0]); i++) {
		if (is_kind(l, tunnel_kinds[i].kind))
			return tunnel_kinds[i].called;
	}
	/* A tap device is a virtual machine's, unless this host itself has an address on it. */
	if (is_kind(l, "tun"))
		return l->hardware == ARPHRD_NONE || l->addrs ? "a tun device" : NULL;
	/* A modem's dial-up is the only way out; a VPN's goes over another. */
	if (is_kind(l, "ppp"))
		return other_way_out(h, l) ? "a PPP link over another way out" : NULL;
	bool named;
	enum role role = role_guess(l->name, 0, &named);
	return !l->kind[0] && named && role == ROLE_TUNNEL ? "a tunnel by its name" : NULL;
}

static const char *families(unsigned mask)
{
	static const char *const names[] = {"", "IPv4", "IPv6", "IPv4 and IPv6"};
	return names[mask & (HOST_ROUTE_V4 | HOST_ROUTE_V6)];
}

__attribute__((format(printf, 2, 3))) static void link_why(
	struct host_link *l, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(l->why, sizeof(l->why), format, arguments);
	va_end(arguments);
}

/* How the way out leads there. */
static void uplink_why(struct host_link *l, const char *what)
{
	const char *before = what ? what : "", *comma = what ? ", " : "";
	if (l->defaults && l->defaults == l->by_rule)
		link_why(l, "%s%sdefault route (%s) of a policy rule", before, comma,
			families(l->defaults));
	else if (l->defaults)
		link_why(l, "%s%sdefault route (%s)", before, comma, families(l->defaults));
	else if (what)
		link_why(l, "%s, without a default route", what);
	else
		link_why(l, "a gateway is reached there (%s)", families(l->gateways));
}

static void decide_tunnel(struct host_link *l, const char *called)
{
	l->role = ROLE_TUNNEL;
	l->certain = true;
	l->leads = l->defaults;
	l->watched = l->up;
	if (l->up)
		uplink_why(l, called);
	else
		link_why(l, "%s, but down", called);
}

static void decide_uplink(struct host_link *l)
{
	bool named;
	enum role role = role_guess(l->name, 0, &named);
	bool told = named && role != ROLE_UNKNOWN && role != ROLE_TUNNEL;
	l->role = told ? role : ROLE_PHYSICAL;
	l->certain = true;
	l->leads = l->defaults;
	l->watched = true;
	uplink_why(l, NULL);
}

static void link_decide(struct host *h, struct host_link *l)
{
	const struct host_link *master = gathered_by(h, l);
	const char *tunnel = tunnel_called(h, l);
	bool before = l->watched && !l->loopback;
	l->watched = l->leads = l->certain = false;
	if (l->loopback)
		link_why(l, "traffic within this host");
	else if (master)
		link_why(l, "a port of %s, where its frames are seen", master->name);
	else if (tunnel)
		decide_tunnel(l, tunnel);
	else if (l->defaults | l->gateways)
		decide_uplink(l);
	else if (before) {
		/* What tunnel or kill switch took the route away is why it is watched. */
		l->watched = l->certain = true;
		link_why(l, "was a way out before");
	} else
		link_why(l, "no way out leads there");
}

void host_decide(struct host *h)
{
	for (uint32_t i = 0; i < h->count; i++) {
		if (!h->link[i].gone)
			link_decide(h, &h->link[i]);
	}
}
