/*
 * What a TURN server relays: ChannelData and Send and Data indications are opened, their payload is
 * between client and peer, and the peers named are said, once.
 */
#include "tests/unit/support/stun.h"
#include "tests/unit/support/watch.h"

#define CLIENT "192.168.77.10:50000"
#define SERVER "192.0.2.10:3478"
#define PEER   "203.0.113.50:40000"

enum {
	SEND_INDICATION = 0x0016,
	DATA_INDICATION = 0x0017,
	CREATE_PERMISSION = 0x0008,
	CHANNEL_BIND = 0x0009,
	CONNECTION_ATTEMPT = 0x001c,
	CHANNEL_NUMBER = 0x000c,
	XOR_PEER_ADDRESS = 0x0012,
	DATA = 0x0013,
	CONNECTION_ID = 0x002a,
	META_DTLS = 0xc070,
};

static void say(struct watch *w, struct bytes *b, const char *from, const char *to)
{
	const struct endpoint src = end(from), dst = end(to);
	packet_ip_udp(b, &src, &dst);
	watch_frame(w, b->at, b->length);
}

static void channel_bind(struct watch *w, unsigned channel, const char *peer)
{
	const uint8_t number[4] = {(uint8_t)(channel >> 8), (uint8_t)channel};
	struct bytes b;
	stun_begin(&b, CHANNEL_BIND, (uint8_t)channel);
	stun_attribute(&b, CHANNEL_NUMBER, number, sizeof(number));
	stun_xor_address(&b, XOR_PEER_ADDRESS, peer);
	say(w, &b, CLIENT, SERVER);
}

/* A message in a channel, with `padding` bytes behind it. */
static void channel_wrap(struct bytes *b, unsigned channel, size_t padding)
{
	const uint8_t header[4] = {(uint8_t)(channel >> 8), (uint8_t)channel,
		(uint8_t)(b->length >> 8), (uint8_t)b->length};
	bytes_front(b, header, sizeof(header));
	bytes_zero(b, padding);
}

static void channel_say(struct watch *w, unsigned channel, size_t padding, bool back)
{
	struct bytes b;
	stun_begin(&b, back ? BINDING_SUCCESS : BINDING_REQUEST, 9);
	if (back)
		stun_xor_address(&b, XOR_MAPPED_ADDRESS, "192.0.2.10:60000");
	channel_wrap(&b, channel, padding);
	say(w, &b, back ? SERVER : CLIENT, back ? CLIENT : SERVER);
}

static void head_check(const struct observation *o, const char *from, const char *to)
{
	const struct endpoint src = end(from), dst = end(to);
	assert_non_null(o);
	assert_true(endpoint_equal(&o->head.src, &src));
	assert_true(endpoint_equal(&o->head.dst, &dst));
	assert_int_equal(o->head.encapsulation, WRAPPED_TURN);
	assert_int_equal(o->head.protocol, PROTOCOL_UDP);
	assert_int_not_equal(o->head.outer_src.family, ADDR_NONE);
}

static void channels_have_peers(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	channel_bind(w, 0x4000, PEER);
	channel_bind(w, 0x4001, "203.0.113.51:1");
	channel_say(w, 0x4000, 0, false);
	head_check(watch_seen(w, OBS_STUN_REQUEST, 0), CLIENT, PEER);
	channel_say(w, 0x4000, 3, true);
	const struct observation *o = watch_seen(w, OBS_BINDING_RESULT, 0);
	head_check(o, PEER, CLIENT);
	assert_true(o->binding_result.answer.matched);
	channel_say(w, 0x4001, 0, false);
	head_check(watch_seen(w, OBS_STUN_REQUEST, 1), CLIENT, "203.0.113.51:1");
	assert_int_equal(w->stats.stun_channel_data, 3);
	/* Bound anew. */
	channel_bind(w, 0x4000, "203.0.113.52:2");
	channel_say(w, 0x4000, 0, false);
	head_check(watch_seen(w, OBS_STUN_REQUEST, 2), CLIENT, "203.0.113.52:2");
	watch_free(w);
}

static const struct {
	const char *name;
	unsigned bound, channel, padding;
	bool opened;
} channel_rows[] = {
	{"bound", 0x4000, 0x4000, 0, true},
	{"not bound, but there is TURN", 0x4000, 0x4fff, 0, true},
	{"RFC 5766, bound", 0x546e, 0x546e, 0, true},
	{"RFC 5766, not bound", 0x546e, 0x546f, 0, false},
	{"without TURN", 0, 0x4000, 0, false},
	{"four bytes too long", 0x4000, 0x4000, 4, false},
};

static void channel_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(channel_rows); i++) {
		struct watch *w = watch_new(LINK_RAW);
		if (channel_rows[i].bound)
			channel_bind(w, channel_rows[i].bound, PEER);
		channel_say(w, channel_rows[i].channel, channel_rows[i].padding, false);
		if ((w->stats.stun_channel_data != 0) != channel_rows[i].opened)
			fail_msg("%s", channel_rows[i].name);
		assert_int_equal(watch_count(w, OBS_STUN_REQUEST), channel_rows[i].opened);
		watch_free(w);
	}
}

