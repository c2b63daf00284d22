/* Conversations around the tunnel: which, of whom, and when they are ripe to be judged. */
#include "rules/knowledge.h"
#include "rules/probes.h"
#include "rules/talks.h"

_Static_assert(sizeof(struct outing) % 8 == 0, "rows of a table");
_Static_assert(sizeof(struct outing_key) == 48, "no padding: a key is hashed as bytes");

bool outings_init(struct outings *t)
{
	return table_init(&t->table, sizeof(struct outing), sizeof(struct outing_key), OUTINGS, 0);
}

void outings_free(struct outings *t)
{
	table_free(&t->table);
}

static struct outing_key outing_key(const struct talk *t)
{
	struct outing_key key = {0};
	key.flow_id = t->o->head.flow_id;
	if (key.flow_id)
		return key;
	key.client = t->near->addr;
	key.remote = t->remote->addr;
	key.protocol = t->o->head.protocol;
	return key;
}

static struct outing *outing_find(const struct outings *t, const struct outing_key *key)
{
	return table_find(&t->table, table_hash(&t->table, key, sizeof(*key)), key);
}

static void outing_hand(struct outings *t, struct outing *o)
{
	if (t->due_count == OUTINGS_DUE)
		return;
	t->due[t->due_count++] = (struct outing_due){o, o->packets, o->bytes, false};
	o->packets = o->bytes = 0;
}

/* Was the tunnel up or down when it began? False: nobody knows yet. */
static bool outing_settle(const struct knowledge *k, struct outing *o)
{
	struct watch now;
	if (o->watch.window != WINDOW_UP && o->watch.window != WINDOW_DOUBT)
		return true;
	knowledge_watch(k, &o->client, &now);
	bool fell = now.window == WINDOW_DOWN && now.since_ns <= o->first_ns;
	if (fell || o->watch.window == WINDOW_DOUBT)
		o->watch = now;
	return now.window != WINDOW_DOUBT;
}

static bool outing_is_tunnel(const struct knowledge *k, const struct outing *o)
{
	const struct life *life = life_of(&k->lives, &o->client);
	return knowledge_is_far_end(k, &o->client, &o->remote.addr) ||
		(life && addr_equal(&life->wrapped, &o->remote.addr));
}

/* The oldest stops waiting, unless it has to wait on. */
static void waiting_advance(struct knowledge *k, bool patient)
{
	struct outings *t = &k->outings;
	const struct outing_key key = t->waiting[t->waiting_first];
	struct outing *o = outing_find(t, &key);
	t->waiting_first = (t->waiting_first + 1) % OUTINGS_WAITING;
	t->waiting_count--;
	if (!o || !o->waiting)
		return;
	if (!outing_settle(k, o) && patient) {
		t->waiting[(t->waiting_first + t->waiting_count++) % OUTINGS_WAITING] = key;
		return;
	}
	o->waiting = false;
	if (outing_is_tunnel(k, o))
		o->recognised = RECOGNISED_TUNNEL;
	outing_hand(t, o);
}

static void waiting_hand(struct knowledge *k)
{
	struct outings *t = &k->outings;
	for (uint32_t left = t->waiting_count; left && t->due_count + 1 < OUTINGS_DUE; left--) {
		const struct outing *o = outing_find(t, &t->waiting[t->waiting_first]);
		if (o && o->first_ns + OUTING_GRACE_NS > k->now_ns)
			return;
		waiting_advance(k, true);
	}
}

static void outing_wait(struct knowledge *k, struct outing *o)
{
	struct outings *t = &k->outings;
	if (t->waiting_count == OUTINGS_WAITING) {
		k->stats->outings_early++;
		waiting_advance(k, false);
	}
	o->waiting = true;
	t->waiting[(t->waiting_first + t->waiting_count++) % OUTINGS_WAITING] = o->key;
}

