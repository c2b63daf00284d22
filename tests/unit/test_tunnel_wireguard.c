/*
 * WireGuard: each message type at its exact length and no other, a handshake matched by its
 * indices, retries counted, data without a handshake only after a run, keepalives told apart.
 */
#include "tests/unit/support/talk.h"

#define CLIENT "192.168.77.10:50000"
#define SERVER "192.0.2.10:51820"

#define INDEX_CLIENT 0xd837d030
#define INDEX_SERVER 0x06f47dab
#define DATA_RUN     4

static void fill(struct bytes *b, size_t length)
{
	for (size_t i = 0; i < length; i++)
		bytes_u8(b, 0x5a + (unsigned)i);
}

static void initiation(struct bytes *b, uint32_t sender)
{
	b->length = 0;
	bytes_u32(b, 0x01000000); /* type, reserved */
	bytes_u32(b, sender);
	fill(b, 32);       /* ephemeral key */
	fill(b, 48);       /* static key */
	fill(b, 28);       /* timestamp */
	fill(b, 16);       /* mac1 */
	bytes_zero(b, 16); /* mac2 */
}

static void response(struct bytes *b, uint32_t sender, uint32_t receiver)
{
	b->length = 0;
	bytes_u32(b, 0x02000000); /* type, reserved */
	bytes_u32(b, sender);
	bytes_u32(b, receiver);
	fill(b, 32);       /* ephemeral key */
	fill(b, 16);       /* nothing, sealed */
	fill(b, 16);       /* mac1 */
	bytes_zero(b, 16); /* mac2 */
}

static void cookie(struct bytes *b, uint32_t receiver)
{
	b->length = 0;
	bytes_u32(b, 0x03000000); /* type, reserved */
	bytes_u32(b, receiver);
	fill(b, 24); /* nonce */
	fill(b, 32); /* cookie, sealed */
}

static void data(struct bytes *b, uint32_t receiver, uint8_t counter, size_t packet)
{
	b->length = 0;
	bytes_u32(b, 0x04000000); /* type, reserved */
	bytes_u32(b, receiver);
	bytes_u8(b, counter); /* little endian */
	bytes_zero(b, 7);
	fill(b, packet); /* padded to 16 */
	fill(b, 16);     /* tag */
}

static void handshake(struct talk *t)
{
	struct bytes b;
	initiation(&b, INDEX_CLIENT);
	talk_udp(t, FROM_CLIENT, &b);
	response(&b, INDEX_SERVER, INDEX_CLIENT);
	talk_udp(t, FROM_SERVER, &b);
	talk_expect(t, "wireguard asks 1, wireguard answers 2");
}

static void up_and_data(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	struct bytes b;
	handshake(t);
	data(&b, INDEX_SERVER, 0, 0);
	talk_udp(t, FROM_CLIENT, &b);
	data(&b, INDEX_CLIENT, 0, 96);
	talk_udp(t, FROM_SERVER, &b);
	talk_expect(t, "wireguard keepalive 4, wireguard data 4");
	talk_free(t);
}

/* Data is said once in ten seconds for each direction; the counts go on. */
static void data_now_and_then(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	handshake(t);
	struct bytes b;
	for (uint8_t i = 0; i < 100; i++) { /* 0.2 s apart with those back: 19.8 s */
		data(&b, INDEX_SERVER, i, 96);
		talk_udp(t, FROM_CLIENT, &b);
		data(&b, INDEX_CLIENT, i, 96);
		talk_udp(t, FROM_SERVER, &b);
	}
	assert_int_equal(watch_count(t->w, OBS_TUNNEL), 4);
	const struct obs_tunnel *last = &watch_seen(t->w, OBS_TUNNEL, 3)->tunnel;
	assert_int_equal(last->packets, 51);
	assert_int_equal(last->bytes, 51 * 128);
	talk_free(t);
}

/* Padding ends where the tunnel's MTU does (1420 by default): its fullest packets have any size. */
static void full_packets_count(void **state)
{
	(void)state;
	static const struct size_row {
		size_t packet;
		unsigned more;
	} rows[] = {{1420, 1}, {1330, 1}, {1280, 1}, {576, 1}, {575, 0}, {100, 0}};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct talk *t = talk_new(CLIENT, SERVER);
		struct bytes b;
		handshake(t);
		data(&b, INDEX_SERVER, 0, rows[i].packet);
		talk_udp(t, FROM_CLIENT, &b);
		assert_int_equal(watch_count(t->w, OBS_TUNNEL), rows[i].more);
		talk_free(t);
	}
}

