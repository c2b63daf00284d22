/* HTTP/1.1: framing of bodies, what heads tell, proxies; cut everywhere, and hostile. */
#include "tests/unit/support/dialogue.h"

#define SIP_LENGTH "59"
#define GET        "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
#define SIP_TYPE   "Content-Type: message/sip\r\n"
#define SIP_POST   "POST / HTTP/1.1\r\nHost: a.example\r\n" SIP_TYPE

static void word_is(const struct obs_word *word, const char *text)
{
	assert_int_equal(word->length, strlen(text));
	assert_memory_equal(word->bytes, text, word->length);
}

/* What a conversation is about: `bodies` of it are SIP messages. */
static const struct conversation {
	const char *name;
	unsigned requests, responses, bodies;
	struct line script[8];
} conversations[] = {
	{"a length", 1, 0, 1,
		{{false, SIP_POST "Content-Length: " SIP_LENGTH "\r\n\r\n" SIP_MESSAGE, 0}}},
	{"the same length twice, blanks, bare LF", 1, 0, 1,
		{{false,
			"POST / HTTP/1.1\nHost:a\ncontent-type:\tmessage/sip ;x=\"a;b\"\n"
			"Content-Length : 59, 59\nContent-Length: 59\n\n" SIP_MESSAGE,
			0}}},
	{"chunks (RFC 9112 §7.1), an extension, a trailer", 1, 1, 1,
		{{false, GET, 0},
			{true,
				"HTTP/1.1 200 OK\r\n" SIP_TYPE "Transfer-Encoding: chunked\r\n\r\n"
				"7;note=\"x\"\r\nOPTIONS\r\n"
				"1f\r\n sip:echo@example.com SIP/2.0\r\n\r\n"
				"015\r\nContent-Length: 0\r\n\r\n\r\n"
				"0\r\nExpires: never\r\n\r\n",
				0}}},
	{"up to the end", 1, 1, 1,
		{{false, GET, 0}, {true, "HTTP/1.0 200 OK\r\n" SIP_TYPE "\r\n" SIP_MESSAGE, 0}}},
	{"pipelined, answers in their order", 4, 5, 1,
		{{false, GET "HEAD / HTTP/1.1\r\n\r\n" GET "\r\n" GET, 0},
			{true,
				"HTTP/1.1 304 Not Modified\r\nContent-Length: 999\r\n\r\n"
				"HTTP/1.1 200 OK\r\n" SIP_TYPE "Content-Length: 59\r\n\r\n"
				"HTTP/1.1 204 No Content\r\n\r\n"
				"HTTP/1.1 100 Continue\r\n\r\n"
				"HTTP/1.1 200 OK\r\n" SIP_TYPE
				"Content-Length: 59\r\n\r\n" SIP_MESSAGE,
				0}}},
	{"bodies of no interest are counted past", 2, 0, 1,
		{{false,
			"PUT /a HTTP/1.1\r\nContent-Type: image/png\r\nContent-Length: 16\r\n\r\n"
			"GET / HTTP/1.1\r\n" SIP_POST "Content-Length: " SIP_LENGTH
			"\r\n\r\n" SIP_MESSAGE,
			0}}},
	{"an upgrade that is refused", 2, 2, 1,
		{{false, "GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", 0},
			{true, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 0},
			{false, SIP_POST "Content-Length: " SIP_LENGTH "\r\n\r\n" SIP_MESSAGE, 0},
			{true, "HTTP/1.1 204 No Content\r\n\r\n", 0}}},
};

static void conversations_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(conversations); i++) {
		const struct conversation *c = &conversations[i];
		struct watch *w = watch_new(LINK_RAW);
		script_run(w, c->script);
		if (w->stats.http_requests != c->requests ||
			w->stats.http_responses != c->responses || sip_seen(w) != c->bodies)
			fail_msg("%s: %u requests, %u responses, %u bodies", c->name,
				(unsigned)w->stats.http_requests, (unsigned)w->stats.http_responses,
				sip_seen(w));
		assert_int_equal(w->stats.http_malformed, 0);
		watch_free(w);
	}
}

static void cuts_change_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(conversations); i++)
		script_cuts(conversations[i].script);
}

static const struct line websocket_upgrade[] = {
	{false,
		"GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n"
		"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",
		0},
	{true,
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
		"Connection: Upgrade\r\n\r\n",
		0},
	{0},
};

static const struct line telling[] = {
	{false, GET, 0},
	{true, "HTTP/1.1 204 No Content\r\n\r\n", 0},
	{false, GET, 0}, /* said already */
	{true, "HTTP/1.1 204 No Content\r\n\r\n", 0},
	{false, "GET / HTTP/1.1\r\nX-Forwarded-For: 198.51.100.23, 10.0.0.1\r\n\r\n", 0},
	{false,
		"GET / HTTP/1.1\r\nForwarded: by=_x;For=\"[2001:db8:cafe::17]:4711\", "
		"for=1.2.3.4\r\n"
		"\r\n",
		0},
	{false,
		"POST /whip HTTP/1.1\r\nHost: w.example\r\nContent-Type: application/sdp\r\n"
		"Content-Length: 5\r\n\r\nv=0\r\n",
		0},
	{0},
};

