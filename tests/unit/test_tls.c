/*
 * TLS hellos in streams: those of RFC 8448 §3, over records and segments, what they say, and
 * messages that lie about their lengths.
 */
#include "tests/unit/support/exchange.h"

#define TCP_SIZE     20
#define TCP_ACK      0x10
#define TCP_SYN      0x02
#define RECORD       5
#define SEQUENCE     1000U
#define HELLO_BODY   43 /* version, random, session id, suites, compression: see hello_begin */
#define RECORDS_KEPT 64

/* RFC 8448 §3 */
static const uint8_t client_hello[] = {
	0x16, 0x03, 0x01, 0x00, 0xc4,                               /* record */
	0x01, 0x00, 0x00, 0xc0,                                     /* ClientHello */
	0x03, 0x03,                                                 /* legacy version */
	0xcb, 0x34, 0xec, 0xb1, 0xe7, 0x81, 0x63, 0xba,             /* random */
	0x1c, 0x38, 0xc6, 0xda, 0xcb, 0x19, 0x6a, 0x6d,             /* */
	0xff, 0xa2, 0x1a, 0x8d, 0x99, 0x12, 0xec, 0x18,             /* */
	0xa2, 0xef, 0x62, 0x83, 0x02, 0x4d, 0xec, 0xe7,             /* */
	0x00,                                                       /* session id */
	0x00, 0x06, 0x13, 0x01, 0x13, 0x03, 0x13, 0x02,             /* cipher suites */
	0x01, 0x00,                                                 /* compression methods */
	0x00, 0x91,                                                 /* extensions */
	0x00, 0x00, 0x00, 0x0b, 0x00, 0x09, 0x00, 0x00, 0x06,       /* server_name */
	's', 'e', 'r', 'v', 'e', 'r',                               /* */
	0xff, 0x01, 0x00, 0x01, 0x00,                               /* renegotiation_info */
	0x00, 0x0a, 0x00, 0x14, 0x00, 0x12, 0x00, 0x1d, 0x00, 0x17, /* supported_groups */
	0x00, 0x18, 0x00, 0x19, 0x01, 0x00, 0x01, 0x01, 0x01, 0x02, /* */
	0x01, 0x03, 0x01, 0x04,                                     /* */
	0x00, 0x23, 0x00, 0x00,                                     /* session_ticket */
	0x00, 0x33, 0x00, 0x26, 0x00, 0x24, 0x00, 0x1d, 0x00, 0x20, /* key_share */
	0x99, 0x38, 0x1d, 0xe5, 0x60, 0xe4, 0xbd, 0x43,             /* */
	0xd2, 0x3d, 0x8e, 0x43, 0x5a, 0x7d, 0xba, 0xfe,             /* */
	0xb3, 0xc0, 0x6e, 0x51, 0xc1, 0x3c, 0xae, 0x4d,             /* */
	0x54, 0x13, 0x69, 0x1e, 0x52, 0x9a, 0xaf, 0x2c,             /* */
	0x00, 0x2b, 0x00, 0x03, 0x02, 0x03, 0x04,                   /* supported_versions */
	0x00, 0x0d, 0x00, 0x20, 0x00, 0x1e, 0x04, 0x03, 0x05, 0x03, /* signature_algorithms */
	0x06, 0x03, 0x02, 0x03, 0x08, 0x04, 0x08, 0x05, 0x08, 0x06, /* */
	0x04, 0x01, 0x05, 0x01, 0x06, 0x01, 0x02, 0x01, 0x04, 0x02, /* */
	0x05, 0x02, 0x06, 0x02, 0x02, 0x02,                         /* */
	0x00, 0x2d, 0x00, 0x02, 0x01, 0x01,                         /* psk_key_exchange_modes */
	0x00, 0x1c, 0x00, 0x02, 0x40, 0x01,                         /* record_size_limit */
};

