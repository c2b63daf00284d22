/*
 * Opening interfaces for a live capture, and binding to one again that vanished and returned. That
 * needs no rights, unlike opening another: the socket is the one that was opened at the start.
 */
#include "capture/live.h"

#include "core/link_type.h"
#include "core/log.h"
#include "core/pages.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The kernel gives out a block of its ring when it is full, or after this time. */
#define BLOCK_MS       5
#define BUFFER_DEFAULT (UINT64_C(16) << 20)

#define BYTES_SIZE ((size_t)BATCH_FRAMES * LIVE_SNAP_LENGTH)

struct live *live_new(
	const struct capture_options *options, struct source_table *sources, struct stats *stats)
{
	struct live *l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->options = options;
	l->sources = sources;
	l->stats = stats;
	l->size = BYTES_SIZE;
	l->bytes = pages_reserve(l->size);
	l->host = host_new();
	if (!l->bytes || !l->host || !host_listen(l->host)) {
		live_free(l);
		return NULL;
	}
	for (uint32_t i = 0; i < l->host->count; i++)
		l->host->link[i].dropped_before = l->host->link[i].dropped;
	return l;
}

void live_free(struct live *l)
{
	if (!l)
		return;
	for (uint32_t i = 0; i < l->count; i++)
		pcap_close(l->handle[i].pcap);
	host_free(l->host);
	pages_release(l->bytes, l->size);
	free(l);
}

#define PATH_SHOWN 256

/* One sentence with the command that helps. */
static void permission_message(const char *name)
{
	char path[PATH_SHOWN];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	path[length > 0 ? length : 0] = '\0';
	log_message("%s: no permission to capture: run seep as root, or allow it once with "
		    "\"sudo setcap cap_net_raw,cap_net_admin=ep %s\"",
		name, length > 0 ? path : "seep");
}

static void open_failed(const char *name, pcap_t *pcap, int status)
{
	const char *said = pcap_geterr(pcap);
	if (status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED)
		permission_message(name);
	else if (status == PCAP_ERROR_NO_SUCH_DEVICE)
		log_message("%s: there is no such interface (see seep interfaces)", name);
	else
		log_message("%s: cannot be captured: %s", name,
			said[0] ? said : pcap_statustostr(status));
}

/* Everything that is set before the handle is active. Failing to set one is told by activating. */
static void handle_prepare(const struct live *l, pcap_t *pcap, bool any)
{
	uint64_t buffer = l->options->buffer ? l->options->buffer : BUFFER_DEFAULT;
	pcap_set_snaplen(pcap, LIVE_SNAP_LENGTH);
	pcap_set_promisc(pcap, !any);
	pcap_set_timeout(pcap, BLOCK_MS);
	pcap_set_buffer_size(pcap, buffer > INT32_MAX ? INT32_MAX : (int)buffer);
	pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
}

static bool filter_set(struct live *l, const char *name, pcap_t *pcap)
{
	struct bpf_program code;
	const char *filter = l->options->filter;
	if (!filter)
		return true;
	if (pcap_compile(pcap, &code, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		log_message("%s: filter \"%s\": %s", name, filter, pcap_geterr(pcap));
		return false;
	}
	int status = pcap_setfilter(pcap, &code);
	pcap_freecode(&code);
	if (status != 0)
		log_message("%s: filter \"%s\": %s", name, filter, pcap_geterr(pcap));
	else
		l->stats->kernel_filters++;
	return status == 0;
}

static pcap_t *handle_open(struct live *l, const char *name, bool any)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_create(name, why);
	if (!pcap) {
		log_message("%s: cannot be captured: %s", name, why);
		return NULL;
	}
	handle_prepare(l, pcap, any);
	int status = pcap_activate(pcap);
	if (status < 0) {
		open_failed(name, pcap, status);
	} else if ((any && pcap_set_datalink(pcap, DLT_LINUX_SLL2) != 0) ||
		pcap_setnonblock(pcap, 1, why) != 0) {
		log_message("%s: cannot be captured: %s", name, why[0] ? why : pcap_geterr(pcap));
	} else if (filter_set(l, name, pcap)) {
		return pcap;
	}
	pcap_close(pcap);
	return NULL;
}

/* The row of a named interface; where the kernel says nothing of it, by its name. */
static int named_row(struct live *l, const struct handle *h)
{
	const struct host_link *link = host_named(l->host, h->name);
	if (link)
		return live_row(l, h->capture, link, h->link_type);
	return source_add_interface(l->sources, h->capture, h->name, h->link_type);
}

static void handle_bound(struct handle *h, const struct host_link *link)
{
	h->index = link->index;
	h->has_mac = link->has_mac;
	memcpy(h->mac, link->mac, sizeof(h->mac));
}

static bool handle_fill(struct live *l, struct handle *h)
{
	const struct host_link *link = host_named(l->host, h->name);
	h->link_type = (uint16_t)pcap_datalink(h->pcap);
	if (h->any)
		return true;
	if (link)
		handle_bound(h, link);
	int row = named_row(l, h);
	h->interface = (uint16_t)row;
	return row >= 0;
}

bool live_add(struct live *l, const char *name, enum role role)
{
	bool any = !name;
	if (any)
		name = "any";
	int index = source_add_capture(l->sources, name, role);
	if (index < 0 || l->count == LIVE_HANDLES_MAX) {
		log_message("%s: more than %d interfaces", name, LIVE_HANDLES_MAX);
		return false;
	}
	struct handle h = {.name = name, .any = any, .capture = (uint16_t)index};
	h.pcap = handle_open(l, name, any);
	if (!h.pcap || !handle_fill(l, &h)) {
		if (h.pcap)
			pcap_close(h.pcap);
		l->sources->captures--;
		return false;
	}
	l->handle[l->count++] = h;
	live_links_add(l);
	live_doubles_mark(l);
	if (any && !l->sources->interfaces && !l->options->quiet)
		log_message("no way out and no tunnel yet; watching for one (see seep interfaces)");
	return true;
}

/* A mirror port's frames are for others: all of them are wanted, again. */
static bool socket_bind(int fd, uint32_t index)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)index,
	};
	struct packet_mreq all = {.mr_ifindex = (int)index, .mr_type = PACKET_MR_PROMISC};
	if (bind(fd, (const struct sockaddr *)(const void *)&to, sizeof(to)) != 0)
		return false;
	setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all));
	return true;
}

/* Asked of the kernel, which answers when the interface is taken down to the end: the socket may
 * still be bound to it when its name is gone. */
bool live_vanished(struct live *l, const struct handle *h)
{
	if (h->any || !host_refresh(l->host))
		return false;
	const struct host_link *link = host_named(l->host, h->name);
	return !link || link->index != h->index;
}

void live_return(struct live *l, struct handle *h)
{
	const struct host_link *link = host_named(l->host, h->name);
	if (!link || h->finished || (link->index == h->index && !h->lost))
		return;
	if (!socket_bind(pcap_fileno(h->pcap), link->index)) {
		log_message("%s: the interface is back, but cannot be captured: %s", h->name,
			strerror(errno));
		return;
	}
	h->lost = false;
	handle_bound(h, link);
	log_message("%s: the interface is back", h->name);
}
