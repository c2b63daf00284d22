/*
 * Tunnels and proxies, as they show from outside.
 */
#ifndef SEEP_CORE_OBS_TUNNEL_H
#define SEEP_CORE_OBS_TUNNEL_H

#include "core/addr.h"
#include "core/obs_text.h"

enum tunnel_kind {
	TUNNEL_WIREGUARD,
	TUNNEL_OPENVPN,
	TUNNEL_IKE,
	TUNNEL_ESP,
	TUNNEL_L2TP,
	TUNNEL_PPTP,
	TUNNEL_SSTP,
	TUNNEL_TAILSCALE,
	TUNNEL_ANYCONNECT,
	TUNNEL_SSH,
	TUNNEL_TOR,
	TUNNEL_MASQUE,
};

enum tunnel_event {
	TUNNEL_ASKS,    /* a handshake was started; `repeated` counts those without an answer */
	TUNNEL_ANSWERS, /* the other end answered: up */
	TUNNEL_DATA,    /* carries something; said once in a while */
	TUNNEL_KEEPALIVE,
	TUNNEL_RESETS, /* one end took it down */
	TUNNEL_DEFERS, /* the other end is there and wants to be asked again, with its cookie */
};

struct obs_tunnel {
	uint8_t kind;    /* enum tunnel_kind */
	uint8_t event;   /* enum tunnel_event */
	uint8_t message; /* the protocol's own message type */
	uint8_t repeated;
	uint32_t packets; /* in this direction so far */
	uint64_t bytes;
};

enum proxy_kind {
	PROXY_HTTP_CONNECT,
	PROXY_HTTP_ABSOLUTE,
	PROXY_SOCKS4,
	PROXY_SOCKS5,
	PROXY_MASQUE, /* connect-udp: datagrams to `target` (RFC 9298) */
};

enum proxy_event {
	PROXY_ASKS,   /* a client asked for a target */
	PROXY_GRANTS, /* the proxy let it */
	PROXY_REFUSES,
	PROXY_UDP, /* UDP ASSOCIATE: `target` is where the proxy takes datagrams (RFC 1928 §7) */
	PROXY_SERVES, /* this flow goes where a client asked a proxy on its own host to go */
};

struct obs_proxy {
	uint8_t kind;    /* enum proxy_kind */
	uint8_t event;   /* enum proxy_event */
	uint8_t command; /* SOCKS: 1 CONNECT, 2 BIND, 3 UDP ASSOCIATE */
	uint16_t status;
	struct endpoint target; /* none when it was a name */
	struct obs_word target_name;
	uint16_t target_port;
	uint64_t served_flow; /* PROXY_SERVES: the client's flow_id; else 0 */
};

#endif
