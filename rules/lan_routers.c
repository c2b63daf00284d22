/* Routers, from their advertisements. */
#include "rules/lan_routers.h"

static struct lan_link_key link_key(const struct obs_head *h)
{
	return (struct lan_link_key){.interface = h->interface, .vlan = h->vlan};
}

const struct lan_link *lan_link(const struct lan *l, const struct obs_head *h)
{
	struct lan_link_key key = link_key(h);
	if (!l->links.count)
		return NULL;
	return table_find(&l->links, table_hash(&l->links, &key, sizeof(key)), &key);
}

/* One that was restarted has its address again, or at least its hardware's. */
static struct lan_router *router_find(
	struct lan_link *link, const struct addr *addr, const uint8_t mac[6])
{
	for (uint32_t i = 0; i < lan_routers(link); i++) {
		struct lan_router *r = &link->router[i];
		if (addr_equal(&r->addr, addr) || memcmp(r->mac, mac, sizeof(r->mac)) == 0)
			return r;
	}
	return NULL;
}

/* Without room the newest makes way, so that whoever makes up routers cannot push out the old. */
static struct lan_router *router_place(struct lan *l, struct lan_link *link)
{
	if (link->count++ < LAN_ROUTERS)
		return &link->router[link->count - 1];
	l->forgotten++;
	return &link->router[LAN_ROUTERS - 1];
}

void lan_router_learn(struct lan *l, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	const struct obs_router *told = &o->router;
	struct lan_link_key key = link_key(h);
	bool added;
	struct lan_link *link = table_get(&l->links, &key, h->time_ns, &added);
	table_touch(&l->links, link, h->time_ns);
	struct lan_router *r = router_find(link, &h->src.addr, told->mac);
	if (!r) {
		r = router_place(l, link);
		*r = (struct lan_router){.addr = h->src.addr,
			.head = *h,
			.first_ns = h->time_ns,
			.preference = told->preference};
		memcpy(r->mac, told->mac, sizeof(r->mac));
	}
	r->last_ns = h->time_ns;
	r->managed |= told->managed;
	if (told->lifetime > r->lifetime)
		r->lifetime = told->lifetime;
	if (told->preference > r->preference)
		r->preference = told->preference;
	l->router = r;
	l->router_frame = h->frame;
}

static void prefix_add(struct lan *l, struct lan_router *r, const struct obs_router_option *option)
{
	for (unsigned i = 0; i < r->prefixes; i++) {
		if (prefix_equal(&r->prefix[i].prefix, &option->prefix))
			return;
	}
	if (r->prefixes == LAN_PREFIXES) {
		l->forgotten++;
		return;
	}
	r->prefix[r->prefixes++] = (struct lan_prefix){.prefix = option->prefix,
		.on_link = option->on_link,
		.autonomous = option->autonomous};
}

static void route_add(struct lan *l, struct lan_router *r, const struct observation *o)
{
	const struct prefix *to = &o->router_option.prefix;
	if (!prefix_is_public(to))
		return;
	for (unsigned i = 0; i < r->routes; i++) {
		if (prefix_equal(&r->route[i], to))
			return;
	}
	if (r->routes == LAN_PREFIXES) {
		l->forgotten++;
		return;
	}
	if (!r->routes)
		r->route_head = o->head;
	r->route[r->routes++] = *to;
}

/* What is taken back (RFC 4861 §4.6.2, RFC 4191 §2.3: a lifetime of 0) leads nobody anywhere. */
void lan_router_add(struct lan *l, const struct observation *o)
{
	const struct obs_router_option *option = &o->router_option;
	struct lan_router *r = l->router;
	if (!r || l->router_frame != o->head.frame || !option->lifetime)
		return;
	if (option->type == ROUTER_PREFIX)
		prefix_add(l, r, option);
	else if (option->type == ROUTER_ROUTE)
		route_add(l, r, o);
}
