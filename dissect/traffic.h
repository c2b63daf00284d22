/*
 * Every packet with an IP header, counted by conversation (core/obs_traffic.h): one table, one
 * hashed look-up a packet, and a word at the begin, once a second at most, and at the end.
 */
#ifndef SEEP_DISSECT_TRAFFIC_H
#define SEEP_DISSECT_TRAFFIC_H

#include "core/packet.h"

/* Idle longer than this, a conversation is over: what comes then begins anew. */
#define TRAFFIC_IDLE_NS (60 * UINT64_C(1000000000))

/* A conversation that goes on is not told of more often. */
#define TRAFFIC_TELL_NS UINT64_C(1000000000)

struct dissect;
struct traffic;

/* For `conversations` at a time; NULL without memory. */
struct traffic *traffic_open(struct dissect *run, uint32_t conversations);
void traffic_close(struct traffic *t);

/* A batch comes in steps, so that memory is fetched ahead: the packets that will be counted, a bit
 * each; then their conversations; then, in its turn and before it is dissected, each of them. */
uint32_t traffic_ahead(struct traffic *t, uint32_t count);
void traffic_fetch(struct traffic *t, uint32_t counted);
void traffic_turn(struct traffic *t, uint32_t i);

/* A packet inside another one: at once. */
void traffic_inside(struct traffic *t, struct packet *p);

/* The end of the run: tells what is untold, and writes the gauges. */
void traffic_finish(struct traffic *t);

#endif
