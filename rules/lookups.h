/*
 * Questions for names that went around a client's tunnel or proxy, kept for a moment, because what
 * follows may excuse them: a client must find its VPN's or proxy's host before it can use it, and
 * what it asks before its tunnel is up belongs to the start-up window, another detection's.
 */
#ifndef SEEP_RULES_LOOKUPS_H
#define SEEP_RULES_LOOKUPS_H

#include "rules/detection.h"

#define LOOKUPS_HELD   4 /* different names of a client at a time; more of them add no evidence */
#define LOOKUP_ANSWERS 16

/* From the answer to the first packet to where it leads; and how long a system takes from its first
 * packet to a tunnel. */
#define LOOKUP_HOLD_NS    (5 * UINT64_C(1000000000))
#define LOOKUP_STARTUP_NS (60 * UINT64_C(1000000000))

struct lookup {
	struct obs_head head; /* of the question */
	struct obs_word name; /* empty: it was encrypted */
	bool startup;         /* no tunnel was up */
	bool answered;
	uint8_t answers;
	uint32_t answer[LOOKUP_ANSWERS]; /* hashes of the addresses, which would take most of it */
};

/* What a detection remembers of a client: its `state`. */
struct lookups {
	uint64_t answered_frame; /* the records in this frame answer ... */
	uint32_t answered;       /* ... this one, index + 1 */
	uint32_t count;
	struct obs_word way; /* the name of a tunnel's or proxy's host, asked for before */
	struct lookup held[LOOKUPS_HELD]; /* oldest first */
};

/* Raises what nothing has excused. */
typedef void lookup_tell(
	const struct judgement *j, const struct addr *client, const struct lookup *lookup);

#define LOOKUPS_WANTS                                                                   \
	(INTEREST_IN(OBS_DNS) | INTEREST_IN(OBS_DNS_RECORD) | INTEREST_IN(OBS_TUNNEL) | \
		INTEREST_IN(OBS_PROXY))

/* Takes in an answer, and tells what was held long enough, of both ends of an observation. */
void lookups_follow(const struct judgement *j, const struct observation *o, lookup_tell *tell);

/* Holds the question; `name` may be empty. */
void lookup_hold(
	const struct judgement *j, const struct observation *o, const uint8_t *name, size_t length);

/* Should the client's traffic go through a tunnel? One whose interface is there and carried nothing
 * says so of nobody: systems have some that idle; nor is it that of a neighbour. */
bool lookup_wants_tunnel(const struct knowledge *k, const struct addr *client);

/* Not only has it the shape of a question: it went where resolvers listen, or was answered as one.
 * Anything may look like DNS once. */
bool lookup_is_sure(const struct lookup *lookup);

/* A detection's `finish`, once it knows how to tell. */
void lookups_finish(
	const struct judgement *j, const struct addr *client, struct lookups *l, lookup_tell *tell);

#endif
