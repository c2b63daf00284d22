/* Which end is ours, and which way it went. */
#include "rules/local_end.h"

static const uint8_t *mac_of(const struct knowledge *k, const struct obs_head *h, bool src)
{
	bool outside = k->sources->interface[h->interface].role == ROLE_WAN;
	if (!h->has_macs || outside)
		return NULL;
	return src ? h->src_mac : h->dst_mac;
}

/* Who has a lease here is local, whatever its address. */
static bool end_is_ours(
	const struct knowledge *k, const struct obs_head *h, bool src, const struct lan_host *lease)
{
	const struct addr *own = src ? &h->src.addr : &h->dst.addr;
	if (lease && addr_equal(own, &lease->client) && !k->policy->clients)
		return true;
	struct obs_head asked = *h;
	if (!src) {
		asked.src = h->dst;
		asked.dst = h->src;
		asked.hop_limit = 0; /* that of the other way */
		asked.direction = h->direction == DIRECTION_IN ? DIRECTION_OUT
			: h->direction == DIRECTION_OUT        ? DIRECTION_IN
							       : DIRECTION_UNKNOWN;
	}
	return knowledge_judges(k, &asked);
}

/* What a host is known by: its lease, what else was seen of it, or the address it uses here. */
static struct addr client_of(const struct knowledge *k, const struct local_end *end)
{
	const struct addr *main = end->mac ? hosts_main(&k->hosts, end->mac) : NULL;
	if (end->lease && end->lease->client.family != ADDR_NONE)
		return end->lease->client;
	return main ? *main : end->near->addr;
}

static bool end_try(
	const struct knowledge *k, const struct observation *o, bool src, struct local_end *out)
{
	const struct obs_head *h = &o->head;
	const struct obs_traffic *t = &o->traffic;
	*out = (struct local_end){
		.near = src ? &h->src : &h->dst,
		.far = src ? &h->dst : &h->src,
		.mac = mac_of(k, h, src),
		.packets = src ? t->packets_from : t->packets_to,
		.bytes = src ? t->bytes_from : t->bytes_to,
	};
	if (!out->packets)
		return false;
	out->lease = out->mac ? lan_lease(&k->lan, out->mac, k->now_ns) : NULL;
	if (!end_is_ours(k, h, src, out->lease))
		return false;
	out->client = client_of(k, out);
	return true;
}

bool local_end_of(const struct knowledge *k, const struct observation *o, struct local_end *out)
{
	enum role role = knowledge_role(k, NULL, o->head.interface);
	if (o->head.outer_src.family != ADDR_NONE || role == ROLE_TUNNEL)
		return false;
	return end_try(k, o, true, out) || end_try(k, o, false, out);
}

bool local_end_goes_around(
	const struct knowledge *k, const struct observation *o, const struct local_end *end)
{
	const struct addr *client = &end->client;
	uint16_t interface = o->head.interface;
	if (sockets_have(&k->sockets, end->near, k->now_ns))
		return false;
	enum path path = knowledge_path(k, client, interface, end->far);
	if (path == PATH_UNKNOWN && knowledge_role(k, client, interface) == ROLE_LAN)
		return addr_scope(&end->far->addr) == SCOPE_GLOBAL && knowledge_tunnel(k, client);
	return path == PATH_DIRECT;
}

void local_end_sum(
	const struct local_end *end, const struct observation *o, struct alert_traffic *out)
{
	*out = (struct alert_traffic){
		.from_ns = o->traffic.first_ns,
		.until_ns = o->traffic.last_ns,
		.packets = end->packets,
		.bytes = end->bytes,
		.destinations = 1,
	};
}
