/*
 * DTLS: hellos of 1.2 and 1.3 whole and in fragments, what flows after them, and records that do
 * not fill their datagram (RFC 6347, RFC 9147, RFC 5764).
 */
#include "tests/unit/support/exchange.h"
#include "tests/unit/support/stun.h"

#define RECORD      13
#define MESSAGE     12
#define DATA_LENGTH 40
#define RUN         4
#define BODY_AT     (RECORD + MESSAGE)

/* A ClientHello as a browser sends it for WebRTC (RFC 9147 §5.3), shortened. */
static const uint8_t client_hello[] = {
	22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x64,      /* record */
	1, 0, 0, 0x58, 0, 0, 0, 0, 0, 0, 0, 0x58,             /* ClientHello, whole */
	0xfe, 0xfd,                                           /* legacy version */
	0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47,       /* random */
	0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f,       /* */
	0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57,       /* */
	0x58, 0x59, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e, 0x5f,       /* */
	0x00,                                                 /* session id */
	0x00,                                                 /* cookie */
	0x00, 0x04, 0x13, 0x01, 0xc0, 0x2b,                   /* cipher suites */
	0x01, 0x00,                                           /* compression methods */
	0x00, 0x2a,                                           /* extensions */
	0x00, 0x0e, 0x00, 0x0b, 0x00, 0x08, 0x00, 0x08,       /* use_srtp */
	0x00, 0x07, 0x00, 0x02, 0x00, 0x01, 0x00,             /* */
	0x00, 0x2b, 0x00, 0x05, 0x04, 0xfe, 0xfc, 0xfe, 0xfd, /* supported_versions */
	0x00, 0x10, 0x00, 0x09, 0x00, 0x07, 0x06,             /* ALPN */
	'w', 'e', 'b', 'r', 't', 'c',                         /* */
	0xff, 0x01, 0x00, 0x01, 0x00,                         /* renegotiation_info */
};

/* RFC 9147: the ServerHello that chooses 1.3. */
static const uint8_t server_hello[] = {
	22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x3a, /* record */
	2, 0, 0, 0x2e, 0, 0, 0, 0, 0, 0, 0, 0x2e,        /* ServerHello, whole */
	0xfe, 0xfd,                                      /* legacy version */
	0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67,  /* random */
	0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f,  /* */
	0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77,  /* */
	0x78, 0x79, 0x7a, 0x7b, 0x7c, 0x7d, 0x7e, 0x7f,  /* */
	0x00,                                            /* session id */
	0x13, 0x01, 0x00,                                /* suite, compression */
	0x00, 0x06,                                      /* extensions */
	0x00, 0x2b, 0x00, 0x02, 0xfe, 0xfc,              /* supported_versions */
};

/* Bytes [from, to) of the message in `hello` as a fragment in a record of its own. */
static void fragment(struct bytes *b, const uint8_t *hello, size_t length, size_t from, size_t to)
{
	if (to > length - BODY_AT)
		to = length - BODY_AT;
	bytes_put(b, hello, RECORD - 2);
	bytes_u16(b, (unsigned)(MESSAGE + to - from));
	bytes_put(b, hello + RECORD, 6);
	bytes_u8(b, 0);
	bytes_u16(b, (unsigned)from);
	bytes_u8(b, 0);
	bytes_u16(b, (unsigned)(to - from));
	bytes_put(b, hello + BODY_AT + from, to - from);
}

/* A record with the unified header: 16 bits of sequence number, a length. */
static void unified(struct bytes *b, unsigned epoch, unsigned sequence)
{
	bytes_u8(b, 0x2c | epoch);
	bytes_u16(b, sequence * 40503U & 0xffff); /* encrypted: looks random */
	bytes_u16(b, DATA_LENGTH);
	bytes_zero(b, DATA_LENGTH);
}

/* Application data of DTLS 1.2. */
static void data(struct bytes *b, unsigned epoch, unsigned sequence)
{
	bytes_u8(b, 23);
	bytes_u16(b, 0xfefd);
	bytes_u16(b, epoch);
	bytes_zero(b, 4);
	bytes_u16(b, sequence);
	bytes_u16(b, DATA_LENGTH);
	bytes_zero(b, DATA_LENGTH);
}

static void send_data(struct watch *w, unsigned sequence, bool back)
{
	struct bytes b = {0};
	data(&b, 1, sequence);
	talk(w, b.at, b.length, back);
}

static void send_unified(struct watch *w, unsigned epoch, unsigned sequence, bool back)
{
	struct bytes b = {0};
	unified(&b, epoch, sequence);
	talk(w, b.at, b.length, back);
}

