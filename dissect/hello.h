/*
 * ClientHello and ServerHello, the same message in TLS, DTLS and QUIC: who reads the handshake
 * around it hands its body over here. Private to dissect/.
 */
#ifndef SEEP_DISSECT_HELLO_H
#define SEEP_DISSECT_HELLO_H

#include "dissect/dissector.h"

/* Handshake types (RFC 8446 §4). */
enum { HANDSHAKE_CLIENT_HELLO = 1, HANDSHAKE_SERVER_HELLO = 2 };

/* DTLS 1.0 before it was one (OpenSSL's DTLS1_BAD_VER). */
#define DTLS_OPENSSL 0x0100

/* Type and 24 bits of length, in front of every handshake message of TLS and QUIC. */
#define HANDSHAKE_HEADER 4

struct hello {
	struct obs_hello obs;
	uint32_t random; /* its first bytes: the same when a hello is sent again */
	uint8_t session; /* bytes of the session id */
	uint8_t cookie;  /* of DTLS's, with which a client asks again */
};

/* Reads the message behind its handshake header; false when it breaks its own rules. */
bool hello_read(
	struct hello *out, enum hello_protocol protocol, uint8_t type, const struct reader *body);

void hello_emit(struct dissection *d, const struct hello *hello);

/* Does a client set up a tunnel with this hello? */
bool hello_tunnel(const struct hello *hello, enum tunnel_kind *kind);

#endif
