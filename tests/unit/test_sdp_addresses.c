/* The addresses of a session description: where it comes from, where media go, and others. */
#include "tests/unit/support/content.h"

static void addresses(void **state)
{
	(void)state;
	static const struct {
		const char *text, *origin, *name, *connection, *rtcp;
	} rows[] = {
		{"v=0\no=- 1 1 IN IP4 host.example.com\nm=audio 5/2 RTP/AVP 0\nc=IN IP4 "
		 "233.252.0.1/127/3\n",
			"-", "host.example.com", "233.252.0.1:5", "-"},
		{"v=0\nc=IN IP4 0.0.0.0\nm=audio 9 x 0\nc=IN IP4 0.0.0.0\nm=video 7 x 0\nc=IN IP4 "
		 "192.0.2.1\nm=video 8 x 0\nc=IN IP4 192.0.2.2\n",
			"-", "", "192.0.2.1:7", "-"},
		{"v=0\nc=IN IP6 ::\nc=IN IP4 192.0.2.1\nm=audio 9 x 0\na=rtcp:5\na=rtcp:53020 IN "
		 "IP6 2001:db8::4\n",
			"-", "", "192.0.2.1:9", "[2001:db8::4]:53020"},
		{"v=0\r\r\no= \nc=IN\nc=IN IP4 1.2.3.4.5\nm=\nm=audio 70000 x\na=rtcp:x\n", "-",
			"1.2.3.4.5", "-", "-"},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct watch *w = watch_new(LINK_RAW);
		const struct obs_session *s = content_session(w, rows[i].text);
		expect_end(&s->origin, rows[i].origin);
		expect_word(&s->origin_name, rows[i].name);
		expect_end(&s->connection, rows[i].connection);
		expect_end(&s->rtcp, rows[i].rtcp);
		watch_free(w);
	}
}

/* Addresses of single media that are others, each once. */
static void other_addresses(void **state)
{
	(void)state;
	static const char text[] = "v=0\no=- 1 1 IN IP4 192.0.2.1\nc=IN IP4 192.0.2.2\n"
				   "m=audio 5 x 0\nc=IN IP4 192.0.2.3\na=rtcp:6 IN IP4 192.0.2.4\n"
				   "m=video 7 x 0\nc=IN IP4 192.0.2.2\na=rtcp:8 IN IP4 192.0.2.5\n"
				   "m=video 9 x 0\nc=IN IP4 0.0.0.0\na=rtcp:9 IN IP4 192.0.2.5\n"
				   "m=video 9 x 0\nc=IN IP4 a.example\nc=IN IP4 b.example\n";
	static const struct {
		uint8_t line, media;
		const char *address, *name;
	} expected[] = {
		{SESSION_CONNECTION, 1, "192.0.2.3:5", ""},
		{SESSION_RTCP, 2, "192.0.2.5:8", ""},
		{SESSION_CONNECTION, 4, "-", "b.example"},
	};
	struct watch *w = watch_new(LINK_RAW);
	const struct obs_session *s = content_session(w, text);
	expect_end(&s->connection, "192.0.2.2:5");
	expect_end(&s->rtcp, "192.0.2.4:6");
	expect_word(&s->origin_name, "a.example");
	assert_int_equal(watch_seen(w, OBS_SESSION, 0)->head.parts, ROWS(expected));
	for (unsigned i = 0; i < ROWS(expected); i++) {
		/* parts stand right behind their head */
		const struct obs_session_address *a = &w->seen[1 + i].session_address;
		assert_int_equal(w->seen[1 + i].head.kind, OBS_SESSION_ADDRESS);
		assert_int_equal(a->line, expected[i].line);
		assert_int_equal(a->media, expected[i].media);
		expect_end(&a->address, expected[i].address);
		expect_word(&a->name, expected[i].name);
	}
	assert_false(s->addresses_cut);
	watch_free(w);
}

static void other_addresses_are_bounded(void **state)
{
	(void)state;
	struct bytes b = {0};
	struct watch *w = watch_new(LINK_RAW);
	bytes_put(&b, "v=0\n", 4);
	for (unsigned i = 0; i < 100; i++) {
		char line[64];
		snprintf(line, sizeof(line), "m=x 5 x\nc=IN IP4 192.0.2.%u\n", i);
		bytes_put(&b, line, strlen(line));
	}
	const struct body body = {.content = CONTENT_SDP};
	content_bytes(w, &body, b.at, b.length);
	assert_int_equal(w->count, 1 + 16);
	assert_true(w->seen[0].session.addresses_cut);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(other_addresses),
		cmocka_unit_test(other_addresses_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
