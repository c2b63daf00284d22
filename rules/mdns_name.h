/*
 * The names that hide host candidates: <UUID version 4>.local, and no others
 * (draft-ietf-mmusic-mdns-ice-candidates §3.1.1, RFC 9562 §5.4). Private to rules/.
 */
#ifndef SEEP_RULES_MDNS_NAME_H
#define SEEP_RULES_MDNS_NAME_H

#include "core/obs_text.h"

bool mdns_name_random(const struct obs_word *name);

#endif
