/*
 * One leak, one alert: what folds together and what does not, when a finding is reported again, and
 * what the closing lines say.
 */
#include "rules/findings.h"
#include "tests/unit/support/judge.h"

#define EGRESS    "egress=203.0.113.7"
#define WINDOW_NS POLICY_WINDOW_NS

static void repeats_fold(void **state)
{
	(void)state;
	struct judge *j = judge_new(EGRESS);
	const struct deed deed = {0};
	for (int i = 0; i < 5; i++) {
		judge_see(j, &deed);
		j->now_ns += SECOND_NS;
	}
	assert_int_equal(j->count, 1);
	assert_int_equal(j->alerts[0].state, STATE_OPEN);
	engine_finish(j->engine);
	assert_int_equal(j->count, 2);
	const struct alert *last = judge_last(j);
	assert_int_equal(last->state, STATE_CLOSED);
	assert_int_equal(last->count, 5);
	assert_true(last->first_ns == JUDGE_START_NS);
	assert_true(last->last_ns == JUDGE_START_NS + 4 * SECOND_NS);
	assert_int_equal(last->frame_count, 2);
	assert_int_equal(last->frames[0].number, 1);
	assert_int_equal(j->stats.findings, 1);
	judge_free(j);
}

/* What is another finding, and what is the same one. */
static const struct {
	const char *name;
	struct deed deed;
	bool folds;
} fold_rows[] = {
	{"the same again", {0}, true},
	{"another port", {.client = "192.168.77.10:1", .mapped = "198.51.100.23:1"}, true},
	{"another server", {.server = "192.0.2.99:3478"}, true},
	{"another interface", {.interface = NAMELESS_ETHERNET}, true},
	{"the same address, mapped into IPv6", {.mapped = "[::ffff:198.51.100.23]:1"}, true},
	{"another client", {.client = "192.168.77.11:50000"}, false},
	{"another address", {.mapped = "198.51.100.24:50000"}, false},
	{"another detection", {.kind = OBS_ALLOCATION}, false},
};

static void what_folds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(fold_rows); i++) {
		struct judge *j = judge_new(EGRESS);
		const struct deed first = {0};
		judge_see(j, &first);
		judge_see(j, &fold_rows[i].deed);
		if (j->stats.findings != (fold_rows[i].folds ? 1 : 2))
			fail_msg("%s: %u findings", fold_rows[i].name, (unsigned)j->stats.findings);
		engine_finish(j->engine);
		assert_int_equal(j->by_state[STATE_CLOSED], j->stats.findings);
		assert_int_equal(j->by_state[STATE_OPEN], j->stats.findings);
		judge_free(j);
	}
}

static void growth_is_reported_at_once(void **state)
{
	(void)state;
	const struct deed steps[] = {
		{.elsewhere = true},                /* gathered, low confidence */
		{0},                                /* surer */
		{.check = true},                    /* signalled */
		{.check = true, .nominates = true}, /* nominated */
	};
	struct judge *j = judge_new(EGRESS);
	for (size_t i = 0; i < ROWS(steps); i++) {
		judge_see(j, &steps[i]);
		assert_int_equal(j->count, i + 1);
		assert_int_equal(judge_last(j)->state, i ? STATE_UPDATED : STATE_OPEN);
		assert_int_equal(judge_last(j)->count, i + 1);
		j->now_ns += SECOND_NS;
	}
	assert_int_equal(judge_last(j)->stage, STAGE_NOMINATED);
	assert_int_equal(judge_last(j)->confidence, CONFIDENCE_HIGH);
	assert_true(judge_last(j)->first_ns == JUDGE_START_NS);
	/* Something lesser neither takes back what is known nor says it again. */
	judge_see(j, &steps[0]);
	assert_int_equal(j->count, ROWS(steps));
	engine_finish(j->engine);
	assert_int_equal(judge_last(j)->stage, STAGE_NOMINATED);
	assert_int_equal(judge_last(j)->confidence, CONFIDENCE_HIGH);
	assert_int_equal(judge_last(j)->count, ROWS(steps) + 1);
	assert_int_equal(engine_findings(j->engine, SEVERITY_INFO), 1);
	judge_free(j);
}

