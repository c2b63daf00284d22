/*
 * What kinds of candidates a client has told, over one gathering (RFC 8445 §5.1.1): from a
 * description on, trickled or not, until it says that these are all. Private to rules/.
 */
#ifndef SEEP_RULES_GATHERING_H
#define SEEP_RULES_GATHERING_H

#include "rules/telling.h"

struct gathering {
	uint32_t ufrag; /* its hash; 0 when it has none */
	uint64_t frame; /* of the description that candidates are still awaited of */
	uint16_t awaited;
	bool ends, done;
	bool beside;    /* a private address beside mDNS names */
	bool untouched; /* a reflexive IPv4 address is the one that the client sends from */
	uint32_t bare;  /* host candidates with an address of their own, the first two IPv4 ones */
	struct addr first, second;
	uint32_t masked, reflexive, relayed;
};

/* Takes in a SESSION or CANDIDATE. True when it was the last of a gathering: now, and only now,
 * what is counted is all there is. */
bool gathering_take(struct gathering *g, const struct observation *o);

/* Is it something that makes up a gathering of a program that could be a browser? */
bool gathering_read(const struct judgement *j, const struct observation *o, struct telling *t);

/* Both: the client's gathering, in this detection's memory, when it has just ended; else NULL. */
const struct gathering *gathering_ended(
	const struct judgement *j, const struct observation *o, struct telling *t);

#endif
