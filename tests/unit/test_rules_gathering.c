/*
 * Descriptions and the candidates in them: what lines tell that candidates do not, and what a whole
 * gathering shows.
 */
#include "tests/unit/support/words.h"

#define EGRESS  "egress=203.0.113.7"
#define SRFLX   "srflx-candidate-outside-egress"
#define SESSION "session-address"
#define MODE    "webrtc-mode"

/* A description, whose lines say this; `candidates` of its own follow. */
static void describe(struct judge *j, const char *connection, uint16_t candidates, bool ends)
{
	const struct words nothing = {0};
	struct observation o = signalled(j, &nothing, OBS_SESSION);
	o.session = (struct obs_session){
		.signalling = SIGNALLING_WEBSOCKET,
		.owner = OWNER_SENDER,
		.media = 1,
		.candidates = candidates,
		.end_of_candidates = ends,
		.connection = end(connection),
		.origin = end("127.0.0.1"),
	};
	word_set(&o.session.ufrag, "aaaa");
	engine_observe(j->engine, &o);
}

/* A candidate of the description before, in the same frame. */
static void describe_candidate(struct judge *j, const struct words *w)
{
	j->frame--;
	say(j, w);
}

static void lines_wait_for_candidates(void **state)
{
	(void)state;
	const struct words relay = {
		.type = CANDIDATE_RELAY, .address = "192.0.2.11:1", .related = "198.51.100.23:2"};
	const struct words clean = {.name = NAME},
			   srflx = {.type = CANDIDATE_SRFLX, .address = "198.51.100.23:1"};
	struct judge *j = judge_new(EGRESS);
	j->policy->min_severity = SEVERITY_LOW;
	describe(j, "0.0.0.0:9", 0, false);
	describe(j, "198.51.100.23:1", 2, false);
	describe_candidate(j, &clean);
	assert_int_equal(j->count, 0);
	describe_candidate(j, &clean);
	assert_int_equal(j->count, 1);
	assert_string_equal(judge_last(j)->detection->id, SESSION);
	assert_int_equal(judge_last(j)->severity, SEVERITY_HIGH);
	judge_free(j);

	j = judge_new(EGRESS); /* a candidate tells it, too */
	describe(j, "198.51.100.23:1", 1, false);
	describe_candidate(j, &srflx);
	engine_finish(j->engine);
	assert_int_equal(j->by_state[STATE_OPEN], 1);
	assert_string_equal(j->alerts[0].detection->id, SRFLX);
	judge_free(j);

	j = judge_new(EGRESS); /* or what it was made from */
	describe(j, "198.51.100.23:1", 1, false);
	describe_candidate(j, &relay);
	engine_finish(j->engine);
	assert_int_equal(j->by_state[STATE_OPEN], 1);
	assert_string_equal(j->alerts[0].detection->id, "candidate-related-address");
	judge_free(j);
}

/* A media server at home, asked by WHIP from outside, answers for itself. */
static void answers_are_the_servers_own(void **state)
{
	(void)state;
	const struct words server = {
		.client = "192.168.77.20:8080", .server = "192.0.2.99:5", .answers = true};
	const struct words client = {.client = "192.168.77.20:8080", .server = "192.0.2.99:5"};
	for (unsigned asks = 0; asks < 2; asks++) {
		struct judge *j = judge_new(EGRESS);
		struct observation o = signalled(j, asks ? &client : &server, OBS_SESSION);
		o.session = (struct obs_session){.signalling = SIGNALLING_WHIP,
			.owner = OWNER_SENDER,
			.connection = end("192.168.77.20:9")};
		engine_observe(j->engine, &o);
		assert_int_equal(j->count, asks);
		judge_free(j);
	}
}

/* Candidates that were announced and never came: told by the next description, or at the end. */
static void lines_do_not_wait_forever(void **state)
{
	(void)state;
	struct judge *j = judge_new(EGRESS);
	describe(j, "198.51.100.23:1", 1, false);
	assert_int_equal(j->count, 0);
	describe(j, "192.168.77.10:1", 1, false);
	assert_int_equal(j->count, 1);
	engine_finish(j->engine);
	assert_int_equal(j->by_state[STATE_OPEN], 2);
	judge_free(j);
}

static void modes_need_an_end(void **state)
{
	(void)state;
	const struct words lan = {.address = "192.168.77.10:1", .ufrag = "aaaa"};
	const struct words inner = {.address = "10.8.0.2:1", .ufrag = "aaaa"};
	const struct words later = {
		.type = CANDIDATE_RELAY, .address = "192.0.2.11:1", .ufrag = "bbbb"};
	struct judge *j = judge_new("");
	j->policy->min_severity = SEVERITY_INFO;
	describe(j, "0.0.0.0:9", 0, false);
	say(j, &lan);
	say(j, &inner);
	assert_int_equal(j->count, 0);
	describe(j, "0.0.0.0:9", 0, true);
	assert_int_equal(j->count, 1);
	assert_string_equal(judge_last(j)->detection->id, MODE);
	assert_non_null(strstr(judge_last(j)->message, "mode 1"));
	describe(j, "0.0.0.0:9", 0, true); /* said again */
	assert_int_equal(j->count, 1);
	say(j, &later); /* another gathering, not at its end */
	assert_int_equal(j->count, 1);
	judge_free(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_wait_for_candidates),
		cmocka_unit_test(lines_do_not_wait_forever),
		cmocka_unit_test(answers_are_the_servers_own),
		cmocka_unit_test(modes_need_an_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
