/*
 * Bodies of HTTP/1.1: which are read, by their type, and what was done to them on the way: content
 * codings and transfer codings, one or several (RFC 9110 §8.4, RFC 9112 §7.1).
 */
#include "tests/unit/support/dialogue.h"

#include <zlib.h>

#define CANDIDATE "{\"candidate\":\"candidate:1 1 udp 1 198.51.100.1 9 typ host\"}"
#define POST      "POST / HTTP/1.1\r\n"
#define JSON      "Content-Type: application/json\r\n"
#define BODY_SIZE 512
#define GZIP      31 /* zlib's windowBits */
#define ZLIB      15
#define RAW       (-15)
#define STORED    1 /* brotli's, without compression */
#define STEPS_MAX 5

/* Adds what one coding makes of `from`. */
static void deflated(struct bytes *to, const struct bytes *from, int window)
{
	z_stream z = {0};
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)from->at;
	z.avail_in = (uInt)from->length;
	z.next_out = to->at + to->length;
	z.avail_out = BODY_SIZE;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	to->length += z.total_out;
}

/* An uncompressed meta-block and an empty last one (RFC 7932 §9.2). */
static void brotli_stored(struct bytes *to, const struct bytes *from)
{
	uint32_t head = (uint32_t)(from->length - 1) << 4 | 1U << 20;
	for (unsigned i = 0; i < 3; i++)
		bytes_u8(to, head >> (8 * i) & 0xff);
	bytes_put(to, from->at, from->length);
	bytes_u8(to, 0x03);
}

static const struct {
	const char *fields;
	int steps[STEPS_MAX]; /* what is done, in that order; 0 ends it */
	bool dropped;
} codings[] = {
	{"", {0}, false},
	{"Content-Encoding: identity\r\n", {0}, false},
	{"Content-Encoding: gzip\r\n", {GZIP}, false},
	{"Content-Encoding: x-gzip\r\n", {GZIP}, false},
	{"Content-Encoding: deflate\r\n", {ZLIB}, false},
	{"Content-Encoding: deflate\r\n", {RAW}, false},
	{"Content-Encoding: br\r\n", {STORED}, false},
	{"Content-Encoding: deflate, identity, gzip\r\n", {ZLIB, GZIP}, false},
	{"Content-Encoding: br\r\nContent-Encoding: gzip,deflate\r\n", {STORED, GZIP, RAW}, false},
	{"Content-Encoding: gzip, gzip, gzip, gzip\r\n", {GZIP, GZIP, GZIP, GZIP}, false},
	{"Content-Encoding: br, gzip, gzip, gzip, gzip\r\n", {STORED, GZIP, GZIP, GZIP, GZIP},
		true},
	{"Content-Encoding: br, gzip\r\n", {GZIP, STORED}, true}, /* not what was done */
	{"Content-Encoding: gzip\r\n", {0}, true},
	{"Content-Encoding: zstd\r\n", {0}, true},
};

/* Codes the candidate step by step. */
static struct bytes body_make(const int steps[STEPS_MAX])
{
	struct bytes body = {0};
	bytes_put(&body, CANDIDATE, strlen(CANDIDATE));
	for (unsigned i = 0; i < STEPS_MAX && steps[i]; i++) {
		struct bytes coded = {0};
		if (steps[i] == STORED)
			brotli_stored(&coded, &body);
		else
			deflated(&coded, &body, steps[i]);
		body = coded;
	}
	return body;
}

static void message_say(struct talk *t, const char *head, const struct bytes *body, size_t at)
{
	struct bytes b = {0};
	bytes_put(&b, head, strlen(head));
	bytes_put(&b, body->at, body->length);
	talk_say(t, false, b.at, at < b.length ? at : b.length);
	talk_say(t, false, b.at + at, at < b.length ? b.length - at : 0);
}

static void content_codings(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	uint16_t port = 1;
	for (size_t i = 0; i < ROWS(codings); i++) {
		struct bytes body = body_make(codings[i].steps);
		char head[256];
		snprintf(head, sizeof(head), POST JSON "%sContent-Length: %zu\r\n\r\n",
			codings[i].fields, body.length);
		for (size_t at = 1; at < strlen(head) + body.length; at++) {
			struct talk t = talk_begin(w, port++);
			watch_forget(w);
			message_say(&t, head, &body, at);
			if (watch_count(w, OBS_CANDIDATE) != !codings[i].dropped)
				fail_msg("%s", codings[i].fields);
		}
	}
	watch_free(w);
}

/* What the sender codes first is in Content-Encoding, whichever field comes first. */
static void transfer_codings(void **state)
{
	(void)state;
	static const int steps[STEPS_MAX] = {STORED, GZIP};
	struct bytes body = body_make(steps);
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_begin(w, 1);
	char head[256];
	struct bytes chunks = {0};
	snprintf(head, sizeof(head),
		POST JSON "Transfer-Encoding: gzip, chunked\r\nContent-Encoding: br\r\n\r\n%zx\r\n",
		body.length);
	bytes_put(&chunks, body.at, body.length);
	bytes_put(&chunks, "\r\n0\r\n\r\n", 7);
	message_say(&t, head, &chunks, strlen(head) + 9);
	assert_int_equal(watch_count(w, OBS_CANDIDATE), 1);
	assert_int_equal(w->stats.http_malformed, 0);
	watch_free(w);
}

