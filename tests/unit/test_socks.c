/*
 * SOCKS 4, 4a and 5 in streams, whole and a byte at a time; what a granted CONNECT carries is read
 * on inside the proxy; datagrams of UDP ASSOCIATE are unwrapped at the endpoint that was announced
 * and nowhere else.
 */
#include "tests/unit/support/stun.h"
#include "tests/unit/support/talk.h"

#define CLIENT "192.168.77.10:50000"
#define PROXY  "203.0.113.99:1080"

/* One message of a dialogue; NULL ends it. */
struct line {
	int from;
	const char *bytes;
	size_t length;
};

#define LINE(from, text)                     \
	{                                    \
		from, text, sizeof(text) - 1 \
	}

#define GREETING LINE(FROM_CLIENT, "\x05\x02\x00\x02")
#define METHOD   LINE(FROM_SERVER, "\x05\x00")

static const struct dialogue {
	const char *name;
	struct line lines[8];
	const char *heard;
} dialogues[] = {
	{"connect to a name",
		{GREETING, METHOD,
			LINE(FROM_CLIENT,
				"\x05\x01\x00\x03\x0c"
				"test.invalid\x01\xbb"),
			LINE(FROM_SERVER, "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")},
		"socks5 asks 1 0 test.invalid:443, socks5 grants 1 0 test.invalid:443"},
	{"connect to IPv4, refused",
		{GREETING, METHOD, LINE(FROM_CLIENT, "\x05\x01\x00\x01\xc6\x33\x64\x07\x00\x50"),
			LINE(FROM_SERVER, "\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00")},
		"socks5 asks 1 0 198.51.100.7:80, socks5 refuses 1 5 198.51.100.7:80"},
	{"connect to IPv6, with a password",
		{GREETING, LINE(FROM_SERVER, "\x05\x02"), LINE(FROM_CLIENT, "\x01\x03who\x05where"),
			LINE(FROM_SERVER, "\x01\x00"),
			LINE(FROM_CLIENT,
				"\x05\x01\x00\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"
				"\x00\x50"),
			LINE(FROM_SERVER, "\x05\x00\x00\x03\x05proxy\x10\x00")},
		"socks5 asks 1 0 [2001:db8::1]:80, socks5 grants 1 0 [2001:db8::1]:80"},
	{"a wrong password",
		{GREETING, LINE(FROM_SERVER, "\x05\x02"), LINE(FROM_CLIENT, "\x01\x01x\x01y"),
			LINE(FROM_SERVER, "\x01\x01")},
		"socks5 refuses 0 1 -"},
	{"no method that both know",
		{LINE(FROM_CLIENT, "\x05\x01\x00"), LINE(FROM_SERVER, "\x05\xff")},
		"socks5 refuses 0 255 -"},
	{"bind",
		{GREETING, METHOD, LINE(FROM_CLIENT, "\x05\x02\x00\x01\xc6\x33\x64\x07\x00\x50"),
			LINE(FROM_SERVER, "\x05\x00\x00\x01\xcb\x00\x71\x63\x20\x00"),
			LINE(FROM_SERVER, "\x05\x00\x00\x01\xc6\x33\x64\x07\x00\x50")},
		"socks5 asks 2 0 198.51.100.7:80, socks5 grants 2 0 198.51.100.7:80, "
		"socks5 grants 2 0 198.51.100.7:80"},
	{"associate",
		{GREETING, METHOD, LINE(FROM_CLIENT, "\x05\x03\x00\x01\x00\x00\x00\x00\x00\x00"),
			LINE(FROM_SERVER, "\x05\x00\x00\x01\xcb\x00\x71\x63\x20\x00")},
		"socks5 asks 3 0 0.0.0.0, socks5 udp 3 0 203.0.113.99:8192"},
	{"GSSAPI hides the rest",
		{LINE(FROM_CLIENT, "\x05\x01\x01"), LINE(FROM_SERVER, "\x05\x01"),
			LINE(FROM_SERVER, "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")},
		""},
	{"SOCKS 4",
		{LINE(FROM_CLIENT, "\x04\x01\x00\x50\xc6\x33\x64\x07me\x00"),
			LINE(FROM_SERVER, "\x00\x5a\x00\x00\x00\x00\x00\x00")},
		"socks4 asks 1 0 198.51.100.7:80, socks4 grants 1 90 198.51.100.7:80"},
	{"SOCKS 4a",
		{LINE(FROM_CLIENT, "\x04\x01\x01\xbb\x00\x00\x00\x01\x00test.invalid\x00"),
			LINE(FROM_SERVER, "\x00\x5b\x00\x00\x00\x00\x00\x00")},
		"socks4 asks 1 0 test.invalid:443, socks4 refuses 1 91 test.invalid:443"},
	{"bytes of its own before the proxy's answers",
		{LINE(FROM_CLIENT, "hello\n"), LINE(FROM_SERVER, "\x05\x01\x00"),
			LINE(FROM_SERVER, "\x05\x01\x00\x01\xc6\x33\x64\x07\x00\x50"),
			LINE(FROM_CLIENT, "\x05\x00"),
			LINE(FROM_CLIENT, "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")},
		"socks5 asks 1 0 198.51.100.7:80"},
	{"no such method", {LINE(FROM_CLIENT, "\x05\x01\x0b"), METHOD}, ""},
	{"a method twice", {LINE(FROM_CLIENT, "\x05\x02\x00\x00"), METHOD}, ""},
	{"no such command",
		{GREETING, METHOD, LINE(FROM_CLIENT, "\x05\x04\x00\x01\xc6\x33\x64\x07\x00\x50")},
		""},
	{"no such address",
		{GREETING, METHOD, LINE(FROM_CLIENT, "\x05\x01\x00\x02\xc6\x33\x64\x07\x00\x50")},
		""},
	{"an empty name", {GREETING, METHOD, LINE(FROM_CLIENT, "\x05\x01\x00\x03\x00\x00\x50")},
		""},
	{"a reply to nothing",
		{GREETING, METHOD, LINE(FROM_SERVER, "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")},
		""},
	{"SOCKS 4 to port 0", {LINE(FROM_CLIENT, "\x04\x01\x00\x00\xc6\x33\x64\x07me\x00")}, ""},
	{"SOCKS 4 to multicast", {LINE(FROM_CLIENT, "\x04\x01\x00\x50\xe0\x33\x64\x07\x00")}, ""},
	{"SOCKS 4, user of odd bytes",
		{LINE(FROM_CLIENT, "\x04\x01\x00\x50\xc6\x33\x64\x07\x01\x00")}, ""},
};

