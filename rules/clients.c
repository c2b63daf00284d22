/* Clients: how they become known, and which entry of the policy is theirs. */
#include "rules/clients.h"

#include <string.h>

const uint8_t *sender_mac(const struct knowledge *k, const struct obs_head *h)
{
	bool outside = k->sources->interface[h->interface].role == ROLE_WAN;
	return h->has_macs && !outside ? h->src_mac : NULL;
}

static struct client_key client_key(const struct addr *addr)
{
	struct client_key key = {0};
	key.addr = *addr;
	return key;
}

struct client *knowledge_client(const struct knowledge *k, const struct addr *addr)
{
	struct client_key key = client_key(addr);
	return table_find(&k->clients, table_hash(&k->clients, &key, sizeof(key)), &key);
}

bool request_is_own(const struct knowledge *k, uint8_t direction, uint16_t interface)
{
	enum role role = (enum role)k->sources->interface[interface].role;
	if (direction != DIRECTION_UNKNOWN)
		return direction == DIRECTION_OUT;
	return role != ROLE_LAN && role != ROLE_WAN;
}

/* Takes in what is new about the client, and by that finds its entry in the policy. */
static void client_know(struct knowledge *k, struct client *c, const uint8_t *mac, bool self)
{
	c->self |= self;
	if (mac && !c->has_mac) {
		memcpy(c->mac, mac, sizeof(c->mac));
		c->has_mac = true;
		hosts_see(&k->hosts, mac, &c->key.addr, k->now_ns);
		k->stats->hosts_evicted = k->hosts.table.evicted;
	}
	struct policy_subject who = {.addr = &c->key.addr, .mac = c->has_mac ? c->mac : NULL};
	c->declared = policy_entry_find(k->policy, &who);
	who.self = c->self;
	c->entry = policy_entry_find(k->policy, &who);
}

void knowledge_follow(struct knowledge *k, const struct policy *policy)
{
	k->policy = policy;
	struct client *c = table_oldest(&k->clients);
	for (; c; c = table_newer(&k->clients, c)) {
		client_know(k, c, NULL, false);
		c->told = (struct limit_use){0};
	}
}

struct client *client_see(struct knowledge *k, const struct policy_subject *who, uint64_t now_ns)
{
	struct client_key key = client_key(who->addr);
	bool added;
	struct client *c = table_get(&k->clients, &key, now_ns, &added);
	k->stats->clients += added;
	k->stats->clients_evicted = k->clients.evicted;
	if (added || (who->mac && !c->has_mac) || (who->self && !c->self))
		client_know(k, c, who->mac, who->self);
	return c;
}

struct client *client_see_sender(struct knowledge *k, const struct obs_head *h)
{
	const struct policy_subject who = {
		.addr = &h->src.addr,
		.mac = sender_mac(k, h),
		.self = request_is_own(k, h->direction, h->interface),
	};
	return client_see(k, &who, h->time_ns);
}