/* A capture that begins later: four messages in one channel, then it is believed. */
static void runs_are_believed(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < 3; i++)
		channel_say(w, 0x4000, 0, false);
	channel_say(w, 0x4001, 0, false);
	for (unsigned i = 0; i < 3; i++)
		channel_say(w, 0x4000, 0, false);
	assert_int_equal(w->stats.stun_channel_data, 0);
	channel_say(w, 0x4000, 0, true);
	assert_int_equal(w->stats.stun_channel_data, 1);
	/* Who the peer is was not seen; which end the client is, the ports hint at. */
	head_check(watch_seen(w, OBS_BINDING_RESULT, 0), "0.0.0.0:16384", CLIENT);
	watch_free(w);
}

static void indications_are_opened(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct bytes b, inner;
	stun_begin(&inner, BINDING_REQUEST, 3);
	stun_begin(&b, SEND_INDICATION, 1);
	stun_xor_address(&b, XOR_PEER_ADDRESS, PEER);
	stun_attribute(&b, DATA, inner.at, inner.length);
	say(w, &b, CLIENT, SERVER);
	head_check(watch_seen(w, OBS_STUN_REQUEST, 0), CLIENT, PEER);
	stun_begin(&inner, BINDING_SUCCESS, 3);
	stun_begin(&b, DATA_INDICATION, 2);
	stun_attribute(&b, DATA, inner.at, inner.length);
	stun_xor_address(&b, XOR_PEER_ADDRESS, PEER);
	say(w, &b, SERVER, CLIENT);
	head_check(watch_seen(w, OBS_BINDING_RESULT, 0), PEER, CLIENT);
	assert_int_equal(w->stats.stun_indications, 2);
	/* Without a peer there is nobody it could be for. */
	stun_begin(&b, SEND_INDICATION, 1);
	stun_attribute(&b, DATA, inner.at, inner.length);
	say(w, &b, CLIENT, SERVER);
	assert_int_equal(w->stats.stun_indications, 2);
	watch_prefixes(LINK_RAW, b.at, b.length);
	watch_free(w);
}

/* RFC 8656 §7.1: a client of IPv4 whose peers have IPv6. Both directions are one flow. */
static void families_may_differ(void **state)
{
	(void)state;
	const char *peer = "[2001:db8::50]:40000";
	struct watch *w = watch_new(LINK_RAW);
	channel_bind(w, 0x4000, peer);
	channel_say(w, 0x4000, 0, false);
	channel_say(w, 0x4000, 0, true);
	const struct observation *there = watch_seen(w, OBS_STUN_REQUEST, 0);
	const struct observation *back = watch_seen(w, OBS_BINDING_RESULT, 0);
	head_check(there, CLIENT, peer);
	head_check(back, peer, CLIENT);
	assert_true(there->head.flow_id == back->head.flow_id);
	watch_free(w);
}

static void permission_say(struct watch *w, const char *first, const char *second)
{
	struct bytes b;
	stun_begin(&b, CREATE_PERMISSION, 1);
	stun_xor_address(&b, XOR_PEER_ADDRESS, first);
	stun_xor_address(&b, XOR_PEER_ADDRESS, second);
	say(w, &b, CLIENT, SERVER);
}

static void peers_are_said_once(void **state)
{
	(void)state;
	const struct endpoint second = end("10.0.0.2:2");
	struct watch *w = watch_new(LINK_RAW);
	for (int i = 0; i < 5; i++)
		permission_say(w, "10.0.0.1:1", "10.0.0.2:2");
	assert_int_equal(watch_count(w, OBS_TURN_PEER), 2);
	const struct obs_turn_peer *p = &watch_seen(w, OBS_TURN_PEER, 1)->turn_peer;
	assert_int_equal(p->method, CREATE_PERMISSION);
	assert_int_equal(p->stun_class, STUN_REQUEST);
	assert_true(endpoint_equal(&p->peer, &second));
	permission_say(w, "10.0.0.3:3", "10.0.0.2:2");
	assert_int_equal(watch_count(w, OBS_TURN_PEER), 3);
	w->next.time_ns += 30 * SECOND_NS;
	permission_say(w, "10.0.0.3:3", "10.0.0.2:2");
	assert_int_equal(watch_count(w, OBS_TURN_PEER), 5);
	watch_forget(w);
	channel_bind(w, 0x4005, "10.0.0.3:3");
	assert_int_equal(watch_seen(w, OBS_TURN_PEER, 0)->turn_peer.channel, 0x4005);
	watch_free(w);
}