/* RFC 8448 §3 */
static const uint8_t server_hello[] = {
	0x16, 0x03, 0x03, 0x00, 0x5a,                   /* record */
	0x02, 0x00, 0x00, 0x56,                         /* ServerHello */
	0x03, 0x03,                                     /* legacy version */
	0xa6, 0xaf, 0x06, 0xa4, 0x12, 0x18, 0x60, 0xdc, /* random */
	0x5e, 0x6e, 0x60, 0x24, 0x9c, 0xd3, 0x4c, 0x95, /* */
	0x93, 0x0c, 0x8a, 0xc5, 0xcb, 0x14, 0x34, 0xda, /* */
	0xc1, 0x55, 0x77, 0x2e, 0xd3, 0xe2, 0x69, 0x28, /* */
	0x00,                                           /* session id */
	0x13, 0x01, 0x00,                               /* suite, compression */
	0x00, 0x2e,                                     /* extensions */
	0x00, 0x33, 0x00, 0x24, 0x00, 0x1d, 0x00, 0x20, /* key_share */
	0xc9, 0x82, 0x88, 0x76, 0x11, 0x20, 0x95, 0xfe, /* */
	0x66, 0x76, 0x2b, 0xdb, 0xf7, 0xc6, 0x72, 0xe1, /* */
	0x56, 0xd6, 0xcc, 0x25, 0x3b, 0x83, 0x3d, 0xf1, /* */
	0xdd, 0x69, 0xb1, 0xb0, 0x4e, 0x75, 0x1f, 0x0f, /* */
	0x00, 0x2b, 0x00, 0x02, 0x03, 0x04,             /* supported_versions */
};

/* Both ends' next sequence numbers. */
struct connection {
	struct watch *w;
	uint32_t next[2];
};

static void segment_wrap(struct bytes *b, uint32_t sequence, uint8_t flags, bool back)
{
	const struct endpoint client = end(TALK_CLIENT), server = end(TALK_SERVER);
	const struct endpoint *src = back ? &server : &client, *dst = back ? &client : &server;
	const uint8_t header[TCP_SIZE] = {(uint8_t)(src->port >> 8), (uint8_t)src->port,
		(uint8_t)(dst->port >> 8), (uint8_t)dst->port, (uint8_t)(sequence >> 24),
		(uint8_t)(sequence >> 16), (uint8_t)(sequence >> 8),
		(uint8_t)sequence, [12] = TCP_SIZE / 4 << 4, [13] = flags};
	bytes_front(b, header, sizeof(header));
	packet_ipv4(b, &src->addr, &dst->addr, PROTOCOL_TCP);
}

static void send(struct connection *c, const void *bytes, size_t length, bool back)
{
	struct bytes b = {0};
	bytes_put(&b, bytes, length);
	segment_wrap(&b, c->next[back], TCP_ACK, back);
	c->next[back] += (uint32_t)length;
	watch_frame(c->w, b.at, b.length);
}

static struct connection connect(void)
{
	struct connection c = {.w = watch_new(LINK_RAW), .next = {SEQUENCE + 1, SEQUENCE + 1}};
	for (unsigned back = 0; back < 2; back++) {
		struct bytes b = {0};
		segment_wrap(&b, SEQUENCE, TCP_SYN, back);
		watch_frame(c.w, b.at, b.length);
	}
	return c;
}

static const struct obs_hello *only_hello(const struct connection *c)
{
	assert_int_equal(watch_count(c->w, OBS_HELLO), 1);
	return &watch_seen(c->w, OBS_HELLO, 0)->hello;
}

static void vectors_are_read(void **state)
{
	(void)state;
	struct connection c = connect();
	send(&c, client_hello, sizeof(client_hello), false);
	const struct obs_hello *h = only_hello(&c);
	assert_int_equal(h->protocol, HELLO_TLS);
	assert_int_equal(h->version, 0x0304);
	assert_true(word_is(&h->name, "server") && word_is(&h->alpn, ""));
	assert_false(h->server || h->ech || h->srtp_profiles);
	watch_forget(c.w);
	send(&c, server_hello, sizeof(server_hello), true);
	h = only_hello(&c);
	assert_true(h->server);
	assert_int_equal(h->version, 0x0304);
	/* From now on nobody listens. */
	send(&c, client_hello, sizeof(client_hello), false);
	send(&c, server_hello, sizeof(server_hello), true);
	assert_int_equal(watch_count(c.w, OBS_HELLO), 1);
	watch_free(c.w);
}

