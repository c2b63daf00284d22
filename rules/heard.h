/*
 * Addresses that a client was told in signalling, last ones first: its peers' and servers'. Pages
 * say them again, in statistics and when they accept a call, and then they are not the client's
 * own. Private to rules/.
 */
#ifndef SEEP_RULES_HEARD_H
#define SEEP_RULES_HEARD_H

#include "core/observation.h"
#include "core/table.h"

#define HEARD_MAX 16 /* of each client */

bool heard_init(struct table *heard, uint32_t clients);

/* Takes in a CANDIDATE or SESSION that `o` says to its receiver. */
void heard_learn(struct table *heard, const struct observation *o);

/* Was this client told of it, at this port, too? Two behind one NAT have an address in common, and
 * no port. */
bool heard_before(
	const struct table *heard, const struct addr *client, const struct endpoint *said);

#endif