/* RFC 6062 §4.3 */
static void connections_are_said(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct bytes b;
	stun_begin(&b, CONNECTION_ATTEMPT, 1);
	stun_attribute(&b, CONNECTION_ID, "\0\1\0\2", 4);
	stun_xor_address(&b, XOR_PEER_ADDRESS, PEER);
	say(w, &b, SERVER, CLIENT);
	const struct observation *o = watch_seen(w, OBS_TURN_PEER, 0);
	assert_non_null(o);
	assert_int_equal(o->turn_peer.connection, 0x10002);
	assert_int_equal(o->turn_peer.stun_class, STUN_INDICATION);
	watch_free(w);
}

static void media_is_said_now_and_then(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	channel_bind(w, 0x4000, PEER);
	for (unsigned i = 0; i < 100; i++) {
		channel_say(w, 0x4000, 0, false);
		w->next.time_ns += SECOND_NS / 4;
	}
	assert_int_equal(watch_count(w, OBS_MEDIA), 3);
	const struct obs_media *m = &watch_seen(w, OBS_MEDIA, 0)->media;
	assert_int_equal(m->protocol, MEDIA_CHANNEL_DATA);
	assert_int_equal(m->event, MEDIA_STARTS);
	assert_int_equal(m->packets, 4);
	assert_int_equal(m->bytes, 4 * STUN_HEADER);
	assert_int_equal(watch_seen(w, OBS_MEDIA, 2)->media.event, MEDIA_GOES_ON);
	watch_free(w);
}

static void channels_make_way(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < 9; i++)
		channel_bind(w, 0x4000 + i, PEER);
	assert_int_equal(w->stats.stun_channels_evicted, 1);
	channel_say(w, 0x4000, 0, false);
	head_check(watch_seen(w, OBS_STUN_REQUEST, 0), CLIENT, "0.0.0.0:16384");
	channel_say(w, 0x4008, 0, false);
	head_check(watch_seen(w, OBS_STUN_REQUEST, 1), CLIENT, PEER);
	watch_free(w);
}

/* Send in Send in Send: bounded by the count of layers, and each level has a flow of its own even
 * where the table is full of others. */
static void nesting_ends(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct bytes b, inner;
	for (unsigned i = 0; i < 2 * WATCH_FLOWS; i++) {
		char client[32];
		snprintf(client, sizeof(client), "10.1.2.3:%u", 1000 + i);
		stun_begin(&b, BINDING_REQUEST, (uint8_t)i);
		say(w, &b, client, SERVER);
	}
	stun_begin(&b, BINDING_REQUEST, 1);
	for (unsigned i = 0; i < 30; i++) {
		char peer[32];
		snprintf(peer, sizeof(peer), "203.0.113.%u:1", i);
		inner = b;
		stun_begin(&b, SEND_INDICATION, (uint8_t)i);
		stun_xor_address(&b, XOR_PEER_ADDRESS, peer);
		stun_attribute(&b, DATA, inner.at, inner.length);
	}
	watch_forget(w);
	say(w, &b, CLIENT, SERVER);
	assert_int_equal(w->stats.too_many_layers, 1);
	assert_in_range(watch_count(w, OBS_TURN_PEER), 10, 16);
	watch_free(w);
}

/* The payload is no DTLS here, but something in its range that is read: TURN's method space ends
 * below, so a STUN message of method 0x500 stands for it. */
static void dtls_in_stun_is_handed_on(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct bytes b, inner;
	stun_begin(&inner, 0x1400, 3);
	stun_begin(&b, BINDING_REQUEST, 1);
	stun_attribute(&b, META_DTLS, inner.at, inner.length);
	say(w, &b, CLIENT, SERVER);
	assert_int_equal(watch_count(w, OBS_STUN_MESSAGE), 2);
	const struct observation *o = watch_seen(w, OBS_STUN_MESSAGE, 1);
	const struct endpoint client = end(CLIENT);
	assert_int_equal(o->stun.type, 0x1400);
	assert_int_equal(o->head.encapsulation, 0);
	assert_true(endpoint_equal(&o->head.src, &client));
	assert_true(o->head.flow_id == watch_seen(w, OBS_STUN_MESSAGE, 0)->head.flow_id);
	/* What is not in the range of DTLS is left alone. */
	stun_begin(&inner, BINDING_REQUEST, 3);
	stun_begin(&b, BINDING_REQUEST, 1);
	stun_attribute(&b, META_DTLS, inner.at, inner.length);
	say(w, &b, CLIENT, SERVER);
	assert_int_equal(watch_count(w, OBS_STUN_MESSAGE), 3);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(channels_have_peers),
		cmocka_unit_test(channel_numbers),
		cmocka_unit_test(runs_are_believed),
		cmocka_unit_test(indications_are_opened),
		cmocka_unit_test(families_may_differ),
		cmocka_unit_test(peers_are_said_once),
		cmocka_unit_test(connections_are_said),
		cmocka_unit_test(media_is_said_now_and_then),
		cmocka_unit_test(channels_make_way),
		cmocka_unit_test(nesting_ends),
		cmocka_unit_test(dtls_in_stun_is_handed_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
