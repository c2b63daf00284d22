/*
 * Savefiles or interfaces in, frames out, merged by time. Knows file formats, no protocols.
 *
 * Classic pcap and pcapng are read by our own reader in large chunks, packed by gzip or zstd or
 * not; what it does not know goes to libpcap. Messages about a broken file name the file, the frame
 * and the byte offset, and are printed once, where the cause is known.
 */
#ifndef SEEP_CAPTURE_CAPTURE_H
#define SEEP_CAPTURE_CAPTURE_H

#include "core/addr.h"
#include "core/frame.h"
#include "core/source.h"
#include "core/stats.h"

#include <signal.h>
#include <stdbool.h>

struct capture;

struct capture_options {
	const char *filter;                /* a BPF expression for each frame to pass, or NULL */
	const volatile sig_atomic_t *stop; /* set by a signal to end everything early, or NULL */
	bool quiet;                        /* live: not a word about what is watched */
	uint64_t buffer; /* live: bytes that the kernel may keep for each capture; 0: as usual */
};

/* A capture set without files. `sources` and `stats` are filled as files are read and must outlive
 * it. NULL without memory. */
struct capture *capture_new(
	const struct capture_options *options, struct source_table *sources, struct stats *stats);

/* Opens one more savefile ("-" is standard input) whose interfaces have `role` (ROLE_AUTO: guess),
 * and reads nothing of it yet. False, with the reason printed. `name` is kept by reference. */
bool capture_open(struct capture *c, const char *name, enum role role);

/* Reads the headers of the files opened so far. False, with the reasons printed, when one cannot be
 * read or is no capture; the others stay usable. */
bool capture_begin(struct capture *c);

/* Both, for one file. */
bool capture_add(struct capture *c, const char *name, enum role role);

/* Is there anything to capture? */
bool capture_any(const struct capture *c);

/* Captures an interface of this host, or all those worth watching where `name` is NULL. No set
 * holds both files and interfaces. False, with the reason printed. `name` is kept by reference. */
bool capture_add_live(struct capture *c, const char *name, enum role role);

/* Fills `batch` with the next frames of all captures in the order of their time stamps (equal ones:
 * captures of tunnels first, then by name). Their bytes stay valid until the next call. An empty
 * batch without a time is the end of everything; a live one has a time, at least every 100 ms. A
 * capture that breaks off ends there, with a message, and the others go on: capture_failed tells
 * afterwards. */
void capture_next(struct capture *c, struct batch *batch);

/* Something could not be read to its end: cut off, malformed, an input error. */
bool capture_failed(const struct capture *c);

/* What captures brought along to decrypt them by; type is pcapng's, e.g. 0x544c534b for the lines
 * of an SSLKEYLOGFILE. */
struct capture_secret {
	uint32_t type;
	uint16_t capture; /* index into source_table.captures */
	uint8_t *bytes;
	size_t length;
};

/* Secret `i` of those read so far, or NULL behind the last one. Stays where it is until
 * capture_free. */
const struct capture_secret *capture_secret(const struct capture *c, uint32_t i);

void capture_free(struct capture *c);

/* An interface of this host as the kernel tells of it, and whether it is worth watching. */
#define HOST_KIND_MAX  16
#define HOST_ADDRS_MAX 8 /* of an interface, that are kept */
#define HOST_WHY_MAX   96

enum host_route { HOST_ROUTE_V4 = 1 << 0, HOST_ROUTE_V6 = 1 << 1 }; /* families, a mask */

struct host_link {
	uint32_t index;  /* as packets carry it; 0: no interface */
	uint32_t master; /* index of the bridge or bond that it is a port of; 0: none */
	char name[INTERFACE_NAME_MAX];
	char kind[HOST_KIND_MAX]; /* "wireguard", "tun", "bridge" ...; "" for hardware */
	uint16_t hardware;        /* ARPHRD_ number */
	bool up, loopback, has_mac;
	bool gone;               /* was there once; late frames may still be its */
	uint8_t mac[6];          /* where it has one of that length */
	uint8_t defaults;        /* enum host_route: a default route leaves here */
	uint8_t by_rule;         /* of these, those in a table that only a policy rule looks up */
	uint8_t gateways;        /* enum host_route: a route through a gateway leaves here */
	uint64_t dropped;        /* frames that the interface dropped */
	uint64_t dropped_before; /* of these, before the capture began */
	uint32_t addrs;          /* addresses, those beyond the kept ones, too */
	struct prefix addr[HOST_ADDRS_MAX];
	/* What follows from that. */
	bool watched;
	bool leads; /* the default route goes there */
	enum role role;
	bool certain; /* the role is the kernel's word or the name's, not the link type's */
	char why[HOST_WHY_MAX];
};

/* Tells of each interface of this host, in the kernel's order. False, with the reason printed, when
 * the kernel cannot be asked. */
bool capture_interfaces(void (*tell)(void *sink, const struct host_link *link), void *sink);

/* Checks a filter expression; prints the reason and returns false if it fits no usual link type. */
bool capture_filter_valid(const char *filter);

#endif
