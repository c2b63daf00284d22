/* Hosts, by hardware address. */
#include "rules/hosts.h"

_Static_assert(sizeof(struct host) % 8 == 0, "rows of a table");

bool hosts_init(struct hosts *h)
{
	return table_init(&h->table, sizeof(struct host), sizeof(struct host_key), HOSTS, 0);
}

void hosts_free(struct hosts *h)
{
	table_free(&h->table);
}

static struct host_key host_key(const uint8_t mac[6])
{
	struct host_key key = {0};
	memcpy(key.mac, mac, sizeof(key.mac));
	return key;
}

void hosts_see(struct hosts *h, const uint8_t mac[6], const struct addr *addr, uint64_t now_ns)
{
	struct host_key key = host_key(mac);
	bool added;
	struct host *host = table_get(&h->table, &key, now_ns, &added);
	bool first_v4 = addr->family == ADDR_V4 && host->main.family != ADDR_V4;
	if (added || first_v4)
		host->main = *addr;
	else if (addr->family == ADDR_V4 && !addr_equal(addr, &host->main))
		host->router = true;
	table_touch(&h->table, host, now_ns);
}

const struct addr *hosts_main(const struct hosts *h, const uint8_t mac[6])
{
	struct host_key key = host_key(mac);
	const struct host *host = table_find(
		&h->table, table_hash(&h->table, &key, sizeof(key)), &key);
	return host && !host->router ? &host->main : NULL;
}
