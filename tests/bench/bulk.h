/*
 * The bulk of a grown capture: flows of made-up traffic in realistic sizes and directions.
 */
#ifndef SEEP_BENCH_BULK_H
#define SEEP_BENCH_BULK_H

#include "tests/bench/random.h"

#include <stdbool.h>
#include <stdint.h>

#define BULK_FRAME_MAX 2048 /* the longest frame and some slack */

struct bulk_flow {
	const struct bulk_kind *kind;
	uint32_t serial;     /* which flow this is: gives addresses and ports */
	uint32_t sent, left; /* packets */
	bool v6;
};

/* Starts flow number `serial`; `scale` stretches the length of its kind, 100 is as it is. */
void bulk_start(struct bulk_flow *f, struct random *r, uint32_t serial, uint32_t scale);

/* Writes the flow's next frame and returns its length. */
uint32_t bulk_next(struct bulk_flow *f, struct random *r, uint8_t frame[BULK_FRAME_MAX]);

#endif
