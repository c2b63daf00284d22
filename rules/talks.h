/*
 * A conversation from the client's point of view: which end is its own, and whether it is traffic
 * at all. What a host says to be on a network and to know the time is not, nor what it answers to
 * strangers, nor anything to the host at its tunnel's far end: that other detections judge.
 */
#ifndef SEEP_RULES_TALKS_H
#define SEEP_RULES_TALKS_H

#include "rules/knowledge.h"

/* A conversation by its ends: ours, and the other. */
struct talk {
	const struct observation *o;
	const struct endpoint *near, *remote;
	const uint8_t *mac; /* of ours, or NULL */
	bool ours;          /* began it */
	uint64_t packets_out, packets, bytes;
};

struct talk talk_of(const struct knowledge *k, const struct observation *o);

/* Is our end somebody to judge? */
bool talk_is_judged(const struct knowledge *k, const struct talk *t);

/* Is the host at the far end of one of the client's tunnels there? What goes to it and is not the
 * tunnel's own, others judge. */
bool knowledge_is_far_end(
	const struct knowledge *k, const struct addr *client, const struct addr *remote);

bool talk_counts(const struct knowledge *k, const struct talk *t, const struct addr *client);

#endif
