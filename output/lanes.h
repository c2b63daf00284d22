/*
 * What went on while traffic was judged, for the timeline of a report: when a tunnel carried
 * something, when STUN and TURN were spoken, when media flowed, when names were asked for.
 */
#ifndef SEEP_OUTPUT_LANES_H
#define SEEP_OUTPUT_LANES_H

#include "core/observation.h"

#define LANES      4
#define LANE_SPANS 128 /* of one lane; what comes behind makes the last one longer */

struct lane {
	uint32_t count;
	bool ended; /* the next note starts a span of its own */
	struct {
		uint64_t from_ns, to_ns;
	} span[LANE_SPANS];
};

struct lanes {
	struct lane lane[LANES];
};

/* "tunnel", "STUN, TURN" ... */
const char *lane_name(unsigned lane);

void lanes_note(struct lanes *l, const struct observation *o);

#endif
