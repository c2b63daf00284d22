/* AnyConnect's DTLS and Tor's TLS: which hellos set up a tunnel, and what flows after them. */
#include "tests/unit/support/talk.h"

#define CLIENT "192.168.77.10:50000"
#define SERVER "192.0.2.10:443"

#define RECORD_DATA 23

/* What a hello says, as far as it matters here. */
struct said {
	bool server, datagrams, srtp, cookie;
	unsigned version, session;
	const char *name, *alpn;
};

static void name_write(struct bytes *b, const char *name)
{
	unsigned length = (unsigned)strlen(name);
	bytes_u16(b, 0); /* server_name */
	bytes_u16(b, length + 5);
	bytes_u16(b, length + 3);
	bytes_u8(b, 0);
	bytes_u16(b, length);
	bytes_put(b, name, length);
}

static void alpn_write(struct bytes *b, const char *name)
{
	unsigned length = (unsigned)strlen(name);
	bytes_u16(b, 16);
	bytes_u16(b, length + 3);
	bytes_u16(b, length + 1);
	bytes_u8(b, length);
	bytes_put(b, name, length);
}

static void extensions_write(struct bytes *b, const struct said *s)
{
	if (s->name)
		name_write(b, s->name);
	if (s->alpn)
		alpn_write(b, s->alpn);
	if (s->srtp) {
		static const uint8_t use_srtp[] = {0, 14, 0, 5, 0, 2, 0, 7, 0};
		bytes_put(b, use_srtp, sizeof(use_srtp));
	}
}

static void body_write(struct bytes *b, const struct said *s)
{
	struct bytes extensions = {0};
	extensions_write(&extensions, s);
	bytes_u16(b, s->version);
	bytes_u8(b, 0x52); /* random */
	bytes_zero(b, 31);
	bytes_u8(b, s->session);
	bytes_zero(b, s->session);
	if (!s->server && s->datagrams) {
		bytes_u8(b, s->cookie ? 4 : 0);
		bytes_zero(b, s->cookie ? 4 : 0);
	}
	if (!s->server)
		bytes_u16(b, 2); /* bytes of suites */
	bytes_u16(b, 0x1301);
	if (!s->server)
		bytes_u8(b, 1); /* compression methods */
	bytes_u8(b, 0);
	bytes_u16(b, (unsigned)extensions.length);
	bytes_put(b, extensions.at, extensions.length);
}

/* The hello in a record of its own. */
static void hello_write(struct bytes *b, const struct said *s)
{
	struct bytes body = {0};
	body_write(&body, s);
	unsigned header = s->datagrams ? 12 : 4;
	b->length = 0;
	bytes_u8(b, 22);
	bytes_u16(b, s->datagrams ? s->version : 0x0301);
	bytes_zero(b, s->datagrams ? 8 : 0); /* epoch, sequence */
	bytes_u16(b, (unsigned)body.length + header);
	bytes_u8(b, s->server ? 2 : 1);
	bytes_u8(b, 0);
	bytes_u16(b, (unsigned)body.length);
	if (s->datagrams) {
		bytes_zero(b, 6); /* number, offset, the length's first byte */
		bytes_u16(b, (unsigned)body.length);
	}
	bytes_put(b, body.at, body.length);
}

static void data_write(struct bytes *b, unsigned version)
{
	b->length = 0;
	bytes_u8(b, RECORD_DATA);
	bytes_u16(b, version);
	bytes_u16(b, 1); /* epoch */
	bytes_zero(b, 6);
	bytes_u16(b, 40);
	bytes_zero(b, 40);
}

static void hello_say(struct talk *t, const struct said *s)
{
	struct bytes b = {0};
	hello_write(&b, s);
	if (s->datagrams)
		talk_udp(t, s->server ? FROM_SERVER : FROM_CLIENT, &b);
	else
		talk_tcp(t, s->server ? FROM_SERVER : FROM_CLIENT, b.at, b.length);
}

