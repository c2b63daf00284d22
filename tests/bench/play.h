/*
 * How a kind of flow goes on: private to the bulk. Each function decides who sends the flow's next
 * packet and writes its payload.
 */
#ifndef SEEP_BENCH_PLAY_H
#define SEEP_BENCH_PLAY_H

#include "tests/bench/bulk.h"

enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_PSH = 0x08, TCP_ACK = 0x10 };

struct turn {
	uint8_t *payload; /* has room for any */
	uint32_t size;    /* of it */
	bool up;          /* sent by the client */
	uint8_t flags;    /* of TCP */
};

typedef void play(struct bulk_flow *f, struct turn *t);

/* Over TCP (play_tcp.c) */
play play_tcp_scan, play_tls, play_http, play_tcp_unknown;

/* Over UDP (play_udp.c, play_media.c, play_quic.c) */
play play_udp_scan, play_dns, play_ntp, play_snmp, play_dht, play_udp_unknown;
play play_rtp, play_wireguard, play_quic;

/* A host name that the seed chooses, with its end; returns its length. */
#define NAME_MAX_LENGTH 64
uint32_t name_make(char out[NAME_MAX_LENGTH], uint64_t seed);

#endif
