/*
 * QUIC: the Initials of RFC 9001 and RFC 9369 appendix A.2, ClientHellos in pieces and in disorder,
 * and short headers, which mean something only in a flow that is known.
 */
#include "tests/unit/support/quic_hello.h"

/* The protected packets of the two RFCs: their first 32 and last 16 bytes. The tag at the end
 * depends on every byte before it. */
static const struct {
	uint32_t version;
	uint8_t start[32], tag[SEAL_TAG];
} vectors[] = {
	{QUIC_V1,
		{0xc0, 0x00, 0x00, 0x00, 0x01, 0x08, 0x83, 0x94, /* */
			0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08, 0x00, 0x00, 0x44, 0x9e, 0x7b, 0x9a,
			0xec, 0x34, 0xd1, 0xb1, 0xc9, 0x8d, 0xd7, 0x68, 0x9f, 0xb8, 0xec, 0x11},
		{0xe2, 0x21, 0xaf, 0x44, 0x86, 0x00, 0x18, 0xab, /* */
			0x08, 0x56, 0x97, 0x2e, 0x19, 0x4c, 0xd9, 0x34}},
	{QUIC_V2,
		{0xd7, 0x6b, 0x33, 0x43, 0xcf, 0x08, 0x83, 0x94, /* */
			0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08, 0x00, 0x00, 0x44, 0x9e, 0xa0, 0xc9,
			0x5e, 0x82, 0xff, 0xe6, 0x7b, 0x6a, 0xbc, 0xdb, 0x42, 0x98, 0xb4, 0x85},
		{0xa1, 0x8b, 0x2f, 0xaa, 0x74, 0x5b, 0x6f, 0xe1, /* */
			0x89, 0xcf, 0x77, 0x2a, 0x9f, 0x84, 0xcb, 0xfc}},
};

static void vectors_open(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(vectors); i++) {
		struct datagram d = initial(
			vectors[i].version, id, 2, crypto_frame, sizeof(crypto_frame));
		assert_int_equal(d.length, 1200);
		assert_memory_equal(d.bytes, vectors[i].start, sizeof(vectors[i].start));
		assert_memory_equal(d.bytes + 1200 - SEAL_TAG, vectors[i].tag, SEAL_TAG);
		struct watch *w = watch_new(LINK_RAW);
		send(w, &d, false);
		expect_hello(w, vectors[i].version);
		watch_free(w);
	}
}

static void prefixes_prove_nothing(void **state)
{
	(void)state;
	struct datagram d = initial(QUIC_V1, id, 2, crypto_frame, sizeof(crypto_frame));
	struct bytes b = {0};
	bytes_put(&b, d.bytes, d.length);
	talk_wrap(&b, false);
	watch_prefixes(LINK_RAW, b.at, b.length);
}

static void flipped_bits_are_noticed(void **state)
{
	(void)state;
	struct datagram d = initial(QUIC_V1, id, 2, crypto_frame, sizeof(crypto_frame));
	struct watch *w = watch_new(LINK_RAW);
	for (size_t bit = 0; bit < 8 * 64; bit++) {
		struct bytes b = {0};
		bytes_put(&b, d.bytes, d.length);
		b.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		const struct endpoint server = end(TALK_SERVER);
		struct endpoint client = end(TALK_CLIENT);
		client.port = (uint16_t)(1024 + bit);
		packet_ip_udp(&b, &client, &server);
		watch_frame(w, b.at, b.length);
	}
	assert_int_equal(watch_count(w, OBS_HELLO), 0);
	watch_free(w);
}

/* A CRYPTO frame with bytes [from, to) of the hello. */
static void piece(struct bytes *b, unsigned from, unsigned to)
{
	bytes_u8(b, 6);
	bytes_u16(b, 0x4000 | from);
	bytes_u16(b, 0x4000 | (to - from));
	bytes_put(b, crypto_frame + FRAME_HEADER + from, to - from);
}

/* As Chromium does: dozens of frames out of order, padding and pings between, over two Initials. */
static void pieces_in_any_order(void **state)
{
	(void)state;
	struct bytes odd = {0}, even = {0};
	for (unsigned at = 0; at < HELLO_LENGTH; at += 8) {
		unsigned from = HELLO_LENGTH - 1 - at;
		from -= from % 8;
		struct bytes *b = from / 8 % 2 ? &odd : &even;
		piece(b, from, from + 8 > HELLO_LENGTH ? HELLO_LENGTH : from + 8);
		bytes_u8(b, 1); /* PING */
		bytes_zero(b, 3);
	}
	struct watch *w = watch_new(LINK_RAW);
	struct datagram first = initial(QUIC_V1, id, 0, odd.at, odd.length);
	struct datagram second = initial(QUIC_V1, id, 1, even.at, even.length);
	send(w, &first, false);
	send(w, &first, false);
	assert_int_equal(watch_count(w, OBS_HELLO), 0);
	send(w, &second, false);
	expect_hello(w, QUIC_V1);
	send(w, &second, false);
	expect_hello(w, QUIC_V1);
	watch_free(w);
}

