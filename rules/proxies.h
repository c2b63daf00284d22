/*
 * Proxies in use: which proxy granted a client what it asked for. Through it, its traffic should go
 * from then on; where that comes out, only a declaration or a mapped address tells.
 */
#ifndef SEEP_RULES_PROXIES_H
#define SEEP_RULES_PROXIES_H

#include "core/observation.h"
#include "core/table.h"

#define PROXIES_CLIENTS    16384
#define PROXIES_PER_CLIENT 4

struct proxies_key {
	struct addr client;
	uint8_t reserved[7];
};

/* The proxies a client uses. */
struct client_proxies {
	struct table_entry age;
	struct proxies_key key;
	uint64_t since_ns, last_ns; /* granted first and last */
	uint32_t count;
	uint32_t kinds;   /* mask of enum proxy_kind */
	bool carries_udp; /* it takes datagrams, too (UDP ASSOCIATE, connect-udp) */
	uint8_t reserved[7];
	struct endpoint at[PROXIES_PER_CLIENT];
	uint8_t padding[4];
};

struct proxies {
	struct table table;
	uint64_t forgotten;
	uint64_t loopback_ns; /* when one on the capturing host itself granted something last */
};

bool proxies_init(struct proxies *p);
void proxies_free(struct proxies *p);

/* Takes in an OBS_PROXY. */
void proxies_learn(struct proxies *p, const struct observation *o);

/* The client's proxies; NULL when none was seen. */
const struct client_proxies *proxies_find(const struct proxies *p, const struct addr *client);

/* Is one of them there? */
bool proxies_are_at(const struct client_proxies *c, const struct endpoint *dst);

#endif
