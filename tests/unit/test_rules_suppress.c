/*
 * What is not told: allowed, suppressed, or more than was wanted. All of it is counted, and what is
 * graver than anything told so far is never held back.
 */
#include "tests/unit/support/judge_policy.h"

#define EXPECTED "clients: [{match: 192.168.0.0/16, tunnel: wg9, egress: 203.0.113.7"
#define ASK      .kind = OBS_STUN_REQUEST
#define MANY     5

static void pass(struct judge *j)
{
	judge_pass(j, 5 * SECOND_NS);
}

static const struct {
	const char *allow, *client;
	struct deed deed;
	bool allowed;
} allow_rows[] = {
	{"{to: 192.0.2.0/24, why: x}", NULL, {0}, true},
	{"{to: 192.0.2.0/24, why: x}", NULL, {ASK}, true},
	{"{to: 192.0.2.0/24, why: x}", NULL, {.kind = OBS_ALLOCATION}, true},
	{"{to: 192.0.2.0/24, protocol: udp, why: x}", NULL, {0}, true},
	{"{to: 192.0.2.0/24, protocol: tcp, why: x}", NULL, {0}, false},
	{"{to: 192.0.2.0/24, protocol: [tcp, udp], why: x}", NULL, {0}, true},
	{"{to: 192.0.3.0/24, why: x}", NULL, {0}, false},
	{"{to: 192.0.3.0/24, why: x}, {to: 192.0.2.10, why: y}", NULL, {0}, true},
	{"{to: 198.51.100.23, why: not the address that is told}", NULL, {0}, false},
};

static void allowed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(allow_rows); i++) {
		char text[256];
		snprintf(text, sizeof(text), EXPECTED ", allow: [%s]}]", allow_rows[i].allow);
		struct judge *j = judge_of_policy(text);
		judge_see(j, &allow_rows[i].deed);
		judge_see(j, &allow_rows[i].deed);
		pass(j);
		engine_finish(j->engine);
		if (j->stats.allowed != allow_rows[i].allowed)
			fail_msg("%s: row %zu", allow_rows[i].allow, i);
		assert_int_equal(j->count == 0, allow_rows[i].allowed);
		assert_int_equal(engine_findings(j->engine, SEVERITY_INFO), !allow_rows[i].allowed);
		judge_free(j);
	}
}

/* Request and answer are one story; so they are one that is allowed. */
static void allowed_once(void **state)
{
	(void)state;
	struct judge *j = judge_of_policy(EXPECTED ", allow: [{to: 192.0.2.10, why: x}]}]");
	for (int i = 0; i < MANY; i++) {
		judge_see(j, &(struct deed){ASK});
		judge_see(j, &(struct deed){0});
		pass(j);
	}
	assert_int_equal(j->stats.allowed, 1);
	assert_int_equal(j->count, 0);
	/* Elsewhere the same is a leak, the request as well as the answer. */
	judge_see(j, &(struct deed){ASK, .server = "192.0.2.11:3478"});
	pass(j);
	assert_int_equal(j->count, 1);
	assert_string_equal(judge_last(j)->detection->id, "stun-outside-tunnel");
	judge_see(j, &(struct deed){.server = "192.0.2.11:3478"});
	assert_string_equal(j->alerts[1].detection->id, "srflx-outside-egress");
	assert_int_equal(j->alerts[1].state, STATE_OPEN);
	assert_int_equal(judge_last(j)->state, STATE_WITHDRAWN);
	assert_int_equal(j->stats.findings, 1);
	judge_free(j);
}

/* What is allowed to one is not allowed to another. */
static void allowed_to_one(void **state)
{
	(void)state;
	struct judge *j = judge_of_policy(EXPECTED "}, {match: 192.168.77.99, egress: 203.0.113.7, "
						   "allow: [{to: 192.0.2.10, why: x}]}]");
	judge_see(j, &(struct deed){.client = "192.168.77.99:1"});
	assert_int_equal(j->count, 0);
	judge_see(j, &(struct deed){0});
	assert_int_equal(j->count, 1);
	judge_free(j);
}

static const struct {
	const char *row;
	bool suppressed;
} suppress_rows[] = {
	{"{detection: srflx-outside-egress}", true},
	{"{detection: exposure}", false},
	{"{client: 192.168.77.0/24}", true},
	{"{client: 192.168.78.0/24}", false},
	{"{address: 198.51.100.0/24}", true},
	{"{address: 203.0.113.7}", false},
	{"{detection: srflx-outside-egress, client: 192.168.77.10, address: 198.51.100.23}", true},
	{"{detection: srflx-outside-egress, client: 192.168.77.10, address: 198.51.100.24}", false},
	{"{detection: exposure}, {client: 192.168.77.10}", true},
};