static void severity_moves_up(void **state)
{
	(void)state;
	const struct deed tunnel = {.interface = TUN0}, direct = {0};
	struct summary s = {0};
	struct judge *j = judge_new(EGRESS);
	judge_see(j, &tunnel);
	assert_int_equal(engine_findings(j->engine, SEVERITY_CRITICAL), 0);
	judge_see(j, &direct);
	judge_see(j, &tunnel);
	assert_int_equal(judge_last(j)->severity, SEVERITY_CRITICAL);
	assert_int_equal(judge_last(j)->path, PATH_DIRECT);
	engine_summarise(j->engine, &s);
	assert_int_equal(s.findings[SEVERITY_MEDIUM], 0);
	assert_int_equal(s.findings[SEVERITY_CRITICAL], 1);
	assert_int_equal(s.clients[0].findings[SEVERITY_MEDIUM], 0);
	assert_int_equal(s.clients[0].findings[SEVERITY_CRITICAL], 1);
	judge_free(j);
}

static void once_per_window(void **state)
{
	(void)state;
	const uint64_t at_ns[] = {0, 1, WINDOW_NS - 1, WINDOW_NS, WINDOW_NS + 1, 2 * WINDOW_NS - 1,
		2 * WINDOW_NS, 10 * WINDOW_NS};
	const uint32_t reported[] = {1, 1, 1, 2, 2, 2, 3, 4};
	const struct deed deed = {0};
	struct judge *j = judge_new(EGRESS);
	for (size_t i = 0; i < ROWS(at_ns); i++) {
		j->now_ns = JUDGE_START_NS + at_ns[i];
		judge_see(j, &deed);
		assert_int_equal(j->count, reported[i]);
		assert_int_equal(judge_last(j)->state, i < 3 ? STATE_OPEN : STATE_UPDATED);
	}
	judge_free(j);
}

/* Findings below the least severity are counted and not reported, not even when closed. */
static void least_severity(void **state)
{
	(void)state;
	const struct deed tunnel = {.interface = TUN0}, direct = {0};
	struct judge *j = judge_new(EGRESS);
	j->policy->min_severity = SEVERITY_HIGH;
	judge_see(j, &tunnel); /* medium */
	j->now_ns += 2 * WINDOW_NS;
	judge_see(j, &tunnel);
	assert_int_equal(j->count, 0);
	assert_int_equal(j->stats.below_severity, 1);
	assert_int_equal(engine_findings(j->engine, SEVERITY_MEDIUM), 1);
	judge_see(j, &direct); /* critical: heard of for the first time */
	assert_int_equal(j->count, 1);
	assert_int_equal(judge_last(j)->state, STATE_OPEN);
	assert_int_equal(judge_last(j)->count, 3);
	assert_int_equal(j->stats.below_severity, 0); /* so it was not kept back after all */
	engine_finish(j->engine);
	assert_int_equal(j->count, 2);
	judge_free(j);

	j = judge_new("");
	j->policy->min_severity = SEVERITY_LOW;
	judge_see(j, &direct); /* exposure */
	engine_finish(j->engine);
	assert_int_equal(j->count, 0);
	assert_int_equal(j->stats.below_severity, 1);
	judge_free(j);
}

/* A frame that comes late and grows a finding does not turn its last sighting back. */
static void time_does_not_run_backwards(void **state)
{
	(void)state;
	const struct deed first = {0}, late = {.check = true};
	struct judge *j = judge_new(EGRESS);
	j->now_ns = JUDGE_START_NS + 10 * SECOND_NS;
	judge_see(j, &first);
	j->now_ns = JUDGE_START_NS;
	judge_see(j, &late);
	assert_int_equal(judge_last(j)->stage, STAGE_SIGNALLED);
	assert_true(judge_last(j)->last_ns == JUDGE_START_NS + 10 * SECOND_NS);
	judge_free(j);
}

