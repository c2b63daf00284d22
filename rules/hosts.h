/*
 * Which addresses belong to one host: those that send from one hardware address, where that is no
 * router's. A router's is known by two IPv4 addresses behind it; then it joins nothing.
 */
#ifndef SEEP_RULES_HOSTS_H
#define SEEP_RULES_HOSTS_H

#include "core/addr.h"
#include "core/table.h"

#define HOSTS 16384

struct host_key {
	uint8_t mac[6];
	uint8_t reserved[2];
};

struct host {
	struct table_entry age;
	struct host_key key;
	struct addr
		main; /* the address the others are joined to: its IPv4 address, else the first */
	bool router;  /* several hosts are behind it */
	uint8_t reserved[6];
};

struct hosts {
	struct table table;
};

bool hosts_init(struct hosts *h);
void hosts_free(struct hosts *h);

/* This address sent from this hardware address. */
void hosts_see(struct hosts *h, const uint8_t mac[6], const struct addr *addr, uint64_t now_ns);

/* The main address of the host with this hardware address; NULL when it is not known, or a
 * router's. */
const struct addr *hosts_main(const struct hosts *h, const uint8_t mac[6]);

#endif
