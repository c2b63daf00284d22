/* L2TP, PPTP, Tailscale's disco and SSH: what asks, answers, resets and keeps alive. */
#include "tests/unit/support/stun.h"
#include "tests/unit/support/talk.h"

#define CLIENT "192.168.77.10:50000"
#define SERVER "192.0.2.10:1701"

static void l2tp_control(struct bytes *b, unsigned version, unsigned type)
{
	b->length = 0;
	bytes_u16(b, 0xc800 | version); /* T, L, S */
	bytes_u16(b, type ? 20 : 12);   /* length */
	bytes_u16(b, 0);                /* tunnel */
	bytes_u16(b, 0);                /* session */
	bytes_u16(b, 0);                /* Ns */
	bytes_u16(b, 0);                /* Nr */
	if (type == 0)
		return;
	bytes_u16(b, 0x8008); /* mandatory, 8 bytes */
	bytes_u16(b, 0);      /* vendor */
	bytes_u16(b, 0);      /* Message Type */
	bytes_u16(b, type);
}

static void l2tp_data(struct bytes *b)
{
	b->length = 0;
	bytes_u16(b, 0x0002);
	bytes_u16(b, 7); /* tunnel */
	bytes_u16(b, 1); /* session */
	bytes_u32(b, 0xff030021);
	bytes_zero(b, 40);
}

static void l2tp(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	struct bytes b;
	l2tp_data(&b);
	talk_udp(t, FROM_CLIENT, &b);
	l2tp_control(&b, 2, 0);
	talk_udp(t, FROM_CLIENT, &b);
	talk_expect(t, "");
	static const uint8_t types[] = {1, 1, 2, 3, 0, 6, 14, 4};
	for (size_t i = 0; i < ROWS(types); i++) {
		l2tp_control(&b, 2, types[i]);
		talk_udp(t, types[i] == 2 ? FROM_SERVER : FROM_CLIENT, &b);
	}
	l2tp_data(&b);
	talk_udp(t, FROM_SERVER, &b);
	talk_expect(t,
		"l2tp asks 1, l2tp asks 1 again 1, l2tp answers 2, l2tp keepalive 6, "
		"l2tp resets 14, l2tp resets 4, l2tp data 0");
	talk_free(t);
}

/* PPP in L2TP is opened: with and without the optional fields, and only if its lengths hold. */
static void l2tp_is_opened(void **state)
{
	(void)state;
	static const struct {
		unsigned flags;
		int longer; /* than it is */
		bool opened;
	} cases[] = {
		{0x0002, 0, true}, {0x4002, 0, true}, {0x4802, 0, true}, {0x4a02, 0, true},
		{0x0302, 0, true}, {0x4002, 1, false}, {0x4002, -60, false},
		{0x4002, -1, true}, /* the datagram's last byte is padding */
	};
	const struct endpoint inside = end("10.8.0.2:5000"), server = end("192.0.2.44:3478");
	for (size_t i = 0; i < ROWS(cases); i++) {
		struct talk *t = talk_new(CLIENT, SERVER);
		struct bytes b, data = {0}, packet = {0};
		l2tp_control(&b, 2, 1);
		talk_udp(t, FROM_CLIENT, &b);
		stun_begin(&packet, BINDING_REQUEST, 1);
		packet_ip_udp(&packet, &inside, &server);
		bytes_zero(&packet, cases[i].longer == -1);
		unsigned flags = cases[i].flags;
		size_t header = 6U + (flags & 0x4000 ? 2 : 0) + (flags & 0x0800 ? 4 : 0) +
			(flags & 0x0200 ? 5 : 0);
		bytes_u16(&data, flags);
		if (flags & 0x4000)
			bytes_u16(&data,
				(unsigned)(header + 4 + packet.length) + (unsigned)cases[i].longer);
		bytes_u32(&data, 0x00070001); /* tunnel, session */
		bytes_zero(&data, flags & 0x0800 ? 4 : 0);
		bytes_u16(&data, 3); /* offset ... */
		if (!(flags & 0x0200))
			data.length -= 2;
		else
			bytes_zero(&data, 3); /* ... and so many bytes */
		bytes_u32(&data, 0xff030021);
		bytes_put(&data, packet.at, packet.length);
		talk_udp(t, FROM_CLIENT, &data);
		assert_int_equal(watch_count(t->w, OBS_STUN_REQUEST), cases[i].opened);
		if (cases[i].opened) {
			const struct obs_head *h = &watch_seen(t->w, OBS_STUN_REQUEST, 0)->head;
			assert_int_equal(h->encapsulation, WRAPPED_UDP);
			assert_true(addr_equal(&h->src.addr, &inside.addr));
			assert_true(addr_equal(&h->outer_src, &t->end[FROM_CLIENT].addr));
		}
		talk_free(t);
	}
}

