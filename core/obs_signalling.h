/*
 * What signalling in clear says: session descriptions and ICE candidates, and the HTTP around them.
 */
#ifndef SEEP_CORE_OBS_SIGNALLING_H
#define SEEP_CORE_OBS_SIGNALLING_H

#include "core/addr.h"
#include "core/obs_text.h"

enum sdp_role { SDP_ROLE_UNKNOWN, SDP_OFFER, SDP_ANSWER };

/* What the description or candidate was found in. */
enum signalling {
	SIGNALLING_UNKNOWN,
	SIGNALLING_HTTP,
	SIGNALLING_WEBSOCKET,
	SIGNALLING_SIP,
	SIGNALLING_XMPP,
	SIGNALLING_MQTT,
	SIGNALLING_WHIP, /* WHIP or WHEP: RFC 9725 */
};

/* Whose addresses they are, as far as the message around them shows. */
enum signalling_owner {
	OWNER_UNKNOWN,
	OWNER_SENDER, /* of the packet: src in the head. A client speaks for itself */
	OWNER_BEYOND, /* a server says them to its client: its own, or of somebody it speaks for */
};

enum candidate_type {
	CANDIDATE_UNKNOWN,
	CANDIDATE_HOST,
	CANDIDATE_SRFLX,
	CANDIDATE_PRFLX,
	CANDIDATE_RELAY,
};

enum candidate_transport { CANDIDATE_UDP, CANDIDATE_TCP, CANDIDATE_TRANSPORT_OTHER };
enum candidate_tcptype { TCPTYPE_NONE, TCPTYPE_ACTIVE, TCPTYPE_PASSIVE, TCPTYPE_SO };

/* One candidate (RFC 8839 §5.1), from an a= line, a trickle message or a Jingle element. */
struct obs_candidate {
	uint8_t type;       /* enum candidate_type */
	uint8_t transport;  /* enum candidate_transport */
	uint8_t tcptype;    /* enum candidate_tcptype */
	uint8_t signalling; /* enum signalling */
	uint8_t role;       /* enum sdp_role of the description it stood in */
	uint8_t owner;      /* enum signalling_owner */
	uint16_t component;
	uint32_t priority;
	struct endpoint address; /* none when it is a name */
	struct obs_word name;    /* a name instead of an address: <uuid>.local */
	struct endpoint related; /* raddr, rport */
	struct obs_word foundation, ufrag;
	uint16_t generation, network_id, network_cost;
	bool mdns; /* the name ends in .local */
};

/* A session description (RFC 8866), what it says of addresses (RFC 8839), without its candidates;
 * then those of its media that are others. */
struct obs_session {
	uint8_t signalling;  /* enum signalling */
	uint8_t role;        /* enum sdp_role */
	uint8_t owner;       /* enum signalling_owner */
	uint8_t media;       /* m= lines */
	uint16_t candidates; /* a=candidate lines in it */
	bool fragment;       /* no whole description: trickled (RFC 8840) */
	bool end_of_candidates;
	bool ice_lite;
	struct endpoint origin;      /* o=; no port */
	struct endpoint connection;  /* the first c= that is not 0.0.0.0, with its m= line's port */
	struct endpoint rtcp;        /* the first a=rtcp that is not 0.0.0.0 */
	struct obs_word origin_name; /* o= or c= that is a name */
	struct obs_word ufrag;
	bool addresses_cut; /* more of them than are told */
};

enum session_line { SESSION_CONNECTION, SESSION_RTCP };

/* An address that a description says besides those in its obs_session. */
struct obs_session_address {
	uint8_t line;            /* enum session_line: c= or a=rtcp */
	uint8_t media;           /* below which m= line: 1 is the first, 0 above all */
	struct endpoint address; /* none when it is a name */
	struct obs_word name;
};

enum http_kind { HTTP_REQUEST, HTTP_RESPONSE };
enum http_protocol { HTTP_1, HTTP_SIP };

/* The head of an HTTP/1.1 or SIP message, as far as it tells about paths and addresses. */
struct obs_http {
	uint8_t kind;     /* enum http_kind */
	uint8_t protocol; /* enum http_protocol */
	uint16_t status;
	struct obs_word method, host, content_type;
	struct endpoint
		forwarded; /* the first address of X-Forwarded-For or Forwarded (RFC 7239); SIP:
			    * sent-by of the last Via, who sent it first (RFC 3261 §18.1.1) */
	struct endpoint contact; /* SIP: of the first Contact (RFC 3261 §20.10) */
	bool websocket;          /* asks for, or agrees to, an upgrade to WebSocket */
	bool proxied;            /* absolute-form or CONNECT: meant for a proxy (RFC 9112 §3.2) */
};

#endif