/* A gzip file of several (RFC 1952 §2.2), and one with something behind it. */
static void gzip_members(void **state)
{
	(void)state;
	struct bytes first = {0}, second = {0}, body = {0};
	char head[256];
	bytes_put(&first, CANDIDATE, 20);
	bytes_put(&second, &CANDIDATE[20], strlen(CANDIDATE) - 20);
	deflated(&body, &first, GZIP);
	deflated(&body, &second, GZIP);
	for (unsigned i = 0; i < 2; i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct talk t = talk_begin(w, 1);
		snprintf(head, sizeof(head),
			POST JSON "Content-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
			body.length);
		message_say(&t, head, &body, strlen(head));
		assert_int_equal(watch_count(w, OBS_CANDIDATE), 1);
		watch_free(w);
		bytes_put(&body, "??", 2);
	}
}

static const struct {
	const char *fields;
	unsigned read;
} types[] = {
	{JSON, 1},
	{"Content-Type: Application/X+JSON ; charset=utf-8\r\n", 1},
	{"Content-Type: text/plain;charset=UTF-8\r\n", 1},
	{"Content-Type: application/x-www-form-urlencoded\r\n", 1},
	{"", 1},
	{"Content-Type: image/png\r\n", 0},
	{"Content-Type: text/html\r\n", 0},
	{"Content-Type: application/octet-stream\r\n", 1},
	{"Content-Type: application/javascript\r\n", 0},
};

static void types_are_told_apart(void **state)
{
	(void)state;
	struct bytes body = {0};
	bytes_put(&body, CANDIDATE, strlen(CANDIDATE));
	for (size_t i = 0; i < ROWS(types); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct talk t = talk_begin(w, 1);
		char head[256];
		snprintf(head, sizeof(head), POST "%sContent-Length: %zu\r\n\r\n", types[i].fields,
			body.length);
		message_say(&t, head, &body, strlen(head) + 5);
		if (watch_count(w, OBS_CANDIDATE) != types[i].read)
			fail_msg("%s", types[i].fields);
		watch_free(w);
	}
}

/* SockJS fetches its messages as scripts, by POST; other scripts are of no interest. */
static void scripts_are_read(void **state)
{
	(void)state;
	static const char *const methods[] = {"GET", "POST"};
	for (unsigned post = 0; post < 2; post++) {
		struct watch *w = watch_new(LINK_RAW);
		struct talk t = talk_begin(w, 1);
		char request[64];
		snprintf(request, sizeof(request), "%s /echo/0/a/xhr HTTP/1.1\r\n\r\n",
			methods[post]);
		talk_text(&t, false, request);
		talk_text(&t, true,
			"HTTP/1.1 200 OK\r\nContent-Type: application/javascript\r\n"
			"Content-Length: 48\r\n\r\n"
			"a[\"candidate:1 1 udp 1 198.51.100.1 9 typ host\"]");
		assert_int_equal(watch_count(w, OBS_CANDIDATE), post);
		watch_free(w);
	}
}

/* One that is longer than what is kept is not even begun with. */
static void long_bodies_are_stepped_over(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_begin(w, 1);
	static char spaces[70000];
	memset(spaces, ' ', sizeof(spaces));
	talk_text(&t, false, POST JSON "Content-Length: 70000\r\n\r\n");
	talk_say(&t, false, spaces, sizeof(spaces));
	talk_text(&t, false, POST JSON "Content-Length: 59\r\n\r\n" CANDIDATE);
	assert_int_equal(w->stats.http_bodies_dropped, 1);
	assert_int_equal(watch_count(w, OBS_CANDIDATE), 1);
	watch_free(w);
}

#define LINE(address) "candidate:1 1 udp 1 " address " 9 typ host"
#define CHUNKED       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: "

/* Bodies without end, read as whole lines come; an event may be spread over several chunks. */
static const struct line event_stream[] = {
	{false, "GET /events HTTP/1.1\r\n\r\n", 0},
	{true, CHUNKED "text/event-stream\r\n\r\n", 0},
	{true, "41\r\nevent: a\ndata: {\"c\":\"" LINE("192.0.2.1") "\"}\n\n\r\n", 0},
	{true, "13\r\n: beat\n\ndata:a=cand\r\n", 0},
	{true, "22\r\nidate:1 1 udp 1 192.0.2.2 9 typ ho\r\n", 0},
	{true, "4\r\nst\n\n\r\n", 0},
	{0},
};
static const struct line until_closed[] = {
	{false, "GET /events HTTP/1.1\r\n\r\n", 0},
	{true, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", 0},
	{true, "data: {\"c\":\"" LINE("192.0.2.1") "\"}\n\n", 0},
	{true, "data:a=" LINE("192.0.2.2") "\n\n", 0},
	{0},
};
static const struct line sockjs_stream[] = {
	{false, "POST /echo/0/a/xhr_streaming HTTP/1.1\r\n\r\n", 0},
	{true, CHUNKED "application/javascript\r\n\r\n", 0},
	{true, "5\r\nhhhh\n\r\n2\r\no\n\r\n", 0},
	{true, "2e\r\na[\"" LINE("192.0.2.1") "\"]\n\r\n", 0},
	{true, "2e\r\na[\"" LINE("192.0.2.2") "\"]\n\r\n", 0},
	{0},
};

static void streams_are_read_as_they_come(void **state)
{
	(void)state;
	static const struct line *const scripts[] = {event_stream, until_closed, sockjs_stream};
	for (size_t i = 0; i < ROWS(scripts); i++) {
		struct watch *w = watch_new(LINK_RAW);
		script_run(w, scripts[i]);
		assert_int_equal(w->stats.http_malformed, 0);
		assert_int_equal(watch_count(w, OBS_CANDIDATE), 2);
		watch_free(w);
		script_cuts(scripts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_codings),
		cmocka_unit_test(transfer_codings),
		cmocka_unit_test(gzip_members),
		cmocka_unit_test(types_are_told_apart),
		cmocka_unit_test(scripts_are_read),
		cmocka_unit_test(long_bodies_are_stepped_over),
		cmocka_unit_test(streams_are_read_as_they_come),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
