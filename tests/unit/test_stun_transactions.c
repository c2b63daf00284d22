/*
 * Which answer belongs to which request (RFC 8489 §6.3): by id and by who asked, in the opposite
 * direction only, within a minute of packet time, in a table that ends.
 */
#include "tests/unit/support/stun.h"
#include "tests/unit/support/watch.h"

#define CLIENT "192.168.77.10:50000"
#define SERVER "192.0.2.10:3478"

/* A message from one to the other; its id is made of `id`. */
static void say(struct watch *w, unsigned type, uint8_t id, const char *from, const char *to)
{
	const struct endpoint src = end(from), dst = end(to);
	struct bytes b;
	stun_begin(&b, type, id);
	if (type == BINDING_SUCCESS || type == ALLOCATE_SUCCESS)
		stun_xor_address(&b, XOR_MAPPED_ADDRESS, "198.51.100.23:50000");
	packet_ip_udp(&b, &src, &dst);
	watch_forget(w);
	watch_frame(w, b.at, b.length);
}

static const struct obs_stun_answer *answer_of(const struct watch *w)
{
	const struct observation *o = watch_seen(w, OBS_BINDING_RESULT, 0);
	if (!o)
		o = watch_seen(w, OBS_ALLOCATION, 0);
	assert_non_null(o);
	return &o->binding_result.answer; /* the first member of both */
}

static const struct answer_row {
	const char *name;
	unsigned request, answer;
	uint8_t request_id, answer_id;
	const char *from, *to; /* of the answer; the request went from CLIENT to SERVER */
	bool matched, same_server;
} answer_rows[] = {
	{"an answer", BINDING_REQUEST, BINDING_SUCCESS, 1, 1, SERVER, CLIENT, true, true},
	{"an allocation", ALLOCATE_REQUEST, ALLOCATE_SUCCESS, 1, 1, SERVER, CLIENT, true, true},
	{"another id", BINDING_REQUEST, BINDING_SUCCESS, 1, 2, SERVER, CLIENT, false, false},
	{"the request's own direction", BINDING_REQUEST, BINDING_SUCCESS, 1, 1, CLIENT, SERVER,
		false, false},
	{"to another port", BINDING_REQUEST, BINDING_SUCCESS, 1, 1, SERVER, "192.168.77.10:50001",
		false, false},
	{"to another host", BINDING_REQUEST, BINDING_SUCCESS, 1, 1, SERVER, "192.168.77.11:50000",
		false, false},
	{"from another port (RFC 5780)", BINDING_REQUEST, BINDING_SUCCESS, 1, 1, "192.0.2.10:3479",
		CLIENT, true, false},
	{"from another address (RFC 5780)", BINDING_REQUEST, BINDING_SUCCESS, 1, 1,
		"192.0.2.11:3479", CLIENT, true, false},
	{"another method", BINDING_REQUEST, ALLOCATE_SUCCESS, 1, 1, SERVER, CLIENT, false, false},
};

static void answers_are_matched(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(answer_rows); i++) {
		const struct answer_row *row = &answer_rows[i];
		struct watch *w = watch_new(LINK_RAW);
		const struct endpoint client = end(CLIENT), server = end(SERVER);
		w->next.interface = 3;
		w->next.capture = 2;
		w->next.direction = DIRECTION_OUT;
		say(w, row->request, row->request_id, CLIENT, SERVER);
		uint64_t asked_ns = w->next.time_ns;
		w->next.interface = 4;
		w->next.direction = DIRECTION_IN;
		w->next.time_ns += SECOND_NS;
		say(w, row->answer, row->answer_id, row->from, row->to);
		const struct obs_stun_answer *a = answer_of(w);
		if (a->matched != row->matched || a->same_server != row->same_server)
			fail_msg("%s: matched %d, same server %d", row->name, a->matched,
				a->same_server);
		assert_int_equal(w->stats.stun_unmatched, !row->matched);
		if (row->matched) {
			assert_true(endpoint_equal(&a->client, &client));
			assert_true(endpoint_equal(&a->server, &server));
			assert_int_equal(a->request_frame, 1);
			assert_true(a->request_ns == asked_ns);
			assert_int_equal(a->request_interface, 3);
			assert_int_equal(a->request_capture, 2);
			assert_int_equal(a->request_direction, DIRECTION_OUT);
			assert_int_equal(a->request_hop_limit, TEST_HOPS);
		} else {
			assert_int_equal(a->client.addr.family, ADDR_NONE);
			assert_int_equal(a->server.addr.family, ADDR_NONE);
		}
		watch_free(w);
	}
}

