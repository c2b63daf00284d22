/* A proxy on loopback, and the flow by which it goes where its client asked it to go. */
#include "tests/unit/support/talk.h"

#define CLIENT "127.0.0.1:50000"
#define PROXY  "127.0.0.1:3128"
#define LAPTOP "192.168.77.10:40000"
#define SERVER "192.0.2.10:443"

static const uint8_t socks_hello[] = {5, 1, 0}, socks_method[] = {5, 0};
static const uint8_t socks_request[] = {5, 1, 0, 1, 192, 0, 2, 10, 1, 0xbb};
static const uint8_t socks_reply[] = {5, 0, 0, 1, 0, 0, 0, 0, 0, 0};

/* A ClientHello with this random and, or without, a server name. */
static void hello_write(struct bytes *b, uint32_t random, const char *name)
{
	size_t length = name ? strlen(name) : 0, extension = length ? length + 9 : 0;
	size_t body = 43 + extension;
	b->length = 0;
	bytes_u8(b, 22);
	bytes_u16(b, 0x0301);
	bytes_u16(b, (unsigned)body + 4);
	bytes_u32(b, 1U << 24 | (uint32_t)body);
	bytes_u16(b, 0x0303);
	bytes_u32(b, random);
	bytes_zero(b, 29); /* the rest of it, no session id */
	bytes_u16(b, 2);
	bytes_u16(b, 0x1301);
	bytes_u16(b, 0x0100); /* compression methods */
	bytes_u16(b, (unsigned)extension);
	if (!length)
		return;
	bytes_u16(b, 0);
	bytes_u16(b, (unsigned)length + 5);
	bytes_u16(b, (unsigned)length + 3);
	bytes_u8(b, 0);
	bytes_u16(b, (unsigned)length);
	bytes_put(b, name, length);
}

static void say(struct talk *t, int from, const char *text)
{
	talk_tcp(t, from, text, strlen(text));
}

/* Another flow of the same capture. */
static struct talk flow(struct talk *t, const char *src, const char *dst)
{
	return (struct talk){.w = t->w, .end = {end(src), end(dst)}};
}

static void connect_say(struct talk *t, const char *target)
{
	char text[200];
	snprintf(text, sizeof(text), "CONNECT %s HTTP/1.1\r\n\r\n", target);
	say(t, FROM_CLIENT, text);
	say(t, FROM_SERVER, "HTTP/1.1 200 OK\r\n\r\n");
}

static void hello_say(struct talk *t, uint32_t random, const char *name)
{
	struct bytes b = {0};
	hello_write(&b, random, name);
	talk_tcp(t, FROM_CLIENT, b.at, b.length);
}

/* The flow that PROXY_SERVES names, said in `outer`; 0 when nothing was joined. */
static uint64_t served(const struct talk *t, const char *src, const char *dst)
{
	char text[ENDPOINT_TEXT_MAX];
	for (uint32_t i = 0; i < t->w->count; i++) {
		const struct observation *o = &t->w->seen[i];
		if (o->head.kind != OBS_PROXY || o->proxy.event != PROXY_SERVES)
			continue;
		assert_string_equal(endpoint_text(&o->head.src, text), src);
		assert_string_equal(endpoint_text(&o->head.dst, text), dst);
		return o->proxy.served_flow;
	}
	return 0;
}

static uint64_t asking_flow(const struct talk *t)
{
	return watch_seen(t->w, OBS_PROXY, 0)->head.flow_id;
}

static void names_are_joined(void **state)
{
	(void)state;
	static const struct {
		const char *asked, *sni, *from;
		bool joined;
	} cases[] = {
		{"a.example:443", "A.example", CLIENT, true},
		{"a.example:443", "b.example", CLIENT, false},
		{"a.example:443", NULL, CLIENT, false},
		{"192.0.2.10:443", NULL, CLIENT, true},
		{"192.0.2.10:8443", NULL, CLIENT, false},
		{"192.0.2.11:443", "a.example", CLIENT, false},
		{"a.example:443", "a.example", "192.168.77.44:50000", false},
	};
	for (size_t i = 0; i < ROWS(cases); i++) {
		bool stays = strcmp(cases[i].from, CLIENT) == 0;
		struct talk *t = talk_new(cases[i].from, stays ? PROXY : "192.168.77.99:3128");
		connect_say(t, cases[i].asked);
		struct talk outer = flow(t, LAPTOP, SERVER);
		hello_say(&outer, 7, cases[i].sni);
		uint64_t found = served(t, LAPTOP, SERVER);
		assert_true(found == (cases[i].joined ? asking_flow(t) : 0));
		talk_free(t);
	}
}

