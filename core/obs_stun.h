/*
 * What STUN and TURN say (RFC 8489, RFC 8656, RFC 8445).
 */
#ifndef SEEP_CORE_OBS_STUN_H
#define SEEP_CORE_OBS_STUN_H

#include "core/addr.h"
#include "core/obs_text.h"

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
	uint64_t value; /* PRIORITY, LIFETIME, tie-breaker, CHANNEL-NUMBER, protocol ... */
	uint16_t code;  /* ERROR-CODE */
	uint16_t network_id, network_cost; /* GOOG-NETWORK-INFO */
	bool valid;                        /* FINGERPRINT agrees with the message */
	bool malformed;                    /* the value does not have the attribute's form */
	struct obs_text text;              /* USERNAME, SOFTWARE, REALM, reason of ERROR-CODE ... */
};

enum ice_role { ICE_ROLE_NONE, ICE_ROLE_CONTROLLING, ICE_ROLE_CONTROLLED };

/* What an ICE connectivity check says of its session (RFC 8445 §7.1); both fragments together are
 * what its two ends, and a pair seen in both directions, have in common. */
struct obs_ice {
	uint8_t role;      /* enum ice_role: of who asks */
	bool consent;      /* the pair was nominated before: it is being kept (RFC 7675) */
	uint32_t priority; /* that the pair's candidate would have as peer reflexive */
	bool has_network;  /* GOOG-NETWORK-INFO was there, and says: */
	uint16_t network_id, network_cost; /* the asker's own number and kind of its network */
	struct obs_word ufrag, peer_ufrag; /* of who asks, and of who is asked */
};

/* Somebody asked: a Binding or Allocate request, answered or not. A check that says what the one
 * before it said is left out, but for one in a while. */
struct obs_stun_request {
	uint16_t method;
	bool check;     /* an ICE connectivity check (has USERNAME and PRIORITY), not gathering */
	bool nominates; /* USE-CANDIDATE */
	bool repeated;  /* a retransmission of a transaction already seen */
	uint8_t transaction[16];
	struct obs_word software; /* what the asker calls itself */
	struct obs_ice ice;       /* of a check */
};

/* What a Binding or Allocate success answered, as far as its request was seen: who asked whom. */
struct obs_stun_answer {
	bool matched; /* request seen, same transaction, opposite direction; else the rest is empty
		       */
	bool same_server; /* answered from where it was sent to (RFC 5780 servers may differ) */
	bool check;       /* the request was an ICE connectivity check */
	bool nominates;   /* the request had USE-CANDIDATE */
	bool elsewhere;   /* the request asked to be answered from elsewhere (RFC 5780 §7.2) */
	uint16_t request_capture, request_interface;
	uint8_t request_direction; /* enum direction */
	uint8_t request_hop_limit;
	uint64_t request_frame;
	uint64_t request_ns;
	struct endpoint client, server; /* who asked, and who was asked */
	struct obs_ice ice;             /* of the request, if it was a check */
};

/* A Binding success: the address its receiver has in the eyes of its sender. */
struct obs_binding_result {
	struct obs_stun_answer answer;
	struct endpoint mapped; /* XOR-MAPPED-ADDRESS, else MAPPED-ADDRESS */
	bool disputed; /* both were there and named different addresses; mapped is the XORed one */
	bool altered;  /* its FINGERPRINT is not that of the message (RFC 8489 §14.7) */
};

/* An error that sends its receiver to another server (RFC 8489 §10, §14.15). */
struct obs_redirect {
	struct obs_stun_answer answer;
	uint16_t code;
	struct endpoint alternate;
};

/* An Allocate success (RFC 8656 §7): a TURN server relays for its receiver and knows its address.
 */
struct obs_allocation {
	struct obs_stun_answer answer;
	struct endpoint mapped, relayed;
	uint32_t lifetime; /* seconds */
};

/* A client told its TURN server about a peer (RFC 8656 §9, §11, §12), or the server about a peer's
 * connection (RFC 6062 §4). One for each peer named; said again only once in a while. */
struct obs_turn_peer {
	uint16_t method;      /* create-permission, channel-bind, send, data, connect ... */
	uint8_t stun_class;   /* enum stun_class */
	uint16_t channel;     /* 0 when there is none */
	uint32_t connection;  /* CONNECTION-ID; 0 when there is none */
	struct endpoint peer; /* none where only the connection is named */
};

#endif
