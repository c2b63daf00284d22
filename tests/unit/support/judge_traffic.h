/*
 * Conversations for a judge: who said how much to whom, on which interface.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_JUDGE_TRAFFIC_H
#define SEEP_TESTS_UNIT_SUPPORT_JUDGE_TRAFFIC_H

#include "tests/unit/support/judge.h"

#define PACKETS 4 /* of a conversation that does not say how many */

enum { PROTOCOL_ICMP_HERE = 1 };

struct saying {
	const char *src, *dst;
	uint16_t interface;
	uint8_t event, protocol;
	uint32_t from, to, frame_bytes;
	bool mid_stream, reset, unanswered;
};

/* Any number that is the same for the same ends. */
static inline uint64_t flow_of(const struct saying *s)
{
	uint64_t number = 0;
	for (const char *c = s->src; *c; c++)
		number = number * 31 + (uint8_t)*c;
	for (const char *c = s->dst; *c; c++)
		number = number * 31 + (uint8_t)*c;
	return end(s->src).port ? number : 0;
}

static inline struct observation traffic_of(struct judge *j, const struct saying *s)
{
	struct observation o = judge_head(j, OBS_TRAFFIC, s->interface);
	uint32_t bytes = s->frame_bytes ? s->frame_bytes : 100;
	o.head.src = end(s->src);
	o.head.dst = end(s->dst);
	o.head.protocol = s->protocol ? s->protocol : PROTOCOL_TCP;
	o.head.from_opener = true;
	o.head.flow_id = flow_of(s);
	o.traffic = (struct obs_traffic){
		.event = s->event,
		.mid_stream = s->mid_stream,
		.reset = s->reset,
		.answered = !s->unanswered,
		.packets_from = s->from ? s->from : PACKETS,
		.packets_to = s->to,
		.first_ns = j->now_ns,
		.last_ns = j->now_ns,
	};
	o.traffic.bytes_from = (uint64_t)bytes * o.traffic.packets_from;
	return o;
}

static inline void say(struct judge *j, const struct saying *s)
{
	struct observation o = traffic_of(j, s);
	engine_observe(j->engine, &o);
}

#endif
