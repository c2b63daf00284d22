/*
 * Encrypted DNS as far as it shows: DNS over TLS, HTTPS and QUIC by their hellos, and over HTTP
 * where that is in clear.
 */
#include "dissect/encrypted_dns.h"
#include "tests/unit/support/dialogue.h"

#define NONE ENCRYPTED_DNS_NONE
#define DOT  ENCRYPTED_DNS_TLS
#define DOH  ENCRYPTED_DNS_HTTPS
#define DOQ  ENCRYPTED_DNS_QUIC

static const struct {
	enum hello_protocol protocol;
	const char *name, *alpn;
	uint16_t port;
	enum encrypted_dns expected;
} hellos[] = {
	{HELLO_TLS, "resolver.example", "dot", 443, DOT},
	{HELLO_TLS, "resolver.example", "h2,dot", 443, DOT},
	{HELLO_TLS, "", "", 853, DOT},
	{HELLO_TLS, "dns.google", "", 853, DOT},
	{HELLO_TLS, "www.example", "h2", 853, NONE}, /* somebody else's use of the port */
	{HELLO_TLS, "www.example", "dots,xdot", 443, NONE},
	{HELLO_TLS, "", "", 443, NONE},
	{HELLO_QUIC, "resolver.example", "doq", 853, DOQ},
	{HELLO_QUIC, "resolver.example", "doq-i02", 784, DOQ},
	{HELLO_QUIC, "resolver.example", "h3", 853, NONE},
	{HELLO_QUIC, "dns.google", "h3", 443, DOH},
	{HELLO_TLS, "dns.google", "h2,http/1.1", 443, DOH},
	{HELLO_TLS, "Mozilla.Cloudflare-DNS.com", "h2", 443, DOH},
	{HELLO_TLS, "abc123.dns.nextdns.io", "h2", 443, DOH},
	{HELLO_TLS, "notquad9.net", "h2", 443, NONE},
	{HELLO_TLS, "quad9.net.example", "h2", 443, NONE},
	{HELLO_TLS, ".net", "h2", 443, NONE},
	{HELLO_DTLS, "dns.google", "", 853, NONE},
};

static void word_fill(struct obs_word *word, const char *text)
{
	word->length = (uint8_t)strlen(text);
	memcpy(word->bytes, text, word->length);
}

static void hellos_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(hellos); i++) {
		struct obs_hello hello = {.protocol = (uint8_t)hellos[i].protocol};
		word_fill(&hello.name, hellos[i].name);
		word_fill(&hello.alpn, hellos[i].alpn);
		if (encrypted_dns_find(&hello, hellos[i].port) != hellos[i].expected)
			fail_msg("%s %s %u", hellos[i].name, hellos[i].alpn, hellos[i].port);
	}
}

static const uint8_t client_hello[] = {
	0x16, 0x03, 0x01, 0x00, 0x3a,                   /* record */
	0x01, 0x00, 0x00, 0x36,                         /* ClientHello */
	0x03, 0x03,                                     /* version */
	0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, /* random */
	0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, /* */
	0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, /* */
	0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, /* */
	0x00,                                           /* session id */
	0x00, 0x02, 0x13, 0x01,                         /* cipher suites */
	0x01, 0x00,                                     /* compression methods */
	0x00, 0x0b,                                     /* extensions */
	0x00, 0x10, 0x00, 0x07, 0x00, 0x05,             /* ALPN */
	0x04, 'd', 'o', 't', 's',                       /* its length is set below */
};

/* On the wire, with an ALPN and by the port. */
static void hellos_on_the_wire(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (uint16_t port = 853; port <= 854; port++) {
		struct talk t = {
			.w = w, .ends = {end(TALK_CLIENT), end(TALK_SERVER)}, .sequence = {7, 9}};
		t.ends[0].port = 1000;
		t.ends[1].port = port;
		watch_forget(w);
		talk_segment(&t, false, TALK_SYN, NULL, 0);
		talk_segment(&t, true, TALK_SYN | TALK_ACK, NULL, 0);
		uint8_t hello[sizeof(client_hello)];
		memcpy(hello, client_hello, sizeof(hello));
		if (port == 853) /* another extension: no ALPN at all */
			hello[53] = 0x11;
		talk_say(&t, false, hello, sizeof(hello));
		assert_int_equal(watch_count(w, OBS_HELLO), 1);
		assert_int_equal(watch_seen(w, OBS_HELLO, 0)->hello.dns, port == 853 ? DOT : NONE);
	}
	watch_free(w);
}

#define DNS_TYPE "Content-Type: application/dns-message\r\nContent-Length: "

static const char question[] = "POST /dns-query HTTP/1.1\r\n" DNS_TYPE "33\r\n\r\n"
			       "\0\0\1\0\0\1\0\0\0\0\0\0\3www\7example\3com\0\0\1\0\1";
static const char answer[] = "HTTP/1.1 200 OK\r\n" DNS_TYPE "49\r\n\r\n"
			     "\0\0\x81\x80\0\1\0\1\0\0\0\0\3www\7example\3com\0\0\1\0\1"
			     "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1";

/* RFC 8484 §4.2.2, in clear. */
static void https_without_tls(void **state)
{
	(void)state;
	const struct line script[] = {
		{false, question, sizeof(question) - 1}, {true, answer, sizeof(answer) - 1}, {0}};
	struct watch *w = watch_new(LINK_RAW);
	char text[ADDR_TEXT_MAX];
	script_run(w, script);
	assert_int_equal(watch_count(w, OBS_DNS), 2);
	const struct obs_dns *asked = &watch_seen(w, OBS_DNS, 0)->dns;
	assert_int_equal(asked->transport, DNS_HTTP);
	assert_false(asked->response);
	assert_int_equal(asked->name.length, strlen("www.example.com"));
	assert_memory_equal(asked->name.bytes, "www.example.com", asked->name.length);
	assert_true(watch_seen(w, OBS_DNS, 1)->dns.response);
	assert_string_equal(
		addr_text(&watch_seen(w, OBS_DNS_RECORD, 0)->dns_record.addr, text), "192.0.2.1");
	watch_free(w);
	script_cuts(script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hellos_are_told_apart),
		cmocka_unit_test(hellos_on_the_wire),
		cmocka_unit_test(https_without_tls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
