/*
 * OpenVPN over UDP and TCP: hard resets plain, with tls-auth and with tls-crypt; nothing else is
 * believed before a pair of them, but a run of P_DATA_V2 with one peer id.
 */
#include "tests/unit/support/talk.h"

#define CLIENT "192.168.77.10:50000"
#define SERVER "192.0.2.10:1194"

#define SESSION_CLIENT 0x39fded2d
#define SESSION_SERVER 0x9421917d
#define WRAPPED_KEY    299

enum protection { PLAIN, AUTH_SHA1, AUTH_SHA256, AUTH_SHA512, CRYPT, CRYPT_V2, PROTECTIONS };

static const size_t tags[PROTECTIONS] = {0, 20, 32, 64, 32, 32};

static void fill(struct bytes *b, size_t length)
{
	for (size_t i = 0; i < length; i++)
		bytes_u8(b, 0x81 + (unsigned)i * 7);
}

static void session(struct bytes *b, uint32_t id)
{
	bytes_u32(b, id);
	bytes_u32(b, ~id);
}

static void replay(struct bytes *b, unsigned number)
{
	bytes_u32(b, number);
	bytes_u32(b, 0x60df195a); /* time */
}

/* Acknowledgments, then the packet's id: all of a hard reset. */
static void reliable(struct bytes *b, bool server)
{
	bytes_u8(b, server); /* acknowledged ids */
	if (server) {
		bytes_u32(b, 0);            /* the client's packet */
		session(b, SESSION_CLIENT); /* remote session */
	}
	bytes_u32(b, 0); /* packet id */
}

static void reset(struct bytes *b, enum protection p, bool server, unsigned number)
{
	b->length = 0;
	bytes_u8(b, server ? 0x40 : p == CRYPT_V2 ? 0x50 : 0x38); /* opcode, key 0 */
	session(b, server ? SESSION_SERVER : SESSION_CLIENT);
	if (p < CRYPT) {
		fill(b, tags[p]); /* HMAC */
		if (tags[p])
			replay(b, number);
		reliable(b, server);
		return;
	}
	replay(b, p == CRYPT_V2 ? 0x0f000000 + number : number);
	fill(b, tags[p]);             /* HMAC */
	fill(b, server ? 5 + 12 : 5); /* what reliable() writes, encrypted */
	if (p == CRYPT_V2 && !server) {
		fill(b, WRAPPED_KEY - 2);
		bytes_u16(b, WRAPPED_KEY);
	}
}

static void control(struct bytes *b, uint32_t from)
{
	b->length = 0;
	bytes_u8(b, 0x20); /* P_CONTROL_V1 */
	session(b, from);
	fill(b, 40);
}

static void data(struct bytes *b, unsigned peer, uint32_t number, size_t length)
{
	b->length = 0;
	bytes_u8(b, 0x48);           /* P_DATA_V2, key 0 */
	bytes_u8(b, peer >> 16);     /* peer id */
	bytes_u16(b, peer & 0xffff); /* */
	bytes_u32(b, number);
	fill(b, 16 + length); /* tag, packet */
}

static void pairs_of_resets(void **state)
{
	(void)state;
	for (enum protection p = PLAIN; p < PROTECTIONS; p++) {
		struct talk *t = talk_new(CLIENT, SERVER);
		struct bytes b;
		reset(&b, p, false, 1);
		talk_udp(t, FROM_CLIENT, &b);
		talk_expect(t, p == CRYPT_V2 ? "openvpn asks 10" : "openvpn asks 7");
		reset(&b, p, true, 1);
		talk_udp(t, FROM_SERVER, &b);
		control(&b, SESSION_CLIENT);
		talk_udp(t, FROM_CLIENT, &b);
		data(&b, 0, 1, 100);
		talk_udp(t, FROM_CLIENT, &b);
		talk_expect(t, "openvpn answers 8, openvpn data 9");
		talk_free(t);
	}
}

static void retries_are_counted(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	struct bytes b;
	for (unsigned i = 1; i <= 3; i++) {
		reset(&b, AUTH_SHA1, false, i);
		talk_udp(t, FROM_CLIENT, &b);
	}
	talk_expect(t, "openvpn asks 7, openvpn asks 7 again 1, openvpn asks 7 again 2");
	talk_free(t);
}

/* The old data packets have no shape: only a handshake lets them count. */
static void data_v1_needs_a_handshake(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	struct bytes b;
	for (int i = 0; i < 20; i++) {
		data(&b, 0, 1, 100);
		b.at[0] = 0x30; /* P_DATA_V1 */
		talk_udp(t, FROM_CLIENT, &b);
	}
	talk_expect(t, "");
	reset(&b, PLAIN, false, 1);
	talk_udp(t, FROM_CLIENT, &b);
	reset(&b, PLAIN, true, 1);
	talk_udp(t, FROM_SERVER, &b);
	data(&b, 0, 1, 100);
	b.at[0] = 0x30;
	talk_udp(t, FROM_CLIENT, &b);
	talk_expect(t, "openvpn asks 7, openvpn answers 8, openvpn data 6");
	talk_free(t);
}

