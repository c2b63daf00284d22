/* The table of this host's interfaces, apart from how the kernel is asked for it. */
#include "capture/host.h"

#include <stdlib.h>
#include <string.h>

struct host *host_new(void)
{
	return calloc(1, sizeof(struct host));
}

struct host_link *host_find(struct host *h, uint32_t index)
{
	for (uint32_t i = 0; index && i < h->count; i++) {
		if (h->link[i].index == index)
			return &h->link[i];
	}
	return NULL;
}

struct host_link *host_named(struct host *h, const char *name)
{
	for (uint32_t i = 0; i < h->count; i++) {
		if (!h->link[i].gone && strcmp(h->link[i].name, name) == 0)
			return &h->link[i];
	}
	return NULL;
}

/* A row for a new index: that of one long gone where all are taken. */
struct host_link *host_add(struct host *h, uint32_t index)
{
	struct host_link *row = NULL;
	if (h->count < HOST_LINKS_MAX)
		row = &h->link[h->count++];
	for (uint32_t i = 0; !row && i < h->count; i++) {
		if (h->link[i].gone)
			row = &h->link[i];
	}
	if (!row) {
		h->refused++;
		return NULL;
	}
	*row = (struct host_link){.index = index};
	return row;
}

void host_begin(struct host *h)
{
	h->tables = 0;
	for (uint32_t i = 0; i < h->count; i++) {
		struct host_link *l = &h->link[i];
		l->gone = true;
		l->defaults = l->by_rule = l->gateways = 0;
		l->addrs = 0;
	}
}
