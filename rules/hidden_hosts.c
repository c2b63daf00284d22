/* Announcements of hidden hosts. */
#include "rules/hidden_hosts.h"

#include "rules/names.h"

#include <string.h>

#define PORT_MDNS 5353

_Static_assert(sizeof(struct hidden_host) % 8 == 0, "rows of a table");

bool hidden_hosts_init(struct hidden_hosts *h)
{
	return table_init(&h->table, sizeof(struct hidden_host), sizeof(struct hidden_host_key),
		HIDDEN_HOSTS, 0);
}

void hidden_hosts_free(struct hidden_hosts *h)
{
	table_free(&h->table);
}

/* Of a name of this kind: its letters are those of hexadecimal digits. */
static struct hidden_host_key hidden_host_key(const uint8_t *name)
{
	struct hidden_host_key key = {0};
	for (size_t i = 0; i < UUID_SIZE; i++)
		key.uuid[i] = name[i] | 0x20;
	return key;
}

/* A browser announces a name without an address of a family as 0.0.0.0 or ::, and takes one back
 * with a lifetime of 0. */
bool hidden_host_announced(const struct observation *o)
{
	const struct obs_dns_record *record = &o->dns_record;
	enum addr_scope scope = addr_scope(&record->addr);
	return o->head.src.port == PORT_MDNS && record->ttl && scope != SCOPE_NONE &&
		scope != SCOPE_SPECIAL &&
		name_is_hidden_host(record->name.bytes, record->name.length);
}

void hidden_hosts_learn(struct hidden_hosts *h, const struct observation *o)
{
	if (!hidden_host_announced(o))
		return;
	struct hidden_host_key key = hidden_host_key(o->dns_record.name.bytes);
	bool added;
	struct hidden_host *host = table_get(&h->table, &key, o->head.time_ns, &added);
	table_touch(&h->table, host, o->head.time_ns);
	host->addr = o->dns_record.addr;
}

const struct addr *hidden_hosts_find(
	const struct hidden_hosts *h, const uint8_t *name, size_t length)
{
	if (!name_is_hidden_host(name, length))
		return NULL;
	struct hidden_host_key key = hidden_host_key(name);
	const struct hidden_host *host = table_find(
		&h->table, table_hash(&h->table, &key, sizeof(key)), &key);
	return host ? &host->addr : NULL;
}
