/*
 * QUIC: one connection after another between the same two ports.
 */
#include "tests/unit/support/quic_hello.h"

static const uint8_t ids_of_server[8] = {0xf0, 0x67, 0xa5, 0x50, 0x2a, 0x42, 0x62, 0xb5};

/* A Retry that answers a hello of one packet: it comes again, and is said once. */
static void a_retry_says_nothing_new(void **state)
{
	(void)state;
	struct datagram first = initial(QUIC_V1, id, 0, crypto_frame, sizeof(crypto_frame));
	struct datagram again = initial(QUIC_V1, other_id, 1, crypto_frame, sizeof(crypto_frame));
	struct watch *w = watch_new(LINK_RAW);
	send(w, &first, false);
	send(w, &again, false);
	expect_hello(w, QUIC_V1);
	watch_free(w);
}

/* From the same port to the same server, for another name. */
static void another_connection_is_read(void **state)
{
	(void)state;
	uint8_t another[sizeof(crypto_frame)];
	memcpy(another, crypto_frame, sizeof(another));
	another[FRAME_HEADER + 6] ^= 1; /* its random */
	struct datagram first = initial(QUIC_V1, id, 0, crypto_frame, sizeof(crypto_frame));
	struct datagram second = initial(QUIC_V1, other_id, 0, another, sizeof(another));
	static const uint8_t ack[] = {2, 0, 0, 0, 0};
	uint8_t plain[PLAIN_LENGTH] = {0};
	memcpy(plain, ack, sizeof(ack));
	struct datagram goes_on;
	goes_on.length = quic_seal(
		goes_on.bytes, QUIC_V1, id, ids_of_server, 1, plain, sizeof(plain));
	struct watch *w = watch_new(LINK_RAW);
	send(w, &first, false);
	send(w, &goes_on, false);
	send(w, &goes_on, false);
	expect_hello(w, QUIC_V1);
	send(w, &second, false);
	send(w, &second, false);
	assert_int_equal(watch_count(w, OBS_HELLO), 2);
	watch_free(w);
}

/* However many ids are made up, they are tried so many times only. */
static void ids_are_not_tried_for_ever(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct datagram first = initial(QUIC_V1, id, 0, crypto_frame, sizeof(crypto_frame));
	send(w, &first, false);
	for (unsigned i = 0; i < 3 * TRIES; i++) {
		struct datagram bad = initial(
			QUIC_V1, other_id, 0, crypto_frame, sizeof(crypto_frame));
		bad.bytes[7] ^= (uint8_t)(1 + i); /* its id */
		send(w, &bad, false);
	}
	uint8_t another[sizeof(crypto_frame)];
	memcpy(another, crypto_frame, sizeof(another));
	another[FRAME_HEADER + 6] ^= 1;
	struct datagram late = initial(QUIC_V1, other_id, 0, another, sizeof(another));
	send(w, &late, false);
	expect_hello(w, QUIC_V1);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_retry_says_nothing_new),
		cmocka_unit_test(another_connection_is_read),
		cmocka_unit_test(ids_are_not_tried_for_ever),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
