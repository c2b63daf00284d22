/*
 * A client's side of TLS on a socket that does not block. The certificate must be for the host that
 * was named and of an authority this machine knows (SSL_CERT_FILE names others).
 */
#ifndef SEEP_OUTPUT_TLS_H
#define SEEP_OUTPUT_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tls;

/* What certificates are judged by; once for all connections. NULL with the reason printed. */
struct tls *tls_new(const char *host);

/* A new connection on this socket; false without memory. */
bool tls_start(struct tls *t, int fd);

/* Goes on with the handshake. */
enum tls_step { TLS_DONE, TLS_AGAIN, TLS_FAILED };
enum tls_step tls_handshake(struct tls *t);

/* As write(2): fewer bytes than asked for, or -1 with errno set, EAGAIN among them. */
ssize_t tls_write(struct tls *t, const void *bytes, size_t length);

/* Reads and forgets what the other side says; false when it has closed the connection. */
bool tls_alive(struct tls *t);

/* Bytes that went into the socket so far. */
uint64_t tls_written(struct tls *t);

/* What went wrong last, for people. */
const char *tls_why(struct tls *t);

/* Says goodbye to the other side, if there is a connection. */
void tls_end(struct tls *t);

void tls_free(struct tls *t);

#endif