/* Chromium puts it between its frames, and before them. */
static void padding_stands_anywhere(void **state)
{
	(void)state;
	for (unsigned length = 1; length < 200; length += length < 60 || length > 130 ? 9 : 1) {
		struct bytes b = {0};
		bytes_zero(&b, length);
		piece(&b, 100, HELLO_LENGTH);
		bytes_zero(&b, length);
		piece(&b, 0, 100);
		struct datagram d = initial(QUIC_V1, id, 0, b.at, b.length);
		struct watch *w = watch_new(LINK_RAW);
		send(w, &d, false);
		expect_hello(w, QUIC_V1);
		watch_free(w);
	}
}

/* The second Initial goes to the id that the server chose, under the keys of the first. */
static void keys_outlive_the_id(void **state)
{
	(void)state;
	struct bytes start = {0}, rest = {0};
	piece(&start, 0, 100);
	piece(&rest, 90, HELLO_LENGTH);
	struct datagram first = initial(QUIC_V1, id, 0, start.at, start.length), second;
	uint8_t plain[PLAIN_LENGTH] = {0};
	memcpy(plain, rest.at, rest.length);
	second.length = quic_seal(second.bytes, QUIC_V1, id, other_id, 1, plain, sizeof(plain));
	struct watch *w = watch_new(LINK_RAW);
	send(w, &first, false);
	send(w, &second, false);
	expect_hello(w, QUIC_V1);
	watch_free(w);
}

/* After a Retry the client takes the server's id for new keys. */
static void retry_makes_new_keys(void **state)
{
	(void)state;
	struct bytes start = {0};
	piece(&start, 0, 100);
	struct datagram first = initial(QUIC_V1, id, 0, start.at, start.length);
	struct datagram again = initial(QUIC_V1, other_id, 1, crypto_frame, sizeof(crypto_frame));
	struct watch *w = watch_new(LINK_RAW);
	send(w, &first, false);
	send(w, &again, false);
	expect_hello(w, QUIC_V1);
	watch_free(w);
}

/* Frames that lie, end, or may not stand in an Initial tell nothing, and hurt nobody. */
static void bad_frames_are_harmless(void **state)
{
	(void)state;
	static const uint8_t rows[][16] = {
		{0x06, 0x00, 0x7f, 0xff},                                           /* too long */
		{0x06, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01},       /* far away */
		{0x06, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},       /* endless */
		{0x02, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, /* ACK */
		{0x08, 0x00, 0x01},                                                 /* STREAM */
		{0x06, 0x00, 0x04, 0x02, 0x00, 0x00, 0x00}, /* ServerHello */
		{0x06, 0x00, 0x04, 0x01, 0xff, 0xff, 0xff}, /* a huge hello */
		{0x06, 0x00, 0x04, 0x01, 0x00, 0x00, 0x00}, /* an empty one */
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct datagram d = initial(QUIC_V1, id, 0, rows[i], sizeof(rows[i]));
		struct watch *w = watch_new(LINK_RAW);
		send(w, &d, false);
		assert_int_equal(w->count, 0);
		watch_free(w);
	}
}

static void tries_are_counted(void **state)
{
	(void)state;
	struct datagram good = initial(QUIC_V1, id, 0, crypto_frame, sizeof(crypto_frame));
	struct datagram bad = good;
	bad.bytes[bad.length - 1] ^= 1;
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < TRIES; i++)
		send(w, &bad, false);
	assert_int_equal(w->stats.hello_undecrypted, TRIES);
	send(w, &good, false);
	assert_int_equal(watch_count(w, OBS_HELLO), 0);
	watch_free(w);
}

