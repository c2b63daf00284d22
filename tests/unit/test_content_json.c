/*
 * JSON as pages send it: offers, answers and trickled candidates, bare and framed by socket.io,
 * engine.io and SockJS, in strings that are JSON again; and JSON that is none.
 */
#include "tests/unit/support/content.h"

#define LINE       "candidate:1 1 udp 5 192.0.2.1 6 typ host"
#define PLAIN      "1 1 udp 5 192.0.2.1:6 host related - ufrag  gen 0 id 0 cost 0"
#define WITH_UFRAG "1 1 udp 5 192.0.2.1:6 host related - ufrag u1 gen 0 id 0 cost 0"
#define SDP        "v=0\\r\\no=- 1 1 IN IP4 127.0.0.1\\r\\na=" LINE "\\r\\n"

/* Each holds one candidate. */
static const struct {
	const char *text, *expected;
} messages[] = {
	{"{\"candidate\":\"" LINE "\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0}", PLAIN},
	{"{\"candidate\":\"" LINE "\",\"sdpMid\":\"0\",\"usernameFragment\":\"u1\"}", WITH_UFRAG},
	{"{\"usernameFragment\":\"u1\",\"a\":{\"candidate\":\"" LINE "\"}}", WITH_UFRAG},
	{"{\"candidate\":\"" LINE " ufrag own\",\"usernameFragment\":\"u1\"}",
		"1 1 udp 5 192.0.2.1:6 host related - ufrag own gen 0 id 0 cost 0"},
	{"[[[{\"x\":[1,-2.5e+3,null,true,{},[]],\"y\":\"a=" LINE "\"}]]]", PLAIN},
	{"{\"type\":\"offer\",\"sdp\":\"" SDP "\"}", PLAIN " offer"},
	{"{\"sdp\":\"" SDP "\",\"type\":\"answer\"}", PLAIN " answer"},
	{"{\"sdp\":\"" SDP "\",\"type\":\"pranswer\"}", PLAIN " answer"},
	{"{\"offer\":\"" SDP "\"}", PLAIN " offer"},
	{"{\"answer\":{\"sdp\":{\"sdp\":\"" SDP "\"}}}", PLAIN " answer"},
	{"{\"event\":\"answer\",\"data\":{\"x\":1,\"sdp\":\"" SDP "\"}}", PLAIN " answer"},
	{"{\"to\":\"offer\",\"type\":\"answer\",\"sdp\":\"" SDP "\"}", PLAIN " answer"},
	{"[{\"type\":\"offer\"},{\"sdp\":\"" SDP "\"}]", PLAIN},
	{"\"" LINE "\"", PLAIN},
	/* socket.io with a namespace and an id, engine.io 4 and 3, SockJS */
	{"42[\"offer\",{\"sdp\":\"" SDP "\"}]", PLAIN " offer"},
	{"42/call,17[\"message\",{\"candidate\":\"" LINE "\"}]", PLAIN},
	{"2probe\x1e", NULL},
	{"42[\"a\",1]\x1e"
	 "42[\"b\",\"" LINE "\"]",
		PLAIN},
	{"96:42[\"b\",\"" LINE "\"]", PLAIN},
	{"a[\"{\\\"candidate\\\":\\\"" LINE "\\\"}\"]", PLAIN},
	/* engine.io: binary messages among text ones, in base64; the last three with a candidate in
	 * them */
	{"42[\"b\",\"" LINE "\"]\x1e"
	 "451-[\"x\",{\"_placeholder\":true,\"num\":0}]\x1e"
	 "bAQID",
		PLAIN},
	{"45[1]\x1e"
	 "bY2FuZGlkYXRlOjEgMSB1ZHAgNSAxOTIuMC4yLjEgNiB0eXAgaG9zdA==",
		PLAIN},
	{"4:45[]58:b4Y2FuZGlkYXRlOjEgMSB1ZHAgNSAxOTIuMC4yLjEgNiB0eXAgaG9zdA==", PLAIN},
	{"\xef\xbb\xbf{\"c\":\"" LINE "\"}", PLAIN}, /* a byte order mark */
	{")]}',\n{\"c\":\"" LINE "\"}", PLAIN},
	/* strings that are JSON again, once and twice; the role goes with it */
	{"{\"message\":\"{\\\"type\\\":\\\"offer\\\",\\\"sdp\\\":\\\"v=0\\\\r\\\\na=" LINE
	 "\\\"}\"}",
		PLAIN " offer"},
	{"{\"type\":\"answer\",\"m\":\"\\\"{\\\\\\\"sdp\\\\\\\":\\\\\\\"a=" LINE "\\\\\\\"}\\\"\"}",
		PLAIN " answer"},
	/* escapes: every character may be one */
	{"{\"\\u0063\":\"\\u0063\\u0061ndidate\\u003a1 1 udp 5 192.0.2.1 6 typ host\\/\"}",
		"1 1 udp 5 192.0.2.1:6 unknown related - ufrag  gen 0 id 0 cost 0"},
	{"{\"sdp\":\"\\n\\tv=0\\u000d\\u000aa=" LINE "\"}", PLAIN},
	/* nothing of interest, and nothing wrong */
	{"{}", NULL},
	{"[]", NULL},
	{"17", NULL},
	{"null", NULL},
	{" true ", NULL},
	{"\"\"", NULL},
	{"{\"candidate\":\"Smith\",\"v\":\"v=1\"}", NULL},
	{"{\"candidate\":\"\"}", NULL},
	{"{\"a\":\"[object Object]\",\"b\":\"{\",\"c\":\"a=b\"}", NULL},
};

