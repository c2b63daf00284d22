/*
 * DNS over TLS by its ALPN or its port, which is for nothing else (RFC 7858 §3.1); over QUIC by the
 * ALPN that it must have (RFC 9250 §4.1.1; drafts had a number behind it); over HTTPS (RFC 8484) by
 * the server's name alone, as it looks like any other page: those that browsers and systems offer,
 * and some of the larger public ones. A resolver of one's own, or one that is asked by its address,
 * cannot be told, nor can a name behind ECH.
 */
#include "dissect/encrypted_dns.h"

#include "dissect/text.h"

#define PORT_DNS_OVER_TLS 853
#define PROTOCOLS_MAX     16 /* of an ALPN list */

/* A name is one of these, or ends in a dot and one of these. */
static const struct resolver {
	const char *name;
	size_t length;
} resolvers[] = {
#define RESOLVER(name)                 \
	{                              \
		name, sizeof(name) - 1 \
	}
	RESOLVER("adguard-dns.com"),
	RESOLVER("cloudflare-dns.com"),
	RESOLVER("cloudflare-gateway.com"),
	RESOLVER("controld.com"),
	RESOLVER("dns-family.adguard.com"),
	RESOLVER("dns.adguard.com"),
	RESOLVER("dns.alidns.com"),
	RESOLVER("dns.digitale-gesellschaft.ch"),
	RESOLVER("dns.google"),
	RESOLVER("dns.google.com"),
	RESOLVER("dns.mullvad.net"),
	RESOLVER("dns.nextdns.io"),
	RESOLVER("dns.sb"),
	RESOLVER("dns.switch.ch"),
	RESOLVER("dns0.eu"),
	RESOLVER("dns64.dns.google"),
	RESOLVER("doh.apple.com"),
	RESOLVER("doh.cleanbrowsing.org"),
	RESOLVER("doh.dns.apple.com"),
	RESOLVER("doh.familyshield.opendns.com"),
	RESOLVER("doh.libredns.gr"),
	RESOLVER("doh.opendns.com"),
	RESOLVER("doh.pub"),
	RESOLVER("doh.xfinity.com"),
	RESOLVER("joindns4.eu"),
	RESOLVER("odvr.nic.cz"),
	RESOLVER("one.one.one.one"),
	RESOLVER("ordns.he.net"),
	RESOLVER("quad9.net"),
	RESOLVER("wikimedia-dns.org"),
#undef RESOLVER
};

static struct reader word_reader(const struct obs_word *word)
{
	return reader_make(word->bytes, word->length, false);
}

static bool alpn_has(const struct obs_hello *hello, const char *protocol)
{
	struct reader list = word_reader(&hello->alpn);
	for (unsigned i = 0; i < PROTOCOLS_MAX && reader_left(&list); i++) {
		if (text_is(text_until(&list, ','), protocol))
			return true;
	}
	return false;
}

/* doq, and doq-i00 and the like. */
static bool alpn_is_doq(const struct obs_hello *hello)
{
	struct reader list = word_reader(&hello->alpn);
	for (unsigned i = 0; i < PROTOCOLS_MAX && reader_left(&list); i++) {
		struct reader protocol = text_until(&list, ',');
		if (text_is(protocol, "doq") || text_starts(protocol, "doq-"))
			return true;
	}
	return false;
}

/* Where a label would have to start tells most names from most resolvers. */
static bool name_ends(const struct obs_word *name, const struct resolver *resolver)
{
	if (name->length < resolver->length)
		return false;
	size_t before = name->length - resolver->length;
	if (before && name->bytes[before - 1] != '.')
		return false;
	return text_starts(
		reader_make(name->bytes + before, resolver->length, false), resolver->name);
}

static bool name_of_resolver(const struct obs_word *name)
{
	for (size_t i = 0; i < sizeof(resolvers) / sizeof(resolvers[0]); i++) {
		if (name_ends(name, &resolvers[i]))
			return true;
	}
	return false;
}

enum encrypted_dns encrypted_dns_find(const struct obs_hello *hello, uint16_t port)
{
	if (hello->protocol == HELLO_DTLS)
		return ENCRYPTED_DNS_NONE;
	if (hello->protocol == HELLO_QUIC && alpn_is_doq(hello))
		return ENCRYPTED_DNS_QUIC;
	if (hello->protocol == HELLO_TLS &&
		(alpn_has(hello, "dot") || (port == PORT_DNS_OVER_TLS && !hello->alpn.length)))
		return ENCRYPTED_DNS_TLS;
	bool resolver = hello->name.length && name_of_resolver(&hello->name);
	return resolver ? ENCRYPTED_DNS_HTTPS : ENCRYPTED_DNS_NONE;
}
