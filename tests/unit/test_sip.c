/* SIP in datagrams and streams: RFC 3261 §24, RFC 3581 §4, compact forms, framing, hostile ones. */
#include "tests/unit/support/dialogue.h"

#define INVITE "INVITE sip:bob@192.0.2.4 SIP/2.0\r\n"
#define PING   "OPTIONS sip:echo@example.com SIP/2.0\r\nContent-Length: 0\r\n\r\n"

/* RFC 3261 §24.1 F1, with the form of its §7.3.3 beside it. */
static const char registration[] =
	"REGISTER sip:registrar.biloxi.com SIP/2.0\r\n"
	"Via: SIP/2.0/UDP bobspc.biloxi.com:5060;branch=z9hG4bKnashds7\r\n"
	"Max-Forwards: 70\r\n"
	"To: Bob <sip:bob@biloxi.com>\r\n"
	"From: Bob <sip:bob@biloxi.com>;tag=456248\r\n"
	"Call-ID: 843817637684230@998sdasdh09\r\n"
	"CSeq: 1826 REGISTER\r\n"
	"Contact: <sip:bob@192.0.2.4>\r\n"
	"Expires: 7200\r\n"
	"Content-Length: 0\r\n\r\n";

/* RFC 3581 §4: the server adds received and rport. */
static const char answer[] = "SIP/2.0 200 OK\r\n"
			     "v: SIP/2.0/UDP 10.1.1.1:4540;received=192.0.2.1;rport=9988\r\n"
			     " ;branch=z9hG4bKkjshdyff, SIP/2.0/TCP 198.51.100.7;branch=1\r\n"
			     "m: \"Bob <B>, of course\" <sips:bob@[2001:db8::9]:5061;lr>;q=1\r\n"
			     "l: 0\r\n\r\n";

/* Two parts: text, and a message that shows when it was read. */
static const char parts[] = INVITE "Content-Type: multipart/mixed; boundary=\"a b\"\r\n"
				   "Content-Length: 158\r\n\r\n"
				   "preamble\r\n"
				   "--a b\r\n"
				   "Content-Type: text/html\r\n\r\n"
				   "--a bc\r\n"
				   "--a b\r\n"
				   "Content-Type: message/sip\r\n\r\n" PING "\r\n"
				   "--a b--\r\n";

static const struct vector {
	const char *name, *bytes;
	unsigned messages;
	uint16_t status;
	const char *method, *host, *external, *contact, *origin;
} vectors[] = {
	{"RFC 3261 §24.1", registration, 1, 0, "REGISTER", "registrar.biloxi.com", NULL,
		"192.0.2.4", "-"},
	{"RFC 3581 §4, compact, folded", answer, 1, 200, "", "", "192.0.2.1:9988",
		"[2001:db8::9]:5061", "198.51.100.7"},
	{"parts", parts, 2, 0, "INVITE", "192.0.2.4", NULL, "-", "-"},
	{"no parameters", "SIP/2.0 180 Ringing\r\nVia: x\r\nContent-Length: 0\r\n\r\n", 1, 180, "",
		"", NULL, "-", "-"},
};

static void sip_datagram(struct watch *w, const char *bytes, size_t length, bool back)
{
	const struct endpoint client = end("192.168.77.10:5060"), server = end("192.0.2.60:5060");
	struct bytes b = {0};
	bytes_put(&b, bytes, length);
	packet_ip_udp(&b, back ? &server : &client, back ? &client : &server);
	watch_frame(w, b.at, b.length);
}

static void word_is(const struct obs_word *word, const char *text)
{
	assert_int_equal(word->length, strlen(text));
	assert_memory_equal(word->bytes, text, word->length);
}

static void vector_check(const struct vector *v, const struct watch *w)
{
	char text[ENDPOINT_TEXT_MAX];
	if (watch_count(w, OBS_HTTP) != v->messages ||
		watch_count(w, OBS_EXTERNAL) != (v->external != NULL))
		fail_msg("%s: %u messages, %u addresses", v->name, watch_count(w, OBS_HTTP),
			watch_count(w, OBS_EXTERNAL));
	const struct obs_http *h = &watch_seen(w, OBS_HTTP, 0)->http;
	assert_int_equal(h->protocol, HTTP_SIP);
	assert_int_equal(h->kind, v->status ? HTTP_RESPONSE : HTTP_REQUEST);
	assert_int_equal(h->status, v->status);
	word_is(&h->method, v->method);
	word_is(&h->host, v->host);
	assert_string_equal(endpoint_text(&h->contact, text), v->contact);
	assert_string_equal(endpoint_text(&h->forwarded, text), v->origin);
	if (!v->external)
		return;
	const struct obs_external *e = &watch_seen(w, OBS_EXTERNAL, 0)->external;
	assert_int_equal(e->protocol, EXTERNAL_SIP);
	assert_string_equal(endpoint_text(&e->addr, text), v->external);
}

static void datagrams_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(vectors); i++) {
		struct watch *w = watch_new(LINK_RAW);
		sip_datagram(w, vectors[i].bytes, strlen(vectors[i].bytes), vectors[i].status);
		vector_check(&vectors[i], w);
		watch_free(w);
	}
}