static void outing_open(struct knowledge *k, struct outing *o, const struct talk *t)
{
	const struct obs_head *h = &t->o->head;
	o->head = *h;
	o->source = t->near->addr;
	o->remote = *t->remote;
	o->first_ns = t->o->traffic.first_ns;
	if (!k->gateway)
		o->handed = lives_handed(&k->lives, t->o, t->near, t->remote);
	knowledge_watch(k, &o->client, &o->watch);
	o->allowed = policy_allows(
		k->policy, knowledge_terms(k, &o->client), &o->remote.addr, h->protocol);
	if (o->watch.window != WINDOW_NONE)
		outing_wait(k, o);
}

/* It began before the tunnel came up, and stays outside. */
static void outing_age(
	const struct knowledge *k, struct outing *o, const struct talk *t, uint64_t before_ns)
{
	struct watch now;
	if (o->older || o->watch.window == WINDOW_UP || o->watch.window == WINDOW_DOWN)
		return;
	knowledge_watch(k, &o->client, &now);
	if (now.window != WINDOW_UP || o->last_ns <= now.since_ns)
		return;
	bool seen = now.since_ns && o->first_ns < now.since_ns;
	if (!seen) {
		o->watch = now;
		return;
	}
	/* What is told now may be of any time since it was told last. */
	if (before_ns > now.since_ns + OUTING_OLD_NS && t->packets_out)
		o->late += t->packets;
	if (o->late < OUTING_OLD_FEW)
		return;
	o->older = true;
	o->watch = now;
	o->packets = o->late;
	o->bytes = t->bytes;
}

static void outing_see(struct knowledge *k, const struct talk *t, const struct addr *client)
{
	struct outings *outings = &k->outings;
	struct outing_key key = outing_key(t);
	uint64_t now_ns = t->o->head.time_ns;
	bool added;
	struct outing *o = table_get(&outings->table, &key, now_ns, &added);
	k->stats->outings_evicted = outings->table.evicted;
	table_touch(&outings->table, o, now_ns);
	if (added) {
		o->client = *client;
		outing_open(k, o, t);
	}
	uint64_t before_ns = o->last_ns;
	o->last_ns = t->o->traffic.last_ns;
	o->packets += t->packets;
	o->bytes += t->bytes;
	if (o->recognised != RECOGNISED_TUNNEL && o->watch.window == WINDOW_UP)
		life_get(&k->lives, client, now_ns)->outside += t->packets;
	if (o->waiting)
		return;
	outing_age(k, o, t, before_ns);
	outing_hand(outings, o);
}

/* The tunnel's own packets, as far as they are known. */
static void carrier_see(struct knowledge *k, const struct talk *t, const struct addr *client)
{
	struct life *life = life_get(&k->lives, client, t->o->head.time_ns);
	life->carried += t->packets;
	if (!life->carrier_ns && t->o->traffic.answered)
		life->carrier_ns = t->o->head.time_ns;
}

static void outside_learn(struct knowledge *k, const struct talk *t, enum path path)
{
	const struct obs_head *h = &t->o->head;
	if (!talk_is_judged(k, t))
		return;
	if (t->mac && t->ours)
		hosts_see(&k->hosts, t->mac, &t->near->addr, h->time_ns);
	const struct addr client = knowledge_host(k, &t->near->addr, t->mac);
	if (path == PATH_TUNNEL)
		carrier_see(k, t, &client);
	else if (talk_counts(k, t, &client))
		outing_see(k, t, &client);
}

/* A datagram with a packet inside (Teredo, VXLAN): so it is no plain traffic. */
static void wrapped_learn(struct knowledge *k, const struct obs_head *h)
{
	if (!(h->encapsulation & WRAPPED_UDP))
		return;
	const struct addr client = knowledge_host(
		k, &h->outer_src, h->has_macs ? h->src_mac : NULL);
	life_get(&k->lives, &client, h->time_ns)->wrapped = h->outer_dst;
}

