/* The window that a client's tunnel is in, from all that is known of it. */
#include "rules/knowledge.h"

/* The newest of the client's tunnels that packets outside show. */
static const struct tunnel *tunnel_newest(const struct client_tunnels *c)
{
	const struct tunnel *newest = NULL;
	for (size_t i = 0; c && i < TUNNELS_PER_CLIENT; i++) {
		const struct tunnel *t = &c->at[i];
		if (t->far_end.addr.family != ADDR_NONE &&
			(!newest || t->seen_ns > newest->seen_ns))
			newest = t;
	}
	return newest;
}

const struct client_tunnels *knowledge_far_ends(
	const struct knowledge *k, const struct addr *client)
{
	const struct life *life = life_of(&k->lives, client);
	const struct client_tunnels *own = tunnels_find(&k->tunnels, client);
	return own || !life ? own : tunnels_find(&k->tunnels, &life->near);
}

static bool far_end_declared(const struct knowledge *k, const struct policy_terms *terms)
{
	for (uint32_t i = 0; i < terms->tunnel.count; i++) {
		if (!k->policy->tunnel[terms->tunnel.first + i].interface[0])
			return true;
	}
	return false;
}

static void watch_tunnel(
	const struct knowledge *k, const struct tunnel *t, const struct life *life, struct watch *w)
{
	switch ((enum tunnel_state)t->state) {
	case TUNNEL_UP:
		w->window = t->asked_ns ? WINDOW_DOUBT : WINDOW_UP;
		w->since_ns = life ? life->up_ns : 0;
		if (life && life->dialled_ns && !life->up_ns)
			w->window = WINDOW_STARTING; /* answered, and carries nothing yet */
		else if (!w->declared && !(t->sent && t->received))
			w->window = WINDOW_NONE;
		break;
	case TUNNEL_DOWN:
		w->since_ns = t->down_ns;
		if (t->up_ns && (w->declared || k->now_ns - t->down_ns < TUNNEL_EXPECTED_NS))
			w->window = WINDOW_DOWN;
		break;
	case TUNNEL_CLOSED: /* by the user: then only a declaration holds */
		w->window = w->declared ? WINDOW_UP : WINDOW_NONE;
		break;
	case TUNNEL_COMING_UP:
		w->window = WINDOW_STARTING;
		w->since_ns = t->asked_ns;
		break;
	}
}

static bool link_is_new(const struct knowledge *k, const struct life *life)
{
	return life && life->link_ns && k->now_ns - life->link_ns < LIFE_LINK_UP_NS;
}

/* No packet outside shows a tunnel of a kind that seep knows. */
static void watch_unseen(const struct knowledge *k, const struct policy_terms *terms,
	const struct life *life, struct watch *w)
{
	bool carried = life && life->carrier_ns;
	w->carrier_known = far_end_declared(k, terms);
	if (carried || (w->visible && k->lives.first_ns)) {
		w->window = WINDOW_UP;
		w->since_ns = carried ? life->carrier_ns : k->lives.first_ns;
		return;
	}
	if (w->declared)
		w->window = w->carrier_known ? WINDOW_STARTING : WINDOW_UP;
	if (link_is_new(k, life))
		w->window = WINDOW_STARTING;
}

/* A conversation that went on outside tells more than a tunnel that says nothing. */
static void watch_lost(const struct knowledge *k, const struct tunnel *t, struct watch *w)
{
	uint64_t lost_ns = k->lives.lost_ns;
	bool back = t && t->state == TUNNEL_UP && t->up_ns > lost_ns;
	if (!lost_ns || back || w->window == WINDOW_NONE || k->gateway)
		return;
	w->window = WINDOW_DOWN;
	w->since_ns = lost_ns;
}

void knowledge_watch(const struct knowledge *k, const struct addr *client, struct watch *out)
{
	const struct policy_terms *terms = knowledge_terms(k, client);
	const struct life *life = life_of(&k->lives, client);
	const struct client_tunnels *tunnels = knowledge_far_ends(k, client);
	const struct tunnel *newest = tunnel_newest(tunnels);
	/* Where somebody's tunnel is seen from outside, too, the interface is that one's. */
	bool own = newest || !k->tunnels.table.count;
	*out = (struct watch){
		.declared = terms->tunnel.count,
		.visible = k->tunnel_seen && !k->gateway && own,
		.carrier_known = newest,
	};
	if (newest)
		watch_tunnel(k, newest, life, out);
	else
		watch_unseen(k, terms, life, out);
	watch_lost(k, newest, out);
	out->linked = out->window == WINDOW_STARTING && link_is_new(k, life);
}

struct addr knowledge_host(
	const struct knowledge *k, const struct addr *client, const uint8_t mac[6])
{
	const struct addr *main = mac ? hosts_main(&k->hosts, mac) : NULL;
	return main ? *main : *client;
}
