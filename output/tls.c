/*
 * libssl, wrapped: RFC 5425 wants syslog over TLS to authenticate the collector, so there is no way
 * to go without.
 */
#include "output/tls.h"

#include "core/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HOST_MAX 256
#define WHY_MAX  256

#define AUTHORITIES "ca-certificates.crt" /* as update-ca-certificates(8) names it */

struct tls {
	SSL_CTX *context;
	SSL *connection; /* NULL when there is none */
	char host[HOST_MAX];
	char why[WHY_MAX];
};

/* Certificates are looked up in their folder when one is checked, and then the run may no longer
 * open files: so all that the system trusts are read now, where they are in one file, too. */
static void authorities_load(SSL_CTX *context)
{
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/" AUTHORITIES, X509_get_default_cert_dir());
	if (access(path, R_OK) == 0)
		SSL_CTX_load_verify_file(context, path);
}

struct tls *tls_new(const char *host)
{
	struct tls *t = calloc(1, sizeof(*t));
	if (t)
		t->context = SSL_CTX_new(TLS_client_method());
	if (!t || !t->context || SSL_CTX_set_default_verify_paths(t->context) != 1 ||
		SSL_CTX_set_min_proto_version(t->context, TLS1_2_VERSION) != 1) {
		log_message("TLS cannot be set up");
		tls_free(t);
		return NULL;
	}
	snprintf(t->host, sizeof(t->host), "%s", host);
	authorities_load(t->context);
	SSL_CTX_set_verify(t->context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_mode(
		t->context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	return t;
}

/* An address is not sent as a server's name (RFC 6066 §3), but certificates may be for one. */
static bool host_expect(struct tls *t)
{
	unsigned char address[sizeof(struct in6_addr)];
	if (inet_pton(AF_INET, t->host, address) == 1 || inet_pton(AF_INET6, t->host, address) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(t->connection), t->host) == 1;
	return SSL_set_tlsext_host_name(t->connection, t->host) == 1 &&
		SSL_set1_host(t->connection, t->host) == 1;
}

bool tls_start(struct tls *t, int fd)
{
	SSL_free(t->connection);
	t->connection = SSL_new(t->context);
	return t->connection && host_expect(t) && SSL_set_fd(t->connection, fd) == 1;
}

/* Notes what went wrong; errno says whether it is worth going on. */
static void why_note(struct tls *t, int result)
{
	int error = SSL_get_error(t->connection, result);
	long verified = SSL_get_verify_result(t->connection);
	unsigned long code = ERR_peek_last_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;
	bool again = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
	if (verified != X509_V_OK)
		reason = X509_verify_cert_error_string(verified);
	snprintf(t->why, sizeof(t->why), "TLS: %s", reason ? reason : "the connection was closed");
	ERR_clear_error();
	errno = again ? EAGAIN : ECONNRESET;
}

enum tls_step tls_handshake(struct tls *t)
{
	int result = SSL_connect(t->connection);
	if (result == 1)
		return TLS_DONE;
	why_note(t, result);
	return errno == EAGAIN ? TLS_AGAIN : TLS_FAILED;
}

ssize_t tls_write(struct tls *t, const void *bytes, size_t length)
{
	size_t written = 0;
	int result = SSL_write_ex(t->connection, bytes, length, &written);
	if (result == 1)
		return (ssize_t)written;
	why_note(t, result);
	return -1;
}

bool tls_alive(struct tls *t)
{
	char bytes[WHY_MAX];
	size_t length;
	int result;
	do
		result = SSL_read_ex(t->connection, bytes, sizeof(bytes), &length);
	while (result == 1);
	why_note(t, result);
	return errno == EAGAIN;
}

uint64_t tls_written(struct tls *t)
{
	return BIO_number_written(SSL_get_wbio(t->connection));
}

const char *tls_why(struct tls *t)
{
	return t->why;
}

void tls_end(struct tls *t)
{
	if (t->connection && SSL_is_init_finished(t->connection))
		SSL_shutdown(t->connection);
	SSL_free(t->connection);
	t->connection = NULL;
	ERR_clear_error();
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	SSL_free(t->connection);
	SSL_CTX_free(t->context);
	free(t);
}
