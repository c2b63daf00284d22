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
static const char *const resolvers[] = {
	"adguard-dns.com",
	"cloudflare-dns.com",
	"cloudflare-gateway.com",
	"controld.com",
	"dns-family.adguard.com",
	"dns.adguard.com",
	"dns.alidns.com",
	"dns.digitale-gesellschaft.ch",
	"dns.google",
	"dns.google.com",
	"dns.mullvad.net",
	"dns.nextdns.io",
	"dns.sb",
	"dns.switch.ch",
	"dns0.eu",
	"dns64.dns.google",
	"doh.apple.com",
	"doh.cleanbrowsing.org",
	"doh.dns.apple.com",
	"doh.familyshield.opendns.com",
	"doh.libredns.gr",
	"doh.opendns.com",
	"doh.pub",
	"doh.xfinity.com",
	"joindns4.eu",
	"odvr.nic.cz",
	"one.one.one.one",
	"ordns.he.net",
	"quad9.net",
	"wikimedia-dns.org",
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

static bool name_ends(struct reader name, const char *suffix)
{
	size_t left = reader_left(&name), length = strlen(suffix);
	if (text_is(name, suffix))
		return true;
	if (left <= length || !text_ends(name, suffix))
		return false;
	reader_skip(&name, left - length - 1);
	return text_starts(name, ".");
}

static bool name_of_resolver(struct reader name)
{
	for (size_t i = 0; i < sizeof(resolvers) / sizeof(resolvers[0]); i++) {
		if (name_ends(name, resolvers[i]))
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
	return name_of_resolver(word_reader(&hello->name)) ? ENCRYPTED_DNS_HTTPS
							   : ENCRYPTED_DNS_NONE;
}