static void expect_client(const struct watch *w)
{
	assert_int_equal(watch_count(w, OBS_HELLO), 1);
	const struct obs_hello *h = &watch_seen(w, OBS_HELLO, 0)->hello;
	assert_int_equal(h->protocol, HELLO_DTLS);
	assert_int_equal(h->version, 0xfefc);
	assert_int_equal(h->srtp_profiles, 4);
	assert_true(word_is(&h->alpn, "webrtc") && word_is(&h->name, ""));
	assert_false(h->server || h->ech);
}

static void hellos_are_read(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	talk(w, client_hello, sizeof(client_hello), false);
	expect_client(w);
	talk(w, client_hello, sizeof(client_hello), false); /* again: nothing new */
	expect_client(w);
	talk(w, server_hello, sizeof(server_hello), true);
	assert_int_equal(watch_count(w, OBS_HELLO), 2);
	const struct obs_hello *h = &watch_seen(w, OBS_HELLO, 1)->hello;
	assert_true(h->server);
	assert_int_equal(h->version, 0xfefc);
	watch_free(w);
}

/* In datagrams of their own, in both orders, repeated, and all in one. */
static void fragments_in_any_order(void **state)
{
	(void)state;
	size_t body = sizeof(client_hello) - BODY_AT;
	for (size_t size = 1; size < body; size += 7) {
		struct watch *w = watch_new(LINK_RAW);
		for (size_t n = (body - 1) / size + 1; n-- > 0;) {
			struct bytes b = {0};
			assert_int_equal(watch_count(w, OBS_HELLO), 0);
			fragment(&b, client_hello, sizeof(client_hello), n * size, (n + 1) * size);
			talk(w, b.at, b.length, false);
			talk(w, b.at, b.length, false);
		}
		expect_client(w);
		watch_free(w);
	}
	struct watch *w = watch_new(LINK_RAW);
	struct bytes all = {0};
	fragment(&all, client_hello, sizeof(client_hello), 0, 50);
	fragment(&all, client_hello, sizeof(client_hello), 30, body);
	talk(w, all.at, all.length, false);
	expect_client(w);
	watch_free(w);
}

/* Pieces of two messages do not mix, nor do those of the two ends. */
static void fragments_of_others(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct bytes start = {0}, rest = {0}, other = {0};
	fragment(&start, client_hello, sizeof(client_hello), 0, 50);
	fragment(&rest, client_hello, sizeof(client_hello), 50, sizeof(client_hello));
	fragment(&other, client_hello, sizeof(client_hello), 50, sizeof(client_hello));
	other.at[RECORD + 5] = 1; /* message number */
	talk(w, start.at, start.length, false);
	talk(w, rest.at, rest.length, true);
	talk(w, other.at, other.length, false);
	assert_int_equal(watch_count(w, OBS_HELLO), 0);
	watch_free(w);
}

/* Chromium can send its handshake inside the checks that open the way (META-DTLS-IN-STUN), in
 * requests and answers, a part of it as plain DTLS: one flow, one hello. */
static void fragments_in_stun(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	size_t body = sizeof(client_hello) - BODY_AT;
	for (unsigned i = 0; i < 3; i++) {
		struct bytes b = {0}, piece = {0};
		assert_int_equal(watch_count(w, OBS_HELLO), 0);
		fragment(&piece, client_hello, sizeof(client_hello), i * 30,
			i == 2 ? body : (i + 1) * 30);
		stun_begin(&b, i ? BINDING_SUCCESS : BINDING_REQUEST, (uint8_t)i);
		stun_attribute(&b, 0xc070, piece.at, piece.length);
		if (i == 1)
			talk(w, piece.at, piece.length, false);
		else
			talk(w, b.at, b.length, false);
	}
	expect_client(w);
	const struct observation *hello = watch_seen(w, OBS_HELLO, 0);
	assert_true(hello->head.flow_id == watch_seen(w, OBS_STUN_MESSAGE, 0)->head.flow_id);
	watch_free(w);
}

static void data_follows_a_hello(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	talk(w, client_hello, sizeof(client_hello), false);
	send_data(w, 1, false);
	send_data(w, 2, false);
	send_data(w, 1, true);
	assert_int_equal(watch_count(w, OBS_MEDIA), 2);
	const struct obs_media *m = &watch_seen(w, OBS_MEDIA, 0)->media;
	assert_int_equal(m->protocol, MEDIA_DTLS);
	assert_int_equal(m->event, MEDIA_STARTS);
	assert_int_equal(m->bytes, RECORD + DATA_LENGTH);
	w->next.time_ns += 10 * SECOND_NS;
	send_data(w, 3, false);
	m = &watch_seen(w, OBS_MEDIA, 2)->media;
	assert_int_equal(m->event, MEDIA_GOES_ON);
	assert_int_equal(m->packets, 3);
	watch_free(w);
}