static void suppressed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(suppress_rows); i++) {
		char text[256];
		snprintf(text, sizeof(text), EXPECTED "}]\nalerts: {suppress: [%s]}",
			suppress_rows[i].row);
		struct judge *j = judge_of_policy(text);
		for (int n = 0; n < MANY; n++) {
			judge_see(j, &(struct deed){.check = n == 3}); /* which grows */
			judge_pass(j, 400 * SECOND_NS);
		}
		engine_finish(j->engine);
		if (j->stats.suppressed != suppress_rows[i].suppressed)
			fail_msg("%s: %u alerts", suppress_rows[i].row, j->count);
		assert_int_equal(j->count == 0, suppress_rows[i].suppressed);
		assert_int_equal(
			engine_findings(j->engine, SEVERITY_INFO), !suppress_rows[i].suppressed);
		assert_int_equal(j->stats.findings, !suppress_rows[i].suppressed);
		judge_free(j);
	}
}

/* So many addresses told by a client, one after the other. */
static void tell(struct judge *j, const char *client, unsigned first, unsigned count, bool forged)
{
	for (unsigned i = 0; i < count; i++) {
		char mapped[ENDPOINT_TEXT_MAX];
		snprintf(mapped, sizeof(mapped), "198.51.100.%u:1", first + i);
		judge_see(
			j, &(struct deed){.client = client, .mapped = mapped, .elsewhere = forged});
	}
}

#define THRESHOLD "}]\nalerts: {threshold: {count: 2, window: 60s}}"

static void threshold(void **state)
{
	(void)state;
	struct judge *j = judge_of_policy(EXPECTED THRESHOLD);
	tell(j, "192.168.77.10:1", 1, MANY, false);
	assert_int_equal(j->count, 2);
	assert_int_equal(j->stats.limited, MANY - 2);
	assert_int_equal(engine_findings(j->engine, SEVERITY_CRITICAL), MANY);
	tell(j, "192.168.77.11:1", 1, MANY, false); /* another's are not the first one's */
	assert_int_equal(j->count, 4);
	judge_pass(j, 59 * SECOND_NS);
	tell(j, "192.168.77.10:1", 20, 1, false);
	assert_int_equal(j->count, 4);
	judge_pass(j, SECOND_NS);
	tell(j, "192.168.77.10:1", 30, MANY, false);
	assert_int_equal(j->count, 6);
	/* What was not told is not closed either. */
	engine_finish(j->engine);
	assert_int_equal(j->by_state[STATE_OPEN], 6);
	assert_int_equal(j->by_state[STATE_CLOSED], 6);
	judge_free(j);
}

/* Nothing said: a broken client does not bury another's leak. */
static void threshold_by_default(void **state)
{
	(void)state;
	struct judge *j = judge_of_policy(EXPECTED "}]");
	tell(j, "192.168.77.10:1", 1, 2 * POLICY_THRESHOLD, false);
	assert_int_equal(j->count, POLICY_THRESHOLD);
	assert_int_equal(j->stats.limited, POLICY_THRESHOLD);
	tell(j, "192.168.77.11:1", 1, 1, false);
	assert_int_equal(j->count, POLICY_THRESHOLD + 1);
	assert_int_equal(engine_findings(j->engine, SEVERITY_CRITICAL), 2 * POLICY_THRESHOLD + 1);
	judge_free(j);
}

static void threshold_of_the_run(void **state)
{
	(void)state;
	struct judge *j = judge_of_policy(
		EXPECTED "}]\nalerts: {threshold: {per: run, count: 2, window: 60s}}");
	tell(j, "192.168.77.10:1", 1, MANY, false);
	tell(j, "192.168.77.11:1", 1, MANY, false);
	assert_int_equal(j->count, 2);
	assert_int_equal(j->stats.limited, 2 * MANY - 2);
	judge_free(j);
}

