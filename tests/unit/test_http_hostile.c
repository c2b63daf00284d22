/* HTTP/1.1 from those who mean harm: lengths that differ or overflow, floods, bombs, gaps. */
#include "tests/unit/support/dialogue.h"

#include <zlib.h>

#define SIP_POST "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: message/sip\r\n"
#define SMUGGLED SIP_POST "Content-Length: 59\r\n\r\n" SIP_MESSAGE
#define CHUNKED  "Transfer-Encoding: chunked\r\n\r\n"

/* None of these may lead to a second message being read out of the body of the first. */
static const struct {
	const char *name, *text;
	bool malformed;
} frauds[] = {
	{"2^32 + 32", SIP_POST "Content-Length: 4294967328\r\n\r\n" SMUGGLED SMUGGLED, false},
	{"2^63 - 1", SIP_POST "Content-Length: 9223372036854775807\r\n\r\n" SMUGGLED, false},
	{"2^63", SIP_POST "Content-Length: 9223372036854775808\r\n\r\n" SMUGGLED, true},
	{"2^64 + 1", SIP_POST "Content-Length: 18446744073709551617\r\n\r\n" SMUGGLED, true},
	{"negative", SIP_POST "Content-Length: -1\r\n\r\n" SMUGGLED, true},
	{"signed", SIP_POST "Content-Length: +0\r\n\r\n" SMUGGLED, true},
	{"hexadecimal", SIP_POST "Content-Length: 0x3b\r\n\r\n" SMUGGLED, true},
	{"empty", SIP_POST "Content-Length:\r\n\r\n" SMUGGLED, true},
	{"two lengths", SIP_POST "Content-Length: 0\r\nContent-Length: 59\r\n\r\n" SMUGGLED, true},
	{"a list of two", SIP_POST "Content-Length: 59, 0\r\n\r\n" SMUGGLED, true},
	{"chunk size beyond 64 bits", SIP_POST CHUNKED "10000000000000000\r\n" SMUGGLED, true},
	{"chunk size 2^63", SIP_POST CHUNKED "8000000000000000\r\n" SMUGGLED, true},
	{"chunk size 2^32", SIP_POST CHUNKED "100000000\r\n" SMUGGLED, false},
	{"chunk size negative", SIP_POST CHUNKED "-1\r\n" SMUGGLED, true},
	{"no chunk size", SIP_POST CHUNKED "\r\n" SMUGGLED, true},
	{"no line end behind a chunk", SIP_POST CHUNKED "1\r\nab\r\n" SMUGGLED, true},
	{"chunked is not the last", SIP_POST "Transfer-Encoding: chunked, gzip\r\n\r\n" SMUGGLED,
		true},
	{"a coding that is none", SIP_POST "Transfer-Encoding: xchunked\r\n\r\n" SMUGGLED, true},
};

static void lengths_do_not_lie(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(frauds); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct talk t = talk_begin(w, 1);
		talk_text(&t, false, frauds[i].text);
		talk_text(&t, false, SMUGGLED);
		if (sip_seen(w) || w->stats.http_malformed != frauds[i].malformed)
			fail_msg("%s: %u read, %u malformed", frauds[i].name, sip_seen(w),
				(unsigned)w->stats.http_malformed);
		watch_free(w);
	}
}

static void say_many(struct talk *t, const char *text, unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		talk_text(t, false, text);
}

static void floods_end(void **state)
{
	(void)state;
	static const struct {
		const char *name, *start, *again;
		unsigned times;
	} floods[] = {
		{"fields", "GET / HTTP/1.1\r\n", "a: b\r\na: b\r\na: b\r\na: b\r\n", 100},
		{"a field", "GET / HTTP/1.1\r\na: ", "0123456789012345678901234567890123456789",
			1000},
		{"trailer", SIP_POST CHUNKED "0\r\n", "a: b\r\n", 400},
		{"chunk extension", SIP_POST CHUNKED "1;", "0123456789", 200},
	};
	for (size_t i = 0; i < ROWS(floods); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct talk t = talk_begin(w, 1);
		talk_text(&t, false, floods[i].start);
		say_many(&t, floods[i].again, floods[i].times);
		talk_text(&t, false, "\r\n\r\n");
		if (w->stats.http_malformed != 1)
			fail_msg("a flood of %s is taken", floods[i].name);
		watch_free(w);
	}
}

