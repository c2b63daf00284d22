/*
 * Bodies made to hurt: long lines, many lines, no ends, deep nesting, bombs. What comes out is
 * bounded by names, and nothing is read too far (run it with sanitizers).
 */
#include "tests/unit/support/content.h"

#define LINE           "candidate:1 1 udp 5 192.0.2.1 6 typ host"
#define BODY_MAX       2000000
#define CANDIDATES_MAX 256 /* of one description or element */
#define FINDS_MAX      64  /* strings of one JSON message */

/* `count` times `piece`, between `before` and `after`. */
static void run_repeated(struct watch *w, enum content content, const char *before,
	const char *piece, size_t count, const char *after)
{
	const struct body body = {.content = content};
	size_t all = strlen(before) + count * strlen(piece) + strlen(after);
	assert_true(all <= BODY_MAX);
	char *text = malloc(all + 1), *at = text;
	assert_non_null(text);
	at = stpcpy(at, before);
	for (size_t i = 0; i < count; i++)
		at = stpcpy(at, piece);
	stpcpy(at, after);
	watch_forget(w);
	content_bytes(w, &body, text, all);
	free(text);
}

static void descriptions(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	run_repeated(w, CONTENT_SDP, "v=0\r\n", "a=x\r\n", 100000, "");
	assert_int_equal(w->count, 1);
	run_repeated(w, CONTENT_SDP, "v=0\r\n", "m=audio 9 x 0\n", 60000, "");
	assert_int_equal(w->count, 1);
	assert_int_equal(w->seen[0].session.media, 255);
	run_repeated(w, CONTENT_SDP, "v=0\r\n", "a=" LINE "\n", 20000, "");
	assert_int_equal(w->count, 1 + CANDIDATES_MAX);
	assert_int_equal(w->seen[0].session.candidates, 20000);
	assert_int_equal(w->stats.content_cut, 1);
	run_repeated(w, CONTENT_SDP, "v=0\r\n", "a=candidate:\n", 80000, "");
	assert_int_equal(w->count, 1);
	assert_int_equal(w->seen[0].session.candidates, UINT16_MAX);
	assert_int_equal(w->stats.candidates_malformed, 80000);
	run_repeated(w, CONTENT_SDP, "v=0\r\n", "\n", 1000000, "a=" LINE);
	assert_int_equal(w->count, 2);
	run_repeated(w, CONTENT_SDP, "v=0\r\n", "\r", 1000000, "a=" LINE);
	assert_int_equal(w->count, 1);
	run_repeated(w, CONTENT_SDP, "v=0\r\n", "a=x\r\n", 300000, "");
	assert_int_equal(w->count, 0); /* more than is read */
	watch_free(w);
}

static void lines(void **state)
{
	(void)state;
	static const char zero[] = "candidate:1 1 udp 5 192.0.2.1\0 6 typ host";
	const struct body body = {.content = CONTENT_SDP};
	struct watch *w = watch_new(LINK_RAW);
	run_repeated(w, CONTENT_SDP, LINE, " key value", 6500, ""); /* 64 KiB */
	assert_int_equal(w->count, 0);
	run_repeated(w, CONTENT_SDP, LINE, " key value", 300, "");
	assert_int_equal(w->count, 1);
	run_repeated(w, CONTENT_SDP, "candidate:", "1", 65000, " 1 udp 5 192.0.2.1 6 typ host");
	assert_int_equal(w->count, 0);
	run_repeated(w, CONTENT_SDP, LINE " ufrag ", "u", 300, "");
	assert_int_equal(w->count, 1);
	assert_int_equal(w->seen[0].candidate.ufrag.length, OBS_WORD_MAX);
	assert_true(w->seen[0].candidate.ufrag.cut);
	run_repeated(w, CONTENT_SDP, "candidate:1 1 udp 5 ", "a", 255, " 6 typ host");
	assert_int_equal(w->count, 1);
	assert_true(w->seen[0].candidate.name.cut);
	run_repeated(w, CONTENT_SDP, "candidate:1 1 udp 5 ", "a", 256, " 6 typ host");
	assert_int_equal(w->count, 0);
	run_repeated(w, CONTENT_SDP, "v=0\no=", "9", 65000, "");
	assert_int_equal(w->count, 1);
	run_repeated(w, CONTENT_SDP, "v=0\nc=IN IP4 ", "9.", 65000, "");
	assert_int_equal(w->count, 1);
	content_bytes(w, &body, zero, sizeof(zero) - 1);
	assert_int_equal(w->count, 1);
	watch_free(w);
}