/* The one alert that matters. */
static void graver_ones_pass(void **state)
{
	(void)state;
	static const char *const policies[] = {
		EXPECTED THRESHOLD,
		EXPECTED "}]\nalerts: {suppress: [{client: 192.168.77.10, count: 2, window: 60s}]}",
	};
	for (size_t i = 0; i < ROWS(policies); i++) {
		struct judge *j = judge_of_policy(policies[i]);
		tell(j, "192.168.77.10:1", 1, MANY, true);
		assert_int_equal(j->count, 2);
		assert_int_equal(judge_last(j)->severity, SEVERITY_MEDIUM);
		tell(j, "192.168.77.10:1", 20, 1, false);
		assert_int_equal(j->count, 3);
		assert_int_equal(judge_last(j)->severity, SEVERITY_CRITICAL);
		tell(j, "192.168.77.10:1", 30, 1, false);
		assert_int_equal(j->count, 3);
		assert_int_equal(j->stats.limited, MANY - 2 + 1);
		judge_free(j);
	}
}

/* One that was not told, and grows graver than those that were, is told then. */
static void held_back_until_it_grows(void **state)
{
	(void)state;
	struct judge *j = judge_of_policy(EXPECTED THRESHOLD);
	tell(j, "192.168.77.10:1", 1, 3, true);
	assert_int_equal(j->count, 2);
	assert_int_equal(j->stats.limited, 1);
	tell(j, "192.168.77.10:1", 3, 1, false);
	assert_int_equal(j->count, 3);
	assert_int_equal(j->stats.limited, 0);
	assert_int_equal(judge_last(j)->state, STATE_OPEN);
	assert_int_equal(judge_last(j)->severity, SEVERITY_CRITICAL);
	engine_finish(j->engine);
	assert_int_equal(j->by_state[STATE_CLOSED], 3);
	judge_free(j);
}

/* A repeated finding is told again once in the threshold's window. */
static void repeats(void **state)
{
	(void)state;
	struct judge *j = judge_of_policy(EXPECTED "}]\nalerts: {threshold: {window: 10s}}");
	for (int i = 0; i < 21; i++) {
		judge_see(j, &(struct deed){0});
		judge_pass(j, SECOND_NS);
	}
	assert_int_equal(j->by_state[STATE_OPEN], 1);
	assert_int_equal(j->by_state[STATE_UPDATED], 2);
	judge_free(j);
}

/* From here on the judge follows this policy. */
static void follow(struct judge *j, const char *yaml)
{
	struct config *c = config_of(yaml);
	struct policy *old = j->policy;
	j->policy = malloc(sizeof(*j->policy));
	assert_non_null(j->policy);
	*j->policy = c->policy;
	engine_follow(j->engine, j->policy);
	free(old);
	free(c);
}

/* Limits and suppressions start anew, and who was seen is found in the new policy. */
static void another_policy(void **state)
{
	(void)state;
	struct judge *j = judge_of_policy(EXPECTED
		"}]\nalerts: {threshold: {count: 1}, suppress: [{address: 198.51.100.9}]}");
	tell(j, "192.168.77.10:1", 8, 3, false);
	assert_int_equal(j->count, 1);
	assert_int_equal(j->stats.suppressed, 1);
	assert_int_equal(j->stats.limited, 1);
	follow(j, EXPECTED "}]\nalerts: {threshold: {count: 1}}");
	tell(j, "192.168.77.10:1", 9, 1, false);
	assert_int_equal(j->count, 2);
	assert_int_equal(j->stats.suppressed, 0);
	assert_int_equal(judge_last(j)->state, STATE_OPEN);
	assert_int_equal(judge_last(j)->count, 2);
	tell(j, "192.168.77.10:1", 20, 1, false);
	assert_int_equal(j->count, 2);
	follow(j, "clients: [{match: 10.0.0.1}, {match: 192.168.77.10, egress: 198.51.100.0/24}]");
	tell(j, "192.168.77.10:1", 30, 1, false);
	assert_int_equal(j->count, 2);
	judge_see(j, &(struct deed){.client = "192.168.77.10:2", .mapped = "203.0.113.7:1"});
	assert_int_equal(j->count, 3);
	judge_free(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allowed),
		cmocka_unit_test(allowed_once),
		cmocka_unit_test(allowed_to_one),
		cmocka_unit_test(suppressed),
		cmocka_unit_test(threshold),
		cmocka_unit_test(threshold_by_default),
		cmocka_unit_test(threshold_of_the_run),
		cmocka_unit_test(graver_ones_pass),
		cmocka_unit_test(held_back_until_it_grows),
		cmocka_unit_test(repeats),
		cmocka_unit_test(another_policy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
