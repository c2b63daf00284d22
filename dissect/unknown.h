/*
 * Flows that no dissector reads: which of them nDPI is asked about, and how much of each. It names
 * one owner per flow and costs ten times what all else does with a packet, so it sees few: only
 * flows between this network and another, of UDP those with more than one packet, of TCP those
 * with a payload; NDPI_PACKETS of each and never again. Bounded: the flow that was quiet longest
 * makes way. As soon as a dissector reads a message of it, the flow is dropped without a word:
 * nDPI adds to what ours say, and never overrides it.
 */
#ifndef SEEP_DISSECT_UNKNOWN_H
#define SEEP_DISSECT_UNKNOWN_H

#include "core/packet.h"

/* Packets of a flow that nDPI is given: with fewer some names are lost, with more none is gained.
 */
#define NDPI_PACKETS 5

struct dissect;
struct dissection;
struct flow;
struct unknown;

/* For `flows` at a time; NULL without memory. */
struct unknown *unknown_open(struct dissect *run, uint32_t flows);

/* Before the flow table goes. */
void unknown_close(struct unknown *u);

/* Is the packet of a flow that matters? Between hosts of this network, or to a group, none does. */
bool unknown_matters(const struct packet *p);

/* A packet of a flow without FLOW_SETTLED, after the dissectors were asked. */
void unknown_packet(struct dissection *d);

/* The flow goes, or another takes its place between the same ports. */
void unknown_forget(struct unknown *u, struct flow *f);

/* The end of the run: counts what is still open. */
void unknown_finish(struct unknown *u);

#endif
