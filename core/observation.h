/*
 * The seam between dissect/ and rules/: a typed fact that a dissector read off the wire.
 *
 * An observation is a fixed-size value without pointers, so that it can be handed over by a call,
 * through a ring, or over a network. Text is inline, capped, with a bit that says it was cut; a
 * list is its head followed by `parts` observations of the part kind. Each kind is one struct and
 * one list of fields, from which outputs render it without knowing it: a new fact touches no
 * output.
 */
#ifndef SEEP_CORE_OBSERVATION_H
#define SEEP_CORE_OBSERVATION_H

#include "core/addr.h"
#include "core/direction.h"
#include "core/obs_application.h"
#include "core/obs_media.h"
#include "core/obs_network.h"
#include "core/obs_signalling.h"
#include "core/obs_stun.h"
#include "core/obs_text.h"
#include "core/obs_traffic.h"
#include "core/obs_tunnel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* kind, event_type in records, member of the union, and for a part kind true: it follows another
 * observation, and its event_type is the array that it goes into there. EVE has its own ideas of
 * dns, dhcp and http, so these words are not used. */
#define OBSERVATION_KINDS(KIND)                                           \
	KIND(OBS_LINK, "link", link, false)                               \
	KIND(OBS_STUN_MESSAGE, "stun", stun, false)                       \
	KIND(OBS_STUN_ATTRIBUTE, "attributes", stun_attribute, true)      \
	KIND(OBS_STUN_REQUEST, "stun_request", stun_request, false)       \
	KIND(OBS_BINDING_RESULT, "binding_result", binding_result, false) \
	KIND(OBS_ALLOCATION, "allocation", allocation, false)             \
	KIND(OBS_REDIRECT, "redirect", redirect, false)                   \
	KIND(OBS_TURN_PEER, "turn_peer", turn_peer, false)                \
	KIND(OBS_CANDIDATE, "ice", candidate, false)                      \
	KIND(OBS_SESSION, "session", session, false)                      \
	KIND(OBS_SESSION_ADDRESS, "addresses", session_address, true)     \
	KIND(OBS_HTTP, "web", http, false)                                \
	KIND(OBS_MEDIA, "media", media, false)                            \
	KIND(OBS_HELLO, "hello", hello, false)                            \
	KIND(OBS_DNS, "name", dns, false)                                 \
	KIND(OBS_DNS_RECORD, "records", dns_record, true)                 \
	KIND(OBS_DHCP, "lease", dhcp, false)                              \
	KIND(OBS_DHCP_OPTION, "options", dhcp_option, true)               \
	KIND(OBS_NEIGHBOUR, "neighbour", neighbour, false)                \
	KIND(OBS_ROUTER, "router", router, false)                         \
	KIND(OBS_ROUTER_OPTION, "router_options", router_option, true)    \
	KIND(OBS_EXTERNAL, "external_address", external, false)           \
	KIND(OBS_TUNNEL, "tunnel", tunnel, false)                         \
	KIND(OBS_PROXY, "proxy", proxy, false)                            \
	KIND(OBS_APPLICATION, "application", application, false)          \
	KIND(OBS_TRAFFIC, "traffic", traffic, false)

enum observation_kind {
#define KIND(kind, type, member, part) kind,
	OBSERVATION_KINDS(KIND)
#undef KIND
		OBS_KINDS
};

/* What a packet was wrapped in, from the outside to its own IP header. */
enum encapsulation {
	WRAPPED_VLAN = 1 << 0,
	WRAPPED_PPPOE = 1 << 1,
	WRAPPED_MPLS = 1 << 2,
	WRAPPED_GRE = 1 << 3,
	WRAPPED_IP = 1 << 4,  /* IP in IP, any pair of versions */
	WRAPPED_UDP = 1 << 5, /* VXLAN, GENEVE, GTP-U, Teredo, L2TP */
	/* ChannelData, Send or Data indication. `src` and `dst` are then the client, at its end of
	 * the way to the relay, and its peer, as if they spoke without one; `outer_src` and
	 * `outer_dst` are client and relay. A peer that is not known, because its channel was bound
	 * before the capture began, is 0.0.0.0 or ::, its port the channel. An address that such a
	 * packet maps is the relay's, not the client's. What follows ConnectionBind in a stream
	 * (RFC 6062) keeps the ends of that stream: its peer is in the TURN_PEER of the
	 * ConnectionBind.
	 */
	WRAPPED_TURN = 1 << 6,
	WRAPPED_PROXY = 1 << 7, /* inside a proxied stream */
};

