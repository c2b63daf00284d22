/*
 * What is worth work: the union of what detections, outputs and the subcommand want to be told.
 * Filled once by cli/ before the first packet, read by dissect/.
 */
#ifndef SEEP_CORE_INTEREST_H
#define SEEP_CORE_INTEREST_H

#include <stdint.h>

struct interest {
	uint32_t observations; /* a bit for each enum observation_kind */
};

#define INTEREST_IN(kind) (1U << (kind))

/* What signalling in clear may say. */
#define INTEREST_SIGNALLING                                                                  \
	(INTEREST_IN(OBS_SESSION) | INTEREST_IN(OBS_CANDIDATE) | INTEREST_IN(OBS_EXTERNAL) | \
		INTEREST_IN(OBS_HTTP))

#endif
