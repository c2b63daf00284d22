/*
 * The bulk of a grown capture: flows of made-up traffic that is what it says. A flow is made of its
 * number alone, so the same flows can be had in another order, or with other addresses.
 */
#ifndef SEEP_BENCH_BULK_H
#define SEEP_BENCH_BULK_H

#include "tests/bench/random.h"

#include <stdbool.h>
#include <stdint.h>

#define BULK_FRAME_MAX   4096 /* the longest frame and some slack */
#define BULK_SEGMENT_MAX 1448 /* payload of a full TCP segment */
#define BULK_KINDS       1000 /* addresses that follow one another hold each kind in its share */

struct bulk_flow {
	const struct bulk_kind *kind;
	struct random random;    /* its own */
	uint64_t seed;           /* what does not change in it: names, identifiers, its addresses */
	uint32_t tuple;          /* gives addresses and ports */
	uint32_t segment;        /* what a full packet carries */
	uint32_t total;          /* packets */
	uint32_t sent, left;     /* of these */
	uint32_t sequence[2];    /* of TCP or whatever counts, by direction: [up] */
	uint32_t record_left[2]; /* bytes of a TLS record that are still to come, likewise */
	uint8_t stage;           /* of its handshake */
	bool v6;
};

/* Starts flow `number`, between the addresses and ports of `tuple`; the number's and the tuple's
 * remainders by BULK_KINDS have to be equal. No packet but hellos and DNS answers carries more than
 * `segment` bytes. */
void bulk_start(struct bulk_flow *f, uint32_t number, uint32_t tuple, uint32_t segment);

/* Writes the flow's next frame and returns its length. */
uint32_t bulk_next(struct bulk_flow *f, uint8_t frame[BULK_FRAME_MAX]);

#endif
