/*
 * MaxMind databases, mapped into memory when a run begins; asking one allocates nothing.
 */
#include "rules/geo.h"

#include <assert.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdlib.h>

/* Public resolvers that answer from everywhere. Newer databases mark such addresses; of the others
 * these are the ones that a VPN's clients ask. */
static const char *const anycast[] = {
	"1.0.0.0/24",
	"1.1.1.0/24",
	"8.8.4.0/24",
	"8.8.8.0/24",
	"9.9.9.0/24",
	"76.76.2.0/24",
	"76.76.10.0/24",
	"94.140.14.0/24",
	"94.140.15.0/24",
	"149.112.112.0/24",
	"185.228.168.0/24",
	"208.67.220.0/24",
	"208.67.222.0/24",
	"2001:4860:4860::/48",
	"2606:4700:4700::/48",
	"2620:fe::/48",
	"2620:119:35::/48",
	"2a10:50c0::/32",
};

#define ANYCAST (sizeof(anycast) / sizeof(anycast[0]))

struct geo {
	size_t count;
	MMDB_s database[GEO_FILES_MAX];
	struct prefix anycast[ANYCAST];
};

struct geo *geo_new(void)
{
	struct geo *g = calloc(1, sizeof(struct geo));
	bool parsed = true;
	for (size_t i = 0; g && i < ANYCAST; i++)
		parsed &= prefix_parse(anycast[i], &g->anycast[i]);
	assert(parsed);
	(void)parsed;
	return g;
}

bool geo_add(struct geo *g, const char *path, const char **why)
{
	if (g->count == GEO_FILES_MAX) {
		*why = "too many of them";
		return false;
	}
	int status = MMDB_open(path, MMDB_MODE_MMAP, &g->database[g->count]);
	*why = MMDB_strerror(status);
	g->count += status == MMDB_SUCCESS;
	return status == MMDB_SUCCESS;
}

void geo_free(struct geo *g)
{
	for (size_t i = 0; g && i < g->count; i++)
		MMDB_close(&g->database[i]);
	free(g);
}

static MMDB_lookup_result_s lookup(const MMDB_s *database, const struct addr *addr)
{
	int error;
	if (addr->family == ADDR_V4) {
		struct sockaddr_in v4 = {.sin_family = AF_INET};
		memcpy(&v4.sin_addr, addr->bytes, sizeof(v4.sin_addr));
		return MMDB_lookup_sockaddr(database, (const struct sockaddr *)&v4, &error);
	}
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	memcpy(&v6.sin6_addr, addr->bytes, sizeof(v6.sin6_addr));
	return MMDB_lookup_sockaddr(database, (const struct sockaddr *)&v6, &error);
}

static void entry_read(MMDB_lookup_result_s *found, struct place *out)
{
	MMDB_entry_data_s data;
	if (!out->country[0] &&
		MMDB_get_value(&found->entry, &data, "country", "iso_code", NULL) == MMDB_SUCCESS &&
		data.has_data && data.type == MMDB_DATA_TYPE_UTF8_STRING && data.data_size == 2)
		memcpy(out->country, data.utf8_string, 2);
	if (!out->network &&
		MMDB_get_value(&found->entry, &data, "autonomous_system_number", NULL) ==
			MMDB_SUCCESS &&
		data.has_data && data.type == MMDB_DATA_TYPE_UINT32)
		out->network = data.uint32;
}

static bool entry_is_anycast(MMDB_lookup_result_s *found)
{
	MMDB_entry_data_s data;
	return MMDB_get_value(&found->entry, &data, "traits", "is_anycast", NULL) == MMDB_SUCCESS &&
		data.has_data && data.type == MMDB_DATA_TYPE_BOOLEAN && data.boolean;
}

/* A database of IPv4 alone knows no IPv6 address. */
static bool database_knows(const MMDB_s *database, const struct addr *addr)
{
	return addr->family == ADDR_V4 ||
		(addr->family == ADDR_V6 && database->metadata.ip_version == 6);
}

struct place geo_place(const struct geo *g, const struct addr *addr)
{
	struct place place = {0};
	if (g && prefixes_contain(g->anycast, ANYCAST, addr))
		return place;
	for (size_t i = 0; g && i < g->count; i++) {
		if (!database_knows(&g->database[i], addr))
			continue;
		MMDB_lookup_result_s found = lookup(&g->database[i], addr);
		if (!found.found_entry)
			continue;
		if (entry_is_anycast(&found))
			return (struct place){0};
		entry_read(&found, &place);
	}
	return place;
}
