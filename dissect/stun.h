/*
 * STUN and TURN, shared by the dissectors of datagrams and of streams, and by the files that read a
 * message, its attributes, its transactions and what a relay carries.
 */
#ifndef SEEP_DISSECT_STUN_H
#define SEEP_DISSECT_STUN_H

#include "core/table.h"
#include "dissect/dissector.h"
#include "dissect/media.h"

#define STUN_COOKIE           0x2112a442U
#define STUN_HEADER_SIZE      20
#define STUN_TYPE_MAX         0x3fff /* the two bits before it are 0 */
#define STUN_TRANSACTION_SIZE 16     /* cookie and transaction id, or the 16 bytes of RFC 3489 */

enum {
	STUN_BINDING = 0x001,
	STUN_SHARED_SECRET = 0x002,
	STUN_ALLOCATE = 0x003,
	STUN_REFRESH = 0x004,
	STUN_SEND = 0x006,
	STUN_DATA = 0x007,
	STUN_CREATE_PERMISSION = 0x008,
	STUN_CHANNEL_BIND = 0x009,
	STUN_CONNECT = 0x00a, /* RFC 6062 */
	STUN_CONNECTION_BIND = 0x00b,
	STUN_CONNECTION_ATTEMPT = 0x00c,
};

enum {
	STUN_MAPPED_ADDRESS = 0x0001,
	STUN_CHANGE_REQUEST = 0x0003,
	STUN_USERNAME = 0x0006,
	STUN_ERROR_CODE = 0x0009,
	STUN_CHANNEL_NUMBER = 0x000c,
	STUN_LIFETIME = 0x000d,
	STUN_XOR_PEER_ADDRESS = 0x0012,
	STUN_DATA_BYTES = 0x0013,
	STUN_XOR_RELAYED_ADDRESS = 0x0016,
	STUN_XOR_MAPPED_ADDRESS = 0x0020,
	STUN_PRIORITY = 0x0024,
	STUN_USE_CANDIDATE = 0x0025,
	STUN_CONNECTION_ID = 0x002a,
	STUN_MS_XOR_MAPPED_ADDRESS = 0x8020,
	STUN_SOFTWARE = 0x8022,
	STUN_ALTERNATE_SERVER = 0x8023,
	STUN_FINGERPRINT = 0x8028,
	STUN_ICE_CONTROLLED = 0x8029,
	STUN_ICE_CONTROLLING = 0x802a,
	STUN_NETWORK_INFO = 0xc057,
	STUN_META_DTLS = 0xc070, /* DTLS records (WebRTC: "SPED") */
};

/* A message's header, and its bytes for those attributes that are about all of it. */
struct stun_message {
	uint16_t type, method, length;
	uint8_t stun_class; /* enum stun_class */
	bool cookie;
	uint8_t id[STUN_TRANSACTION_SIZE]; /* bytes 4 to 19 of the header: what XOR uses */
	struct reader whole;               /* header and attributes */
};

/* A walk over a message's attributes. */
struct stun_walk {
	const struct stun_message *message;
	struct reader left;  /* not walked yet; failed when the list was broken */
	struct reader value; /* of the last attribute */
	bool checked; /* a FINGERPRINT was: only one is, or a message of them costs too much */
};

/* How many there are in front of the end, or of where the list is broken: then false. */
bool stun_attributes_count(struct reader attributes, unsigned *count);

/* Next attribute, its value decoded into *out (RFC 8489 §14); what its text holds behind the text's
 * length stays as it was. False at the end. */
bool stun_attribute_next(struct stun_walk *w, struct obs_stun_attribute *out);

/* Does FINGERPRINT's value fit the message before it (RFC 8489 §14.7)? `rest` is what follows its
 * type and length fields. */
bool stun_fingerprint_valid(
	const struct stun_message *m, const struct reader *rest, uint32_t fingerprint);

/* An open transaction, known by its id and who started it. */
struct stun_transaction_key {
	uint8_t id[STUN_TRANSACTION_SIZE];
	struct endpoint client;
	uint8_t reserved[4];
};

/* Where a request was seen: a kill switch that fails sends the same one out of another interface,
 * and a gateway shows it on both sides. */
#define STUN_SIGHTINGS_MAX 4

struct stun_sighting {
	struct endpoint server;
	uint16_t capture, interface;
	uint64_t frame, time_ns;
	uint8_t direction, hop_limit;
};

struct stun_transaction {
	struct table_entry age;
	struct stun_transaction_key key;
	uint16_t method;
	bool check, nominates, elsewhere;
	bool said; /* as an observation */
	struct obs_ice ice;
	uint32_t sightings; /* oldest first; an interface has one */
	struct stun_sighting sighting[STUN_SIGHTINGS_MAX];
};

#define TURN_CONNECTIONS 64 /* of all clients: set up, and their data connection still to come */

/* A peer's TCP connection to the relay (RFC 6062), from Connect or ConnectionAttempt up to the
 * ConnectionBind of another stream, which names it by its number alone. */
struct turn_connection {
	struct endpoint relay, peer;
	uint8_t transaction[STUN_TRANSACTION_SIZE]; /* Connect's: only its answer has the number */
	uint32_t number;                            /* CONNECTION-ID; 0: not known yet */
};

