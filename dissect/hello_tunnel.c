/*
 * Tunnels that show in their client's hello.
 *   AnyConnect, and OpenConnect (draft-mavrogiannopoulos-openconnect): DTLS of a version that
 *     nothing else speaks any more, or a hello that resumes a session which was set up elsewhere,
 *     in the tunnel's TLS: with a session id of full length, and none of what browsers, proxies and
 *     servers of names put into one.
 *   Tor (torproject.org, tor-spec "Link handshake"): a server name drawn at random, www, 4 to 25
 *     letters and digits of base32, com; and no ALPN, which browsers always offer. A name without a
 *     digit is one in ten of these, and could be anybody's: it is left alone.
 *
 * Not seen: Tor behind a pluggable transport, AnyConnect over TLS alone, SSTP over TLS.
 */
#include "dissect/hello.h"

#define SESSION_WHOLE 32
#define TOR_START     4 /* "www." */
#define TOR_END       4 /* ".com" */
#define TOR_MIN       4
#define TOR_MAX       25

static bool anyconnect_shape(const struct hello *hello)
{
	const struct obs_hello *o = &hello->obs;
	if (o->version == DTLS_OPENSSL)
		return true;
	return hello->session == SESSION_WHOLE && !o->srtp_profiles && !o->name.length &&
		!o->alpn.length;
}

/* Base32 (RFC 4648 §6), in small letters, with letters and digits in it. */
static bool label_random(struct reader label)
{
	bool letters = false, digits = false;
	while (reader_left(&label)) {
		uint8_t byte = reader_u8(&label);
		bool letter = byte >= 'a' && byte <= 'z', digit = byte >= '2' && byte <= '7';
		if (!letter && !digit)
			return false;
		letters |= letter;
		digits |= digit;
	}
	return letters && digits;
}

static bool tor_shape(const struct obs_hello *o)
{
	size_t length = o->name.length;
	if (o->alpn.length || length < TOR_START + TOR_MIN + TOR_END ||
		length > TOR_START + TOR_MAX + TOR_END)
		return false;
	struct reader name = reader_make(o->name.bytes, length, false);
	const uint8_t *www = reader_take(&name, TOR_START);
	struct reader label = reader_sub(&name, length - TOR_START - TOR_END);
	const uint8_t *com = reader_take(&name, TOR_END);
	return memcmp(www, "www.", TOR_START) == 0 && memcmp(com, ".com", TOR_END) == 0 &&
		label_random(label);
}

bool hello_tunnel(const struct hello *hello, enum tunnel_kind *kind)
{
	bool datagrams = hello->obs.protocol == HELLO_DTLS;
	*kind = datagrams ? TUNNEL_ANYCONNECT : TUNNEL_TOR;
	if (hello->obs.server || hello->obs.protocol == HELLO_QUIC)
		return false;
	return datagrams ? anyconnect_shape(hello) : tor_shape(&hello->obs);
}
