/*
 * The end of a conversation that is a client of ours, and whether what it sends goes around the
 * tunnel that it should be in.
 */
#ifndef SEEP_RULES_LOCAL_END_H
#define SEEP_RULES_LOCAL_END_H

#include "rules/knowledge.h"

struct local_end {
	struct addr client; /* the address that its host goes by */
	const struct endpoint *near, *far;
	const uint8_t *mac; /* of the host, or NULL */
	uint32_t packets;   /* sent by it, and not told before */
	uint64_t bytes;
	const struct lan_host *lease; /* that holds now; or NULL */
};

/* Of an OBS_TRAFFIC that was seen on a host's link. False where it is inside a tunnel's packet, or
 * no end is to be judged. */
bool local_end_of(const struct knowledge *k, const struct observation *o, struct local_end *out);

/* Did the client send something to a public address, on the link itself? Known where the link is
 * its own, and on a gateway's inner side where its own tunnel was seen. What comes from a tunnel's
 * own socket does not. */
bool local_end_goes_around(
	const struct knowledge *k, const struct observation *o, const struct local_end *end);

/* What the client sent, as an alert tells it. */
void local_end_sum(
	const struct local_end *end, const struct observation *o, struct alert_traffic *out);

#endif
