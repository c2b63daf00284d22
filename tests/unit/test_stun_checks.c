/*
 * ICE's connectivity checks: whose session they are of, and that they are said when they say
 * something new, not twenty times a second.
 */
#include "tests/unit/support/stun.h"
#include "tests/unit/support/watch.h"

#define CLIENT "192.168.77.10:50000"
#define PEER   "203.0.113.50:40000"

enum { ICE_CONTROLLED = 0x8029, ICE_CONTROLLING = 0x802a };

struct check {
	uint8_t id;
	const char *username;
	unsigned role;
	bool nominates;
};

static void check_say(struct watch *w, const struct check *c)
{
	const struct endpoint src = end(CLIENT), dst = end(PEER);
	struct bytes b;
	stun_begin(&b, BINDING_REQUEST, c->id);
	stun_attribute(&b, USERNAME, c->username, strlen(c->username));
	stun_attribute(&b, PRIORITY, "\x6e\0\1\xff", 4);
	stun_attribute(&b, c->role, "abcdefgh", 8);
	if (c->nominates)
		stun_attribute(&b, USE_CANDIDATE, "", 0);
	packet_ip_udp(&b, &src, &dst);
	watch_frame(w, b.at, b.length);
}

static void answer_say(struct watch *w, uint8_t id, const char *mapped)
{
	const struct endpoint src = end(PEER), dst = end(CLIENT);
	struct bytes b;
	stun_begin(&b, BINDING_SUCCESS, id);
	stun_xor_address(&b, XOR_MAPPED_ADDRESS, mapped);
	packet_ip_udp(&b, &src, &dst);
	watch_frame(w, b.at, b.length);
}

static void word_check(const struct obs_word *word, const char *text)
{
	assert_int_equal(word->length, strlen(text));
	assert_memory_equal(word->bytes, text, word->length);
}

static const struct {
	const char *username, *ufrag, *peer_ufrag;
	unsigned attribute;
	uint8_t role;
} session_rows[] = {
	{"peer:mine", "mine", "peer", ICE_CONTROLLING, ICE_ROLE_CONTROLLING},
	{"peer:mine", "mine", "peer", ICE_CONTROLLED, ICE_ROLE_CONTROLLED},
	{"a:b:c", "b:c", "a", 0x8022, ICE_ROLE_NONE},
	{"old", "", "old", ICE_CONTROLLED, ICE_ROLE_CONTROLLED},
	{":", "", "", ICE_CONTROLLED, ICE_ROLE_CONTROLLED},
};

static void checks_name_their_session(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(session_rows); i++) {
		struct watch *w = watch_new(LINK_RAW);
		check_say(w,
			&(struct check){
				1, session_rows[i].username, session_rows[i].attribute, false});
		answer_say(w, 1, "198.51.100.23:50000");
		const struct obs_ice *asked = &watch_seen(w, OBS_STUN_REQUEST, 0)->stun_request.ice;
		const struct obs_ice *answered =
			&watch_seen(w, OBS_BINDING_RESULT, 0)->binding_result.answer.ice;
		word_check(&asked->ufrag, session_rows[i].ufrag);
		word_check(&asked->peer_ufrag, session_rows[i].peer_ufrag);
		assert_int_equal(asked->role, session_rows[i].role);
		assert_int_equal(asked->priority, 0x6e0001ff);
		assert_memory_equal(asked, answered, sizeof(*asked));
		watch_free(w);
	}
}

/* A check every second and its answer: said once, and again after half a minute. */
static void repeated_checks_are_said_now_and_then(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (uint8_t id = 0; id < 61; id++) {
		check_say(w, &(struct check){id, "peer:mine", ICE_CONTROLLED, false});
		answer_say(w, id, "198.51.100.23:50000");
		w->next.time_ns += SECOND_NS;
	}
	assert_int_equal(watch_count(w, OBS_STUN_REQUEST), 3);
	assert_int_equal(watch_count(w, OBS_BINDING_RESULT), 3);
	/* An answer that was said belongs to a check that was. */
	assert_int_equal(watch_seen(w, OBS_BINDING_RESULT, 1)->binding_result.answer.request_frame,
		watch_seen(w, OBS_STUN_REQUEST, 1)->head.frame);
	watch_free(w);
}

