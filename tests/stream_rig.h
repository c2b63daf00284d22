/*
 * For tests of streams: TCP segments as frames, through a dissect/ whose streams are all read by a
 * dissector of the test's own.
 */
#ifndef SEEP_TESTS_STREAM_RIG_H
#define SEEP_TESTS_STREAM_RIG_H

#include "core/link_type.h"
#include "dissect/run.h"

#include <stdlib.h>
#include <string.h>

#define RIG_ROW      (DISSECTORS_MAX - 1) /* beyond those of the table */
#define RIG_FLOWS    64
#define RIG_HEADERS  40
#define RIG_START_NS UINT64_C(1000000000000)

struct rig {
	struct dissect *run;
	struct interest interest;
	struct stats stats;
	uint64_t frame;
	uint32_t acknowledged; /* what segments from now on say to have got */
	uint8_t client;        /* the last byte of the client's address, which makes the flow */
};

static inline void rig_emit(void *sink, const struct observation *o)
{
	(void)sink;
	(void)o;
}

/* `reader` is asked about every stream that starts with a byte between its first_min and first_max,
 * and finds `state` in its dissection. */
static inline void rig_open(struct rig *g, const struct dissector *reader, void *state)
{
	const struct dissect_options options = {.flows = RIG_FLOWS, .transactions = RIG_FLOWS};
	*g = (struct rig){.client = 1};
	g->run = dissect_new(&options, &g->interest, &g->stats, rig_emit, NULL);
	if (!g->run)
		abort();
	g->run->stream = (struct shapes){.row = {RIG_ROW}, .count = 1};
	for (unsigned byte = 0; byte <= UINT8_MAX; byte++) {
		struct shapes *s = &g->run->stream;
		s->asked[0][byte] = byte >= reader->first_min && byte <= reader->first_max;
		s->asked[1][byte] = s->asked[2][byte] = s->asked[3][byte] = 1;
	}
	g->run->rows[RIG_ROW] = reader;
	g->run->state[RIG_ROW] = state;
}

static inline void rig_close(struct rig *g)
{
	g->run->state[RIG_ROW] = NULL;
	dissect_free(g->run);
}

/* IPv4 and TCP between 192.0.2.<client>:4096 and 198.51.100.1:80. */
static inline void rig_headers(uint8_t *h, const struct rig *g, bool from_client, unsigned flags,
	uint32_t sequence, size_t length)
{
	const uint8_t client[4] = {192, 0, 2, g->client}, server[4] = {198, 51, 100, 1};
	size_t all = RIG_HEADERS + length;
	uint32_t ack = g->acknowledged;
	const uint8_t headers[RIG_HEADERS] = {0x45, 0, (uint8_t)(all >> 8), (uint8_t)all, 0, 0, 0,
		0, 64, 6, [20] = from_client ? 16 : 0, from_client ? 0 : 80, from_client ? 0 : 16,
		from_client ? 80 : 0, (uint8_t)(sequence >> 24), (uint8_t)(sequence >> 16),
		(uint8_t)(sequence >> 8), (uint8_t)sequence, (uint8_t)(ack >> 24),
		(uint8_t)(ack >> 16), (uint8_t)(ack >> 8), (uint8_t)ack, [32] = 0x50,
		(uint8_t)flags};
	memcpy(h, headers, sizeof(headers));
	memcpy(h + 12, from_client ? client : server, 4);
	memcpy(h + 16, from_client ? server : client, 4);
}

/* One segment; of its `length` bytes on the wire the last `missing` were not captured. */
static inline void rig_cut(struct rig *g, bool from_client, unsigned flags, uint32_t sequence,
	const void *bytes, size_t length, size_t missing)
{
	uint8_t *frame = malloc(RIG_HEADERS + length - missing);
	if (!frame)
		abort();
	rig_headers(frame, g, from_client, flags, sequence, length);
	if (length - missing)
		memcpy(frame + RIG_HEADERS, bytes, length - missing);
	struct batch batch = {.count = 1};
	batch.frames[0] = (struct frame){.bytes = frame,
		.time_ns = RIG_START_NS + ++g->frame,
		.number = g->frame,
		.captured = (uint32_t)(RIG_HEADERS + length - missing),
		.wire = (uint32_t)(RIG_HEADERS + length),
		.link_type = LINK_RAW};
	dissect_batch(g->run, &batch);
	free(frame);
}

static inline void rig_segment(struct rig *g, bool from_client, unsigned flags, uint32_t sequence,
	const void *bytes, size_t length)
{
	rig_cut(g, from_client, flags, sequence, bytes, length, 0);
}

#endif