/* Shorter frames, and shorter datagrams that are whole. */
static void prefixes_say_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(vectors); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b = {0};
		const struct endpoint client = end("192.168.77.10:5060"),
				      server = end("192.0.2.1:5");
		bytes_put(&b, vectors[i].bytes, strlen(vectors[i].bytes));
		packet_ip_udp(&b, &client, &server);
		watch_prefixes(LINK_RAW, b.at, b.length);
		for (size_t n = 0; n < strlen(vectors[i].bytes); n++)
			sip_datagram(w, vectors[i].bytes, n, false);
		assert_int_equal(w->count, 0);
		watch_free(w);
	}
}

static void streams_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(vectors); i++) {
		const struct line script[] = {
			{false, "\r\n\r\n" PING, 0},
			{vectors[i].status != 0, vectors[i].bytes, 0},
			{vectors[i].status != 0, "\r\n\r\n", 0},
			{false, PING PING, 0},
			{0},
		};
		struct watch *w = watch_new(LINK_RAW);
		script_run(w, script + 1);
		assert_int_equal(watch_count(w, OBS_HTTP), vectors[i].messages + 2);
		watch_free(w);
		script_cuts(script + 1);
	}
}

/* What a server says again is news once a minute. */
static void addresses_are_not_repeated(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < 60; i++) {
		sip_datagram(w, answer, sizeof(answer) - 1, true);
		w->next.time_ns += 2 * SECOND_NS;
	}
	assert_int_equal(watch_count(w, OBS_EXTERNAL), 2);
	assert_int_equal(w->stats.sip, 60);
	watch_free(w);
}

/* What a body's length may not do: make a second message of a part of the first (CVE-2026-23457).
 */
static const struct {
	const char *name, *length;
	bool malformed, malformed_stream;
} frauds[] = {
	{"2^32 + 32", "Content-Length: 4294967328\r\n", true, false},
	{"2^64", "Content-Length: 18446744073709551616\r\n", true, true},
	{"negative", "Content-Length: -1\r\n", true, true},
	{"twice", "Content-Length: 0\r\nl: 5\r\n", true, true},
	{"empty", "Content-Length: \r\n", true, true},
};

static void lengths_do_not_lie(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(frauds); i++) {
		char text[512];
		snprintf(text, sizeof(text), INVITE "%s\r\n" PING PING, frauds[i].length);
		struct watch *w = watch_new(LINK_RAW);
		sip_datagram(w, text, strlen(text), false);
		assert_int_equal(w->stats.sip_malformed, frauds[i].malformed);
		assert_int_equal(w->stats.sip, 0);
		struct talk t = talk_begin(w, 1);
		talk_text(&t, false, text);
		talk_text(&t, false, PING);
		assert_int_equal(
			w->stats.sip_malformed, frauds[i].malformed + frauds[i].malformed_stream);
		assert_int_equal(watch_count(w, OBS_HTTP), !frauds[i].malformed_stream);
		watch_free(w);
	}
}

static void others_are_not_taken(void **state)
{
	(void)state;
	static const char *const others[] = {
		"OPTIONS rtsp://example.com/media.mp4 RTSP/1.0\r\nCSeq: 1\r\n\r\n",
		"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n",
		"INVITE sip:bob@192.0.2.4 SIP/3.0\r\nContent-Length: 0\r\n\r\n",
		"SIP/2.0 OK\r\nContent-Length: 0\r\n\r\n",
		"SIP/2.0 99 Low\r\nContent-Length: 0\r\n\r\n",
		"SPAM sip:bob@192.0.2.4 SIP/2.0\r\nContent-Length: 0\r\n\r\n",
		"INVITE\r\n\r\n",
	};
	struct watch *w = watch_new(LINK_RAW);
	for (size_t i = 0; i < ROWS(others); i++)
		sip_datagram(w, others[i], strlen(others[i]), false);
	assert_int_equal(w->count, 0);
	assert_int_equal(w->stats.sip_malformed, 0);
	watch_free(w);
}

/* Parts without end: only some are looked at. */
static void parts_are_bounded(void **state)
{
	(void)state;
	struct bytes b = {0};
	struct watch *w = watch_new(LINK_RAW);
	const char head[] = INVITE "Content-Type: multipart/mixed;boundary=x\r\n\r\n--x\r\n";
	const char part[] = "Content-Type: message/sip\r\n\r\n" PING "\r\n--x\r\n";
	bytes_put(&b, head, strlen(head));
	for (unsigned i = 0; i < 100; i++)
		bytes_put(&b, part, strlen(part));
	sip_datagram(w, (const char *)b.at, b.length, false);
	assert_int_equal(w->stats.sip, 1 + 16);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datagrams_are_read),
		cmocka_unit_test(prefixes_say_nothing),
		cmocka_unit_test(streams_are_read),
		cmocka_unit_test(addresses_are_not_repeated),
		cmocka_unit_test(lengths_do_not_lie),
		cmocka_unit_test(others_are_not_taken),
		cmocka_unit_test(parts_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
