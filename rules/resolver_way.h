/*
 * Which way a question for names went, for a client whose traffic should go through a tunnel or a
 * proxy: by the interface, and by whose the resolver is.
 */
#ifndef SEEP_RULES_RESOLVER_WAY_H
#define SEEP_RULES_RESOLVER_WAY_H

#include "rules/knowledge.h"

enum resolver_way {
	WAY_FINE,     /* inside the tunnel or proxy, to whom the policy lists, or not to be told */
	WAY_LAN,      /* to a resolver in the LAN, around the tunnel */
	WAY_OUTSIDE,  /* to a public one, around the tunnel */
	WAY_MISROUTED /* to the tunnel's own one, around the tunnel */
};

/* Of a question whose sender is to be judged. */
enum resolver_way resolver_way(const struct knowledge *k, const struct obs_head *question);

/* Of a question around the tunnel that nobody answered: its resolver is in another private network,
 * so it was hardly meant for the LAN. */
bool resolver_is_lost(const struct knowledge *k, const struct obs_head *question);

/* It is carried by something that is itself a tunnel or a proxy, and in clear. */
bool question_is_wrapped(const struct obs_head *question);

#endif
