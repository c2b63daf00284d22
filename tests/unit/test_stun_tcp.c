/*
 * STUN and TURN in TCP streams: however the bytes are cut into segments, with the framing of RFC
 * 4571 and without, with ChannelData between the messages, after a hole, and from the middle on.
 */
#include "tests/unit/support/segment.h"
#include "tests/unit/support/stun.h"

#define CLIENT "192.168.77.10:50000"
#define SERVER "192.0.2.10:80"
#define PEER   "203.0.113.50:40000"

enum {
	CHANNEL_BIND = 0x0009,
	CONNECTION_BIND_SUCCESS = 0x010b,
	CHANNEL_NUMBER = 0x000c,
	XOR_PEER_ADDRESS = 0x0012,
};

/* RFC 4571 §2 around RFC 8489 §5: a Binding request as ICE sends it over TCP. */
static const uint8_t framed_request[] = {
	0x00, 0x1c,             /* length of the frame */
	0x00, 0x01, 0x00, 0x08, /* request, message length */
	0x21, 0x12, 0xa4, 0x42, /* magic cookie */
	0x01, 0x02, 0x03, 0x04, /* transaction id */
	0x05, 0x06, 0x07, 0x08, /* */
	0x09, 0x0a, 0x0b, 0x0c, /* */
	0x00, 0x24, 0x00, 0x04, /* PRIORITY */
	0x6e, 0x00, 0x01, 0xff, /* */
};

/* RFC 8656 §12.5: 5 bytes in channel 0x4000, padded to 8. */
static const uint8_t channel_data[] = {
	0x40, 0x00,             /* channel */
	0x00, 0x05,             /* length */
	0x80, 0x6f, 0x00, 0x01, /* the start of RTP */
	0x00, 0x00, 0x00, 0x00, /* its fifth byte, padding */
};

static void request_put(struct bytes *all, uint8_t id, bool framed)
{
	struct bytes b;
	stun_begin(&b, BINDING_REQUEST, id);
	stun_attribute(&b, 0x8022, "software", id % 8);
	if (framed)
		bytes_u16(all, (unsigned)b.length);
	bytes_put(all, b.at, b.length);
}

static unsigned requests(const struct watch *w)
{
	return watch_count(w, OBS_STUN_REQUEST);
}

/* Three messages in segments of each size. */
static void segments_do_not_matter(void **state)
{
	(void)state;
	for (unsigned framed = 0; framed < 2; framed++) {
		struct bytes all = {0};
		for (uint8_t id = 1; id <= 3; id++)
			request_put(&all, id, framed);
		for (size_t size = 1; size <= all.length; size++) {
			struct watch *w = watch_new(LINK_RAW);
			struct talk t = talk_make(w, CLIENT, SERVER);
			talk_open(&t);
			for (size_t at = 0; at < all.length; at += size)
				talk_say(&t, 0, all.at + at,
					all.length - at < size ? all.length - at : size);
			assert_int_equal(requests(w), 3);
			assert_int_equal(w->stats.stun_tcp, 3);
			assert_int_equal(w->stats.stun_lost, 0);
			assert_int_equal(watch_seen(w, OBS_STUN_REQUEST, 2)->head.protocol, 6);
			watch_free(w);
		}
	}
}

static void answers_are_matched(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_make(w, CLIENT, SERVER);
	struct bytes b;
	talk_open(&t);
	stun_begin(&b, BINDING_REQUEST, 1);
	talk_say(&t, 0, b.at, b.length);
	stun_begin(&b, BINDING_SUCCESS, 1);
	stun_xor_address(&b, XOR_MAPPED_ADDRESS, "198.51.100.23:50000");
	talk_say(&t, 1, b.at, b.length);
	const struct observation *o = watch_seen(w, OBS_BINDING_RESULT, 0);
	assert_non_null(o);
	assert_true(o->binding_result.answer.matched);
	assert_true(endpoint_equal(&o->binding_result.answer.client, &t.end[0]));
	watch_free(w);
}

/* A frame of ICE over TCP that is no STUN is a datagram of this stream's ends. */
static void framed_datagrams_are_handed_on(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_make(w, CLIENT, SERVER);
	struct bytes b;
	talk_say(&t, 0, framed_request, sizeof(framed_request));
	assert_int_equal(requests(w), 1);
	/* Classic STUN is read over UDP only: so it was handed on. */
	stun_begin_classic(&b, BINDING_REQUEST, 1);
	const uint8_t length[] = {0, STUN_HEADER};
	bytes_front(&b, length, sizeof(length));
	talk_say(&t, 0, b.at, b.length);
	assert_int_equal(w->stats.stun_classic, 1);
	assert_true(endpoint_equal(&watch_seen(w, OBS_STUN_REQUEST, 1)->head.dst, &t.end[1]));
	assert_int_equal(watch_seen(w, OBS_STUN_REQUEST, 1)->head.encapsulation, 0);
	/* An empty frame is nothing. */
	talk_say(&t, 0, "\0\0", 2);
	talk_say(&t, 0, framed_request, sizeof(framed_request));
	assert_int_equal(requests(w), 3);
	watch_free(w);
}

