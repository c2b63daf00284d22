/*
 * QUIC packets as far as they are readable from outside: long headers (RFC 9000 §17.2, RFC 9369
 * §3.2), and Initials, whose keys follow from what is in clear (RFC 9001 §5.2). Private to
 * dissect/.
 */
#ifndef SEEP_DISSECT_QUIC_H
#define SEEP_DISSECT_QUIC_H

#include "dissect/crypto.h"

#define QUIC_ID_MAX 20 /* bytes of a connection id in every version with a number */

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

/* What opening Initials takes; made once. NULL without memory, or libcrypto's ciphers. */
struct quic_opener;
struct quic_opener *quic_opener_new(void);
void quic_opener_free(struct quic_opener *o);

/* Takes one packet with a long header off a datagram. The reader fails when it has none. Versions
 * that are not known are refused: their packets have no shape. */
bool quic_packet_read(struct reader *r, struct quic_packet *out);

/* A variable-length integer (RFC 9000 §16). */
uint64_t quic_varint(struct reader *r);

/* The type of the frames that carry TLS (RFC 9000 §19.6; Google's T050 and T051 have another). */
uint8_t quic_crypto_frame(uint32_t version);

/* The keys of the client that chose this first destination. False for versions whose Initials
 * cannot be opened. */
bool quic_keys_make(const struct quic_opener *o, uint32_t version, const struct reader *destination,
	struct quic_keys *out);

/* Removes both protections. On success *frames holds the frames, until the next is opened. */
bool quic_initial_open(struct quic_opener *o, const struct quic_keys *keys,
	const struct quic_packet *packet, struct reader *frames);

#endif
