/*
 * Names like <uuid>.local, under which browsers hide an address in host candidates, and the address
 * that mDNS announced for each: so that a candidate seen elsewhere can be joined to its host.
 */
#ifndef SEEP_RULES_HIDDEN_HOSTS_H
#define SEEP_RULES_HIDDEN_HOSTS_H

#include "core/observation.h"
#include "core/table.h"

#define HIDDEN_HOSTS 4096
#define UUID_SIZE    36

struct hidden_host_key {
	uint8_t uuid[UUID_SIZE]; /* as text, in lower case */
	uint8_t reserved[4];
};

struct hidden_host {
	struct table_entry age;
	struct hidden_host_key key;
	struct addr addr;
	uint8_t reserved[7];
};

struct hidden_hosts {
	struct table table;
};

bool hidden_hosts_init(struct hidden_hosts *h);
void hidden_hosts_free(struct hidden_hosts *h);

/* Does an OBS_DNS_RECORD announce, by mDNS, a name of this kind with an address? */
bool hidden_host_announced(const struct observation *o);

/* Takes in an OBS_DNS_RECORD. */
void hidden_hosts_learn(struct hidden_hosts *h, const struct observation *o);

/* The address behind a name; NULL when it is not of this kind, or was not announced. */
const struct addr *hidden_hosts_find(
	const struct hidden_hosts *h, const uint8_t *name, size_t length);

#endif