/* ChannelData of each length between messages: the padding is no part of it. */
static void channel_data_is_padded(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_make(w, CLIENT, SERVER);
	struct bytes all = {0}, b;
	stun_begin(&b, CHANNEL_BIND, 1);
	stun_attribute(&b, CHANNEL_NUMBER, "\x40\x01\0", 4);
	stun_xor_address(&b, XOR_PEER_ADDRESS, PEER);
	bytes_put(&all, b.at, b.length);
	for (unsigned extra = 0; extra < 8; extra++) {
		stun_begin(&b, BINDING_REQUEST, (uint8_t)extra);
		stun_attribute(&b, 0x8022, "softwar", 7);
		b.at[STUN_LENGTH_AT + 1] = (uint8_t)(4 + 7); /* older practice: no padding */
		b.length -= 1;
		bytes_u16(&all, 0x4001);
		bytes_u16(&all, (unsigned)b.length);
		bytes_put(&all, b.at, b.length);
		bytes_zero(&all, (4 - b.length % 4) % 4);
	}
	talk_open(&t);
	talk_say(&t, 0, all.at, 50);
	talk_say(&t, 0, all.at + 50, all.length - 50);
	assert_int_equal(w->stats.stun_channel_data, 8);
	assert_int_equal(requests(w), 8);
	const struct endpoint peer = end(PEER);
	const struct obs_head *h = &watch_seen(w, OBS_STUN_REQUEST, 7)->head;
	assert_true(endpoint_equal(&h->src, &t.end[0]));
	assert_true(endpoint_equal(&h->dst, &peer));
	assert_int_equal(h->encapsulation, WRAPPED_TURN);
	assert_int_equal(h->protocol, PROTOCOL_UDP);
	assert_true(addr_equal(&h->outer_dst, &t.end[1].addr));
	assert_int_equal(w->stats.stun_lost, 0);
	watch_free(w);
}

static void a_hole_is_survived(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_make(w, CLIENT, SERVER);
	struct bytes b = {0}, big = {0};
	talk_open(&t);
	request_put(&b, 1, false);
	talk_say(&t, 0, b.at, b.length);
	talk_lose(&t, 0, 100);
	/* Bytes behind a hole are kept until there is no more room for them. */
	bytes_zero(&big, 60000);
	talk_say(&t, 0, big.at, big.length);
	talk_say(&t, 0, big.at, big.length);
	b.length = 0;
	request_put(&b, 2, false);
	talk_say(&t, 0, b.at, b.length);
	talk_say(&t, 0, b.at, b.length);
	assert_true(w->stats.stun_lost > 0);
	assert_int_equal(requests(w), 3);
	watch_free(w);
}

/* From the middle on: a message, or ChannelData that fills its segment and looks like media. */
static void streams_are_picked_up(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_make(w, CLIENT, SERVER), other = talk_make(w, CLIENT, "192.0.2.11:1");
	struct bytes twice = {0};
	bytes_put(&twice, channel_data, sizeof(channel_data));
	bytes_put(&twice, channel_data, sizeof(channel_data));
	talk_say(&t, 1, twice.at, twice.length);
	assert_int_equal(w->stats.stun_channel_data, 2);
	/* Not when something follows that is none. */
	bytes_u32(&twice, 0x47455420);
	talk_say(&other, 1, twice.at, twice.length);
	assert_int_equal(w->stats.stun_channel_data, 2);
	watch_free(w);
}

static const struct {
	const char *name, *bytes;
	size_t length;
} foreign[] = {
	{"HTTP", "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", 37},
	{"HTTP OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 32},
	{"no cookie", "\0\1\0\0abcdefghijklmnop", 20},
	{"a length of no whole words", "\0\1\0\1\x21\x12\xa4\x42mnopabcdefgh", 21},
	{"a frame longer than its message", "\0\x15\0\1\0\0\x21\x12\xa4\x42mnopabcdefghx", 23},
	{"TLS", "\x16\3\1\2\0\1\0\1\xfc\3\3abcdefghij", 21},
	{"MQTT", "\x40\2\0\x0c\x40\2\0\x0d\x40\2\0\x0e\x40\2\0\x0f", 16},
	{"zeroes", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20},
};

static void other_streams_are_left_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(foreign); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct talk t = talk_make(w, CLIENT, SERVER);
		talk_open(&t);
		for (int n = 0; n < 8; n++)
			talk_say(&t, n % 2, foreign[i].bytes, foreign[i].length);
		bool taken = watch_count(w, OBS_STUN_MESSAGE) || watch_count(w, OBS_MEDIA);
		if (taken || w->stats.stun_tcp || w->stats.stun_lost)
			fail_msg("%s was taken for STUN", foreign[i].name);
		watch_free(w);
	}
}