static void dialogue_run(const struct dialogue *dialogue, bool bytewise)
{
	struct talk *t = talk_new(CLIENT, PROXY);
	for (const struct line *line = dialogue->lines; line->bytes; line++) {
		if (bytewise)
			talk_tcp_bytewise(t, line->from, line->bytes, line->length);
		else
			talk_tcp(t, line->from, line->bytes, line->length);
	}
	if (strcmp(talk_heard(t), dialogue->heard) != 0)
		fail_msg("%s%s: %s", dialogue->name, bytewise ? ", bytewise" : "", t->text);
	talk_free(t);
}

static void dialogues_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(dialogues); i++) {
		dialogue_run(&dialogues[i], false);
		dialogue_run(&dialogues[i], true);
	}
}

/* A name may be cut, a name of 255 bytes fills the request. */
static void long_names(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, PROXY);
	struct bytes b = {0};
	talk_tcp(t, FROM_CLIENT, "\x05\x01\x00", 3);
	talk_tcp(t, FROM_SERVER, "\x05\x00", 2);
	bytes_u32(&b, 0x05010003);
	bytes_u8(&b, 255);
	for (int i = 0; i < 255; i++)
		bytes_u8(&b, 'a');
	bytes_u16(&b, 443);
	talk_tcp(t, FROM_CLIENT, b.at, b.length);
	const struct observation *o = watch_seen(t->w, OBS_PROXY, 0);
	assert_non_null(o);
	assert_int_equal(o->proxy.target_name.length, OBS_WORD_MAX);
	assert_true(o->proxy.target_name.cut);
	assert_int_equal(o->proxy.target_port, 443);
	talk_free(t);
}

/* What is behind the reply is another stream, and may be SOCKS again. */
static void proxies_in_proxies(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, PROXY);
	for (int i = 0; i < 2; i++) {
		for (const struct line *line = dialogues[0].lines; line->bytes; line++)
			talk_tcp(t, line->from, line->bytes, line->length);
		const struct observation *o = watch_seen(t->w, OBS_PROXY, 0);
		assert_non_null(o);
		assert_int_equal(o->head.encapsulation, i ? WRAPPED_PROXY : 0);
		talk_expect(t, dialogues[0].heard);
	}
	talk_tcp(t, FROM_CLIENT, "SSH-2.0-client\r\n", 16);
	assert_int_equal(watch_seen(t->w, OBS_TUNNEL, 0)->head.encapsulation, WRAPPED_PROXY);
	talk_expect(t, "ssh asks 0");
	talk_free(t);
}

