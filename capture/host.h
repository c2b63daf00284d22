/*
 * This host's interfaces, as netlink tells of them: links, addresses, routes and policy rules,
 * asked for anew when the kernel says that something changed.
 */
#ifndef SEEP_CAPTURE_HOST_H
#define SEEP_CAPTURE_HOST_H

#include "capture/capture.h"

#include <stddef.h>

#define HOST_LINKS_MAX  4096
#define HOST_TABLES_MAX 256 /* routing tables that policy rules look up */

struct host {
	uint32_t count;
	struct host_link link[HOST_LINKS_MAX]; /* rows stay where they are */
	uint32_t tables;
	uint32_t table[HOST_TABLES_MAX];
	uint64_t refused;        /* interfaces and tables beyond those kept */
	struct netlink *netlink; /* or NULL: only messages that somebody hands in */
};

/* An empty one, without a netlink socket. NULL without memory. */
struct host *host_new(void);
/* Asks the kernel, and listens for changes from now on. False with the reason printed. */
bool host_listen(struct host *h);
void host_free(struct host *h);

/* Readable when something changed. */
int host_fd(const struct host *h);
/* Takes in the changes told so far; true if there were any. Never waits for one. */
bool host_follow(struct host *h);
/* Asks for everything anew. */
bool host_refresh(struct host *h);

/* The row of an interface, or NULL. */
struct host_link *host_find(struct host *h, uint32_t index);
struct host_link *host_named(struct host *h, const char *name);

/* A row for an index that has none: a new one, or that of an interface long gone. NULL, counted,
 * when all are taken. */
struct host_link *host_add(struct host *h, uint32_t index);

/* Takes in netlink messages, one behind the other, as the kernel writes them. False at the first
 * that is broken, or tells of an error. */
bool host_messages(struct host *h, const void *bytes, size_t length);
/* Forgets what the next round of messages will tell anew. */
void host_begin(struct host *h);

/* Decides for every interface whether it is watched, in which role, and why. */
void host_decide(struct host *h);

#endif
