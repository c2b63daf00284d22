/*
 * Connectivity checks: what systems and browsers ask as soon as a network is there, to see whether
 * it leads anywhere or into a captive portal.
 */
#ifndef SEEP_RULES_PROBES_H
#define SEEP_RULES_PROBES_H

#include "core/obs_text.h"

#include <stdbool.h>

/* Is this the name of a host that answers nothing but such checks? */
bool probe_name(const struct obs_word *name);

#endif
