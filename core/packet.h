/*
 * What dissect/ makes of a frame on its way up: who speaks to whom, and what is left to read.
 */
#ifndef SEEP_CORE_PACKET_H
#define SEEP_CORE_PACKET_H

#include "core/addr.h"
#include "core/flow_key.h"
#include "core/frame.h"
#include "core/reader.h"

struct packet {
	const struct frame *frame;
	struct endpoint src, dst; /* addresses of the innermost IP header */
	struct reader payload;    /* what is not read yet, bounded by the length fields below it */
	struct flow_key key;
	uint64_t shapes;       /* a bit for each dissector that may want the payload; else no key */
	uint32_t hash;         /* of the key, in the flow table */
	uint32_t place;        /* where its flow was seen there, or where another was; 0: unknown */
	uint32_t sequence;     /* TCP: of the payload's first byte */
	uint32_t acknowledged; /* TCP: the byte that its sender waits for, with TCP_ACK */
	uint8_t tcp_flags;
	uint8_t src_mac[6], dst_mac[6];
	uint8_t layer;     /* row of the dissector that read the last header, or is to */
	uint8_t direction; /* enum direction */
	bool from_high;    /* sent by the key's high end */
	bool from_opener;  /* sent by the end that opened the flow, as far as the capture shows */
	/* What each packet starts without stands together, to be cleared at once. */
	bool has_macs;
	bool has_ip;                      /* addresses are valid */
	bool has_ports;                   /* transport header read: ports are valid */
	bool has_payload;                 /* payload is there to be told by its shape */
	uint8_t protocol;                 /* IANA protocol number; 0 when there is no IP in it */
	uint8_t hop_limit;                /* TTL or hop limit of the innermost IP header */
	uint8_t depth;                    /* headers gone through; bounded */
	uint8_t ip_depth;                 /* of the innermost IP header */
	uint8_t encapsulation;            /* mask of enum encapsulation */
	uint16_t vlan;                    /* innermost VLAN id */
	struct addr outer_src, outer_dst; /* of the outermost IP header, when there are several */
};

#endif
