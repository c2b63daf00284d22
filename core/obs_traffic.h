/*
 * Who speaks to whom on an interface, whatever it is that they say: packets of any protocol, by
 * conversation.
 *
 * A conversation is what goes both ways between two ends in one protocol on one interface, until it
 * was idle for a minute; seen on two interfaces it is two. In the head `src` is the end that sent
 * its first packet, and all else but time and frame is of that packet, too: it stays the same as
 * long as the conversation lasts. The frame is the newest one counted. Without ports (ICMP, a
 * fragment that is not the last to come) there is no flow_id; else it is that of the flow, as it is
 * known at the conversation's begin. Inside a tunnel's packet, the packet inside has a conversation
 * of its own; the one around it has one as well where it is a UDP datagram, and otherwise (GRE, IP
 * in IP) shows in the head alone.
 */
#ifndef SEEP_CORE_OBS_TRAFFIC_H
#define SEEP_CORE_OBS_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>

enum traffic_event {
	TRAFFIC_BEGINS,  /* the first packet */
	TRAFFIC_GOES_ON, /* at most once a second */
	TRAFFIC_ENDS,    /* idle, made way for others, or the run's end; not said when all was */
};

/* Amounts are what was not told yet. Bytes are those of the frames on the wire. */
struct obs_traffic {
	uint8_t event;   /* enum traffic_event */
	bool mid_stream; /* TCP, and the first packet seen was no SYN: it began before */
	bool answered;   /* both ends were heard */
	bool reset;      /* TCP: one of them reset it */
	uint32_t packets_from, packets_to; /* from the end that began, and to it */
	uint64_t bytes_from, bytes_to;
	uint64_t first_ns, last_ns; /* of the conversation's packets, told or not */
};

#endif
