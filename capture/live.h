/*
 * Live capturing: one handle for all interfaces of this host, or one for each that is named.
 * Private to capture/.
 */
#ifndef SEEP_CAPTURE_LIVE_H
#define SEEP_CAPTURE_LIVE_H

#include "capture/host.h"

#include <pcap.h>

#define LIVE_HANDLES_MAX 64

/* Longest frame that is kept whole; beyond it come only the largest of merged segments. */
#define LIVE_SNAP_LENGTH 262144

/* Interfaces whose verdict is remembered, by the low bits of their index. */
#define LIVE_CACHE 1024

struct handle {
	pcap_t *pcap;
	const char *name;   /* as the user gave it; not owned */
	bool any;           /* all interfaces: each packet tells its own */
	uint16_t capture;   /* index into source_table.captures */
	uint16_t interface; /* index into source_table.interfaces, unless `any` */
	uint16_t link_type;
	uint32_t index; /* the interface's own, unless `any` */
	bool has_mac;
	uint8_t mac[6];
	bool doubled;             /* a port of a bridge that has a handle, too */
	bool lost;                /* the interface vanished; it may return */
	bool finished;            /* an error ended it */
	struct pcap_pkthdr *head; /* of the frame that waits to be handed out, or NULL */
	const u_char *data;
	uint64_t number;     /* frames handed out */
	uint32_t told_drops; /* pcap_stats' count, which wraps, as it was counted last */
};

/* What is done with packets of an interface. */
struct live_verdict {
	uint32_t index;    /* 0: none */
	int32_t interface; /* index into source_table.interfaces, or -1: not watched */
};

struct live {
	struct source_table *sources;
	struct stats *stats;
	const struct capture_options *options;
	struct host *host;
	uint32_t count;
	struct handle handle[LIVE_HANDLES_MAX];
	struct live_verdict cache[LIVE_CACHE];
	uint8_t *bytes; /* of the frames given out */
	size_t size, used;
	uint64_t now_ns;          /* the clock, as it was read last */
	uint64_t newest_ns;       /* of the frames looked at */
	uint64_t counted_ns;      /* when drops were last asked for */
	uint64_t ask_again_ns;    /* when the host was last asked for its interfaces */
	uint64_t interface_drops; /* of those counted already */
	uint64_t stop_ns;         /* when it was asked to stop; 0: not yet */
	int last_looks;           /* since then, at empty handles */
	bool changed;             /* the host told of a change that was not followed yet */
	bool merging;             /* a frame waits for what may come before it */
	bool failed;
};

/* live_open.c: opening handles, and getting one's interface back. The reason is printed when one
 * cannot be opened. */
struct live *live_new(
	const struct capture_options *options, struct source_table *sources, struct stats *stats);
/* NULL: all interfaces. */
bool live_add(struct live *l, const char *name, enum role role);
/* The interface that it was bound to is gone. */
bool live_vanished(struct live *l, const struct handle *h);
void live_return(struct live *l, struct handle *h);
void live_free(struct live *l);

/* live_links.c: which of this host's interfaces packets belong to. */
/* The row of an interface that packets tell by its index, or -1 when it is not watched. */
int32_t live_interface(struct live *l, uint16_t capture, uint32_t index);
/* Marks handles whose frames another handle sees, too. */
void live_doubles_mark(struct live *l);
/* Adds what is to be watched, where all interfaces are captured. */
void live_links_add(struct live *l);
/* Takes in what changed, and adds what is to be watched from now on. */
void live_links_follow(struct live *l);
/* Counts what the kernel and the interfaces dropped since it was last asked. */
void live_drops_count(struct live *l);
/* Adds a row for an interface of this host. */
int live_row(struct live *l, uint16_t capture, const struct host_link *link, uint16_t link_type);

/* live.c */
/* The clock that stamps frames. */
uint64_t live_clock(void);
void live_next(struct live *l, struct batch *batch);

#endif