/* Many bodies that nobody ends: memory is bounded, the oldest make way. */
static void unfinished_bodies_make_way(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (uint16_t port = 1; port <= 600; port++) {
		struct talk t = talk_begin(w, port);
		talk_text(&t, false, SIP_POST "Content-Length: 59\r\n\r\nOPT");
		watch_forget(w);
	}
	assert_int_equal(w->stats.http_evicted, 600 - 512);
	watch_free(w);
}

static void long_bodies_are_dropped(void **state)
{
	(void)state;
	static char part[8000];
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_begin(w, 1);
	memset(part, 'x', sizeof(part));
	talk_text(&t, false, SIP_POST "Content-Length: 80000\r\n\r\n");
	for (unsigned i = 0; i < 10; i++)
		talk_say(&t, false, part, sizeof(part));
	assert_int_equal(w->stats.http_bodies_dropped, 1);
	talk_text(&t, false, SMUGGLED);
	assert_int_equal(sip_seen(w), 1);
	watch_free(w);
}

/* A thousand to one: what comes out is more than is taken. */
static void bombs_do_not_go_off(void **state)
{
	(void)state;
	static uint8_t zeroes[4 << 20], bomb[8192];
	z_stream z = {.next_in = zeroes,
		.avail_in = sizeof(zeroes),
		.next_out = bomb,
		.avail_out = sizeof(bomb)};
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	char head[256];
	snprintf(head, sizeof(head),
		SIP_POST "Content-Encoding: gzip\r\nContent-Length: %lu\r\n\r\n", z.total_out);
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_begin(w, 1);
	talk_text(&t, false, head);
	talk_say(&t, false, bomb, z.total_out);
	assert_int_equal(w->stats.http_bodies_dropped, 1);
	talk_text(&t, false, SMUGGLED);
	assert_int_equal(sip_seen(w), 1);
	watch_free(w);
}

/* Bytes are missing in a body: it is dropped, and the next message that starts a segment read. */
static void gaps_are_survived(void **state)
{
	(void)state;
	static char part[8000];
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_begin(w, 1);
	memset(part, 'x', sizeof(part));
	talk_text(&t, false, SIP_POST "Content-Length: 59\r\n\r\nOPT");
	t.sequence[0] += 10;
	for (unsigned i = 0; i < 9; i++)
		talk_say(&t, false, part, sizeof(part));
	assert_int_equal(w->stats.stream_gaps, 1);
	talk_text(&t, false, SMUGGLED);
	assert_int_equal(sip_seen(w), 1);
	watch_free(w);
}

/* A client alone is seen: what it says after CONNECT is in the tunnel, if it is no HTTP. */
static void one_direction_is_enough(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_begin(w, 1);
	talk_text(&t, false, "CONNECT a.example:5060 HTTP/1.1\r\n\r\n");
	talk_text(&t, false, SIP_MESSAGE);
	talk_text(&t, false, SIP_MESSAGE);
	assert_int_equal(sip_seen(w), 2);
	assert_int_equal(
		watch_seen(w, OBS_HTTP, 1)->head.encapsulation & WRAPPED_PROXY, WRAPPED_PROXY);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths_do_not_lie),
		cmocka_unit_test(floods_end),
		cmocka_unit_test(unfinished_bodies_make_way),
		cmocka_unit_test(long_bodies_are_dropped),
		cmocka_unit_test(bombs_do_not_go_off),
		cmocka_unit_test(gaps_are_survived),
		cmocka_unit_test(one_direction_is_enough),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
