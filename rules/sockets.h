/*
 * Sockets that are a tunnel's own: the VPN program asks STUN from the one that its tunnel goes
 * through (Tailscale, NordVPN's meshnet, NetBird), to learn its own way out. No other program can
 * send from that port, so what is asked there is the tunnel's business, not traffic around it.
 */
#ifndef SEEP_RULES_SOCKETS_H
#define SEEP_RULES_SOCKETS_H

#include "core/observation.h"
#include "core/table.h"

#define SOCKETS 4096

/* How long after it last showed a socket is still believed to be a tunnel's: ports are used again.
 * Tunnels say that they go on more often than that. */
#define SOCKET_LIFE_NS (300 * UINT64_C(1000000000))

struct socket_key {
	struct endpoint at;
	uint8_t reserved[4];
};

struct socket {
	struct table_entry age;
	struct socket_key key;
};

struct sockets {
	struct table table;
	struct endpoint
		fresh; /* what the last observation has shown to be one; none: nothing new */
};

bool sockets_init(struct sockets *s);
void sockets_free(struct sockets *s);

/* Takes in an OBS_TUNNEL, or an OBS_STUN_REQUEST that names its program. */
void sockets_learn(struct sockets *s, const struct observation *o);

/* Is it a tunnel's own? */
bool sockets_have(const struct sockets *s, const struct endpoint *at, uint64_t now_ns);

#endif