static void without_a_hello_a_run(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < RUN; i++) {
		assert_int_equal(watch_count(w, OBS_MEDIA), 0);
		send_unified(w, 3, i, false);
	}
	assert_int_equal(watch_count(w, OBS_MEDIA), 1);
	watch_free(w);
}

/* Epoch 2 is the handshake's. */
static void the_handshake_is_no_media(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	talk(w, client_hello, sizeof(client_hello), false);
	talk(w, server_hello, sizeof(server_hello), true);
	for (unsigned i = 0; i < 2 * RUN; i++)
		send_unified(w, 2, i, i % 2);
	assert_int_equal(watch_count(w, OBS_MEDIA), 0);
	send_unified(w, 3, 9, false);
	assert_int_equal(watch_count(w, OBS_MEDIA), 1);
	watch_free(w);
}

/* No length, or a connection id: a shape only where DTLS 1.3 is known. */
static void bare_headers_need_a_hello(void **state)
{
	(void)state;
	static const uint8_t firsts[] = {0x2b, 0x23, 0x3f, 0x33};
	struct watch *w = watch_new(LINK_RAW);
	uint8_t bare[DATA_LENGTH] = {0};
	for (unsigned i = 0; i < 4 * RUN; i++) {
		bare[0] = firsts[i % ROWS(firsts)];
		talk(w, bare, sizeof(bare), false);
	}
	assert_int_equal(watch_count(w, OBS_MEDIA), 0);
	talk(w, client_hello, sizeof(client_hello), false);
	talk(w, bare, sizeof(bare), false);
	assert_int_equal(watch_count(w, OBS_MEDIA), 1);
	watch_free(w);
}

/* Lengths that do not fill the datagram: OpenVPN and others start with the same bytes. */
static void datagrams_must_be_full(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < 4 * RUN; i++) {
		struct bytes more = {0}, less = {0}, old = {0};
		data(&more, 1, i);
		bytes_u8(&more, 0);
		data(&less, 1, i);
		less.length--;
		data(&old, 1, i);
		old.at[1] = 0x03; /* a version of TLS */
		talk(w, more.at, more.length, false);
		talk(w, less.at, less.length, false);
		talk(w, old.at, old.length, false);
	}
	assert_int_equal(w->stats.flows, 0);
	assert_int_equal(w->count, 0);
	watch_free(w);
}

/* CAPWAP puts four bytes before DTLS (RFC 5415 §4.2): what follows is not looked for. */
static void headers_before_it_hide_it(void **state)
{
	(void)state;
	static const uint8_t capwap[] = {0x01, 0x00, 0x00, 0x00};
	struct watch *w = watch_new(LINK_RAW);
	struct bytes b = {0};
	bytes_put(&b, capwap, sizeof(capwap));
	bytes_put(&b, client_hello, sizeof(client_hello));
	talk(w, b.at, b.length, false);
	assert_int_equal(w->count, 0);
	watch_free(w);
}

static void prefixes_prove_nothing(void **state)
{
	(void)state;
	const struct {
		const uint8_t *bytes;
		size_t length;
	} rows[] = {
		{client_hello, sizeof(client_hello)},
		{server_hello, sizeof(server_hello)},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct bytes b = {0};
		bytes_put(&b, rows[i].bytes, rows[i].length);
		talk_wrap(&b, false);
		watch_prefixes(LINK_RAW, b.at, b.length);
	}
}

/* Every byte of the hello set to every one of a few values: what breaks says nothing or less. */
static void lies_hurt_nobody(void **state)
{
	(void)state;
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	for (size_t at = 0; at < sizeof(client_hello); at++)
		for (size_t v = 0; v < ROWS(values); v++) {
			struct bytes b = {0};
			bytes_put(&b, client_hello, sizeof(client_hello));
			b.at[at] = values[v];
			struct watch *w = watch_new(LINK_RAW);
			talk(w, b.at, b.length, false);
			assert_true(watch_count(w, OBS_HELLO) <= 1);
			watch_free(w);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hellos_are_read),
		cmocka_unit_test(fragments_in_any_order),
		cmocka_unit_test(fragments_of_others),
		cmocka_unit_test(fragments_in_stun),
		cmocka_unit_test(data_follows_a_hello),
		cmocka_unit_test(without_a_hello_a_run),
		cmocka_unit_test(the_handshake_is_no_media),
		cmocka_unit_test(bare_headers_need_a_hello),
		cmocka_unit_test(datagrams_must_be_full),
		cmocka_unit_test(headers_before_it_hide_it),
		cmocka_unit_test(prefixes_prove_nothing),
		cmocka_unit_test(lies_hurt_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
