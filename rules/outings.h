/*
 * Conversations that clients have outside their tunnel: whatever goes to a global address over a
 * physical interface and is neither the tunnel's own nor what a host needs to be on a network at
 * all. What each of them is, its window decides: up, down, starting. A conversation waits a moment
 * before it is handed to detections, so that a dissector may recognise it, and an open question
 * about the tunnel be answered.
 */
#ifndef SEEP_RULES_OUTINGS_H
#define SEEP_RULES_OUTINGS_H

#include "core/observation.h"
#include "core/table.h"
#include "rules/life.h"

#define OUTINGS         65536
#define OUTINGS_WAITING 1024
#define OUTINGS_DUE     8

/* Over, when nothing was told of it for so long. */
#define OUTING_LIFE_NS (300 * UINT64_C(1000000000))

/* Long enough for a hello behind a TCP handshake, for a run of media, and for OpenVPN, which speaks
 * a second after its connection was made. */
#define OUTING_GRACE_NS (2 * UINT64_C(1000000000))

/* What began before the tunnel may say so much longer, and say goodbye. */
#define OUTING_OLD_NS  (3 * UINT64_C(1000000000))
#define OUTING_OLD_FEW 6

/* What a conversation is, that another detection judges better. */
enum recognition {
	RECOGNISED_NOT,
	RECOGNISED_STUN,
	RECOGNISED_DNS,
	RECOGNISED_MEDIA, /* RTP, DTLS, QUIC and the like */
	RECOGNISED_TUNNEL,
	RECOGNISED_PROBE, /* is there a network, or a captive portal? */
};

struct outing_key {
	uint64_t flow_id; /* or, where there is none, who speaks how with whom */
	struct addr client, remote;
	uint8_t protocol;
	uint8_t reserved[5];
};

struct outing {
	struct table_entry age;
	struct outing_key key;
	struct obs_head head; /* of its first packet */
	struct addr client;   /* by its host's main address */
	struct addr source;   /* the one that it has here */
	struct endpoint remote;
	struct watch watch; /* at its begin, or when an open question was answered */
	uint64_t first_ns, last_ns;
	uint64_t packets, bytes; /* not handed out yet */
	uint64_t late;           /* packets after the tunnel came up, of one that is older */
	uint8_t recognised;      /* enum recognition */
	bool waiting;
	bool older;  /* than the tunnel, and still there */
	bool handed; /* it was inside before */
	bool allowed;
};

/* What is handed to detections now. */
struct outing_due {
	const struct outing *outing;
	uint64_t packets, bytes;
	bool early; /* the run ends before it has waited long enough */
};

struct outings {
	struct table table;
	/* Those that wait, oldest first: a ring of keys. */
	struct outing_key waiting[OUTINGS_WAITING];
	uint32_t waiting_first, waiting_count;
	struct outing_due due[OUTINGS_DUE];
	uint32_t due_count;
};

struct knowledge;

/* The engine's: see rules/knowledge.c. */
#define OUTINGS_WANTS                                                                    \
	(INTEREST_IN(OBS_TRAFFIC) | INTEREST_IN(OBS_MEDIA) | INTEREST_IN(OBS_DNS) |      \
		INTEREST_IN(OBS_HELLO) | INTEREST_IN(OBS_HTTP) | INTEREST_IN(OBS_DHCP) | \
		INTEREST_IN(OBS_TUNNEL) | INTEREST_IN(OBS_STUN_REQUEST) |                \
		INTEREST_IN(OBS_BINDING_RESULT) | INTEREST_IN(OBS_ALLOCATION))

bool outings_init(struct outings *t);
void outings_free(struct outings *t);
void outings_learn(struct knowledge *k, const struct observation *o);

/* Time went on without an observation: what has waited long enough is handed out. */
void outings_advance(struct knowledge *k);

/* The run ends: what still waits is handed out, as much as there is room for, by what is known.
 * False: nothing is left. */
bool outings_flush(struct knowledge *k);

/* What is expected of this client now, and by which address its host is known. */
void knowledge_watch(const struct knowledge *k, const struct addr *client, struct watch *out);
const struct client_tunnels *knowledge_far_ends(
	const struct knowledge *k, const struct addr *client);
struct addr knowledge_host(
	const struct knowledge *k, const struct addr *client, const uint8_t mac[6]);

#endif