static void heads_tell(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	char text[ENDPOINT_TEXT_MAX];
	script_run(w, telling);
	assert_int_equal(watch_count(w, OBS_HTTP), 5);
	const struct obs_http *first = &watch_seen(w, OBS_HTTP, 0)->http;
	assert_int_equal(first->kind, HTTP_REQUEST);
	word_is(&first->method, "GET");
	word_is(&first->host, "a.example");
	assert_int_equal(watch_seen(w, OBS_HTTP, 1)->http.status, 204);
	assert_string_equal(
		endpoint_text(&watch_seen(w, OBS_HTTP, 2)->http.forwarded, text), "198.51.100.23");
	assert_string_equal(endpoint_text(&watch_seen(w, OBS_HTTP, 3)->http.forwarded, text),
		"[2001:db8:cafe::17]:4711");
	word_is(&watch_seen(w, OBS_HTTP, 4)->http.content_type, "application/sdp");
	watch_forget(w);
	script_say(w, websocket_upgrade, 1, SIZE_MAX, 0, 0);
	assert_int_equal(watch_count(w, OBS_HTTP), 2);
	assert_true(watch_seen(w, OBS_HTTP, 0)->http.websocket);
	assert_true(watch_seen(w, OBS_HTTP, 1)->http.websocket);
	assert_int_equal(watch_seen(w, OBS_HTTP, 1)->http.status, 101);
	watch_free(w);
	script_cuts(telling);
	script_cuts(websocket_upgrade);
}

/* No request (RFC 9112 §3): no version, a space in the target, a version that is no number. */
static void others_are_no_requests(void **state)
{
	(void)state;
	static const char *const others[] = {
		"GET /\r\nHost: a.example\r\n\r\n",
		"GET /shell?cd /tmp HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"GET / HTTP/x\r\nHost: a.example\r\n\r\n",
	};
	for (size_t i = 0; i < ROWS(others); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct talk t = talk_begin(w, 1);
		talk_text(&t, false, others[i]);
		if (w->stats.http_requests)
			fail_msg("%s", others[i]);
		watch_free(w);
	}
}

static const struct line proxied[] = {
	{false, "GET http://user@b.example:8080/x HTTP/1.1\r\nHost: b.example\r\n\r\n", 0},
	{true, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0},
	{false, "CONNECT 192.0.2.7:443 HTTP/1.1\r\nHost: 192.0.2.7\r\n\r\n", 0},
	{true, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno", 0},
	{false, "CONNECT c.example:80 HTTP/1.1\r\n\r\n", 0},
	{true, "HTTP/1.1 200 Connection established\r\n\r\n", 0},
	{false, "GET /inside HTTP/1.1\r\nHost: c.example\r\n\r\n", 0},
	{0},
};

static void proxies_are_seen(void **state)
{
	(void)state;
	static const struct {
		uint8_t kind, event;
		uint16_t status, port;
		const char *target, *name;
	} expected[] = {
		{PROXY_HTTP_ABSOLUTE, PROXY_ASKS, 0, 8080, "-", "b.example"},
		{PROXY_HTTP_CONNECT, PROXY_ASKS, 0, 443, "192.0.2.7:443", ""},
		{PROXY_HTTP_CONNECT, PROXY_REFUSES, 407, 443, "192.0.2.7:443", ""},
		{PROXY_HTTP_CONNECT, PROXY_ASKS, 0, 80, "-", "c.example"},
		{PROXY_HTTP_CONNECT, PROXY_GRANTS, 200, 80, "-", "c.example"},
	};
	char text[ENDPOINT_TEXT_MAX];
	struct watch *w = watch_new(LINK_RAW);
	script_run(w, proxied);
	assert_int_equal(watch_count(w, OBS_PROXY), ROWS(expected));
	for (unsigned i = 0; i < ROWS(expected); i++) {
		const struct obs_proxy *p = &watch_seen(w, OBS_PROXY, i)->proxy;
		assert_int_equal(p->kind, expected[i].kind);
		assert_int_equal(p->event, expected[i].event);
		assert_int_equal(p->status, expected[i].status);
		assert_int_equal(p->target_port, expected[i].port);
		assert_string_equal(endpoint_text(&p->target, text), expected[i].target);
		word_is(&p->target_name, expected[i].name);
	}
	unsigned last = watch_count(w, OBS_HTTP) - 1;
	assert_int_equal(watch_seen(w, OBS_HTTP, last)->head.encapsulation, WRAPPED_PROXY);
	word_is(&watch_seen(w, OBS_HTTP, last)->http.host, "c.example");
	watch_free(w);
	script_cuts(proxied);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conversations_are_read),
		cmocka_unit_test(cuts_change_nothing),
		cmocka_unit_test(heads_tell),
		cmocka_unit_test(others_are_no_requests),
		cmocka_unit_test(proxies_are_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