static void traffic_learn(struct knowledge *k, const struct observation *o)
{
	const struct talk t = talk_of(k, o);
	wrapped_learn(k, &o->head);
	if (o->head.time_ns > OUTING_LIFE_NS)
		table_expire(&k->outings.table, o->head.time_ns - OUTING_LIFE_NS);
	const struct addr *near = &t.near->addr;
	if (knowledge_role(k, near, o->head.interface) == ROLE_TUNNEL) {
		lives_inside(&k->lives, o, t.near, t.remote);
		return;
	}
	enum path path = knowledge_path(k, near, o->head.interface, t.remote);
	if (path == PATH_TUNNEL || path == PATH_DIRECT)
		outside_learn(k, &t, path);
}

static enum recognition hello_recognise(const struct obs_hello *h)
{
	if (h->dns != ENCRYPTED_DNS_NONE)
		return RECOGNISED_DNS;
	if (h->protocol != HELLO_TLS)
		return RECOGNISED_MEDIA;
	return probe_name(&h->name) ? RECOGNISED_PROBE : RECOGNISED_NOT;
}

static enum recognition observation_recognise(const struct observation *o)
{
	switch (o->head.kind) {
	case OBS_STUN_REQUEST:
	case OBS_BINDING_RESULT:
	case OBS_ALLOCATION:
		return RECOGNISED_STUN;
	case OBS_DNS:
		return RECOGNISED_DNS;
	case OBS_MEDIA:
		return RECOGNISED_MEDIA;
	case OBS_TUNNEL:
		return RECOGNISED_TUNNEL;
	case OBS_HELLO:
		return hello_recognise(&o->hello);
	case OBS_HTTP:
		return probe_name(&o->http.host) ? RECOGNISED_PROBE : RECOGNISED_NOT;
	default:
		return RECOGNISED_NOT;
	}
}

static void outing_recognise(struct outings *t, const struct observation *o)
{
	struct outing_key key = {0};
	enum recognition what = observation_recognise(o);
	key.flow_id = o->head.flow_id;
	struct outing *outing = what && key.flow_id ? outing_find(t, &key) : NULL;
	if (outing && outing->recognised != RECOGNISED_STUN)
		outing->recognised = (uint8_t)what;
}

static void tunnel_learn(struct knowledge *k, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	const struct endpoint *near = tunnel_near(h);
	bool from_near = near == &h->src;
	const uint8_t *mac = from_near ? h->src_mac : h->dst_mac;
	const struct addr client = knowledge_host(k, &near->addr, h->has_macs ? mac : NULL);
	if (!tunnels_find(&k->tunnels, &near->addr))
		return;
	struct life *life = life_get(&k->lives, &client, h->time_ns);
	life->near = near->addr;
	life_socket_add(life, near->port);
	life_dials(life, &o->tunnel, from_near, h->time_ns);
}

static void lease_learn(struct knowledge *k, const struct observation *o)
{
	const uint8_t ack = 5;
	if (o->dhcp.version == 4 && o->dhcp.type == ack && o->dhcp.your.family == ADDR_V4)
		life_get(&k->lives, &o->dhcp.your, o->head.time_ns)->link_ns = o->head.time_ns;
}

void outings_learn(struct knowledge *k, const struct observation *o)
{
	k->outings.due_count = 0;
	if (o->head.kind == OBS_TRAFFIC) {
		traffic_learn(k, o);
		waiting_hand(k);
		return;
	}
	outing_recognise(&k->outings, o);
	if (o->head.kind == OBS_TUNNEL)
		tunnel_learn(k, o);
	if (o->head.kind == OBS_DHCP)
		lease_learn(k, o);
}

void outings_advance(struct knowledge *k)
{
	k->outings.due_count = 0;
	waiting_hand(k);
}

bool outings_flush(struct knowledge *k)
{
	struct outings *t = &k->outings;
	t->due_count = 0;
	while (t->waiting_count && t->due_count < OUTINGS_DUE)
		waiting_advance(k, false);
	for (uint32_t i = 0; i < t->due_count; i++)
		t->due[i].early = t->due[i].outing->first_ns + OUTING_GRACE_NS > k->now_ns;
	return t->due_count || t->waiting_count;
}
