/*
 * SSTP, AnyConnect and MASQUE in clear HTTP/1.1: who asks, what is answered, what flows, and the
 * datagrams in capsules.
 */
#include "tests/unit/support/stun.h"
#include "tests/unit/support/talk.h"

#define CLIENT "192.168.77.10:50000"
#define SERVER "192.0.2.10:80"

#define SSTP_REQUEST                                                                 \
	"SSTP_DUPLEX_POST /sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/ HTTP/1.1\r\n" \
	"Content-Length: 18446744073709551615\r\nHost: vpn.example\r\n\r\n"
#define SSTP_RESPONSE                                                           \
	"HTTP/1.1 200\r\nContent-Length: 18446744073709551615\r\nServer: x\r\n" \
	"\r\n"
#define CISCO_REQUEST \
	"CONNECT /CSCOSSLC/tunnel HTTP/1.1\r\nHost: vpn.example\r\nX-CSTP-Version: 1\r\n\r\n"
#define UPGRADE(to)                                                               \
	" HTTP/1.1\r\nHost: proxy.example\r\nConnection: Upgrade\r\nUpgrade: " to \
	"\r\nCapsule-Protocol: ?1\r\n\r\n"
#define SWITCHED(to) "HTTP/1.1 101 Switching Protocols\r\nUpgrade: " to "\r\n\r\n"
#define MASQUE_PATH  "/.well-known/masque/udp/192.0.2.44/3478/"

typedef void sender(struct talk *, int, const void *, size_t);

static void say(struct talk *t, sender *send, int from, const char *text)
{
	send(t, from, text, strlen(text));
}

static void conversations(void **state)
{
	(void)state;
	static const struct {
		const char *request, *response, *heard;
	} cases[] = {
		{SSTP_REQUEST, SSTP_RESPONSE,
			"sstp asks 0, sstp answers 0, sstp data 0, sstp data 0, sstp resets 0"},
		{SSTP_REQUEST, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
			"sstp asks 0, sstp resets 0"},
		{CISCO_REQUEST, "HTTP/1.1 200 CONNECTED\r\nX-CSTP-Address: 10.8.0.2\r\n\r\n",
			"anyconnect asks 0, anyconnect answers 0, anyconnect data 0, "
			"anyconnect data 0, anyconnect resets 0"},
		{CISCO_REQUEST, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
			"anyconnect asks 0, anyconnect resets 0"},
		{"GET " MASQUE_PATH UPGRADE("connect-udp"), SWITCHED("connect-udp"),
			"masque asks 0, masque asks 0 0 192.0.2.44:3478, masque answers 0, "
			"masque grants 0 101 192.0.2.44:3478, masque data 0, masque data 0, "
			"masque resets 0"},
		{"GET https://proxy.example/m/masque/udp/2001%3Adb8%3a%3A42/443/" UPGRADE(
			 "connect-udp"),
			"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
			"masque asks 0, masque asks 0 0 [2001:db8::42]:443, masque resets 0, "
			"masque refuses 0 403 [2001:db8::42]:443"},
		{"GET /masque/udp/stun.example/3478/" UPGRADE("connect-udp"),
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
			"masque asks 0, masque asks 0 0 stun.example:3478, masque resets 0, "
			"masque refuses 0 200 stun.example:3478"},
		{"GET /other?host=192.0.2.44" UPGRADE("connect-udp"), "",
			"masque asks 0, masque asks 0 0 -"},
		{"GET /masque/udp/192.0.2.44/65536/" UPGRADE("connect-udp"), "",
			"masque asks 0, masque asks 0 0 -"},
		{"GET /.well-known/masque/ip/*/*/" UPGRADE("connect-ip"), SWITCHED("connect-ip"),
			"masque asks 0, masque answers 0, masque data 0, masque data 0, "
			"masque resets 0"},
		{"GET " MASQUE_PATH UPGRADE("connect-udp"), SWITCHED("chat"),
			"masque asks 0, masque asks 0 0 192.0.2.44:3478"},
		{"GET /x" UPGRADE("h2c"), SWITCHED("h2c"), ""},
	};
	for (size_t i = 0; i < ROWS(cases) * 2; i++) {
		struct talk *t = talk_new(CLIENT, SERVER);
		sender *send = i % 2 ? talk_tcp_bytewise : talk_tcp;
		say(t, send, FROM_CLIENT, cases[i / 2].request);
		say(t, send, FROM_SERVER, cases[i / 2].response);
		send(t, FROM_CLIENT, "\x17\x03\x01\x02\x03", 5);
		send(t, FROM_SERVER, "\x17\x03\x01\x02\x03", 5);
		talk_segment(t, FROM_CLIENT, TALK_FIN | TALK_ACK, NULL, 0);
		talk_segment(t, FROM_SERVER, TALK_RST, NULL, 0);
		if (strcmp(talk_heard(t), cases[i / 2].heard) != 0)
			fail_msg("%zu: %s", i, t->text);
		talk_free(t);
	}
}

static struct talk *masque_begin(sender *send, const char *path, const char *protocol)
{
	char text[256];
	struct talk *t = talk_new(CLIENT, SERVER);
	snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nUpgrade: %s\r\n\r\n", path, protocol);
	say(t, send, FROM_CLIENT, text);
	snprintf(text, sizeof(text), "HTTP/1.1 101 Yes\r\nUpgrade: %s\r\n\r\n", protocol);
	say(t, send, FROM_SERVER, text);
	watch_forget(t->w);
	return t;
}

