/*
 * A request around the tunnel is held for a moment: when its answer proves that the real address
 * was told, that finding says it all. Where no answer comes, the request is told after all.
 */
#include "rules/findings.h"
#include "tests/unit/support/judge.h"

#define OUTSIDE "stun-outside-tunnel"
#define SRFLX   "srflx-outside-egress"
#define TURN    "turn-outside-tunnel"
#define LATE    (FINDING_GRACE_NS + 1)
#define SOON    (FINDING_GRACE_NS / 2)

/* Alerts of this detection in this state. */
static unsigned alerts_of(const struct judge *j, const char *id, enum alert_state state)
{
	unsigned count = 0;
	for (uint32_t i = 0; i < j->count && i < JUDGE_ALERTS_MAX; i++)
		count += strcmp(j->alerts[i].detection->id, id) == 0 && j->alerts[i].state == state;
	return count;
}

#define ASK .kind = OBS_STUN_REQUEST
#define GOT .kind = OBS_ALLOCATION

static const struct {
	const char *name;
	struct {
		uint64_t pause_ns; /* before it */
		struct deed deed;
	} steps[3];
	unsigned steps_count;
	const char *ids[2]; /* told in the end */
} story_rows[] = {
	{"a request, never answered", {{0, {ASK}}}, 1, {OUTSIDE}},
	{"asked again and again", {{0, {ASK}}, {SOON, {ASK}}, {LATE, {ASK}}}, 3, {OUTSIDE}},
	{"answered in time", {{0, {ASK}}, {SOON, {0}}}, 2, {SRFLX}},
	{"a relay got in time", {{0, {ASK}}, {SOON, {GOT}}}, 2, {TURN}},
	{"asked again after the answer", {{0, {ASK}}, {SOON, {0}}, {LATE, {ASK}}}, 3, {SRFLX}},
	{"the answer alone, then requests", {{0, {0}}, {LATE, {ASK}}}, 2, {SRFLX}},
	{"answered to another client", {{0, {ASK}}, {SOON, {.client = "192.168.77.11:1"}}}, 2,
		{OUTSIDE, SRFLX}},
	{"answered with an address that says nothing", {{0, {ASK}}, {SOON, {.mapped = "10.0.0.1"}}},
		2, {OUTSIDE}},
	{"answered inside the tunnel", {{0, {ASK}}, {SOON, {.interface = TUN0}}}, 2, {OUTSIDE}},
	{"the answer is unmatched", {{0, {ASK}}, {SOON, {.unmatched = true}}}, 2, {OUTSIDE}},
};

static void story_check(const char *name, const struct judge *j, const char *const ids[2])
{
	const char *const all[] = {OUTSIDE, SRFLX, TURN};
	for (size_t i = 0; i < ROWS(all); i++) {
		unsigned wanted = 0;
		for (size_t n = 0; n < 2; n++)
			wanted += ids[n] && strcmp(ids[n], all[i]) == 0;
		if (alerts_of(j, all[i], STATE_OPEN) != wanted ||
			alerts_of(j, all[i], STATE_CLOSED) != wanted)
			fail_msg("%s: %u of %s opened, %u closed, %u wanted", name,
				alerts_of(j, all[i], STATE_OPEN), all[i],
				alerts_of(j, all[i], STATE_CLOSED), wanted);
	}
}

static void stories(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(story_rows); i++) {
		struct judge *j = judge_new("tunnel=tun0");
		for (unsigned step = 0; step < story_rows[i].steps_count; step++) {
			j->now_ns += story_rows[i].steps[step].pause_ns;
			judge_see(j, &story_rows[i].steps[step].deed);
		}
		engine_finish(j->engine);
		story_check(story_rows[i].name, j, story_rows[i].ids);
		assert_int_equal(
			engine_findings(j->engine, SEVERITY_INFO), j->by_state[STATE_OPEN]);
		judge_free(j);
	}
}

static void told_when_the_moment_is_over(void **state)
{
	(void)state;
	const struct deed ask = {ASK};
	struct judge *j = judge_new("tunnel=tun0");
	judge_see(j, &ask);
	judge_pass(j, FINDING_GRACE_NS - 1);
	judge_see(j, &ask);
	assert_int_equal(j->count, 0);
	assert_int_equal(engine_findings(j->engine, SEVERITY_INFO), 0);
	judge_pass(j, 1);
	assert_int_equal(j->count, 1);
	assert_int_equal(judge_last(j)->count, 2);
	assert_true(judge_last(j)->first_ns == JUDGE_START_NS);
	assert_int_equal(engine_findings(j->engine, SEVERITY_INFO), 1);
	judge_free(j);
}

