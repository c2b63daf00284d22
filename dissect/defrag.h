/*
 * IP fragments put together (RFC 791 §3.2, RFC 8200 §4.5), bounded in packets and bytes.
 */
#ifndef SEEP_DISSECT_DEFRAG_H
#define SEEP_DISSECT_DEFRAG_H

#include "core/arena.h"
#include "core/packet.h"
#include "core/pool.h"
#include "core/stats.h"
#include "core/table.h"

#define DEFRAG_PACKETS     1024
#define DEFRAG_BYTES       65536                       /* of one packet */
#define DEFRAG_RANGES      16                          /* runs of bytes between holes */
#define DEFRAG_PATIENCE_NS (30 * UINT64_C(1000000000)) /* Linux waits as long */

struct defrag {
	struct table table;
	struct pool buffers;
};

/* One fragment's place in its packet. */
struct fragment {
	uint32_t id;
	uint32_t offset; /* bytes */
	bool more;
	uint8_t protocol; /* what the whole packet carries */
};

bool defrag_init(struct defrag *g);
void defrag_free(struct defrag *g);

/* Adds the fragment in `r`. When it completes its packet: true, and *r is the whole payload, in
 * `scratch`. Where fragments overlap the first to come wins in IPv4, as in most hosts; in IPv6 the
 * packet is dropped (RFC 5722). A fragment that just comes again is no overlap. */
bool defrag_add(struct defrag *g, const struct packet *p, const struct fragment *f,
	struct reader *r, struct arena *scratch, struct stats *stats);

#endif
