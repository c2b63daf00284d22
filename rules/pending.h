/*
 * Conversations that just began: their first packet may be a tunnel's own, which is told of it only
 * after its conversation's begin, or, over TCP, after some packets more. So they are judged a
 * moment later.
 */
#ifndef SEEP_RULES_PENDING_H
#define SEEP_RULES_PENDING_H

#include "core/observation.h"

#define PENDING_MAX 4
/* Longer than a tunnel over TCP needs to show itself on a slow link. */
#define PENDING_NS UINT64_C(3000000000)

struct pending_conversation {
	struct obs_head head;
	struct obs_traffic traffic;
	bool sealed; /* what is said in it is encrypted: its owner's to find out */
};

/* A client's, oldest first. */
struct pending {
	uint32_t count;
	struct pending_conversation at[PENDING_MAX];
};

/* Takes out the first whose moment has come, or that must make way for the next. False: none. */
bool pending_due(struct pending *p, uint64_t now_ns, struct observation *out, bool *sealed);

/* There must be room: take out what is due before. */
void pending_add(struct pending *p, const struct observation *o);

/* Adds up what was told of it since; it stays as old as it is. False where it is none of these. */
bool pending_goes_on(struct pending *p, const struct observation *o);

/* The conversation between these ends, whichever of them spoke; or NULL. */
struct pending_conversation *pending_find(struct pending *p, const struct obs_head *h);

/* What goes to this endpoint is no longer in doubt. */
void pending_forget(struct pending *p, const struct endpoint *far);

#endif