static void l2tp_shapes(void **state)
{
	(void)state;
	static const struct {
		unsigned at, value;
		bool good;
	} changes[] = {
		{1, 3, true},     /* version 3 */
		{1, 4, false},    /* version 4 */
		{3, 21, false},   /* length */
		{12, 0, false},   /* not mandatory */
		{15, 1, false},   /* a vendor's */
		{17, 1, false},   /* another attribute */
		{19, 21, false},  /* message type */
		{0, 0xca, false}, /* offset bit */
	};
	for (size_t i = 0; i < ROWS(changes); i++) {
		struct talk *t = talk_new(CLIENT, SERVER);
		struct bytes b;
		l2tp_control(&b, 2, 1);
		b.at[changes[i].at] = (uint8_t)changes[i].value;
		talk_udp(t, FROM_CLIENT, &b);
		assert_int_equal(t->w->count, changes[i].good);
		talk_free(t);
	}
}

static void pptp_message(struct bytes *b, unsigned control, size_t length, unsigned result)
{
	size_t start = b->length;
	bytes_u16(b, (unsigned)length);
	bytes_u16(b, 1); /* control message */
	bytes_u32(b, 0x1a2b3c4d);
	bytes_u16(b, control);
	bytes_u16(b, 0); /* reserved */
	bytes_u16(b, 0x0100);
	bytes_u8(b, result);
	bytes_zero(b, start + length - b->length);
}

static void pptp(void **state)
{
	(void)state;
	for (int bytewise = 0; bytewise < 2; bytewise++) {
		struct talk *t = talk_new(CLIENT, "192.0.2.10:1723");
		void (*send)(struct talk *, int, const void *,
			size_t) = bytewise ? talk_tcp_bytewise : talk_tcp;
		struct bytes b = {0};
		pptp_message(&b, 1, 156, 0);
		send(t, FROM_CLIENT, b.at, b.length);
		b.length = 0;
		pptp_message(&b, 2, 156, 1);
		send(t, FROM_SERVER, b.at, b.length);
		b.length = 0;
		pptp_message(&b, 7, 168, 0);
		pptp_message(&b, 5, 16, 0);
		if (bytewise)
			pptp_message(&b, 12, 16, 0);
		send(t, FROM_CLIENT, b.at, b.length);
		talk_segment(t, FROM_CLIENT, TALK_FIN | TALK_ACK, NULL, 0);
		talk_expect(t,
			bytewise ? "pptp asks 1, pptp answers 2, pptp keepalive 5, pptp resets 12"
				 : "pptp asks 1, pptp answers 2, pptp keepalive 5, pptp resets 0");
		talk_free(t);
	}
}

static void pptp_refusal(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, "192.0.2.10:1723");
	struct bytes b = {0};
	pptp_message(&b, 1, 156, 0);
	talk_tcp(t, FROM_CLIENT, b.at, b.length);
	b.length = 0;
	pptp_message(&b, 2, 156, 4); /* not authorised */
	talk_tcp(t, FROM_SERVER, b.at, b.length);
	talk_segment(t, FROM_SERVER, TALK_RST, NULL, 0);
	talk_expect(t, "pptp asks 1, pptp resets 2");
	talk_free(t);
}

static void disco(struct bytes *b)
{
	static const uint8_t magic[6] = {'T', 'S', 0xf0, 0x9f, 0x92, 0xac};
	b->length = 0;
	bytes_put(b, magic, sizeof(magic));
	bytes_zero(b, 32); /* sender's key */
	bytes_zero(b, 24); /* nonce */
	bytes_zero(b, 62); /* box */
}

static void tailscale(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, "192.0.2.10:41641");
	static const int from[] = {FROM_CLIENT, FROM_CLIENT, FROM_SERVER, FROM_CLIENT, FROM_CLIENT};
	for (size_t i = 0; i < ROWS(from); i++) {
		struct bytes b;
		disco(&b);
		talk_udp(t, from[i], &b);
	}
	talk_expect(t,
		"tailscale asks 0, tailscale asks 0 again 1, tailscale answers 0, "
		"tailscale keepalive 0");
	const struct endpoint client = end(CLIENT), server = end(SERVER);
	struct bytes b;
	disco(&b);
	packet_ip_udp(&b, &client, &server);
	watch_prefixes(LINK_RAW, b.at, b.length);
	talk_free(t);
}

static void ssh(void **state)
{
	(void)state;
	static const struct {
		const char *client, *server, *heard;
	} cases[] = {
		{"SSH-2.0-OpenSSH_9.2p1\r\n", "SSH-2.0-x\r\n", "ssh asks 0, ssh answers 0"},
		{"SSH-1.5-1.2.26\n", "SSH-1.99-x\n", "ssh asks 0, ssh answers 0"},
		{"SSH-2.0-OpenSSH", "", ""},
		{"SSH-3.0-OpenSSH\r\n", "", ""},
		{"SSHELL of something\r\n", "", ""},
	};
	for (size_t i = 0; i < ROWS(cases) * 2; i++) {
		struct talk *t = talk_new(CLIENT, "192.0.2.10:22");
		void (*send)(struct talk *, int, const void *, size_t) = i % 2 ? talk_tcp_bytewise
									       : talk_tcp;
		send(t, FROM_CLIENT, cases[i / 2].client, strlen(cases[i / 2].client));
		send(t, FROM_SERVER, cases[i / 2].server, strlen(cases[i / 2].server));
		send(t, FROM_CLIENT, "\0\0\1\2SSH-2.0-again\r\n", 19);
		talk_expect(t, cases[i / 2].heard);
		talk_free(t);
	}
}

