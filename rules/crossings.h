/*
 * What passes a gateway, seen on both of its sides: the same STUN transaction, which NAT leaves
 * alone, or the same source port on the way to the same server, which NAT keeps where it can.
 * Captures of the two sides may differ a little in time, so either side may be told first.
 */
#ifndef SEEP_RULES_CROSSINGS_H
#define SEEP_RULES_CROSSINGS_H

#include "core/observation.h"
#include "core/source.h"
#include "core/table.h"

#define CROSSINGS 16384

/* One side is told this much after the other at most. */
#define CROSSING_NS (2 * UINT64_C(1000000000))

enum crossing_side { SIDE_LAN, SIDE_WAN, SIDES };

struct crossing_key {
	struct endpoint remote; /* or the transaction in place of the address */
	uint16_t port;          /* of the client's end */
	uint8_t protocol;
	uint8_t transaction;
};

struct crossing {
	struct table_entry age;
	struct crossing_key key;
	struct obs_head side[SIDES]; /* time 0: not seen there */
};

/* Told of no more when nothing was heard of it for so long. */
#define CROSSING_LIFE_NS (10 * UINT64_C(1000000000))

struct crossings {
	struct table table;
};

bool crossings_init(struct crossings *c);
void crossings_free(struct crossings *c);

/* Takes in a STUN request, or a conversation's first packet, seen on an interface of this role. */
void crossings_learn(struct crossings *c, const struct observation *o, enum role role);

/* The crossing that this observation completes: it was seen on both sides now. Or
 * NULL. */
const struct crossing *crossings_complete(const struct crossings *c, const struct observation *o);

#endif
