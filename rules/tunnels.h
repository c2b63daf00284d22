/*
 * Tunnels as they show from outside: who keeps one up, with which far end, and its life: coming up,
 * up, down, closed. Silence is no state: an idle WireGuard tunnel says nothing for hours, so down
 * is what unanswered handshakes, a reset or a closing say.
 */
#ifndef SEEP_RULES_TUNNELS_H
#define SEEP_RULES_TUNNELS_H

#include "core/observation.h"
#include "core/table.h"

#define TUNNELS_CLIENTS    16384
#define TUNNELS_PER_CLIENT 4

/* Handshakes in a row without an answer, the first included, after which an up tunnel is down: one
 * may be lost. */
#define TUNNEL_ASKS_DOWN 2

/* How long after it went down a tunnel is still expected of its client. Who does without one for
 * longer has turned it off. */
#define TUNNEL_EXPECTED_NS (600 * UINT64_C(1000000000))

enum tunnel_state {
	TUNNEL_COMING_UP, /* asked, not answered yet */
	TUNNEL_UP,
	TUNNEL_DOWN,   /* not answered any more, or reset by the far end */
	TUNNEL_CLOSED, /* by the client itself */
};

struct tunnel {
	struct endpoint far_end;
	uint8_t kind;            /* enum tunnel_kind */
	uint8_t state;           /* enum tunnel_state */
	uint8_t protocol;        /* IANA number of what carries it */
	bool sent, received;     /* data, since it came up or the capture began */
	bool dialled;            /* its coming up was seen: else it may have been up for long */
	uint64_t up_ns, down_ns; /* when it last came up and went down; 0: not seen */
	uint64_t asked_ns;       /* the first handshake that waits for an answer */
	uint64_t seen_ns;        /* the last sign of life of either end */
};

struct tunnels_key {
	struct addr client;
	uint8_t reserved[7];
};

/* The tunnels of a client. */
struct client_tunnels {
	struct table_entry age;
	struct tunnels_key key;
	uint64_t count;
	struct tunnel at[TUNNELS_PER_CLIENT]; /* the oldest makes way */
};

struct tunnels {
	struct table table;
	uint64_t forgotten; /* of clients with more than are kept */
};

bool tunnels_init(struct tunnels *t);
void tunnels_free(struct tunnels *t);

/* Whose tunnel an OBS_TUNNEL is about: the end that is local, or else the one that dialled. */
const struct endpoint *tunnel_near(const struct obs_head *h);

/* Takes in an OBS_TUNNEL. */
void tunnels_learn(struct tunnels *t, const struct observation *o);

/* The client's tunnels; NULL when none was seen. */
const struct client_tunnels *tunnels_find(const struct tunnels *t, const struct addr *client);

/* The one that its traffic should be in now: up and used, or down for a short time. NULL: none. */
const struct tunnel *tunnel_expected(const struct client_tunnels *c, uint64_t now_ns);

/* One of them ends there: its own packets go to this endpoint. */
bool tunnels_end_at(const struct client_tunnels *c, const struct endpoint *dst);

/* The one of them that ends at this address, at whatever port; or NULL. */
const struct tunnel *tunnels_reach(const struct client_tunnels *c, const struct addr *addr);

#endif