static void short_headers_need_a_flow(void **state)
{
	(void)state;
	struct datagram hello = initial(QUIC_V1, id, 0, crypto_frame, sizeof(crypto_frame));
	const uint8_t data[40] = {0x4b, 1, 2, 3, 4, 5, 6, 7, 8, 9};
	struct watch *w = watch_new(LINK_RAW);
	talk(w, data, sizeof(data), false);
	assert_int_equal(w->stats.flows, 0);
	send(w, &hello, false);
	watch_forget(w);
	for (unsigned i = 0; i < 3; i++) {
		talk(w, data, sizeof(data), false);
		talk(w, data, sizeof(data), true);
		talk(w, data, 20, true);
	}
	assert_int_equal(watch_count(w, OBS_MEDIA), 2);
	assert_int_equal(watch_seen(w, OBS_MEDIA, 0)->media.protocol, MEDIA_QUIC);
	w->next.time_ns += 10 * SECOND_NS;
	talk(w, data, sizeof(data), true);
	assert_int_equal(watch_count(w, OBS_MEDIA), 3);
	const struct obs_media *m = &watch_seen(w, OBS_MEDIA, 2)->media;
	assert_int_equal(m->event, MEDIA_GOES_ON);
	assert_int_equal(m->packets, 4);
	assert_int_equal(m->bytes, 4 * sizeof(data));
	watch_free(w);
}

/* The same connection from another address, as behind a NAT that forgot it, is another flow (RFC
 * 9000 §9 lets a connection move; its hello is told for both). */
static void addresses_make_the_flow(void **state)
{
	(void)state;
	const struct endpoint other = end("198.51.100.77:40000"), server = end(TALK_SERVER);
	struct datagram d = initial(QUIC_V1, id, 0, crypto_frame, sizeof(crypto_frame));
	struct watch *w = watch_new(LINK_RAW);
	send(w, &d, false);
	struct bytes b = {0};
	bytes_put(&b, d.bytes, d.length);
	packet_ip_udp(&b, &other, &server);
	watch_frame(w, b.at, b.length);
	assert_int_equal(watch_count(w, OBS_HELLO), 2);
	watch_free(w);
}

/* Versions that only ask for negotiation (RFC 9000 §15) are sealed as draft 29 is. */
static void reserved_versions_are_read(void **state)
{
	(void)state;
	struct datagram d = initial(QUIC_GREASE, id, 0, crypto_frame, sizeof(crypto_frame));
	struct watch *w = watch_new(LINK_RAW);
	send(w, &d, false);
	expect_hello(w, QUIC_GREASE);
	watch_free(w);
}

/* Google's have frames of their own; what is a CRYPTO frame elsewhere is none there. */
static void google_versions_are_read(void **state)
{
	(void)state;
	static const uint32_t versions[] = {QUIC_T050, QUIC_T051};
	uint8_t theirs[sizeof(crypto_frame)];
	memcpy(theirs, crypto_frame, sizeof(theirs));
	theirs[0] = 0x08;
	for (size_t i = 0; i < ROWS(versions); i++) {
		struct datagram d = initial(versions[i], id, 0, theirs, sizeof(theirs));
		struct datagram other = initial(
			versions[i], id, 0, crypto_frame, sizeof(crypto_frame));
		struct watch *w = watch_new(LINK_RAW);
		send(w, &other, false);
		assert_int_equal(watch_count(w, OBS_HELLO), 0);
		assert_int_equal(w->stats.hello_undecrypted, 0);
		send(w, &d, false);
		expect_hello(w, versions[i]);
		watch_free(w);
	}
}

/* Long headers without a version that is known have no shape. */
static void strangers_are_left_alone(void **state)
{
	(void)state;
	static const uint8_t versions[][4] = {
		{0, 0, 0, 2}, {0x51, 0x30, 0x34, 0x36}, {0x12, 0x34, 0x56, 0x78}};
	struct watch *w = watch_new(LINK_RAW);
	for (size_t i = 0; i < ROWS(versions); i++) {
		struct datagram d = initial(QUIC_V1, id, 0, crypto_frame, sizeof(crypto_frame));
		memcpy(d.bytes + 1, versions[i], sizeof(versions[i]));
		send(w, &d, false);
	}
	assert_int_equal(w->stats.flows, 0);
	assert_int_equal(w->count, 0);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_open),
		cmocka_unit_test(prefixes_prove_nothing),
		cmocka_unit_test(flipped_bits_are_noticed),
		cmocka_unit_test(pieces_in_any_order),
		cmocka_unit_test(padding_stands_anywhere),
		cmocka_unit_test(keys_outlive_the_id),
		cmocka_unit_test(retry_makes_new_keys),
		cmocka_unit_test(bad_frames_are_harmless),
		cmocka_unit_test(tries_are_counted),
		cmocka_unit_test(short_headers_need_a_flow),
		cmocka_unit_test(addresses_make_the_flow),
		cmocka_unit_test(reserved_versions_are_read),
		cmocka_unit_test(google_versions_are_read),
		cmocka_unit_test(strangers_are_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
