/*
 * Where an address is, as databases that the user gave say (MaxMind DB format): its country, and
 * the network (autonomous system) it belongs to. They are estimates: of anycast addresses they say
 * where the owner is.
 */
#ifndef SEEP_RULES_GEO_H
#define SEEP_RULES_GEO_H

#include "core/addr.h"
#include "rules/rules.h"

struct place {
	char country[3];  /* ISO 3166-1 alpha-2; "" when it is not known */
	uint32_t network; /* AS number; 0 when it is not known */
};

/* Asks each database; what the first knows counts. Without databases, and of anycast addresses as
 * far as that is known, nothing is. */
struct place geo_place(const struct geo *g, const struct addr *addr);

#endif