static void data_v2_needs_a_run(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	struct bytes b;
	for (unsigned i = 0; i < 40; i++) { /* seven of a peer, never eight */
		data(&b, i / 7, i, 100);
		talk_udp(t, FROM_CLIENT, &b);
	}
	talk_expect(t, "");
	for (unsigned i = 0; i < 8; i++) {
		data(&b, 3, i, 100 + i);
		talk_udp(t, FROM_SERVER, &b);
	}
	talk_expect(t, "openvpn data 9");
	talk_free(t);
}

/* TURN's ChannelData of channel 0x4800 starts alike; its third and fourth byte are its length. */
static void channel_data_is_no_openvpn(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	struct bytes b;
	for (unsigned i = 0; i < 40; i++) {
		b.length = 0;
		bytes_u16(&b, 0x4800); /* channel */
		bytes_u16(&b, 160 - i % 4);
		fill(&b, 160);
		talk_udp(t, FROM_CLIENT, &b);
	}
	talk_expect(t, "");
	talk_free(t);
}

static void shapes_are_exact(void **state)
{
	(void)state;
	for (enum protection p = PLAIN; p < PROTECTIONS; p++) {
		for (int change = -1; change <= 2; change++) {
			struct talk *t = talk_new(CLIENT, SERVER);
			struct bytes b;
			reset(&b, p, false, change == 2 && p != PLAIN ? 0x1234 : 1);
			if (change == -1)
				b.length--;
			else if (change == 1)
				bytes_u8(&b, 0);
			else if (change == 2 && p == PLAIN)
				b.at[b.length - 1] = 1; /* packet id 1 is no first packet */
			talk_udp(t, FROM_CLIENT, &b);
			assert_int_equal(t->w->count, change == 0);
			talk_free(t);
		}
	}
}

static void prefixes(void **state)
{
	(void)state;
	const struct endpoint client = end(CLIENT), server = end(SERVER);
	for (enum protection p = PLAIN; p < PROTECTIONS; p++) {
		struct bytes b;
		reset(&b, p, false, 1);
		packet_ip_udp(&b, &client, &server);
		watch_prefixes(LINK_RAW, b.at, b.length);
		reset(&b, p, true, 1);
		packet_ip_udp(&b, &client, &server);
		watch_prefixes(LINK_RAW, b.at, b.length);
	}
}

static void framed(struct bytes *stream, const struct bytes *packet)
{
	bytes_u16(stream, (unsigned)packet->length);
	bytes_put(stream, packet->at, packet->length);
}

/* Several packets in a segment, and each byte in a segment of its own. */
static void over_tcp(void **state)
{
	(void)state;
	for (int bytewise = 0; bytewise < 2; bytewise++) {
		struct talk *t = talk_new(CLIENT, SERVER);
		void (*send)(struct talk *, int, const void *,
			size_t) = bytewise ? talk_tcp_bytewise : talk_tcp;
		struct bytes stream = {0}, b;
		reset(&b, AUTH_SHA256, false, 1);
		framed(&stream, &b);
		send(t, FROM_CLIENT, stream.at, stream.length);
		stream.length = 0;
		reset(&b, AUTH_SHA256, true, 1);
		framed(&stream, &b);
		send(t, FROM_SERVER, stream.at, stream.length);
		stream.length = 0;
		control(&b, SESSION_CLIENT);
		framed(&stream, &b);
		data(&b, 0, 1, 100);
		framed(&stream, &b);
		data(&b, 0, 2, 100);
		framed(&stream, &b);
		send(t, FROM_CLIENT, stream.at, stream.length);
		assert_int_equal(watch_count(t->w, OBS_TUNNEL) >= 3, true);
		assert_non_null(
			strstr(talk_heard(t), "openvpn asks 7, openvpn answers 8, openvpn data 9"));
		talk_free(t);
	}
}

/* In the middle of a stream: after a run, and given up when something else follows. */
static void over_tcp_in_the_middle(void **state)
{
	(void)state;
	for (int run = 0; run < 2; run++) {
		struct talk *t = talk_new(CLIENT, SERVER);
		struct bytes stream = {0}, b;
		t->open = true;
		for (unsigned i = 0; i < 8; i++) {
			data(&b, run ? 0 : i, i, 100);
			framed(&stream, &b);
		}
		talk_tcp(t, FROM_CLIENT, stream.at, stream.length);
		talk_expect(t, run ? "openvpn data 9" : "");
		talk_free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_of_resets),
		cmocka_unit_test(retries_are_counted),
		cmocka_unit_test(data_v1_needs_a_handshake),
		cmocka_unit_test(data_v2_needs_a_run),
		cmocka_unit_test(channel_data_is_no_openvpn),
		cmocka_unit_test(shapes_are_exact),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(over_tcp),
		cmocka_unit_test(over_tcp_in_the_middle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
