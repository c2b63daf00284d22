/*
 * nDPI, behind this one file: a guess at what a flow is, from a few of its packets. Private to
 * dissect/; who is asked about, and how often, is unknown.c's business. The names here are not
 * nDPI's ndpi_, which is the library's own.
 */
#ifndef SEEP_DISSECT_NDPI_H
#define SEEP_DISSECT_NDPI_H

#include "core/obs_application.h"
#include "core/packet.h"

struct namer;

/* Loads nDPI's tables: some 15 ms and 8 MB. NULL without memory, or when the library is another
 * than the one this was built with. Ours allocates nothing afterwards; nDPI itself may, a little
 * for a flow. */
struct namer *namer_open(void);
void namer_close(struct namer *n);

/* Bytes that nDPI remembers of a flow, a multiple of 8. They are zero before the first packet. */
size_t namer_state_size(void);

/* Shows it the next UDP datagram or TCP segment of a flow; true when it has a name for it. */
bool namer_ask(struct namer *n, void *state, const struct packet *p, uint64_t now_ns,
	struct obs_application *out);

/* No more will come: what it would guess. A port alone is no reason. */
bool namer_guess(struct namer *n, void *state, struct obs_application *out);

/* Gives back what nDPI holds for the flow; `state` may then be used for another once cleared. */
void namer_forget(void *state);

#endif
