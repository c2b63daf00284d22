/*
 * STUN, shared by the files that read a message, its attributes and its transactions.
 */
#ifndef SEEP_DISSECT_STUN_H
#define SEEP_DISSECT_STUN_H

#include "core/observation.h"
#include "core/packet.h"
#include "core/table.h"

#define STUN_COOKIE           0x2112a442U
#define STUN_HEADER_SIZE      20
#define STUN_TRANSACTION_SIZE 16 /* cookie and transaction id, or the 16 bytes of RFC 3489 */

enum { STUN_BINDING = 0x001, STUN_SHARED_SECRET = 0x002, STUN_ALLOCATE = 0x003 };

enum {
	STUN_MAPPED_ADDRESS = 0x0001,
	STUN_USERNAME = 0x0006,
	STUN_LIFETIME = 0x000d,
	STUN_XOR_RELAYED_ADDRESS = 0x0016,
	STUN_XOR_MAPPED_ADDRESS = 0x0020,
	STUN_PRIORITY = 0x0024,
	STUN_USE_CANDIDATE = 0x0025,
	STUN_MS_XOR_MAPPED_ADDRESS = 0x8020,
	STUN_FINGERPRINT = 0x8028,
};

/* A message's header, and its bytes for those attributes that are about all of it. */
struct stun_message {
	uint16_t type, method, length;
	uint8_t stun_class; /* enum stun_class */
	bool cookie;
	uint8_t id[STUN_TRANSACTION_SIZE]; /* bytes 4 to 19 of the header: what XOR uses */
	struct reader whole;               /* header and attributes */
};

/* Next attribute of the list in `attributes`, its value decoded into *out (RFC 8489 §14). False at
 * the end; then attributes->failed tells whether the list was broken. */
bool stun_attribute_next(
	const struct stun_message *m, struct reader *attributes, struct obs_stun_attribute *out);

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
	bool check, nominates;
	uint32_t sightings; /* oldest first; an interface has one */
	struct stun_sighting sighting[STUN_SIGHTINGS_MAX];
};

struct stun_transactions {
	struct table table;
};

/* Notes a request; true when it was seen on this interface before: a retransmission. */
bool stun_transaction_open(struct stun_transactions *t, const struct stun_message *m,
	const struct packet *p, uint64_t now_ns, bool check, bool nominates);

/* The request that `p`, going back to the client, answers: `*seen` is where, best of all on the
 * interface that the answer came in by, else where it was seen last. NULL when it was not seen. */
const struct stun_transaction *stun_transaction_find(struct stun_transactions *t,
	const struct stun_message *m, const struct packet *p, uint64_t now_ns,
	const struct stun_sighting **seen);

#endif
