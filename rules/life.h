/*
 * When a client's traffic should be in its tunnel: the windows of the tunnel's life. What packets
 * outside say of it is rules/tunnels.h; here is added what the tunnel's own interface shows, when
 * the client's link came up, and how much of its traffic went which way.
 *
 * Silence of a tunnel is no state. It is down when its handshakes stay unanswered, or when a
 * conversation that it carried goes on outside.
 */
#ifndef SEEP_RULES_LIFE_H
#define SEEP_RULES_LIFE_H

#include "core/observation.h"
#include "core/table.h"

#define LIVES           16384
#define INSIDE_TALKS    65536
#define LIFE_SOCKETS    4
#define LIFE_LINK_UP_NS (60 * UINT64_C(1000000000))

/* A conversation that was inside and now is outside is the same one only for so long. */
#define LIFE_HANDED_NS (30 * UINT64_C(1000000000))
#define INSIDE_LIFE_NS (120 * UINT64_C(1000000000))

enum window {
	WINDOW_NONE,     /* nothing is expected to be in a tunnel, or the user turned it off */
	WINDOW_STARTING, /* the tunnel is about to come up */
	WINDOW_UP,
	WINDOW_DOUBT, /* it asks, and nobody answered yet: up or down, the answer will tell */
	WINDOW_DOWN,  /* it was up and broke */
};

/* What is expected of a client at a moment. */
struct watch {
	enum window window;
	uint64_t since_ns;  /* of the window; 0: it was so when the capture began */
	bool declared;      /* the user's word: all of its traffic */
	bool visible;       /* the tunnel's interface is in the capture */
	bool carrier_known; /* it is known which packets outside are the tunnel's own */
	bool linked;        /* starting: its link came up just before */
};

struct life_key {
	struct addr client;
	uint8_t reserved[7];
};

struct life {
	struct table_entry age;
	struct life_key key;
	uint64_t link_ns;    /* its link came up */
	uint64_t dialled_ns; /* it asked for a tunnel that had carried nothing yet */
	uint64_t up_ns;      /* which carried something from then on; 0: not seen to come up */
	uint64_t carrier_ns; /* a declared far end answered first */
	uint64_t carried, outside; /* packets in the tunnel's own conversations, and around it */
	struct addr wrapped;       /* where it sends packets inside datagrams of its own */
	struct addr near; /* the address that its tunnel leaves from; may be of the other family */
	uint16_t port[LIFE_SOCKETS]; /* of the sockets that its tunnels went through last */
	uint8_t ports;
	bool running; /* it carried something, whether it was seen to come up or not */
	uint8_t reserved[4];
};

/* A conversation as seen inside: a socket keeps its port when its way changes, not its address. */
struct inside_key {
	struct endpoint remote;
	uint16_t port; /* of the client's end */
	uint8_t protocol;
	uint8_t reserved;
};

struct inside_talk {
	struct table_entry age;
	struct inside_key key;
	uint64_t last_ns;
};

struct lives {
	struct table table, inside;
	uint64_t first_ns; /* on the tunnel's interface */
	uint64_t
		lost_ns; /* a conversation was handed over to the outside; 0: none, or it is back */
};

bool lives_init(struct lives *l);
void lives_free(struct lives *l);

struct life *life_of(const struct lives *l, const struct addr *client);
struct life *life_get(struct lives *l, const struct addr *client, uint64_t now_ns);

/* Takes in an OBS_TUNNEL of the client's, from its end or not; and its DHCP lease. */
void life_dials(struct life *life, const struct obs_tunnel *o, bool from_near, uint64_t now_ns);

/* One of its tunnels goes through this port: so does what keeps the way open, and asks other
 * servers. */
void life_socket_add(struct life *life, uint16_t port);
bool life_socket_has(const struct life *life, uint16_t port);

/* A conversation on the tunnel's interface. */
void lives_inside(struct lives *l, const struct observation *o, const struct endpoint *near,
	const struct endpoint *remote);

/* Was this conversation inside a moment ago? If so the tunnel is lost since then. */
bool lives_handed(struct lives *l, const struct observation *o, const struct endpoint *near,
	const struct endpoint *remote);

/* Nearly all that the client sent went through its tunnel: what does not is no split tunnel.
 * `enough`: packets that were carried. */
bool life_mostly_inside(const struct life *life, uint64_t enough);

#endif