/* The hello itself goes through, whatever it says; and it is joined once. */
static void hellos_are_joined(void **state)
{
	(void)state;
	struct talk *t = talk_new("[::1]:50000", "[::1]:3128");
	t->end[0] = end("192.168.77.10:50000"); /* its own address is as good as loopback */
	t->end[1] = end("192.168.77.10:3128");
	connect_say(t, "relay.example:443");
	hello_say(t, 0x12345678, NULL);
	struct talk other = flow(t, LAPTOP, SERVER);
	hello_say(&other, 0x12345679, NULL);
	assert_true(served(t, LAPTOP, SERVER) == 0);
	struct talk outer = flow(t, LAPTOP, "192.0.2.20:443");
	hello_say(&outer, 0x12345678, NULL);
	assert_true(served(t, LAPTOP, "192.0.2.20:443") == asking_flow(t));
	watch_forget(t->w);
	struct talk again = flow(t, "192.168.77.10:40001", "192.0.2.20:443");
	hello_say(&again, 0x12345678, NULL);
	assert_int_equal(watch_count(t->w, OBS_PROXY), 0);
	talk_free(t);
}

static void other_protocols_are_joined(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, PROXY);
	say(t, FROM_CLIENT, "GET http://a.example:8080/x HTTP/1.1\r\nHost: a.example:8080\r\n\r\n");
	struct talk outer = flow(t, LAPTOP, "192.0.2.10:8080");
	say(&outer, FROM_CLIENT, "GET /x HTTP/1.1\r\nHost: a.example:8080\r\n\r\n");
	assert_true(served(t, LAPTOP, "192.0.2.10:8080") == asking_flow(t));
	talk_free(t);

	/* A SOCKS proxy that goes to another, of its provider. */
	t = talk_new(CLIENT, "127.0.0.1:1080");
	talk_tcp(t, FROM_CLIENT, socks_hello, sizeof(socks_hello));
	talk_tcp(t, FROM_SERVER, socks_method, sizeof(socks_method));
	talk_tcp(t, FROM_CLIENT, socks_request, sizeof(socks_request));
	outer = flow(t, LAPTOP, "203.0.113.99:3128");
	connect_say(&outer, "192.0.2.10:443");
	talk_tcp(t, FROM_SERVER, socks_reply, sizeof(socks_reply));
	assert_true(served(t, LAPTOP, "203.0.113.99:3128") == asking_flow(t));
	talk_free(t);
}

static void asking_is_forgotten(void **state)
{
	(void)state;
	for (int late = 0; late < 2; late++) {
		struct talk *t = talk_new(CLIENT, PROXY);
		connect_say(t, "a.example:443");
		t->w->next.time_ns += late ? 11 * SECOND_NS : 5 * SECOND_NS;
		struct talk outer = flow(t, LAPTOP, SERVER);
		hello_say(&outer, 7, "a.example");
		assert_int_equal(served(t, LAPTOP, SERVER) != 0, !late);
		talk_free(t);
	}
}

/* More is asked than is kept: the oldest makes way, the others are still joined. */
static void asking_is_bounded(void **state)
{
	(void)state;
	char text[40];
	struct talk *t = talk_new(CLIENT, PROXY);
	for (unsigned i = 0; i < 70; i++) {
		struct talk client = flow(t, CLIENT, PROXY);
		client.end[0].port = (uint16_t)(50000 + i);
		snprintf(text, sizeof(text), "h%u.example:443", i);
		connect_say(&client, text);
		t->w->next.time_ns -= 4 * TALK_STEP_NS;
		watch_forget(t->w);
	}
	static const unsigned asked[] = {5, 6, 69};
	for (size_t i = 0; i < ROWS(asked); i++) {
		struct talk outer = flow(t, LAPTOP, SERVER);
		outer.end[0].port = (uint16_t)(40000 + i);
		snprintf(text, sizeof(text), "h%u.example", asked[i]);
		hello_say(&outer, 7, text);
		assert_int_equal(watch_count(t->w, OBS_PROXY), asked[i] > 5);
		watch_forget(t->w);
	}
	talk_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_joined),
		cmocka_unit_test(hellos_are_joined),
		cmocka_unit_test(other_protocols_are_joined),
		cmocka_unit_test(asking_is_forgotten),
		cmocka_unit_test(asking_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
