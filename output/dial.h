/*
 * The address of a collector, as a user writes it: unix:PATH, udp:HOST:PORT, tcp:HOST:PORT,
 * tls:HOST:PORT, an IPv6 address in brackets. Names are looked up once, when it is opened, because
 * later seep may have given up the right to.
 */
#ifndef SEEP_OUTPUT_DIAL_H
#define SEEP_OUTPUT_DIAL_H

#include <stdbool.h>
#include <sys/socket.h>

#define DIAL_HOST_MAX  256
#define DIAL_ADDRESSES 8

enum carrier { CARRIER_UNIX, CARRIER_UDP, CARRIER_TCP, CARRIER_TLS };

struct dial {
	enum carrier carrier;
	char host[DIAL_HOST_MAX]; /* as it was named, for certificates */
	struct {
		struct sockaddr_storage address;
		socklen_t length;
	} to[DIAL_ADDRESSES];
	unsigned count, at;
};

/* It names a collector, not a file. */
bool dial_named(const char *dest);

/* Enough is written for an address to be in it. */
bool dial_whole(const char *dest);

/* False with the reason printed. */
bool dial_parse(struct dial *d, const char *dest);

/* Begins to connect to the next of the addresses: a socket that does not block, or -1 with errno
 * set. `*datagram` tells of what kind it is. */
int dial_start(struct dial *d, bool *datagram);

#endif