static void news_is_said_at_once(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	const struct check rows[] = {
		{1, "peer:mine", ICE_CONTROLLED, false},
		{2, "peer:mine", ICE_CONTROLLING, false},
		{3, "peer:mine", ICE_CONTROLLING, true},
		{4, "peer:more", ICE_CONTROLLING, true},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		watch_forget(w);
		check_say(w, &rows[i]);
		assert_int_equal(watch_count(w, OBS_STUN_REQUEST), 1);
		assert_false(watch_seen(w, OBS_STUN_REQUEST, 0)->stun_request.ice.consent);
		check_say(w, &rows[i]); /* a retransmission is none */
		assert_int_equal(watch_count(w, OBS_STUN_REQUEST), 1);
	}
	/* The mapped address changed: the answer counts though its request was not said. */
	answer_say(w, 4, "198.51.100.23:50000");
	struct check again = rows[3];
	again.id = 5;
	again.nominates = true;
	w->next.time_ns += SECOND_NS;
	check_say(w, &again);
	watch_forget(w);
	again.id = 6;
	check_say(w, &again);
	assert_int_equal(watch_count(w, OBS_STUN_REQUEST), 0);
	answer_say(w, 6, "203.0.113.7:50000");
	assert_int_equal(watch_count(w, OBS_BINDING_RESULT), 1);
	watch_free(w);
}

/* RFC 7675: once a nomination was answered, checks are there to keep the pair. */
static void consent_follows_nomination(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	check_say(w, &(struct check){1, "peer:mine", ICE_CONTROLLING, true});
	answer_say(w, 1, "198.51.100.23:50000");
	assert_false(watch_seen(w, OBS_BINDING_RESULT, 0)->binding_result.answer.ice.consent);
	for (uint8_t id = 2; id < 5; id++) {
		w->next.time_ns += 5 * SECOND_NS;
		check_say(w, &(struct check){id, "peer:mine", ICE_CONTROLLING, true});
		answer_say(w, id, "198.51.100.23:50000");
	}
	assert_int_equal(watch_count(w, OBS_STUN_REQUEST), 2);
	assert_true(watch_seen(w, OBS_STUN_REQUEST, 1)->stun_request.ice.consent);
	assert_true(watch_seen(w, OBS_BINDING_RESULT, 1)->binding_result.answer.ice.consent);
	watch_free(w);
}

/* Both sides of a router that translates nothing: each is told of once in a while. */
static void two_interfaces_at_once(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (uint8_t id = 1; id <= 20; id++) {
		const struct check c = {id, "peer:mine", ICE_CONTROLLING, false};
		w->next.interface = 1;
		check_say(w, &c);
		w->next.interface = 2;
		check_say(w, &c);
	}
	assert_int_equal(watch_count(w, OBS_STUN_REQUEST), 2);
	assert_int_equal(watch_seen(w, OBS_STUN_REQUEST, 0)->head.interface, 1);
	assert_int_equal(watch_seen(w, OBS_STUN_REQUEST, 1)->head.interface, 2);
	w->next.time_ns += 30 * SECOND_NS;
	const struct check late = {21, "peer:mine", ICE_CONTROLLING, false};
	check_say(w, &late);
	assert_int_equal(watch_count(w, OBS_STUN_REQUEST), 3);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checks_name_their_session),
		cmocka_unit_test(repeated_checks_are_said_now_and_then),
		cmocka_unit_test(news_is_said_at_once),
		cmocka_unit_test(consent_follows_nomination),
		cmocka_unit_test(two_interfaces_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