/* Live, time alone brings it out, and does not go back. */
static void told_by_time_alone(void **state)
{
	(void)state;
	const struct deed ask = {ASK};
	struct judge *j = judge_new("tunnel=tun0");
	judge_see(j, &ask);
	engine_advance(j->engine, j->now_ns + FINDING_GRACE_NS - 1);
	engine_advance(j->engine, 0);
	assert_int_equal(j->count, 0);
	engine_advance(j->engine, j->now_ns + FINDING_GRACE_NS);
	assert_int_equal(j->count, 1);
	judge_free(j);
}

/* A finding that began inside the tunnel and turns out to go around it covers from then on. */
static void growing_covers_too(void **state)
{
	(void)state;
	const struct deed inside = {.interface = TUN0}, ask = {ASK}, around = {0};
	struct judge *j = judge_new("tunnel=tun0 egress=203.0.113.7");
	judge_see(j, &inside);
	judge_see(j, &ask);
	judge_see(j, &around);
	engine_finish(j->engine);
	assert_int_equal(alerts_of(j, SRFLX, STATE_OPEN), 1);
	assert_int_equal(alerts_of(j, OUTSIDE, STATE_OPEN), 0);
	judge_free(j);
}

/* Late frames do not make the moment longer, nor start it anew. */
static void time_does_not_go_back(void **state)
{
	(void)state;
	const struct deed ask = {ASK};
	struct judge *j = judge_new("tunnel=tun0");
	judge_pass(j, 100 * SECOND_NS);
	j->now_ns = JUDGE_START_NS;
	judge_see(j, &ask);
	judge_see(j, &ask);
	assert_true(j->count <= 1);
	engine_finish(j->engine);
	assert_int_equal(j->by_state[STATE_OPEN], 1);
	assert_int_equal(j->by_state[STATE_CLOSED], 1);
	judge_free(j);
}

/* Told, because no answer came for long; taken back when it does and says more. */
static void answered_late(void **state)
{
	(void)state;
	const struct deed ask = {ASK}, answer = {0};
	struct judge *j = judge_new("tunnel=tun0");
	judge_see(j, &ask);
	judge_pass(j, LATE);
	assert_int_equal(alerts_of(j, OUTSIDE, STATE_OPEN), 1);
	assert_true(j->alerts[0].provisional);
	judge_see(j, &answer);
	judge_see(j, &ask);
	engine_finish(j->engine);
	assert_int_equal(alerts_of(j, OUTSIDE, STATE_WITHDRAWN), 1);
	assert_int_equal(alerts_of(j, OUTSIDE, STATE_CLOSED), 0);
	assert_int_equal(alerts_of(j, SRFLX, STATE_CLOSED), 1);
	assert_int_equal(engine_findings(j->engine, SEVERITY_INFO), 1);
	judge_free(j);
}

/* The answer shows that it came out where it should: the interface was guessed wrongly. */
static void excused_by_the_answer(void **state)
{
	(void)state;
	const struct deed ask = {ASK}, answer = {.mapped = "203.0.113.7:1"};
	struct judge *j = judge_new("tunnel=tun0 egress=203.0.113.7");
	judge_see(j, &ask);
	judge_see(j, &answer);
	judge_pass(j, LATE);
	engine_finish(j->engine);
	assert_int_equal(j->count, 0);
	judge_free(j);
}

/* More than can be held: the oldest are told early, none is lost and none told twice. */
static void more_than_can_be_held(void **state)
{
	(void)state;
	const unsigned clients = 2 * FINDINGS_HELD + 10;
	struct judge *j = judge_new("tunnel=tun0");
	for (unsigned i = 0; i < clients; i++) {
		char client[ENDPOINT_TEXT_MAX];
		snprintf(client, sizeof(client), "10.0.%u.%u:1", i >> 8, i & 0xff);
		const struct deed ask = {ASK, .client = client};
		judge_see(j, &ask);
	}
	assert_int_equal(j->by_state[STATE_OPEN], clients - FINDINGS_HELD);
	judge_pass(j, LATE);
	assert_int_equal(j->by_state[STATE_OPEN], clients);
	engine_finish(j->engine);
	assert_int_equal(j->by_state[STATE_OPEN], clients);
	assert_int_equal(j->by_state[STATE_CLOSED], clients);
	judge_free(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stories),
		cmocka_unit_test(told_when_the_moment_is_over),
		cmocka_unit_test(told_by_time_alone),
		cmocka_unit_test(growing_covers_too),
		cmocka_unit_test(time_does_not_go_back),
		cmocka_unit_test(answered_late),
		cmocka_unit_test(excused_by_the_answer),
		cmocka_unit_test(more_than_can_be_held),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
