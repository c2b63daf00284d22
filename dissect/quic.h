/*
 * QUIC packets as far as they are readable from outside: long headers (RFC 9000 §17.2, RFC 9369
 * §3.2), and Initials, whose keys follow from what is in clear (RFC 9001 §5.2). Private to
 * dissect/.
 */
#ifndef SEEP_DISSECT_QUIC_H
#define SEEP_DISSECT_QUIC_H

#include "dissect/crypto.h"

#define QUIC_ID_MAX    20   /* bytes of a connection id in every version with a number */
#define QUIC_PLAIN_MAX 4096 /* of an Initial; jumbo frames need no more */
#define QUIC_HEADER_MAX                       \
	1024 /* of an Initial, with its token \
	      */

/* In version 1's order; version 2 turns them round on the wire. */
enum quic_type { QUIC_INITIAL, QUIC_ZERO_RTT, QUIC_HANDSHAKE, QUIC_RETRY };

struct quic_packet {
	uint32_t version;          /* 0: version negotiation */
	uint8_t type;              /* enum quic_type */
	struct reader destination; /* connection id */
	struct reader whole;       /* from the first byte to the last */
	size_t number_at;          /* where in it the packet number starts */
};

/* What opens the Initials that one end of a connection sends. */
struct quic_keys {
	uint8_t key[CRYPTO_KEY], iv[CRYPTO_NONCE], mask[CRYPTO_KEY];
};

/* What opening a packet takes; made once. */
struct quic_room {
	uint8_t header[QUIC_HEADER_MAX];
	uint8_t plain[QUIC_PLAIN_MAX];
};

/* Takes one packet with a long header off a datagram. The reader fails when it has none. Versions
 * that are not known are refused: their packets have no shape. */
bool quic_packet_read(struct reader *r, struct quic_packet *out);

/* A variable-length integer (RFC 9000 §16). */
uint64_t quic_varint(struct reader *r);

/* The type of the frames that carry TLS (RFC 9000 §19.6; Google's T050 and T051 have another). */
uint8_t quic_crypto_frame(uint32_t version);

/* The keys of the client that chose this first destination. False for versions whose Initials
 * cannot be opened. */
bool quic_keys_make(struct crypto *c, uint32_t version, const struct reader *destination,
	struct quic_keys *out);

/* Removes both protections. On success *frames holds the frames, in `room`. */
bool quic_initial_open(struct crypto *c, const struct quic_keys *keys,
	const struct quic_packet *packet, struct quic_room *room, struct reader *frames);

#endif
