/*
 * OpenVPN's packets (openvpn.net: "OpenVPN protocol", doc/doxygen/doc_protocol_overview.h), over
 * UDP or behind their length in TCP. Shared by proto_openvpn.c and proto_openvpn_tcp.c.
 */
#ifndef SEEP_DISSECT_OPENVPN_H
#define SEEP_DISSECT_OPENVPN_H

#include "dissect/tunnel.h"

#define OPENVPN_DATA_RUN 8 /* packets of data that make a tunnel without a handshake */

enum openvpn_opcode {
	OPENVPN_CLIENT_V1 = 1, /* hard resets: P_CONTROL_HARD_RESET_CLIENT_V1 ... */
	OPENVPN_SERVER_V1 = 2,
	OPENVPN_SOFT_RESET = 3,
	OPENVPN_CONTROL = 4,
	OPENVPN_ACK = 5,
	OPENVPN_DATA_V1 = 6,
	OPENVPN_CLIENT_V2 = 7,
	OPENVPN_SERVER_V2 = 8,
	OPENVPN_DATA_V2 = 9,
	OPENVPN_CLIENT_V3 = 10,
	OPENVPN_CONTROL_WKC = 11,
};

#define OPENVPN_FIRST_MIN (OPENVPN_CLIENT_V1 << 3)
#define OPENVPN_FIRST_MAX (OPENVPN_CONTROL_WKC << 3 | 7)

/* One end. */
struct openvpn_side {
	uint64_t session; /* its id, once a hard reset told it */
	uint32_t head;    /* opcode, key and peer id of the run of data it sends */
	uint8_t run;
	bool known; /* the session */
	struct tunnel_way way;
};

struct openvpn_flow {
	struct openvpn_side side[2];
	struct tunnel_asking asking;
	bool up;
	bool down; /* over TCP: said */
};

/* Is this a hard reset, whole and exact, in any of the ways to protect one? */
bool openvpn_reset_shape(struct reader r);

/* Is this the first byte of one? */
bool openvpn_opcode_resets(uint8_t first);

/* May this be a P_DATA_V2? That is little shape, so only a run of them counts. */
bool openvpn_data_shape(struct reader r);

/* Does this belong to a flow that is known to be OpenVPN? */
bool openvpn_fits(const struct openvpn_flow *f, unsigned side, struct reader r);

/* One packet. `f` may be NULL. */
enum verdict openvpn_packet(struct dissection *d, struct openvpn_flow *f, struct reader r);

#endif
