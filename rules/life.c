/* The windows of tunnels. */
#include "rules/life.h"

/* What is left outside of what is inside, at most. */
#define INSIDE_SHARE 9

_Static_assert(sizeof(struct life) % 8 == 0 && sizeof(struct inside_talk) % 8 == 0, "rows");
_Static_assert(sizeof(struct life_key) == 24 && sizeof(struct inside_key) == 24, "no padding");

bool lives_init(struct lives *l)
{
	return table_init(&l->table, sizeof(struct life), sizeof(struct life_key), LIVES, 0) &&
		table_init(&l->inside, sizeof(struct inside_talk), sizeof(struct inside_key),
			INSIDE_TALKS, 0);
}

void lives_free(struct lives *l)
{
	table_free(&l->table);
	table_free(&l->inside);
}

static struct life_key life_key(const struct addr *client)
{
	struct life_key key = {0};
	key.client = *client;
	return key;
}

struct life *life_of(const struct lives *l, const struct addr *client)
{
	struct life_key key = life_key(client);
	return table_find(&l->table, table_hash(&l->table, &key, sizeof(key)), &key);
}

struct life *life_get(struct lives *l, const struct addr *client, uint64_t now_ns)
{
	struct life_key key = life_key(client);
	bool added;
	struct life *life = table_get(&l->table, &key, now_ns, &added);
	table_touch(&l->table, life, now_ns);
	return life;
}

/* It carried something before it asked: then it is a running tunnel that takes new keys. */
void life_dials(struct life *life, const struct obs_tunnel *o, bool from_near, uint64_t now_ns)
{
	switch ((enum tunnel_event)o->event) {
	case TUNNEL_ASKS:
		if (!life->running && !life->dialled_ns && from_near)
			life->dialled_ns = now_ns;
		break;
	case TUNNEL_DATA:
	case TUNNEL_KEEPALIVE:
		if (life->dialled_ns && !life->up_ns)
			life->up_ns = now_ns;
		life->running = true;
		break;
	case TUNNEL_RESETS:
		life->dialled_ns = life->up_ns = 0;
		life->running = false;
		break;
	case TUNNEL_ANSWERS:
	case TUNNEL_DEFERS:
		break;
	}
}

bool life_socket_has(const struct life *life, uint16_t port)
{
	for (size_t i = 0; life && port && i < LIFE_SOCKETS; i++) {
		if (life->port[i] == port)
			return true;
	}
	return false;
}

void life_socket_add(struct life *life, uint16_t port)
{
	if (!life_socket_has(life, port))
		life->port[life->ports++ % LIFE_SOCKETS] = port;
}

static struct inside_key inside_key(
	const struct observation *o, const struct endpoint *near, const struct endpoint *remote)
{
	struct inside_key key = {0};
	key.remote.addr = remote->addr;
	key.remote.port = remote->port;
	key.port = near->port;
	key.protocol = o->head.protocol;
	return key;
}

void lives_inside(struct lives *l, const struct observation *o, const struct endpoint *near,
	const struct endpoint *remote)
{
	struct inside_key key = inside_key(o, near, remote);
	bool added;
	if (o->head.time_ns > INSIDE_LIFE_NS)
		table_expire(&l->inside, o->head.time_ns - INSIDE_LIFE_NS);
	struct inside_talk *talk = table_get(&l->inside, &key, o->head.time_ns, &added);
	table_touch(&l->inside, talk, o->head.time_ns);
	talk->last_ns = o->traffic.last_ns;
	if (!l->first_ns)
		l->first_ns = o->traffic.first_ns;
	if (l->lost_ns && o->traffic.answered && o->traffic.last_ns > l->lost_ns)
		l->lost_ns = 0;
}

bool lives_handed(struct lives *l, const struct observation *o, const struct endpoint *near,
	const struct endpoint *remote)
{
	struct inside_key key = inside_key(o, near, remote);
	const struct inside_talk *talk = table_find(
		&l->inside, table_hash(&l->inside, &key, sizeof(key)), &key);
	uint64_t first_ns = o->traffic.first_ns;
	if (!near->port || !talk || talk->last_ns > first_ns ||
		first_ns - talk->last_ns > LIFE_HANDED_NS)
		return false;
	if (!l->lost_ns)
		l->lost_ns = first_ns;
	return true;
}

bool life_mostly_inside(const struct life *life, uint64_t enough)
{
	return life && life->carried >= enough && life->carried >= INSIDE_SHARE * life->outside;
}
