/*
 * The flows of a client's calls: what shows that media in them is media, and what the far end sees
 * of the client. Few for each client; one that nothing was seen of for longest makes way.
 */
#ifndef SEEP_RULES_CALLS_H
#define SEEP_RULES_CALLS_H

#include "core/addr.h"

#define CALLS_FLOWS 8 /* an ICE session tries more pairs, but uses few */

enum call_sign {
	CALL_ICE = 1 << 0,   /* connectivity checks */
	CALL_HELLO = 1 << 1, /* a DTLS handshake for media */
	CALL_IN = 1 << 2,    /* RTP or RTCP from the far end */
	CALL_OUT = 1 << 3,   /* and to it, around the tunnel */
};

struct call_flow {
	uint64_t flow_id;   /* 0: the place is free */
	struct addr mapped; /* the client, as the far end of this flow sees it; or none */
	uint8_t signs;      /* mask of enum call_sign */
	uint8_t reserved[6];
};

/* Of one client; zero at first. */
struct calls {
	struct call_flow flow[CALLS_FLOWS]; /* youngest first */
	struct addr told[2];                /* what far ends told of it last, IPv4 and IPv6 */
	uint8_t reserved[6];
};

/* The flow, made the youngest; a new one when it was not known. */
struct call_flow *call_of(struct calls *calls, uint64_t flow_id);

/* The same, or NULL where it is not known; it ages. */
const struct call_flow *call_find(const struct calls *calls, uint64_t flow_id);

#endif