/* A packet of the key exchange. */
static void ssh_packet(struct bytes *b, unsigned message, size_t length)
{
	b->length = 0;
	bytes_u32(b, (uint32_t)length);
	bytes_u8(b, 4); /* padding */
	bytes_u8(b, message);
	bytes_zero(b, length - 2);
}

/* What is forwarded in it shows as data, but the key exchange is none yet. */
static void ssh_data(void **state)
{
	(void)state;
	static const char line[] = "SSH-2.0-OpenSSH_9.2p1\r\n";
	for (int bytewise = 0; bytewise < 2; bytewise++) {
		struct talk *t = talk_new(CLIENT, "192.0.2.10:22");
		void (*send)(struct talk *, int, const void *,
			size_t) = bytewise ? talk_tcp_bytewise : talk_tcp;
		struct bytes b = {0};
		send(t, FROM_CLIENT, line, strlen(line));
		send(t, FROM_SERVER, line, strlen(line));
		talk_expect(t, "ssh asks 0, ssh answers 0");
		ssh_packet(&b, 20, 1500);
		send(t, FROM_CLIENT, b.at, b.length);
		ssh_packet(&b, 21, 12);
		send(t, FROM_CLIENT, b.at, b.length);
		talk_expect(t, "");
		send(t, FROM_CLIENT, "\x9a\x17\xd3\x01 encrypted", 14);
		talk_expect(t, "ssh data 0");
		send(t, FROM_SERVER, "\xff\xff\xff\xff no packet", 14);
		talk_expect(t, "");
		talk_free(t);
	}
}

/* Whoever ends the connection, however: the tunnel in it is down, and that once. */
static void streams_that_end(void **state)
{
	(void)state;
	static const struct {
		const char *client, *server;
		size_t length[2];
		const char *heard;
	} cases[] = {
		{"SSH-2.0-a\n", "SSH-2.0-b\n", {10, 10}, "ssh asks 0, ssh answers 0, ssh resets 0"},
		{"SSH-2.0-a\n", "", {10, 0}, "ssh asks 0"},
		{"\0\x0e\x38"
		 "SESSIONA\0\0\0\0\0",
			"\0\x0e\x40"
			"SESSIONB\0\0\0\0\0",
			{16, 16}, "openvpn asks 7, openvpn answers 8, openvpn resets 0"},
		{"\0\x0e\x38"
		 "SESSIONA\0\0\0\0\0",
			"", {16, 0}, "openvpn asks 7, openvpn resets 0"},
		{"GET / HTTP/1.1\r\n\r\n", "", {18, 0}, ""},
	};
	static const struct {
		int from;
		unsigned flags;
	} ends[] = {
		{FROM_CLIENT, TALK_FIN | TALK_ACK},
		{FROM_SERVER, TALK_FIN | TALK_ACK},
		{FROM_CLIENT, TALK_RST},
		{FROM_SERVER, TALK_RST},
	};
	for (size_t i = 0; i < ROWS(cases) * ROWS(ends); i++) {
		size_t c = i / ROWS(ends), e = i % ROWS(ends);
		struct talk *t = talk_new(CLIENT, SERVER);
		talk_tcp(t, FROM_CLIENT, cases[c].client, cases[c].length[0]);
		if (cases[c].length[1])
			talk_tcp(t, FROM_SERVER, cases[c].server, cases[c].length[1]);
		talk_segment(t, ends[e].from, ends[e].flags, NULL, 0);
		talk_segment(t, !ends[e].from, ends[e].flags, NULL, 0);
		talk_expect(t, cases[c].heard);
		talk_free(t);
	}
}

/* A reset with another number than the next is not the other end's (RFC 5961 §3.2). */
static void resets_must_fit(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	talk_tcp(t, FROM_CLIENT, "SSH-2.0-a\n", 10);
	talk_tcp(t, FROM_SERVER, "SSH-2.0-b\n", 10);
	t->sequence[FROM_SERVER] += 1;
	talk_segment(t, FROM_SERVER, TALK_RST, NULL, 0);
	talk_expect(t, "ssh asks 0, ssh answers 0");
	talk_free(t);
}

static void ssh_line_without_end(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, "192.0.2.10:22");
	char line[400];
	memset(line, 'x', sizeof(line));
	memcpy(line, "SSH-2.0-", 8);
	line[sizeof(line) - 1] = '\n';
	talk_tcp(t, FROM_CLIENT, line, sizeof(line));
	talk_expect(t, "");
	talk_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(l2tp),
		cmocka_unit_test(l2tp_is_opened),
		cmocka_unit_test(l2tp_shapes),
		cmocka_unit_test(pptp),
		cmocka_unit_test(pptp_refusal),
		cmocka_unit_test(tailscale),
		cmocka_unit_test(ssh),
		cmocka_unit_test(ssh_data),
		cmocka_unit_test(streams_that_end),
		cmocka_unit_test(resets_must_fit),
		cmocka_unit_test(ssh_line_without_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