/* RFC 6062 §4.4: what follows is the peer's, both ways. Here it is ICE over TCP. */
static void joined_streams_are_the_peers(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_make(w, CLIENT, SERVER);
	struct bytes b;
	talk_open(&t);
	stun_begin(&b, 0x000b, 1);
	stun_attribute(&b, 0x002a, "\1\2\3\4", 4);
	talk_say(&t, 0, b.at, b.length);
	assert_int_equal(watch_seen(w, OBS_TURN_PEER, 0)->turn_peer.connection, 0x01020304);
	stun_begin(&b, CONNECTION_BIND_SUCCESS, 1);
	bytes_put(&b, framed_request, sizeof(framed_request));
	talk_say(&t, 1, b.at, b.length);
	talk_say(&t, 0, framed_request, sizeof(framed_request));
	assert_int_equal(requests(w), 2);
	assert_int_equal(watch_seen(w, OBS_STUN_REQUEST, 1)->head.encapsulation, WRAPPED_TURN);
	watch_free(w);
}

/* The peer of a connection, which ConnectionBind names by a number in another stream: "" is none.
 */
static void bound_says(struct watch *w, const char *server, const char *client, const char *peer)
{
	char text[ENDPOINT_TEXT_MAX];
	struct bytes b;
	struct talk data = talk_make(w, client, server);
	talk_open(&data);
	watch_forget(w);
	stun_begin(&b, 0x000b, 9);
	stun_attribute(&b, 0x002a, "\1\2\3\4", 4);
	talk_say(&data, 0, b.at, b.length);
	const struct obs_turn_peer *o = &watch_seen(w, OBS_TURN_PEER, 0)->turn_peer;
	assert_int_equal(o->connection, 0x01020304);
	assert_string_equal(endpoint_text(&o->peer, text), peer);
}

static void connections_have_peers(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct talk control = talk_make(w, CLIENT, SERVER);
	struct bytes b;
	talk_open(&control);
	stun_begin(&b, 0x000a, 1); /* Connect */
	stun_xor_address(&b, 0x0012, "203.0.113.60:9000");
	talk_say(&control, 0, b.at, b.length);
	bound_says(w, SERVER, "192.168.77.10:50001", "-"); /* not answered yet */
	stun_begin(&b, 0x010a, 2);                         /* another's answer */
	stun_attribute(&b, 0x002a, "\1\2\3\4", 4);
	talk_say(&control, 1, b.at, b.length);
	bound_says(w, SERVER, "192.168.77.10:50002", "-");
	stun_begin(&b, 0x010a, 1);
	stun_attribute(&b, 0x002a, "\1\2\3\4", 4);
	talk_say(&control, 1, b.at, b.length);
	bound_says(w, SERVER, "192.168.77.10:50003", "203.0.113.60:9000");
	bound_says(w, "192.0.2.11:3478", "192.168.77.10:50004", "-"); /* another server */
	stun_begin(&b, 0x001c, 3); /* ConnectionAttempt: the number is used again */
	stun_attribute(&b, 0x002a, "\1\2\3\4", 4);
	stun_xor_address(&b, 0x0012, "203.0.113.61:9001");
	talk_say(&control, 1, b.at, b.length);
	bound_says(w, SERVER, "192.168.77.10:50005", "203.0.113.61:9001");
	watch_free(w);
}

/* A message that is broken inside has its length all the same: the next one is found. */
static void broken_messages_do_not_end_it(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_make(w, CLIENT, SERVER);
	struct bytes b;
	talk_open(&t);
	stun_begin(&b, BINDING_REQUEST, 1);
	stun_attribute(&b, 0x8022, "abcd", 4);
	b.at[STUN_HEADER + 3] = 200; /* past the end */
	talk_say(&t, 0, b.at, b.length);
	assert_int_equal(w->stats.stun_malformed, 1);
	stun_begin(&b, BINDING_REQUEST, 2);
	talk_say(&t, 0, b.at, b.length);
	assert_int_equal(requests(w), 1);
	watch_free(w);
}

static void prefixes_prove_nothing(void **state)
{
	(void)state;
	const struct endpoint src = end(CLIENT), dst = end(SERVER);
	const uint8_t header[TCP_SIZE] = {0xc3, 0x50, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x18};
	for (unsigned framed = 0; framed < 2; framed++) {
		struct bytes b = {0};
		request_put(&b, 7, framed);
		bytes_front(&b, header, sizeof(header));
		packet_ipv4(&b, &src.addr, &dst.addr, PROTOCOL_TCP);
		watch_prefixes(LINK_RAW, b.at, b.length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_do_not_matter),
		cmocka_unit_test(answers_are_matched),
		cmocka_unit_test(framed_datagrams_are_handed_on),
		cmocka_unit_test(channel_data_is_padded),
		cmocka_unit_test(a_hole_is_survived),
		cmocka_unit_test(streams_are_picked_up),
		cmocka_unit_test(other_streams_are_left_alone),
		cmocka_unit_test(joined_streams_are_the_peers),
		cmocka_unit_test(connections_have_peers),
		cmocka_unit_test(broken_messages_do_not_end_it),
		cmocka_unit_test(prefixes_prove_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