/* Where and when: the same for every kind. */
struct obs_head {
	uint64_t time_ns; /* packet time; a late frame has that of the newest before it */
	uint64_t frame;   /* number in its capture; 0 when no frame stands behind it */
	uint64_t flow_id; /* 0 when there is no flow */
	struct endpoint src, dst;
	uint8_t src_mac[6], dst_mac[6];
	uint16_t capture, interface; /* indices into struct source_table */
	uint8_t kind;                /* enum observation_kind */
	uint8_t protocol;            /* IANA protocol number; 0 when there is none */
	uint8_t direction;           /* enum direction */
	uint8_t hop_limit;
	uint8_t depth;         /* headers gone through */
	uint8_t encapsulation; /* mask of enum encapsulation: what the packet was wrapped in */
	uint16_t vlan;         /* innermost VLAN id; 0 is none */
	struct addr outer_src, outer_dst; /* of the outermost IP header, when there are several */
	uint8_t parts; /* observations of the part kind that follow and belong to this one */
	bool has_macs;
	bool from_opener; /* src opened the flow, as far as the capture shows */
};

/* An interface of the run, told before its first frame: the host events of a live capture and the
 * interface blocks of a savefile alike. */
struct obs_link {
	uint16_t link_type;
};

struct observation {
	struct obs_head head;
	union {
		struct obs_link link;
		struct obs_stun stun;
		struct obs_stun_attribute stun_attribute;
		struct obs_stun_request stun_request;
		struct obs_binding_result binding_result;
		struct obs_allocation allocation;
		struct obs_redirect redirect;
		struct obs_turn_peer turn_peer;
		struct obs_candidate candidate;
		struct obs_session session;
		struct obs_session_address session_address;
		struct obs_http http;
		struct obs_media media;
		struct obs_hello hello;
		struct obs_dns dns;
		struct obs_dns_record dns_record;
		struct obs_dhcp dhcp;
		struct obs_dhcp_option dhcp_option;
		struct obs_neighbour neighbour;
		struct obs_router router;
		struct obs_router_option router_option;
		struct obs_external external;
		struct obs_tunnel tunnel;
		struct obs_proxy proxy;
		struct obs_application application;
		struct obs_traffic traffic;
	};
};

#define OBSERVATION_SIZE_MAX 512
_Static_assert(sizeof(struct observation) <= OBSERVATION_SIZE_MAX, "an observation stays small");

/* How to render a member. */
enum field_type {
	FIELD_BOOL,
	FIELD_U8,
	FIELD_I8,
	FIELD_U16,
	FIELD_U32,
	FIELD_U64,
	FIELD_TIME,     /* uint64_t, ns since 1970 */
	FIELD_PREFIX,   /* struct prefix, left out when there is none */
	FIELD_MAC,      /* uint8_t[6] */
	FIELD_WORD,     /* struct obs_word, left out when empty */
	FIELD_ADDR,     /* struct addr, left out when there is none */
	FIELD_ENDPOINT, /* struct endpoint as "<name>ip" and "<name>port", left out when there is
			   none */
	FIELD_TEXT,     /* struct obs_text */
	FIELD_HEX,      /* uint8_t[], its length in the uint8_t at `length_at` */
	FIELD_LABEL8, /* uint8_t or uint16_t with names: label(value), or hexadecimal as "0x0800" */
	FIELD_LABEL16,
};

struct field {
	const char *name;   /* for FIELD_ENDPOINT a prefix, "" or ending in '_' */
	uint16_t offset;    /* in the kind's struct */
	uint8_t type;       /* enum field_type */
	uint8_t when;       /* when not 0: only if this bit is set in the uint32_t at offset 0 */
	uint16_t length_at; /* FIELD_HEX */
	const char *(*label)(
		unsigned value); /* FIELD_LABEL*: a name, or NULL for an unknown value */
};

struct observation_info {
	const char *event_type;
	const struct field *fields; /* ended by a NULL name */
	bool part;
	uint16_t size; /* of its own struct; what lies behind it in the union means nothing */
};

/* For each enum observation_kind, and an empty one behind them. A part kind stands right behind the
 * kind that it belongs to. */
extern const struct observation_info observation_info[OBS_KINDS + 1];

/* Where an observation's own struct starts; fields' offsets count from there. */
const void *observation_body(const struct observation *o);

/* Makes it one of this kind, with nothing in its own struct yet. */
void observation_become(struct observation *o, enum observation_kind kind);

#endif