static void which_hellos(void **state)
{
	(void)state;
	static const struct {
		struct said client;
		const char *heard;
	} cases[] = {
		{{.version = 0x0303, .name = "www.q2w5rty3uiop.com"}, "tor asks 1, tor answers 2"},
		{{.version = 0x0303, .name = "www.a2bc.com"}, "tor asks 1, tor answers 2"},
		{{.version = 0x0303, .name = "www.abcdefghijklmnopqrstuvwx2.com"},
			"tor asks 1, tor answers 2"},
		{{.version = 0x0303, .name = "www.abcdefghijklmnopqrstuvwxy2.com"}, ""},
		{{.version = 0x0303, .name = "www.a2b.com"}, ""},
		{{.version = 0x0303, .name = "www.facebook.com"}, ""},
		{{.version = 0x0303, .name = "www.2345.com"}, ""},
		{{.version = 0x0303, .name = "www.q2w8rty.com"}, ""},
		{{.version = 0x0303, .name = "www.Q2WERTY.com"}, ""},
		{{.version = 0x0303, .name = "www.q2w.rty.com"}, ""},
		{{.version = 0x0303, .name = "www.q2werty.net"}, ""},
		{{.version = 0x0303, .name = "ftp.q2werty.com"}, ""},
		{{.version = 0x0303, .name = "www.q2werty.com", .alpn = "h2"}, ""},
		{{.version = 0x0303}, ""},
		{{.version = 0x0100, .datagrams = true}, "anyconnect asks 1, anyconnect answers 2"},
		{{.version = 0xfefd, .datagrams = true, .session = 32},
			"anyconnect asks 1, anyconnect answers 2"},
		{{.version = 0xfefd, .datagrams = true, .session = 31}, ""},
		{{.version = 0xfefd, .datagrams = true}, ""},
		{{.version = 0xfefd, .datagrams = true, .session = 32, .srtp = true}, ""},
		{{.version = 0xfefd, .datagrams = true, .session = 32, .name = "a.example"}, ""},
		{{.version = 0xfefd, .datagrams = true, .session = 32, .alpn = "coap"}, ""},
	};
	for (size_t i = 0; i < ROWS(cases); i++) {
		struct talk *t = talk_new(CLIENT, SERVER);
		const struct said *c = &cases[i].client;
		hello_say(t, c);
		hello_say(t,
			&(struct said){.server = true,
				.datagrams = c->datagrams,
				.version = c->version,
				.session = c->session});
		assert_int_equal(watch_count(t->w, OBS_HELLO), 2);
		talk_expect(t, cases[i].heard);
		talk_free(t);
	}
}

/* With a cookie it asks because it was told to; the same without one is a retry. */
static void retries_are_counted(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	struct said client = {.version = 0x0100, .datagrams = true};
	hello_say(t, &client);
	hello_say(t, &client);
	hello_say(t, &client);
	client.cookie = true;
	hello_say(t, &client);
	talk_expect(t, "anyconnect asks 1, anyconnect asks 1 again 1, anyconnect asks 1 again 2");
	talk_free(t);
}

/* A VPN's data is no media: it must not look like a call. */
static void data_is_a_tunnels(void **state)
{
	(void)state;
	static const struct said clients[] = {
		{.version = 0x0100, .datagrams = true},
		{.version = 0xfefd, .datagrams = true, .session = 32},
		{.version = 0xfefd, .datagrams = true},
	};
	for (size_t i = 0; i < ROWS(clients); i++) {
		struct talk *t = talk_new(CLIENT, SERVER);
		bool vpn = i < 2;
		hello_say(t, &clients[i]);
		watch_forget(t->w);
		for (int n = 0; n < 3; n++) {
			struct bytes b = {0};
			data_write(&b, clients[i].version);
			talk_udp(t, FROM_CLIENT, &b);
		}
		assert_int_equal(watch_count(t->w, OBS_MEDIA), !vpn);
		talk_expect(t, vpn ? "anyconnect data 23" : "");
		talk_free(t);
	}
}

/* In a capture that begins later, AnyConnect's own version is enough after a run. */
static void data_in_the_middle(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	for (int n = 0; n < 6; n++) {
		struct bytes b = {0};
		data_write(&b, 0x0100);
		talk_udp(t, FROM_SERVER, &b);
		if (n < 3)
			talk_expect(t, "");
	}
	talk_expect(t, "anyconnect data 23");
	talk_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_hellos),
		cmocka_unit_test(retries_are_counted),
		cmocka_unit_test(data_is_a_tunnels),
		cmocka_unit_test(data_in_the_middle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