/* Ground rule 1: the success that our client SENDS answers its peer, and tells the peer's address.
 */
static void sent_answers_belong_to_the_peer(void **state)
{
	(void)state;
	const char *peer = "203.0.113.50:40000";
	const struct endpoint expected = end(peer);
	struct watch *w = watch_new(LINK_RAW);
	say(w, BINDING_REQUEST, 1, CLIENT, peer); /* both ends check, with ids of their own */
	say(w, BINDING_REQUEST, 2, peer, CLIENT);
	say(w, BINDING_SUCCESS, 2, CLIENT, peer);
	assert_true(answer_of(w)->matched);
	assert_true(endpoint_equal(&answer_of(w)->client, &expected));
	say(w, BINDING_SUCCESS, 1, peer, CLIENT);
	assert_true(answer_of(w)->matched);
	assert_false(endpoint_equal(&answer_of(w)->client, &expected));
	watch_free(w);
}

/* Even when both chose the same id. */
static void equal_ids_of_two_clients(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	const struct endpoint other = end("192.168.77.11:50000");
	say(w, BINDING_REQUEST, 1, CLIENT, SERVER);
	say(w, BINDING_REQUEST, 1, "192.168.77.11:50000", SERVER);
	assert_false(watch_seen(w, OBS_STUN_REQUEST, 0)->stun_request.repeated);
	say(w, BINDING_SUCCESS, 1, SERVER, "192.168.77.11:50000");
	assert_true(endpoint_equal(&answer_of(w)->client, &other));
	watch_free(w);
}

static void retransmissions_are_flagged(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (int i = 0; i < 3; i++) {
		say(w, BINDING_REQUEST, 1, CLIENT, SERVER);
		assert_int_equal(watch_seen(w, OBS_STUN_REQUEST, 0)->stun_request.repeated, i > 0);
		w->next.time_ns += SECOND_NS / 2;
	}
	say(w, BINDING_REQUEST, 2, CLIENT, SERVER);
	assert_false(watch_seen(w, OBS_STUN_REQUEST, 0)->stun_request.repeated);
	say(w, BINDING_SUCCESS, 1, SERVER, CLIENT);
	assert_int_equal(answer_of(w)->request_frame, 1); /* the first of them */
	/* A late second answer is matched, too. */
	say(w, BINDING_SUCCESS, 1, SERVER, CLIENT);
	assert_true(answer_of(w)->matched);
	watch_free(w);
}

/* An ICE check has USERNAME and PRIORITY; USE-CANDIDATE nominates. The answer knows it. */
static void checks_are_told_from_gathering(void **state)
{
	(void)state;
	for (unsigned has = 0; has < 8; has++) {
		const struct endpoint client = end(CLIENT), server = end(SERVER);
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b;
		stun_begin(&b, BINDING_REQUEST, 1);
		if (has & 1)
			stun_attribute(&b, USERNAME, "a:b", 3);
		if (has & 2)
			stun_attribute(&b, PRIORITY, "\1\2\3\4", 4);
		if (has & 4)
			stun_attribute(&b, USE_CANDIDATE, "", 0);
		packet_ip_udp(&b, &client, &server);
		watch_frame(w, b.at, b.length);
		const struct obs_stun_request *r =
			&watch_seen(w, OBS_STUN_REQUEST, 0)->stun_request;
		assert_int_equal(r->check, (has & 3) == 3);
		assert_int_equal(r->nominates, (has & 4) != 0);
		say(w, BINDING_SUCCESS, 1, SERVER, CLIENT);
		assert_int_equal(answer_of(w)->check, (has & 3) == 3);
		assert_int_equal(answer_of(w)->nominates, (has & 4) != 0);
		watch_free(w);
	}
}

static void errors_and_indications_answer_nothing(void **state)
{
	(void)state;
	const unsigned types[] = {BINDING_ERROR, 0x0011, 0x0113, 0x0104, 0x0016};
	struct watch *w = watch_new(LINK_RAW);
	say(w, BINDING_REQUEST, 1, CLIENT, SERVER);
	for (size_t i = 0; i < ROWS(types); i++) {
		say(w, types[i], 1, SERVER, CLIENT);
		assert_int_equal(watch_count(w, OBS_STUN_MESSAGE), 1);
		assert_null(watch_seen(w, OBS_BINDING_RESULT, 0));
		assert_null(watch_seen(w, OBS_ALLOCATION, 0));
	}
	watch_free(w);
}

