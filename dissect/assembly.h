/*
 * A handshake message that comes in pieces, in any order: DTLS fragments (RFC 9147 §5.5) and QUIC
 * CRYPTO frames (RFC 9000 §19.6). Bounded: so many at a time, the one that waited longest makes
 * way; so many bytes each. Bytes that are there are not overwritten. Private to dissect/.
 */
#ifndef SEEP_DISSECT_ASSEMBLY_H
#define SEEP_DISSECT_ASSEMBLY_H

#include "core/table.h"
#include "dissect/dissector.h"

#define ASSEMBLIES     256  /* messages waiting for a piece, of one dissector */
#define ASSEMBLY_BYTES 8192 /* a ClientHello has two thousand, with a large ticket four */
#define ASSEMBLY_RUN   64   /* bytes that are marked as there at once */

struct assembly_key {
	struct flow_key flow;
	uint64_t from_high;
};

struct assembly {
	struct table_entry age;
	struct assembly_key key;
	uint32_t have;                                 /* bytes from the start on without a hole */
	uint32_t about;                                /* the owner's: which message this is */
	uint8_t *bytes;                                /* ASSEMBLY_BYTES of them */
	uint64_t there[ASSEMBLY_BYTES / ASSEMBLY_RUN]; /* a bit for each byte */
};

struct assemblies {
	struct table table;
	uint8_t *bytes; /* of all, beside the table: what is not there need not be cleared */
};

bool assemblies_init(struct assemblies *a);
void assemblies_free(struct assemblies *a);

/* That of this direction of this flow; an empty one if there is none, or one about another. */
struct assembly *assembly_get(struct assemblies *a, const struct dissection *d, uint32_t about);
void assembly_drop(struct assemblies *a, struct assembly *one);

/* Puts a piece in its place; what lies beyond ASSEMBLY_BYTES is left out. */
void assembly_add(struct assembly *one, uint64_t offset, struct reader piece);

#endif
