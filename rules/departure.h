/*
 * Packets that clients send around the tunnel or proxy they should use: whose, to whom, and what
 * address they show. For detections whose evidence is a packet, not an answer that tells an
 * address.
 */
#ifndef SEEP_RULES_DEPARTURE_H
#define SEEP_RULES_DEPARTURE_H

#include "rules/detection.h"

struct departure {
	struct addr client;
	struct endpoint remote; /* who gets it: of what a relay carries the relay, without port */
	enum path path;
	struct addr shown; /* the client's, in the eyes of the remote; none where nothing tells */
	struct expectation expected;
};

/* Reads it out of a packet that a client sent. `mapped`: what the remote is known to see of this
 * flow, or NULL. False where nobody to judge sent it, or it did not go around anything. */
bool departure_read(const struct judgement *j, const struct obs_head *h, const struct addr *mapped,
	struct departure *out);

/* The alert about it, without stage: path, server, confidence, addresses and the frame filled in.
 * Medium at most where the confidence is low. */
struct alert alert_of_departure(
	const struct judgement *j, const struct observation *o, const struct departure *d);

/* Lowers an alert's confidence to this, and its severity with it. */
void alert_doubt(struct alert *a, enum confidence most);

/* A packet that came, as if it had been sent the other way. */
struct obs_head head_turned(const struct obs_head *h);

#endif