/* RFC 9297 §3.5: type, length, context, payload. */
static void capsule(struct bytes *b, unsigned type, unsigned context, const struct bytes *payload)
{
	b->length = 0;
	bytes_u8(b, type);
	bytes_u16(b, 0x4000U | (unsigned)(payload->length + 1));
	bytes_u8(b, context);
	bytes_put(b, payload->at, payload->length);
}

static void capsules_are_opened(void **state)
{
	(void)state;
	for (int bytewise = 0; bytewise < 2; bytewise++) {
		char text[ENDPOINT_TEXT_MAX];
		sender *send = bytewise ? talk_tcp_bytewise : talk_tcp;
		struct talk *t = masque_begin(send, MASQUE_PATH, "connect-udp");
		struct bytes b = {0}, request = {0};
		stun_begin(&request, BINDING_REQUEST, 1);
		capsule(&b, 0x17, 0, &request); /* another type is stepped over */
		send(t, FROM_CLIENT, b.at, b.length);
		capsule(&b, 0, 2, &request); /* as is another context */
		send(t, FROM_CLIENT, b.at, b.length);
		assert_int_equal(watch_count(t->w, OBS_STUN_REQUEST), 0);
		capsule(&b, 0, 0, &request);
		send(t, FROM_CLIENT, b.at, b.length);
		assert_int_equal(watch_count(t->w, OBS_STUN_REQUEST), 1);
		const struct obs_head *h = &watch_seen(t->w, OBS_STUN_REQUEST, 0)->head;
		assert_string_equal(endpoint_text(&h->src, text), CLIENT);
		assert_string_equal(endpoint_text(&h->dst, text), "192.0.2.44:3478");
		assert_int_equal(h->protocol, PROTOCOL_UDP);
		assert_int_equal(h->encapsulation, WRAPPED_PROXY);
		struct bytes answer = {0};
		stun_begin(&answer, BINDING_SUCCESS, 1);
		stun_xor_address(&answer, 0x0020, "203.0.113.99:5000");
		stun_length(&answer);
		capsule(&b, 0, 0, &answer);
		send(t, FROM_SERVER, b.at, b.length);
		const struct observation *o = watch_seen(t->w, OBS_BINDING_RESULT, 0);
		assert_true(o->binding_result.answer.matched);
		assert_string_equal(endpoint_text(&o->head.src, text), "192.0.2.44:3478");
		assert_string_equal(endpoint_text(&o->head.dst, text), CLIENT);
		talk_free(t);
	}
}

static void packets_are_opened(void **state)
{
	(void)state;
	const struct endpoint inside = end("10.8.0.2:5000"), server = end("192.0.2.44:3478");
	struct talk *t = masque_begin(talk_tcp, "/.well-known/masque/ip/*/*/", "connect-ip");
	struct bytes b = {0}, packet = {0};
	stun_begin(&packet, BINDING_REQUEST, 1);
	packet_ip_udp(&packet, &inside, &server);
	capsule(&b, 0, 0, &packet);
	talk_tcp(t, FROM_CLIENT, b.at, b.length);
	const struct obs_head *h = &watch_seen(t->w, OBS_STUN_REQUEST, 0)->head;
	assert_true(addr_equal(&h->src.addr, &inside.addr));
	assert_true(addr_equal(&h->outer_src, &t->end[FROM_CLIENT].addr));
	assert_int_equal(h->encapsulation, WRAPPED_PROXY);
	packet.length -= 1; /* shorter than it says */
	capsule(&b, 0, 0, &packet);
	talk_tcp(t, FROM_CLIENT, b.at, b.length);
	assert_int_equal(watch_count(t->w, OBS_STUN_REQUEST), 1);
	talk_free(t);
}

/* Lengths that lie, and bytes that are missing: the rest is counted, nothing is opened. */
static void capsules_that_lie(void **state)
{
	(void)state;
	static const struct {
		uint8_t at[16];
		size_t length;
	} starts[] = {
		{{0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 9},
		{{0x00, 0x80, 0x01, 0x00, 0x00}, 5},
		{{0x00, 0x00}, 2},
		{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00}, 9},
	};
	for (size_t i = 0; i < ROWS(starts); i++) {
		struct talk *t = masque_begin(talk_tcp, MASQUE_PATH, "connect-udp");
		for (int n = 0; n < 40; n++)
			talk_tcp(t, FROM_CLIENT, starts[i].at, starts[i].length);
		talk_expect(t, "masque data 0");
		talk_free(t);
	}
	struct talk *t = masque_begin(talk_tcp, MASQUE_PATH, "connect-udp");
	struct bytes b = {0}, request = {0};
	stun_begin(&request, BINDING_REQUEST, 1);
	capsule(&b, 0, 0, &request);
	t->sequence[FROM_CLIENT] += 70000; /* a hole that is never filled */
	for (int n = 0; n < 4; n++)
		talk_tcp(t, FROM_CLIENT, b.at, b.length);
	assert_int_not_equal(t->w->stats.stream_gaps, 0);
	assert_int_equal(watch_count(t->w, OBS_STUN_REQUEST), 0);
	talk_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conversations),
		cmocka_unit_test(capsules_are_opened),
		cmocka_unit_test(packets_are_opened),
		cmocka_unit_test(capsules_that_lie),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