/* A lesser sighting does not replace the evidence of a graver one. */
static void lesser_evidence_changes_nothing(void **state)
{
	(void)state;
	const struct deed direct = {0}, inside = {.interface = TUN0, .check = true};
	struct judge *j = judge_new(EGRESS);
	judge_see(j, &direct);
	judge_see(j, &inside);
	engine_finish(j->engine);
	assert_int_equal(j->count, 2);
	assert_int_equal(judge_last(j)->severity, SEVERITY_CRITICAL);
	assert_int_equal(judge_last(j)->path, PATH_DIRECT);
	assert_int_equal(judge_last(j)->stage, STAGE_GATHERED);
	assert_int_equal(judge_last(j)->count, 2);
	judge_free(j);
}

/* Covering evicts: the finding that does so may be the oldest itself. */
static void covering_with_a_full_table(void **state)
{
	(void)state;
	char mapped[ENDPOINT_TEXT_MAX];
	struct judge *j = judge_new(EGRESS);
	const struct deed lan = {.interface = LAN0, .client = "192.168.77.99:1"};
	judge_see(j, &lan); /* a gateway: its tunnel is nobody else's */
	for (unsigned i = 0; i < JUDGE_FINDINGS; i++) {
		snprintf(mapped, sizeof(mapped), "198.51.%u.%u:1", i >> 8, i & 0xff);
		const struct deed inside = {.interface = TUN0, .mapped = mapped};
		judge_see(j, &inside);
	}
	const struct deed grows = {.mapped = "198.51.0.0:1"};
	j->now_ns = JUDGE_START_NS - SECOND_NS; /* does not make it young again */
	judge_see(j, &grows);
	engine_finish(j->engine);
	assert_int_equal(engine_findings(j->engine, SEVERITY_CRITICAL), 1 + 1);
	judge_free(j);
}

static void more_findings_than_fit(void **state)
{
	(void)state;
	struct judge *j = judge_new(EGRESS);
	for (unsigned i = 0; i <= JUDGE_FINDINGS; i++) {
		char mapped[ENDPOINT_TEXT_MAX];
		snprintf(mapped, sizeof(mapped), "198.51.%u.%u:1", i >> 8, i & 0xff);
		const struct deed deed = {.interface = TUN0, .mapped = mapped};
		j->now_ns += SECOND_NS;
		judge_see(j, &deed);
	}
	assert_int_equal(j->stats.findings, JUDGE_FINDINGS + 1);
	assert_int_equal(j->stats.findings_evicted, 1);
	assert_int_equal(j->by_state[STATE_OPEN], JUDGE_FINDINGS + 1);
	assert_int_equal(j->by_state[STATE_CLOSED], 1); /* the one that made way */
	engine_finish(j->engine);
	assert_int_equal(j->by_state[STATE_CLOSED], JUDGE_FINDINGS + 1);
	assert_int_equal(engine_findings(j->engine, SEVERITY_INFO), JUDGE_FINDINGS + 1);
	engine_finish(j->engine); /* nothing is left to close */
	assert_int_equal(j->by_state[STATE_CLOSED], JUDGE_FINDINGS + 1);
	judge_free(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeats_fold),
		cmocka_unit_test(what_folds),
		cmocka_unit_test(growth_is_reported_at_once),
		cmocka_unit_test(severity_moves_up),
		cmocka_unit_test(once_per_window),
		cmocka_unit_test(least_severity),
		cmocka_unit_test(time_does_not_run_backwards),
		cmocka_unit_test(lesser_evidence_changes_nothing),
		cmocka_unit_test(covering_with_a_full_table),
		cmocka_unit_test(more_findings_than_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