static void retries_are_counted(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	struct bytes b;
	for (uint32_t i = 0; i < 3; i++) {
		initiation(&b, INDEX_CLIENT + i);
		talk_udp(t, FROM_CLIENT, &b);
	}
	talk_expect(t, "wireguard asks 1, wireguard asks 1 again 1, wireguard asks 1 again 2");
	cookie(&b, INDEX_CLIENT + 2);
	talk_udp(t, FROM_SERVER, &b);
	initiation(&b, INDEX_CLIENT + 3);
	talk_udp(t, FROM_CLIENT, &b);
	response(&b, INDEX_SERVER, INDEX_CLIENT + 1); /* late, but to one that was asked */
	talk_udp(t, FROM_SERVER, &b);
	initiation(&b, INDEX_CLIENT + 4);
	talk_udp(t, FROM_CLIENT, &b);
	talk_expect(t,
		"wireguard defers 3, wireguard asks 1, wireguard answers 2, "
		"wireguard asks 1");
	talk_free(t);
}

static void strange_indices_are_no_answer(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	struct bytes b;
	initiation(&b, INDEX_CLIENT);
	talk_udp(t, FROM_CLIENT, &b);
	response(&b, INDEX_SERVER, INDEX_CLIENT + 1);
	talk_udp(t, FROM_SERVER, &b);
	cookie(&b, INDEX_CLIENT + 1);
	talk_udp(t, FROM_SERVER, &b);
	talk_expect(t, "wireguard asks 1");
	talk_free(t);
}

static void data_in_the_middle_needs_a_run(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	struct bytes b;
	for (uint8_t i = 1; i < DATA_RUN; i++) {
		data(&b, INDEX_SERVER, i, 96);
		talk_udp(t, FROM_CLIENT, &b);
	}
	talk_expect(t, "");
	data(&b, INDEX_SERVER + 1, DATA_RUN, 96); /* another index starts again */
	talk_udp(t, FROM_CLIENT, &b);
	for (uint8_t i = 1; i <= DATA_RUN; i++) {
		data(&b, INDEX_SERVER, i, 96);
		talk_udp(t, FROM_CLIENT, &b);
	}
	talk_expect(t, "wireguard data 4");
	talk_free(t);
}

static void counters_that_stand_still_are_no_run(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	struct bytes b;
	for (int i = 0; i < 4 * DATA_RUN; i++) {
		data(&b, INDEX_SERVER, 7, 96);
		talk_udp(t, FROM_CLIENT, &b);
	}
	talk_expect(t, "");
	talk_free(t);
}

/* One byte more or less, or anything in the reserved bytes, is not WireGuard. */
static void shapes_are_exact(void **state)
{
	(void)state;
	struct bytes b;
	for (unsigned type = 1; type <= 3; type++) {
		for (int change = -1; change <= 4; change++) {
			struct talk *t = talk_new(CLIENT, SERVER);
			if (type == 1)
				initiation(&b, INDEX_CLIENT);
			else if (type == 2)
				response(&b, INDEX_SERVER, INDEX_CLIENT);
			else
				cookie(&b, INDEX_CLIENT);
			if (change > 1)
				b.at[change - 1] = 1;
			else if (change == 1)
				bytes_u8(&b, 0);
			else if (change == -1)
				b.length--;
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
	struct bytes b;
	initiation(&b, INDEX_CLIENT);
	packet_ip_udp(&b, &client, &server);
	watch_prefixes(LINK_RAW, b.at, b.length);
	response(&b, INDEX_SERVER, INDEX_CLIENT);
	packet_ip_udp(&b, &client, &server);
	watch_prefixes(LINK_RAW, b.at, b.length);
	cookie(&b, INDEX_CLIENT);
	packet_ip_udp(&b, &client, &server);
	watch_prefixes(LINK_RAW, b.at, b.length);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(up_and_data),
		cmocka_unit_test(data_now_and_then),
		cmocka_unit_test(full_packets_count),
		cmocka_unit_test(retries_are_counted),
		cmocka_unit_test(strange_indices_are_no_answer),
		cmocka_unit_test(data_in_the_middle_needs_a_run),
		cmocka_unit_test(counters_that_stand_still_are_no_run),
		cmocka_unit_test(shapes_are_exact),
		cmocka_unit_test(prefixes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