static void json(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	run_repeated(w, CONTENT_JSON, "", "[", 1000, "");
	run_repeated(w, CONTENT_JSON, "", "{\"a\":", 1000, "");
	run_repeated(w, CONTENT_JSON, "", "\"{", 50000, "");
	run_repeated(w, CONTENT_JSON, "\"", "\\", 100000, "");
	run_repeated(w, CONTENT_JSON, "[\"", "\\u0000", 40000, "\"]");
	run_repeated(w, CONTENT_JSON, "[\"", "x", 260000, "");
	run_repeated(w, CONTENT_JSON, "[", " ", 260000, "]");
	run_repeated(w, CONTENT_JSON, "", "1", 260000, "");
	run_repeated(w, CONTENT_JSON, "", "[]", 130000, "");
	run_repeated(w, CONTENT_JSON, "[{}", ",{\"type\":\"offer\"}", 15000, "]");
	run_repeated(w, CONTENT_JSON, "[", "{\"a\":[],", 30000, "]");
	run_repeated(w, CONTENT_JSON, "[1", ",\"" LINE "\"", 10000, "]"); /* too long */
	assert_int_equal(w->count, 0);
	run_repeated(w, CONTENT_JSON, "[1", ",\"" LINE "\"", 5000, "]");
	assert_int_equal(w->count, FINDS_MAX);
	run_repeated(w, CONTENT_JSON, "[1", ",{\"sdpMid\":\"\",\"c\":\"" LINE "\"}", 3000, "]");
	assert_int_equal(w->count, FINDS_MAX);
	/* Objects that say something and hold nothing do not use up what is kept for others. */
	run_repeated(w, CONTENT_JSON, "[1", ",{\"type\":\"offer\",\"sdpMid\":\"\"}", 5000,
		",{\"sdp\":\"" LINE "\",\"type\":\"answer\"}]");
	assert_int_equal(w->count, 1);
	assert_int_equal(w->seen[0].candidate.role, SDP_ANSWER);
	watch_free(w);
}

/* The text as a JSON string. */
static size_t string_make(char *to, const char *from, size_t length)
{
	size_t n = 0;
	to[n++] = '"';
	for (size_t i = 0; i < length; i++) {
		if (from[i] == '"' || from[i] == '\\')
			to[n++] = '\\';
		to[n++] = from[i];
	}
	to[n++] = '"';
	return n;
}

/* JSON in a string in JSON in a string ...: as deep as bodies may lie in one another. */
static void json_in_json(void **state)
{
	(void)state;
	const struct body body = {.content = CONTENT_JSON};
	char *text = malloc(BODY_MAX), *next = malloc(BODY_MAX);
	struct watch *w = watch_new(LINK_RAW);
	assert_true(text && next);
	size_t length = string_make(text, LINE, strlen(LINE));
	for (unsigned deep = 1; length < BODY_MAX / 16; deep++) {
		watch_forget(w);
		content_bytes(w, &body, text, length);
		assert_int_equal(w->count, deep < 8);
		length = string_make(next, text, length);
		memcpy(text, next, length);
	}
	free(text);
	free(next);
	watch_free(w);
}

static void xml(void **state)
{
	(void)state;
	static const char transport[] = "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1'>";
	struct watch *w = watch_new(LINK_RAW);
	run_repeated(w, CONTENT_XML, "<a>", "<!--", 60000, "");
	run_repeated(w, CONTENT_XML, "<a>", "<!---->", 30000, "</a>");
	run_repeated(w, CONTENT_XML, "<a>", "<![CDATA[", 28000, "");
	run_repeated(w, CONTENT_XML, "", "<a>", 80000, "");
	run_repeated(w, CONTENT_XML, "<a>", "</a>", 60000, "");
	run_repeated(w, CONTENT_XML, "<a", " b='c'", 40000, "/>");
	run_repeated(w, CONTENT_XML, "<a b='", "&amp;", 50000, "'/>");
	run_repeated(w, CONTENT_XML, "<", "a", 260000, "");
	run_repeated(w, CONTENT_XML, "<a ", "'>", 100000, "");
	assert_int_equal(w->count, 0);
	run_repeated(
		w, CONTENT_XML, transport, "<candidate ip='::' port='1'/>", 8000, "</transport>");
	assert_int_equal(w->count, CANDIDATES_MAX);
	run_repeated(w, CONTENT_XML, "", transport, 4000, "");
	assert_int_equal(w->count, 0);
	run_repeated(w, CONTENT_XML, "<GetExternalIPAddressResponse><NewExternalIPAddress>",
		"<b/>1.2.3.4", 5000, "</NewExternalIPAddress></GetExternalIPAddressResponse>");
	assert_int_equal(w->count, 1);
	watch_free(w);
}

/* Every body of one and of two bytes, as each kind. */
static void short_ones(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < 0x10000; i++) {
		const uint8_t bytes[] = {(uint8_t)(i >> 8), (uint8_t)i};
		for (unsigned kind = CONTENT_UNKNOWN; kind <= CONTENT_XML; kind++) {
			const struct body body = {.content = (enum content)kind};
			content_bytes(w, &body, bytes, 2);
			content_bytes(w, &body, bytes, i & 1);
		}
	}
	assert_int_equal(w->count, 0);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptions),
		cmocka_unit_test(lines),
		cmocka_unit_test(json),
		cmocka_unit_test(json_in_json),
		cmocka_unit_test(xml),
		cmocka_unit_test(short_ones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
