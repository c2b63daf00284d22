/*
 * One session on two ways, IPv6 addresses that say too much, and answers that are not the server's:
 * what comes of answers in a row.
 */
#include "tests/unit/support/judge.h"

#define EGRESS "egress=203.0.113.7"
#define INSIDE "203.0.113.7:1"
#define NONE   (-1)

static int worst(const struct judge *j, const char *id)
{
	int found = NONE;
	for (uint32_t i = 0; i < j->count && i < JUDGE_ALERTS_MAX; i++) {
		if (strcmp(j->alerts[i].detection->id, id) == 0 &&
			(int)j->alerts[i].severity > found)
			found = (int)j->alerts[i].severity;
	}
	return found;
}

static void told(struct judge *j, const char *name, const char *id, int expected)
{
	if (worst(j, id) != expected)
		fail_msg("%s: %s is %d, expected %d", name, id, worst(j, id), expected);
	judge_free(j);
}

/* A session's answers, with the fragment of who asks. */
static void answered(struct judge *j, const struct deed *deed, const char *ufrag)
{
	struct observation o = judge_observation(j, deed);
	struct obs_word *word = &o.binding_result.answer.ice.ufrag;
	word->length = (uint8_t)strlen(ufrag);
	memcpy(word->bytes, ufrag, word->length);
	engine_observe(j->engine, &o);
}

static const struct {
	const char *name, *declared;
	struct deed first, second;
	const char *ufrag[2];
	int severity;
} session_rows[] = {
	{"in, then out", EGRESS, {.mapped = INSIDE}, {0}, {"", ""}, SEVERITY_HIGH},
	{"out, then in", EGRESS, {0}, {.mapped = INSIDE}, {"", ""}, SEVERITY_HIGH},
	{"two outside", EGRESS, {0}, {.mapped = "198.51.100.24:1"}, {"", ""}, NONE},
	{"two inside", EGRESS " egress=203.0.113.8", {.mapped = INSIDE},
		{.mapped = "203.0.113.8:1"}, {"", ""}, NONE},
	{"another socket", EGRESS, {.mapped = INSIDE}, {.client = "192.168.77.10:2"}, {"", ""},
		NONE},
	{"another server", EGRESS, {.mapped = INSIDE}, {.server = "192.0.2.11:3478"}, {"", ""},
		NONE},
	{"another client", EGRESS, {.mapped = INSIDE}, {.client = "192.168.77.11:50000"}, {"", ""},
		NONE},
	{"another family", EGRESS, {.mapped = INSIDE}, {.mapped = "[2001:db8:77::10]:1"}, {"", ""},
		NONE},
	{"a forger's word", EGRESS, {.mapped = INSIDE}, {.elsewhere = true}, {"", ""}, NONE},
	{"two words in one", EGRESS, {.mapped = INSIDE}, {.disputed = true}, {"", ""}, NONE},
	{"a call's host address changes, too", EGRESS, {.mapped = INSIDE, .check = true},
		{.client = "10.0.0.9:50000", .check = true}, {"mine", "mine"}, SEVERITY_HIGH},
	{"another call with the peer", EGRESS, {.mapped = INSIDE, .check = true},
		{.client = "10.0.0.9:50000", .check = true}, {"mine", "next"}, NONE},
	{"nothing expected", "", {.mapped = INSIDE}, {0}, {"", ""}, NONE},
	{"tunnel declared, exit not", "tunnel=tun0", {.interface = TUN0, .mapped = INSIDE}, {0},
		{"", ""}, SEVERITY_HIGH},
};

static void sessions_on_two_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(session_rows); i++) {
		struct judge *j = judge_new(session_rows[i].declared);
		answered(j, &session_rows[i].first, session_rows[i].ufrag[0]);
		answered(j, &session_rows[i].second, session_rows[i].ufrag[1]);
		told(j, session_rows[i].name, "egress-changed-in-session",
			session_rows[i].severity);
	}
}

#define MAC6   "[2001:db8:77::200:5eff:fe00:5310]:1" /* of 00:00:5e:00:53:10 */
#define LOCAL6 "[2001:db8:77::5eff:fe00:5310]:1"     /* of 02:00:5e:00:53:10 */
#define V6     .server = "[2001:db8:10::10]:3478", .direction = DIRECTION_OUT

static const struct {
	const char *name, *declared;
	struct deed deed;
	int severity;
} mac_rows[] = {
	{"a maker's number", EGRESS, {V6, .client = MAC6, .mapped = MAC6}, SEVERITY_HIGH},
	{"a random one", EGRESS, {V6, .client = LOCAL6, .mapped = LOCAL6}, SEVERITY_MEDIUM},
	{"behind NAT66", EGRESS, {V6, .client = "[fd00::1]:1", .mapped = MAC6}, SEVERITY_HIGH},
	{"half of it", EGRESS,
		{V6, .client = "[2001:db8:77::200:5eff:0:5310]:1",
			.mapped = "[2001:db8:77::200:5eff:0:5310]:1"},
		NONE},
	{"the exit's", "tunnel=tun0",
		{V6, .interface = TUN0, .client = "[fd00::1]:1", .mapped = MAC6}, NONE},
	{"what a VPN gave", EGRESS, {V6, .interface = TUN0, .client = MAC6, .mapped = MAC6}, NONE},
	{"the declared exit", "egress=2001:db8:77::/64", {V6, .client = MAC6, .mapped = MAC6},
		NONE},
	{"nothing expected", "", {V6, .client = MAC6, .mapped = MAC6}, SEVERITY_INFO},
	{"a peer's", EGRESS,
		{.client = MAC6,
			.server = "192.168.77.10:1",
			.mapped = MAC6,
			.direction = DIRECTION_IN},
		NONE},
};

