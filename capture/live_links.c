/*
 * Interfaces of a live capture: rows in the source table as they are to be watched, found again by
 * the index that packets carry, and what they dropped.
 */
#include "capture/live.h"

#include "core/link_type.h"
#include "core/log.h"

#include <string.h>

/* Between asking the host twice, whatever changes; and so many times as long as asking took, for
 * hosts with very many routes. */
#define ASK_EVERY_NS    (20 * UINT64_C(1000000))
#define ASK_SHARE       20
#define ASK_PATIENCE_NS (60 * UINT64_C(1000000000))

static bool row_is(const struct interface *row, uint16_t capture, const struct host_link *link)
{
	return row->capture == capture && strcmp(row->name, link->name) == 0 &&
		(row->declared || row->role == link->role || !link->certain);
}

static void row_leads(struct live *l, struct interface *row, const struct host_link *link)
{
	if (!row->aside || !link->leads)
		return;
	row->aside = false;
	l->sources->changes++;
	if (!l->options->quiet)
		log_message("%s leads out by now (%s)", row->name, link->why);
}

/* An interface that returned, under whatever index, is the one that it was. */
static int row_find(struct live *l, uint16_t capture, const struct host_link *link)
{
	for (uint32_t i = 0; i < l->sources->interfaces; i++) {
		if (row_is(&l->sources->interface[i], capture, link))
			return (int)i;
	}
	return -1;
}

int live_row(struct live *l, uint16_t capture, const struct host_link *link, uint16_t link_type)
{
	struct source_table *t = l->sources;
	int row = row_find(l, capture, link);
	if (row >= 0) {
		row_leads(l, &t->interface[row], link);
		return row;
	}
	row = source_add_interface(t, capture, link->name, link_type);
	if (row < 0) {
		l->stats->interfaces_refused++;
		return row;
	}
	struct interface *added = &t->interface[row];
	if (link->certain && !added->declared) {
		added->role = (uint8_t)link->role;
		added->named = true;
	}
	added->aside = added->role == ROLE_TUNNEL && !added->declared && !link->leads;
	if (!l->options->quiet)
		log_message("watching %s as %s (%s)", link->name, role_name((enum role)added->role),
			added->declared ? "as declared" : link->why);
	return row;
}

/* The handle that sees all interfaces, or NULL. */
static const struct handle *handle_any(const struct live *l)
{
	return l->count && l->handle[0].any ? &l->handle[0] : NULL;
}

/* Tunnels are known before their first packet: that one is there says where traffic should go. */
void live_links_add(struct live *l)
{
	const struct handle *any = handle_any(l);
	memset(l->cache, 0, sizeof(l->cache));
	for (uint32_t i = 0; any && i < l->host->count; i++) {
		const struct host_link *link = &l->host->link[i];
		if (link->watched && !link->gone)
			live_row(l, any->capture, link, LINK_LINUX_SLL2);
	}
}

static const struct handle *handle_of(const struct live *l, uint32_t index)
{
	for (uint32_t i = 0; index && i < l->count; i++) {
		if (l->handle[i].index == index)
			return &l->handle[i];
	}
	return NULL;
}

void live_doubles_mark(struct live *l)
{
	for (uint32_t i = 0; i < l->count; i++) {
		struct handle *h = &l->handle[i];
		const struct host_link *link = h->any ? NULL : host_find(l->host, h->index);
		const struct handle *master = link ? handle_of(l, link->master) : NULL;
		if (master && !h->doubled && !l->options->quiet)
			log_message("%s: a port of %s, where its frames are read", h->name,
				master->name);
		h->doubled = master;
	}
}

static void links_ask(struct live *l)
{
	uint64_t began_ns = live_clock();
	l->changed = false;
	if (!host_refresh(l->host))
		l->stats->host_unknown++;
	l->stats->interfaces_refused += l->host->refused;
	l->host->refused = 0;
	live_links_add(l);
	for (uint32_t i = 0; i < l->count; i++) {
		if (!l->handle[i].any)
			live_return(l, &l->handle[i]);
	}
	live_doubles_mark(l);
	uint64_t ended_ns = live_clock();
	uint64_t took_ns = ended_ns > began_ns ? ended_ns - began_ns : 0;
	uint64_t pause_ns = took_ns * ASK_SHARE;
	l->ask_again_ns = ended_ns + (pause_ns > ASK_EVERY_NS ? pause_ns : ASK_EVERY_NS);
}

/* The clock may have been set back. */
static bool may_ask(const struct live *l)
{
	return l->now_ns >= l->ask_again_ns || l->ask_again_ns - l->now_ns > ASK_PATIENCE_NS;
}

void live_links_follow(struct live *l)
{
	bool heard = host_follow(l->host);
	l->changed |= heard;
	if (l->changed && may_ask(l))
		links_ask(l);
	else if (heard)
		live_links_add(l);
}

/* What is not watched as far as is known may be by now: a packet may come before the kernel's word.
 */
static const struct host_link *link_find(struct live *l, uint32_t index)
{
	const struct host_link *link = host_find(l->host, index);
	if ((link && (link->watched || !l->changed)) || !may_ask(l))
		return link;
	links_ask(l);
	return host_find(l->host, index);
}

int32_t live_interface(struct live *l, uint16_t capture, uint32_t index)
{
	struct live_verdict *known = &l->cache[index % LIVE_CACHE];
	if (index && known->index == index) {
		l->stats->unwatched += known->interface < 0;
		return known->interface;
	}
	const struct host_link *link = link_find(l, index);
	if (!link) {
		l->stats->unknown_interface++;
		return -1;
	}
	int32_t row = link->watched ? live_row(l, capture, link, LINK_LINUX_SLL2) : -1;
	*known = (struct live_verdict){.index = index, .interface = row};
	l->stats->unwatched += row < 0;
	return row;
}

static bool link_captured(const struct live *l, const struct host_link *link)
{
	if (handle_any(l))
		return link->watched;
	return handle_of(l, link->index);
}

/* What is counted is what came since the start; an interface made anew starts at 0. */
static void interface_drops_count(struct live *l)
{
	uint64_t drops = 0;
	for (uint32_t i = 0; i < l->host->count; i++) {
		const struct host_link *link = &l->host->link[i];
		if (link_captured(l, link) && link->dropped > link->dropped_before)
			drops += link->dropped - link->dropped_before;
	}
	if (drops > l->interface_drops) {
		l->stats->kernel_ifdrops += drops - l->interface_drops;
		l->interface_drops = drops;
	}
}

void live_drops_count(struct live *l)
{
	for (uint32_t i = 0; i < l->count; i++) {
		struct handle *h = &l->handle[i];
		struct pcap_stat now;
		if (pcap_stats(h->pcap, &now) != 0)
			continue;
		l->stats->kernel_drops += (uint32_t)(now.ps_drop - h->told_drops);
		h->told_drops = now.ps_drop;
	}
	interface_drops_count(l);
}