static void associate(struct talk *t)
{
	for (size_t i = 0; i < ROWS(dialogues); i++) {
		if (strcmp(dialogues[i].name, "associate") != 0)
			continue;
		for (const struct line *line = dialogues[i].lines; line->bytes; line++)
			talk_tcp(t, line->from, line->bytes, line->length);
	}
	watch_forget(t->w);
}

static void relayed(struct bytes *b, const char *target, unsigned type, unsigned fragment)
{
	const struct endpoint to = end(target);
	b->length = 0;
	stun_begin(b, type, 1);
	bytes_front(b, (const uint8_t[]){(uint8_t)(to.port >> 8), (uint8_t)to.port}, 2);
	bytes_front(b, to.addr.bytes, 4);
	bytes_front(b, (const uint8_t[]){0, 0, (uint8_t)fragment, 1}, 4); /* RSV, FRAG, ATYP */
}

static void datagrams_are_unwrapped(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, PROXY);
	struct bytes b;
	t->end[FROM_SERVER] = end("203.0.113.99:8192");
	relayed(&b, "192.0.2.10:3478", BINDING_REQUEST, 0);
	talk_udp(t, FROM_CLIENT, &b);
	assert_int_equal(t->w->count, 0); /* nobody announced it */
	t->end[FROM_SERVER] = end(PROXY);
	associate(t);
	assert_int_equal(t->w->stats.expected, 1);
	t->end[FROM_CLIENT].port = 40000; /* its datagrams come from another socket */
	t->end[FROM_SERVER] = end("203.0.113.99:8192");
	relayed(&b, "192.0.2.10:3478", BINDING_REQUEST, 0);
	talk_udp(t, FROM_CLIENT, &b);
	const struct observation *o = watch_seen(t->w, OBS_STUN_REQUEST, 0);
	assert_non_null(o);
	assert_int_equal(o->head.encapsulation, WRAPPED_PROXY);
	char text[ENDPOINT_TEXT_MAX];
	assert_string_equal(endpoint_text(&o->head.src, text), "192.168.77.10:40000");
	assert_string_equal(endpoint_text(&o->head.dst, text), "192.0.2.10:3478");
	watch_forget(t->w);
	relayed(&b, "192.0.2.10:3478", BINDING_REQUEST, 0);
	talk_udp(t, FROM_SERVER, &b);
	o = watch_seen(t->w, OBS_STUN_REQUEST, 0);
	assert_non_null(o);
	assert_string_equal(endpoint_text(&o->head.src, text), "192.0.2.10:3478");
	assert_string_equal(endpoint_text(&o->head.dst, text), "192.168.77.10:40000");
	watch_forget(t->w);
	relayed(&b, "192.0.2.10:3478", BINDING_REQUEST, 1); /* a fragment */
	talk_udp(t, FROM_CLIENT, &b);
	assert_int_equal(t->w->count, 0);
	talk_free(t);
}

/* An announcement lives as long as an idle flow does. */
static void announcements_are_forgotten(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, PROXY);
	struct bytes b;
	associate(t);
	t->end[FROM_SERVER] = end("203.0.113.99:8192");
	t->w->next.time_ns += 299 * SECOND_NS; /* used in time, it lives on */
	relayed(&b, "192.0.2.10:3478", BINDING_REQUEST, 0);
	talk_udp(t, FROM_CLIENT, &b);
	assert_int_equal(watch_count(t->w, OBS_STUN_REQUEST), 1);
	t->w->next.time_ns += 299 * SECOND_NS;
	relayed(&b, "192.0.2.10:3478", BINDING_REQUEST, 0);
	talk_udp(t, FROM_CLIENT, &b);
	assert_int_equal(watch_count(t->w, OBS_STUN_REQUEST), 2);
	t->w->next.time_ns += 301 * SECOND_NS;
	relayed(&b, "192.0.2.10:3478", BINDING_REQUEST, 0);
	talk_udp(t, FROM_CLIENT, &b);
	assert_int_equal(watch_count(t->w, OBS_STUN_REQUEST), 2);
	talk_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialogues_are_read),
		cmocka_unit_test(long_names),
		cmocka_unit_test(proxies_in_proxies),
		cmocka_unit_test(datagrams_are_unwrapped),
		cmocka_unit_test(announcements_are_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