/* How long after its request an answer counts, whatever else was seen in between. */
static const struct {
	unsigned seconds;
	bool others, matched; /* others: a request of somebody else just before the answer */
} life_rows[] = {
	{0, false, true},
	{59, false, true},
	{59, true, true},
	{61, true, false},
	{61, false, false},
	{3600, false, false},
};

static void requests_are_forgotten(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(life_rows); i++) {
		struct watch *w = watch_new(LINK_RAW);
		say(w, BINDING_REQUEST, 1, CLIENT, SERVER);
		w->next.time_ns += life_rows[i].seconds * SECOND_NS;
		if (life_rows[i].others)
			say(w, BINDING_REQUEST, 9, "192.168.77.11:1", SERVER);
		say(w, BINDING_SUCCESS, 1, SERVER, CLIENT);
		if (answer_of(w)->matched != life_rows[i].matched)
			fail_msg("an answer after %u s%s is %smatched", life_rows[i].seconds,
				life_rows[i].others ? ", with others between" : "",
				life_rows[i].matched ? "not " : "");
		watch_free(w);
	}
}

static void the_oldest_request_makes_way(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (uint8_t id = 0; id <= WATCH_TRANSACTIONS; id++) {
		w->next.time_ns += SECOND_NS;
		say(w, BINDING_REQUEST, id, CLIENT, SERVER);
	}
	assert_int_equal(w->stats.stun_evicted, 1);
	say(w, BINDING_SUCCESS, 0, SERVER, CLIENT);
	assert_false(answer_of(w)->matched);
	say(w, BINDING_SUCCESS, 1, SERVER, CLIENT);
	assert_true(answer_of(w)->matched);
	say(w, BINDING_SUCCESS, WATCH_TRANSACTIONS, SERVER, CLIENT);
	assert_true(answer_of(w)->matched);
	watch_free(w);
}

/* The id is the fleet's join key: the request carries it. */
static void requests_carry_their_id(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct bytes b;
	stun_begin(&b, BINDING_REQUEST, 7);
	say(w, BINDING_REQUEST, 7, CLIENT, SERVER);
	const struct obs_stun_request *r = &watch_seen(w, OBS_STUN_REQUEST, 0)->stun_request;
	assert_int_equal(r->method, 1);
	assert_memory_equal(r->transaction, b.at + 4, sizeof(r->transaction));
	watch_free(w);
}

static void allocations_say_what_they_got(void **state)
{
	(void)state;
	const struct endpoint client = end(CLIENT), server = end(SERVER);
	char text[ENDPOINT_TEXT_MAX];
	struct watch *w = watch_new(LINK_RAW);
	struct bytes b;
	say(w, ALLOCATE_REQUEST, 1, CLIENT, SERVER);
	stun_begin(&b, ALLOCATE_SUCCESS, 1);
	stun_xor_address(&b, XOR_RELAYED_ADDRESS, "192.0.2.10:60000");
	stun_xor_address(&b, XOR_MAPPED_ADDRESS, "198.51.100.23:50000");
	stun_attribute(&b, LIFETIME, "\0\0\2\x58", 4);
	packet_ip_udp(&b, &server, &client);
	watch_prefixes(LINK_RAW, b.at, b.length);
	watch_frame(w, b.at, b.length);
	const struct obs_allocation *a = &watch_seen(w, OBS_ALLOCATION, 0)->allocation;
	assert_true(a->answer.matched && a->answer.same_server);
	assert_string_equal(endpoint_text(&a->relayed, text), "192.0.2.10:60000");
	assert_string_equal(endpoint_text(&a->mapped, text), "198.51.100.23:50000");
	assert_int_equal(a->lifetime, 600);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_matched),
		cmocka_unit_test(sent_answers_belong_to_the_peer),
		cmocka_unit_test(equal_ids_of_two_clients),
		cmocka_unit_test(retransmissions_are_flagged),
		cmocka_unit_test(checks_are_told_from_gathering),
		cmocka_unit_test(errors_and_indications_answer_nothing),
		cmocka_unit_test(requests_are_forgotten),
		cmocka_unit_test(the_oldest_request_makes_way),
		cmocka_unit_test(requests_carry_their_id),
		cmocka_unit_test(allocations_say_what_they_got),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