static void messages_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(messages); i++) {
		struct watch *w = watch_new(LINK_RAW);
		char text[512];
		content_text(w, CONTENT_JSON, messages[i].text);
		unsigned expected = messages[i].expected != NULL;
		if (watch_count(w, OBS_CANDIDATE) != expected)
			fail_msg("%s: %u candidates", messages[i].text,
				watch_count(w, OBS_CANDIDATE));
		if (expected)
			assert_string_equal(content_candidate(w, 0, text), messages[i].expected);
		if (strncmp(messages[i].text, "2probe", 6) != 0)
			assert_int_equal(w->stats.content_malformed, 0);
		content_prefixes(CONTENT_JSON, messages[i].text);
		watch_free(w);
	}
}

static void shape_tells(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	content_text(w, CONTENT_UNKNOWN, " {\"c\":\"" LINE "\"}");
	content_text(w, CONTENT_UNKNOWN, "a[\"" LINE "\"]");
	content_text(w, CONTENT_UNKNOWN, "42[\"" LINE "\"]");
	content_text(w, CONTENT_UNKNOWN, "\r\nv=0\r\na=" LINE);
	content_text(w, CONTENT_UNKNOWN, LINE);
	assert_int_equal(watch_count(w, OBS_CANDIDATE), 5);
	content_text(w, CONTENT_UNKNOWN, "[garbage");
	content_text(w, CONTENT_UNKNOWN, "25.3");
	assert_int_equal(watch_count(w, OBS_CANDIDATE), 5);
	assert_int_equal(w->stats.content_malformed, 0);
	watch_free(w);
}

/* W3C WebRTC §4.8.1: an empty candidate ends those of a generation. */
static void end_of_candidates(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	content_text(w, CONTENT_JSON,
		"{\"candidate\":\"\",\"sdpMid\":\"0\",\"usernameFragment\":\"u1\"}");
	const struct obs_session *s = &watch_seen(w, OBS_SESSION, 0)->session;
	assert_true(s->end_of_candidates);
	assert_true(s->fragment);
	assert_memory_equal(s->ufrag.bytes, "u1", 2);
	assert_int_equal(s->signalling, SIGNALLING_WEBSOCKET);
	watch_free(w);
}

/* A message is read whole or not at all: what was found before the fault counts for nothing. */
static void broken_says_nothing(void **state)
{
	(void)state;
	static const char *const ends[] = {"", ",", ",]", ",\"x]", ",{]", ",{\"a\"}]", ",{\"a\":}]",
		",{\"a\":1,}]", ",{1:2}]", "}", " 1]", ",tru\"]", "] garbage", ",\"\\",
		",{\"a\" 1}]", ",,1]", "]]", ",'x']"};
	struct watch *w = watch_new(LINK_RAW);
	for (size_t i = 0; i < ROWS(ends); i++) {
		char text[256];
		snprintf(text, sizeof(text), "[\"%s\"%s", LINE, ends[i]);
		content_text(w, CONTENT_JSON, text);
		if (w->count || w->stats.content_malformed != i + 1)
			fail_msg("%s: %u observations", text, w->count);
	}
	watch_free(w);
}

