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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* kind, event_type in records, member of the union. A part kind's event_type is the array it goes
 * into, within the record it follows. */
#define OBSERVATION_KINDS(KIND)                                    \
	KIND(OBS_LINK, "link", link)                               \
	KIND(OBS_STUN_MESSAGE, "stun", stun)                       \
	KIND(OBS_STUN_ATTRIBUTE, "attributes", stun_attribute)     \
	KIND(OBS_STUN_REQUEST, "stun_request", stun_request)       \
	KIND(OBS_BINDING_RESULT, "binding_result", binding_result) \
	KIND(OBS_ALLOCATION, "allocation", allocation)

enum observation_kind {
#define KIND(kind, type, member) kind,
	OBSERVATION_KINDS(KIND)
#undef KIND
		OBS_KINDS
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
	uint8_t depth; /* encapsulation: headers gone through */
	uint8_t parts; /* observations of the part kind that follow and belong to this one */
	bool has_macs;
	bool from_opener; /* src opened the flow, as far as the capture shows */
};

#define OBS_TEXT_MAX 256

struct obs_text {
	uint16_t length;
	bool cut;                    /* the wire had more */
	uint8_t bytes[OBS_TEXT_MAX]; /* as on the wire: any bytes, no NUL at the end */
};

/* An interface of the run, told before its first frame: the host events of a live capture and the
 * interface blocks of a savefile alike. */
struct obs_link {
	uint16_t link_type;
};

/* A STUN message as it stands (RFC 8489 §5; RFC 3489 without the cookie), then its attributes. */
struct obs_stun {
	uint16_t type;           /* the 14 bits of class and method */
	uint16_t method;         /* RFC 8489 §5; IANA STUN Methods */
	uint8_t stun_class;      /* enum stun_class */
	bool cookie;             /* false: classic, RFC 3489 */
	bool malformed;          /* an attribute runs past the message; those before it are good */
	bool attributes_cut;     /* more attributes than are kept */
	uint16_t length;         /* of the attributes, bytes */
	uint8_t transaction[16]; /* 12 bytes behind the cookie, or 16 without one */
	uint8_t transaction_length;
};

enum stun_class { STUN_REQUEST = 0, STUN_INDICATION = 1, STUN_SUCCESS = 2, STUN_ERROR = 3 };

/* Which members of struct obs_stun_attribute hold something. */
enum {
	ATTRIBUTE_ENDPOINT = 1 << 0,
	ATTRIBUTE_TEXT = 1 << 1,
	ATTRIBUTE_VALUE = 1 << 2,
	ATTRIBUTE_CODE = 1 << 3,
	ATTRIBUTE_NETWORK = 1 << 4,
	ATTRIBUTE_CHECKED = 1 << 5,
	ATTRIBUTE_MALFORMED = 1 << 6,
};

struct obs_stun_attribute {
	uint32_t has;
	uint16_t type, length;
	struct endpoint endpoint; /* decoded, XOR undone */
	struct obs_text text;     /* USERNAME, SOFTWARE, REALM, reason of ERROR-CODE ... */
	uint64_t value; /* PRIORITY, LIFETIME, tie-breaker, CHANNEL-NUMBER, protocol ... */
	uint16_t code;  /* ERROR-CODE */
	uint16_t network_id, network_cost; /* GOOG-NETWORK-INFO */
	bool valid;                        /* FINGERPRINT agrees with the message */
	bool malformed;                    /* the value does not have the attribute's form */
};

/* Somebody asked: a Binding or Allocate request, answered or not. */
struct obs_stun_request {
	uint16_t method;
	bool check;     /* an ICE connectivity check (has USERNAME and PRIORITY), not gathering */
	bool nominates; /* USE-CANDIDATE */
	bool repeated;  /* a retransmission of a transaction already seen */
	uint8_t transaction[16];
};

/* What a Binding or Allocate success answered, as far as its request was seen: who asked whom. */
struct obs_stun_answer {
	bool matched; /* request seen, same transaction, opposite direction; else the rest is empty
		       */
	bool same_server; /* answered from where it was sent to (RFC 5780 servers may differ) */
	bool check;       /* the request was an ICE connectivity check */
	bool nominates;   /* the request had USE-CANDIDATE */
	uint16_t request_capture, request_interface;
	uint8_t request_direction; /* enum direction */
	uint8_t request_hop_limit;
	uint64_t request_frame;
	uint64_t request_ns;
	struct endpoint client, server; /* who asked, and who was asked */
};

/* A Binding success: the address its receiver has in the eyes of its sender. */
struct obs_binding_result {
	struct obs_stun_answer answer;
	struct endpoint mapped; /* XOR-MAPPED-ADDRESS, else MAPPED-ADDRESS */
	bool disputed; /* both were there and named different addresses; mapped is the XORed one */
};

/* An Allocate success (RFC 8656 §7): a TURN server relays for its receiver and knows its address.
 */
struct obs_allocation {
	struct obs_stun_answer answer;
	struct endpoint mapped, relayed;
	uint32_t lifetime; /* seconds */
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
	};
};

#define OBSERVATION_SIZE_MAX 512
_Static_assert(sizeof(struct observation) <= OBSERVATION_SIZE_MAX, "an observation stays small");

/* How to render a member. */
enum field_type {
	FIELD_BOOL,
	FIELD_U8,
	FIELD_U16,
	FIELD_U32,
	FIELD_U64,
	FIELD_TIME,     /* uint64_t, ns since 1970 */
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
	bool part;                  /* follows another observation, as an element of its array */
};

/* For each enum observation_kind, and an empty one behind them. A part kind stands right behind the
 * kind that it belongs to. */
extern const struct observation_info observation_info[OBS_KINDS + 1];

/* Where an observation's own struct starts; fields' offsets count from there. */
const void *observation_body(const struct observation *o);

#endif
