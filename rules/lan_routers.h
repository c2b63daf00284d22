/*
 * Routers on a link, as they advertise themselves: the part of rules/lan.h that lan_routers.c does.
 */
#ifndef SEEP_RULES_LAN_ROUTERS_H
#define SEEP_RULES_LAN_ROUTERS_H

#include "rules/lan.h"

/* Take in a ROUTER, and the ROUTER_OPTIONs that follow it. */
void lan_router_learn(struct lan *l, const struct observation *o);
void lan_router_add(struct lan *l, const struct observation *o);

#endif