/* What an escape becomes, seen in a foundation. */
static void escapes(void **state)
{
	(void)state;
	static const struct {
		const char *escape, *bytes;
	} rows[] = {
		{"\\u00e9", "\xc3\xa9"},
		{"\\u20AC", "\xe2\x82\xac"},
		{"\\ud83d\\ude00", "\xf0\x9f\x98\x80"},
		{"\\ud83d", "\xef\xbf\xbd"},
		{"\\ud83dx", "\xef\xbf\xbdx"},
		{"\\ude00", "\xef\xbf\xbd"},
		{"\\ud83d\\u0041",
			"\xef\xbf\xbd"
			"A"},
		{"\\uzz", "?zz"},
		{"\\\"\\/\\\\", "\"/\\"},
		{"\\q", "q"},
		{"\\\xff", "?"},
		{"\xff", "\xff"},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct watch *w = watch_new(LINK_RAW);
		char text[256];
		snprintf(text, sizeof(text), "[\"candidate:%s 1 udp 5 192.0.2.1 6 typ host\"]",
			rows[i].escape);
		content_text(w, CONTENT_JSON, text);
		const struct obs_word *got = &watch_seen(w, OBS_CANDIDATE, 0)->candidate.foundation;
		assert_int_equal(got->length, strlen(rows[i].bytes));
		assert_memory_equal(got->bytes, rows[i].bytes, got->length);
		watch_free(w);
	}
}

/* Strings in strings up to a depth, arrays in arrays up to another. */
static void depth(void **state)
{
	(void)state;
	char text[1024];
	for (unsigned deep = 1; deep < 200; deep += 9) {
		struct watch *w = watch_new(LINK_RAW);
		text[0] = '\0';
		for (unsigned i = 0; i < deep; i++)
			strncat(text, "[", sizeof(text) - strlen(text) - 1);
		strncat(text, "\"" LINE "\"", sizeof(text) - strlen(text) - 1);
		for (unsigned i = 0; i < deep; i++)
			strncat(text, "]", sizeof(text) - strlen(text) - 1);
		content_text(w, CONTENT_JSON, text);
		assert_int_equal(watch_count(w, OBS_CANDIDATE), deep <= 64);
		assert_int_equal(w->stats.content_cut, deep > 64);
		watch_free(w);
	}
}

/* engine.io 3 between bytes: 0, the digits of the length, 255, and the message, again and again. */
static void lengths_between_bytes(void **state)
{
	(void)state;
	static const uint8_t beat[] = {0x00, 0x01, 0xff, '2', 0x00, 0x04, 0x08, 0xff};
	static const char message[] = "42[\"b\",\"" LINE "\"]";
	struct bytes b = {0};
	struct watch *w = watch_new(LINK_RAW);
	const struct body body = {.content = CONTENT_UNKNOWN};
	bytes_put(&b, beat, sizeof(beat));
	bytes_put(&b, message, strlen(message));
	content_bytes(w, &body, b.at, b.length);
	assert_int_equal(w->count, 1);
	expect_candidate(w, 0, PLAIN);
	watch_free(w);
}

/* What is no base64 spoils nothing that stands before it. */
static void binary_that_is_broken(void **state)
{
	(void)state;
	static const char *const texts[] = {"4[\"" LINE "\"]\x1e"
					    "b",
		"4[\"" LINE "\"]\x1e"
		"b!\x1e"
		"2",
		"4[\"" LINE "\"]\x1e"
		"b====",
		"4[\"" LINE "\"]\x1e"
		"bA",
		"4[\"" LINE "\"]:b"};
	struct watch *w = watch_new(LINK_RAW);
	for (size_t i = 0; i < ROWS(texts); i++)
		content_text(w, CONTENT_UNKNOWN, texts[i]);
	assert_int_equal(w->count, ROWS(texts));
	content_text(w, CONTENT_UNKNOWN, "4[\"" LINE "\"]b");
	assert_int_equal(w->count, ROWS(texts));
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_read),
		cmocka_unit_test(shape_tells),
		cmocka_unit_test(end_of_candidates),
		cmocka_unit_test(broken_says_nothing),
		cmocka_unit_test(escapes),
		cmocka_unit_test(depth),
		cmocka_unit_test(lengths_between_bytes),
		cmocka_unit_test(binary_that_is_broken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