static void hardware_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(mac_rows); i++) {
		struct judge *j = judge_new(mac_rows[i].declared);
		struct deed deed = mac_rows[i].deed;
		judge_see(j, &deed);
		told(j, mac_rows[i].name, "hardware-address-in-ipv6", mac_rows[i].severity);
	}
}

static const struct {
	const char *name, *declared;
	struct deed deed;
	int severity;
} mapped_rows[] = {
	{"private", EGRESS, {.mapped = "[::ffff:192.168.77.10]:1"}, SEVERITY_MEDIUM},
	{"link-local", EGRESS, {.mapped = "[::ffff:169.254.7.7]:1"}, SEVERITY_MEDIUM},
	{"public", EGRESS, {.mapped = "[::ffff:203.0.113.7]:1"}, NONE},
	{"a carrier's", EGRESS, {.mapped = "[::ffff:100.64.7.7]:1"}, NONE},
	{"as IPv4", EGRESS, {.mapped = "192.168.77.10:1"}, NONE},
	{"in the LAN", EGRESS, {.server = "192.168.77.20:1", .mapped = "[::ffff:192.168.77.10]:1"},
		NONE},
	{"unmatched", EGRESS, {.unmatched = true, .mapped = "[::ffff:192.168.77.10]:1"}, NONE},
	{"nothing expected", "", {.mapped = "[::ffff:192.168.77.10]:1"}, SEVERITY_INFO},
};

static void private_addresses_as_ipv6(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(mapped_rows); i++) {
		struct judge *j = judge_new(mapped_rows[i].declared);
		judge_see(j, &mapped_rows[i].deed);
		told(j, mapped_rows[i].name, "ipv4-mapped-private-address",
			mapped_rows[i].severity);
	}
}

/* Two answers, the second to the first one's question, to one of its own, or to none. */
enum question { SAME, OWN, NO };

static const struct {
	const char *name;
	struct deed first, second;
	enum question question;
	int severity;
} forged_rows[] = {
	{"a second answer that disagrees", {.mapped = INSIDE}, {0}, SAME, SEVERITY_LOW},
	{"a second answer that agrees", {.mapped = INSIDE}, {.mapped = INSIDE}, SAME, NONE},
	{"another port is no other address", {.mapped = INSIDE}, {.mapped = "203.0.113.7:9"}, SAME,
		NONE},
	{"the same as IPv6", {.mapped = INSIDE}, {.mapped = "[::ffff:203.0.113.7]:1"}, SAME, NONE},
	{"a question of its own", {.mapped = INSIDE}, {0}, OWN, NONE},
	{"on another interface", {.mapped = INSIDE}, {.interface = TUN0}, SAME, NONE},
	{"nobody asked", {.mapped = INSIDE}, {.unmatched = true}, NO, SEVERITY_LOW},
	{"nobody asked, and it agrees", {.mapped = INSIDE}, {.unmatched = true, .mapped = INSIDE},
		NO, NONE},
	{"nobody ever asked", {.unmatched = true, .mapped = INSIDE}, {.unmatched = true}, NO, NONE},
	{"of a server that was not asked", {.mapped = INSIDE},
		{.unmatched = true, .server = "192.0.2.99:3478"}, NO, NONE},
	{"to another socket", {.mapped = INSIDE}, {.unmatched = true, .client = "192.168.77.10:2"},
		NO, NONE},
	{"without an address", {.mapped = INSIDE}, {.unmatched = true, .mapped = ""}, NO, NONE},
};

static void contradictions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(forged_rows); i++) {
		struct judge *j = judge_new(EGRESS);
		struct observation first = judge_observation(j, &forged_rows[i].first);
		struct observation second = judge_observation(j, &forged_rows[i].second);
		if (forged_rows[i].question == SAME)
			second.binding_result.answer.request_frame =
				first.binding_result.answer.request_frame;
		engine_observe(j->engine, &first);
		engine_observe(j->engine, &second);
		told(j, forged_rows[i].name, "stun-answer-forged", forged_rows[i].severity);
	}
}

static void answers_of_others(void **state)
{
	(void)state;
	static const struct {
		const char *name, *from;
		bool asked;
		struct deed deed;
		int severity;
	} rows[] = {
		{"another address", "192.0.2.99:3478", false, {.elsewhere = true}, SEVERITY_LOW},
		{"asked for", "192.0.2.99:3478", true, {.elsewhere = true}, NONE},
		{"another port", "192.0.2.10:3479", false, {.elsewhere = true}, NONE},
		{"in the LAN", "192.168.77.2:1", false,
			{.elsewhere = true, .server = "192.168.77.20:1"}, NONE},
		{"nobody asked", "192.0.2.99:3478", false, {.unmatched = true}, NONE},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct judge *j = judge_new(EGRESS);
		struct observation o = judge_observation(j, &rows[i].deed);
		o.head.src = end(rows[i].from);
		o.binding_result.answer.elsewhere = rows[i].asked;
		engine_observe(j->engine, &o);
		told(j, rows[i].name, "stun-answer-elsewhere", rows[i].severity);
	}
}

static void altered_answers(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		bool altered = i & 1, unmatched = i & 2;
		struct judge *j = judge_new(EGRESS);
		struct observation o = judge_observation(
			j, &(struct deed){.mapped = INSIDE, .unmatched = unmatched});
		o.binding_result.altered = altered;
		engine_observe(j->engine, &o);
		told(j, "altered", "stun-answer-altered",
			altered && !unmatched ? (int)SEVERITY_LOW : NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_on_two_ways),
		cmocka_unit_test(hardware_addresses),
		cmocka_unit_test(private_addresses_as_ipv6),
		cmocka_unit_test(contradictions),
		cmocka_unit_test(answers_of_others),
		cmocka_unit_test(altered_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