static void prefixes_prove_nothing(void **state)
{
	(void)state;
	struct bytes b = {0};
	bytes_put(&b, client_hello, sizeof(client_hello));
	segment_wrap(&b, 1, TCP_ACK, false);
	watch_prefixes(LINK_RAW, b.at, b.length);
}

/* Segments of every size. */
static void segments_of_any_size(void **state)
{
	(void)state;
	for (size_t size = 1; size < sizeof(client_hello); size += size < 8 ? 1 : 31) {
		struct connection c = connect();
		for (size_t at = 0; at < sizeof(client_hello); at += size) {
			assert_int_equal(watch_count(c.w, OBS_HELLO), 0);
			size_t left = sizeof(client_hello) - at;
			send(&c, client_hello + at, left < size ? left : size, false);
		}
		assert_true(word_is(&only_hello(&c)->name, "server"));
		watch_free(c.w);
	}
}

/* The hello cut into records of `size` bytes; how many there are. */
static size_t records_send(struct connection *c, size_t size)
{
	struct bytes b = {0};
	size_t count = 0;
	for (size_t at = RECORD; at < sizeof(client_hello); at += size, count++) {
		size_t left = sizeof(client_hello) - at, take = left < size ? left : size;
		bytes_put(&b, client_hello, 3);
		bytes_u16(&b, (unsigned)take);
		bytes_put(&b, client_hello + at, take);
	}
	send(c, b.at, b.length, false);
	return count;
}

static void records_of_any_size(void **state)
{
	(void)state;
	for (size_t size = 1; size < sizeof(client_hello); size++) {
		struct connection c = connect();
		bool few = records_send(&c, size) <= RECORDS_KEPT;
		assert_int_equal(watch_count(c.w, OBS_HELLO), few);
		watch_free(c.w);
	}
}

/* A ClientHello with these extensions. */
static void hello_make(struct bytes *b, const void *extensions, size_t length)
{
	b->length = 0;
	bytes_put(b, client_hello, 3);
	bytes_u16(b, (unsigned)(HELLO_BODY + 4 + length));
	bytes_u16(b, 0x0100);
	bytes_u16(b, (unsigned)(HELLO_BODY + length));
	bytes_u16(b, 0x0303);
	bytes_zero(b, 32);
	bytes_u8(b, 0); /* session id */
	bytes_u16(b, 2);
	bytes_u16(b, 0x1301);
	bytes_u16(b, 0x0100);
	bytes_u16(b, (unsigned)length);
	bytes_put(b, extensions, length);
}

static void extensions_are_read(void **state)
{
	(void)state;
	static const uint8_t extensions[] = {
		0x0a, 0x0a, 0x00, 0x00,                         /* GREASE */
		0x00, 0x10, 0x00, 0x16, 0x00, 0x14,             /* ALPN */
		0x09, 's', 't', 'u', 'n', '.', 't', 'u',        /* */
		'r', 'n',                                       /* */
		0x06, 'w', 'e', 'b', 'r', 't', 'c',             /* */
		0x02, 'h', '2',                                 /* */
		0x00, 0x0e, 0x00, 0x05, 0x00, 0x02, 0x00, 0x01, /* use_srtp */
		0x00,                                           /* */
		0x00, 0x2b, 0x00, 0x07, 0x06, 0xfa, 0xfa,       /* supported_versions, GREASE */
		0x03, 0x03, 0x03, 0x04,                         /* */
		0xfe, 0x0d, 0x00, 0x01, 0x00,                   /* encrypted_client_hello */
	};
	struct connection c = connect();
	struct bytes b;
	hello_make(&b, extensions, sizeof(extensions));
	send(&c, b.at, b.length, false);
	const struct obs_hello *h = only_hello(&c);
	assert_true(word_is(&h->alpn, "stun.turn,webrtc,h2"));
	assert_int_equal(h->srtp_profiles, 1);
	assert_int_equal(h->version, 0x0304);
	assert_true(h->ech);
	watch_free(c.w);
}