struct stun_transactions {
	struct table table;
	struct turn_connection connection[TURN_CONNECTIONS];
	unsigned next_connection;
};

#define STUN_PEERS_MAX 8 /* of one CreatePermission */

/* What the attributes of one message say, as far as anything acts on it. Readers are empty where
 * the attribute is not there. */
struct stun_facts {
	struct endpoint mapped, xor_mapped, relayed, alternate;
	struct endpoint peer[STUN_PEERS_MAX];
	struct reader username, data, dtls, software;
	uint32_t lifetime, priority, connection;
	uint16_t channel;
	uint16_t network_id, network_cost;
	uint16_t code;       /* of an error */
	uint16_t attributes; /* that can be shown */
	uint8_t peers;
	uint8_t role; /* enum ice_role */
	bool has_priority, has_network, nominates;
	bool elsewhere, altered; /* CHANGE-REQUEST wants something; FINGERPRINT is wrong */
	bool cut, malformed;
};

/* An ICE connectivity check (RFC 8445 §7.1), not gathering. */
static inline bool stun_facts_check(const struct stun_message *m, const struct stun_facts *f)
{
	return m->method == STUN_BINDING && f->has_priority && f->username.at;
}

/* Notes a request. `*repeated` when it was seen on this interface before: a retransmission. Never
 * NULL. */
struct stun_transaction *stun_transaction_open(struct stun_transactions *t,
	const struct stun_message *m, const struct packet *p, uint64_t now_ns, bool *repeated);

/* The request that `p`, going back to the client, answers: `*seen` is where, best of all on the
 * interface that the answer came in by, else where it was seen last. NULL when it was not seen. */
const struct stun_transaction *stun_transaction_find(struct stun_transactions *t,
	const struct stun_message *m, const struct packet *p, uint64_t now_ns,
	const struct stun_sighting **seen);

/* What was said of the checks that one end of a flow sends. */
struct stun_said {
	uint64_t time_ns;
	uint64_t check;         /* a hash of it */
	uint64_t interfaces;    /* that it was said of since then, a bit each, by number */
	struct endpoint mapped; /* by the last result said */
	bool any;
};

#define TURN_CHANNELS 8 /* of one flow; a browser binds one for each remote candidate it uses */
#define TURN_SAID     8

struct turn_channel {
	uint16_t number; /* 0: not in use */
	struct endpoint peer;
};

/* A peer that was named lately. */
struct turn_said {
	uint64_t time_ns;
	struct endpoint peer;
	uint16_t type, channel; /* of the message */
};

enum turn_client { TURN_CLIENT_UNKNOWN, TURN_CLIENT_OPENED, TURN_CLIENT_ANSWERED };

/* What is remembered of a flow between a client and its relay. */
struct turn_flow {
	struct turn_channel channel[TURN_CHANNELS];
	struct turn_said said[TURN_SAID];
	struct media_count media[2]; /* ChannelData from the opener, to the opener */
	uint8_t channels, says;      /* the next to be used */
	uint8_t client;              /* enum turn_client */
	uint8_t run;                 /* messages in ChannelData's form, before anything is known */
	uint16_t run_number;         /* their channel */
	bool seen;                   /* this is TURN: ChannelData may be believed */
};

enum stun_framing { STUN_FRAMING_UNKNOWN, STUN_FRAMING_NONE, STUN_FRAMING_RFC4571 };

/* What the dissectors of datagrams and of streams remember of a flow. */
struct stun_flow {
	struct stun_said said[2]; /* from the opener, to the opener */
	struct turn_flow turn;
	uint8_t framing;   /* enum stun_framing; of a stream */
	uint8_t lost[2];   /* times that it had to be looked for, by direction */
	bool searching[2]; /* a message's start */
	bool nominated;    /* a check that nominates was answered */
};

/* The state of a run: `open` and `close` of both dissectors. */
void *stun_open(const struct dissect_options *options);
void stun_close(void *state);

/* Reads the header, and the message; what r holds behind it is not looked at. */
void stun_header_read(struct stun_message *m, struct reader *r);
enum verdict stun_message_dissect(struct dissection *d, struct reader *r);

/* Says who asked, and what was answered. */
void stun_facts_emit(
	struct dissection *d, const struct stun_message *m, const struct stun_facts *facts);

/* Learns from a TURN message, says which peers it names, and opens what it carries. */
void turn_message(
	struct dissection *d, const struct stun_message *m, const struct stun_facts *facts);

/* Keeps which peer a connection of RFC 6062 is to; and who that is, NULL when it was not seen. */
void turn_connection_learn(
	struct dissection *d, const struct stun_message *m, const struct stun_facts *facts);
const struct endpoint *turn_connection_peer(
	const struct dissection *d, const struct stun_message *m, const struct stun_facts *facts);

/* Is there TURN in this flow, as far as ChannelData with this number goes? */
bool turn_channel_believed(struct turn_flow *t, uint16_t number);

/* A ChannelData message's payload. */
void turn_channel_data(
	struct dissection *d, struct turn_flow *t, uint16_t number, const struct reader *payload);

#endif
