/*
 * The bodies of ClientHello and ServerHello: RFC 8446 §4.1 (TLS 1.3, QUIC), RFC 5246 §7.4.1,
 * RFC 6347 §4.2.1 (DTLS, with a cookie), RFC 9147 §5.3. Takes from them what tells where a
 * connection goes and what it is for: server name (RFC 6066), ALPN (RFC 7301), use_srtp (RFC 5764),
 * the versions, and whether encrypted_client_hello (RFC 9849) is there; browsers send it filled
 * with noise as well, so it says no more than that. A HelloRetryRequest counts as a ServerHello.
 * Whether a resolver is behind it is added (encrypted_dns.c).
 *
 * Ciphers, groups, key shares and everything else are stepped over.
 */
#include "dissect/hello.h"

#include "dissect/encrypted_dns.h"
#include "dissect/served.h"

#define EXTENSIONS_MAX 256 /* browsers send twenty */
#define RANDOM_REST    28
#define GREASE_MASK    0x0f0f /* RFC 8701: 0x0a0a, 0x1a1a ... 0xfafa */
#define GREASE         0x0a0a
#define DTLS_MAJOR     0xfe /* of a version; DTLS counts down from here */

enum extension {
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_USE_SRTP = 14,
	EXTENSION_ALPN = 16,
	EXTENSION_VERSIONS = 43,
	EXTENSION_ECH = 0xfe0d,
};

static inline struct reader vector8(struct reader *r)
{
	return reader_sub(r, reader_u8(r));
}

static inline struct reader vector16(struct reader *r)
{
	return reader_sub(r, reader_u16(r));
}

/* The first host name; no other type of name was ever defined. */
static void name_read(struct obs_hello *out, struct reader *r)
{
	struct reader list = vector16(r);
	uint8_t type = reader_u8(&list);
	struct reader name = vector16(&list);
	if (!list.failed && type == 0)
		obs_word_set(&out->name, name);
}

/* Adds what fits; commas stand between. */
static void alpn_add(struct obs_word *out, struct reader name)
{
	if (out->length && out->length < sizeof(out->bytes))
		out->bytes[out->length++] = ',';
	size_t room = sizeof(out->bytes) - out->length, length = reader_left(&name);
	out->cut |= length > room;
	if (length > room)
		length = room;
	const uint8_t *from = reader_take(&name, length);
	if (from && length)
		memcpy(&out->bytes[out->length], from, length);
	out->length = (uint8_t)(out->length + length);
}

static void alpn_read(struct obs_hello *out, struct reader *r)
{
	struct reader list = vector16(r);
	while (reader_left(&list) && !out->alpn.cut) {
		struct reader name = vector8(&list);
		if (!list.failed)
			alpn_add(&out->alpn, name);
	}
}

/* DTLS versions count down, those of TLS up. */
static bool version_better(uint16_t version, uint16_t than)
{
	bool datagram = version >> 8 == DTLS_MAJOR;
	return datagram && than >> 8 == DTLS_MAJOR ? version < than : version > than;
}

static void versions_read(struct obs_hello *out, struct reader *r)
{
	if (out->server) {
		uint16_t chosen = reader_u16(r);
		out->version = r->failed ? out->version : chosen;
		return;
	}
	struct reader list = vector8(r);
	uint16_t best = 0;
	while (reader_left(&list) >= sizeof(best)) {
		uint16_t version = reader_u16(&list);
		bool grease = (version & GREASE_MASK) == GREASE && version >> 8 == (version & 0xff);
		if (!grease && (!best || version_better(version, best)))
			best = version;
	}
	out->version = best ? best : out->version;
}

static void extension_read(struct obs_hello *out, uint16_t type, struct reader *r)
{
	switch (type) {
	case EXTENSION_SERVER_NAME:
		if (!out->server)
			name_read(out, r);
		break;
	case EXTENSION_USE_SRTP:
		out->srtp_profiles = (uint8_t)(reader_u16(r) / sizeof(uint16_t));
		break;
	case EXTENSION_ALPN:
		alpn_read(out, r);
		break;
	case EXTENSION_VERSIONS:
		versions_read(out, r);
		break;
	case EXTENSION_ECH:
		out->ech = true;
		break;
	default:
		break;
	}
}

static void extensions_read(struct obs_hello *out, struct reader *r)
{
	/* Before TLS 1.2 there may be none, or a remainder that means nothing (RFC 2246 §7.4.1.2).
	 */
	if (reader_left(r) < sizeof(uint16_t))
		return;
	struct reader list = vector16(r);
	for (unsigned i = 0; reader_left(&list) && i < EXTENSIONS_MAX; i++) {
		uint16_t type = reader_u16(&list);
		struct reader extension = vector16(&list);
		extension_read(out, type, &extension);
	}
	if (list.failed)
		reader_fail(r);
}

static void choices_read(struct hello *out, struct reader *r)
{
	out->session = reader_u8(r);
	reader_skip(r, out->session);
	if (out->obs.server) {
		reader_skip(r, sizeof(uint16_t) + 1); /* cipher suite, compression */
		return;
	}
	if (out->obs.protocol == HELLO_DTLS)
		out->cookie = reader_u8(r);
	reader_skip(r, out->cookie);
	reader_skip(r, reader_u16(r)); /* cipher suites */
	reader_skip(r, reader_u8(r));  /* compression methods */
}

bool hello_read(
	struct hello *out, enum hello_protocol protocol, uint8_t type, const struct reader *body)
{
	struct reader r = *body;
	*out = (struct hello){.obs.protocol = (uint8_t)protocol};
	out->obs.server = type == HANDSHAKE_SERVER_HELLO;
	out->obs.version = reader_u16(&r);
	out->random = reader_u32(&r);
	reader_skip(&r, RANDOM_REST);
	choices_read(out, &r);
	extensions_read(&out->obs, &r);
	return !r.failed;
}

void hello_emit(struct dissection *d, const struct hello *hello)
{
	d->stats->hellos++;
	served_hello(d, hello);
	if (!dissection_wants(d, OBS_HELLO))
		return;
	struct observation o;
	dissection_observe(d, OBS_HELLO, &o);
	o.hello = hello->obs;
	const struct endpoint *server = o.hello.server ? &d->packet->src : &d->packet->dst;
	o.hello.dns = (uint8_t)encrypted_dns_find(&o.hello, server->port);
	dissection_emit(d, &o);
}