/* A name, and behind it an extension longer than what is left of the list (RFC 8446 §6.2: a decode
 * error): such a hello tells nothing. */
static void broken_lists_tell_nothing(void **state)
{
	(void)state;
	static const uint8_t extensions[] = {
		0x00, 0x00, 0x00, 0x06, 0x00, 0x04, 0x00, 0x00, /* server_name */
		0x01, 'a',                                      /* */
		0x00, 0x0b, 0x00, 0x02, 0x01,                   /* a byte is missing */
	};
	struct connection c = connect();
	struct bytes b;
	hello_make(&b, extensions, sizeof(extensions));
	send(&c, b.at, b.length, false);
	assert_int_equal(watch_count(c.w, OBS_HELLO), 0);
	watch_free(c.w);
}

/* Before there were extensions, a ClientHello could end in bytes that mean nothing (RFC 2246
 * §7.4.1.2). One of them is no list of extensions. */
static void remainders_mean_nothing(void **state)
{
	(void)state;
	for (unsigned rest = 0; rest < 2; rest++) {
		struct connection c = connect();
		struct bytes b;
		hello_make(&b, NULL, 0);
		b.length -= 2 - rest; /* the length of the list */
		b.at[4] = (uint8_t)(b.length - 5);
		b.at[8] = (uint8_t)(b.length - 9);
		send(&c, b.at, b.length, false);
		assert_int_equal(only_hello(&c)->version, 0x0303);
		watch_free(c.w);
	}
}

static void long_names_are_cut(void **state)
{
	(void)state;
	struct bytes e = {0}, b;
	bytes_u16(&e, 0);
	bytes_u16(&e, 205);
	bytes_u16(&e, 203);
	bytes_u8(&e, 0);
	bytes_u16(&e, 200);
	for (unsigned i = 0; i < 200; i++)
		bytes_u8(&e, 'a');
	bytes_u16(&e, 16);
	bytes_u16(&e, 2 + 20 * 10);
	bytes_u16(&e, 20 * 10);
	for (unsigned i = 0; i < 20; i++) {
		bytes_u8(&e, 9);
		bytes_put(&e, "protocol.", 9);
	}
	hello_make(&b, e.at, e.length);
	struct connection c = connect();
	send(&c, b.at, b.length, false);
	const struct obs_hello *h = only_hello(&c);
	assert_int_equal(h->name.length, OBS_WORD_MAX);
	assert_int_equal(h->alpn.length, OBS_WORD_MAX);
	assert_true(h->name.cut && h->alpn.cut);
	watch_free(c.w);
}

/* Every byte of the hello set to every one of a few values: what breaks says nothing or less. */
static void lies_hurt_nobody(void **state)
{
	(void)state;
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	for (size_t at = 0; at < sizeof(client_hello); at++)
		for (size_t v = 0; v < ROWS(values); v++) {
			uint8_t *bytes = heap_copy(client_hello, sizeof(client_hello));
			bytes[at] = values[v];
			struct connection c = connect();
			send(&c, bytes, sizeof(client_hello), false);
			assert_true(watch_count(c.w, OBS_HELLO) <= 1);
			watch_free(c.w);
			free(bytes);
		}
}

/* A hole before it: these may be the middle of anything. */
static void nothing_is_read_behind_a_hole(void **state)
{
	(void)state;
	struct connection c = connect();
	c.next[0] += 70000;
	send(&c, client_hello, sizeof(client_hello), false);
	assert_int_equal(watch_count(c.w, OBS_HELLO), 0);
	watch_free(c.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_are_read),
		cmocka_unit_test(prefixes_prove_nothing),
		cmocka_unit_test(segments_of_any_size),
		cmocka_unit_test(records_of_any_size),
		cmocka_unit_test(extensions_are_read),
		cmocka_unit_test(broken_lists_tell_nothing),
		cmocka_unit_test(remainders_mean_nothing),
		cmocka_unit_test(long_names_are_cut),
		cmocka_unit_test(lies_hurt_nobody),
		cmocka_unit_test(nothing_is_read_behind_a_hole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
