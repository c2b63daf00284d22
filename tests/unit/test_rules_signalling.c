/*
 * What a client says of itself in signalling: whose words, who hears them, what is an exit. A row
 * is a run of one candidate, and the alert that comes of it, or none. Then what needs several.
 */
#include "rules/findings.h"
#include "rules/mdns_name.h"
#include "tests/unit/support/words.h"

#define EGRESS "egress=203.0.113.7"

#define HOST_PRIVATE "host-candidate-private"
#define HOST_PUBLIC  "host-candidate-public"
#define UNMASKED     "host-candidate-unmasked"
#define SRFLX        "srflx-candidate-outside-egress"
#define RELATED      "candidate-related-address"
#define MALFORMED    "mdns-candidate-malformed"
#define RELAY_ONLY   "relay-only-violated"

#define METHOD_ALLOCATE 3

struct row {
	const char *name, *declared;
	struct words words;
	const char *id; /* NULL: silence from low on */
	enum severity severity;
	enum confidence confidence;
	const char *leaked;
};

static const struct row rows[] = {
	{"a private host", EGRESS, {.address = "192.168.77.10:1"}, HOST_PRIVATE, SEVERITY_MEDIUM,
		CONFIDENCE_HIGH, "192.168.77.10"},
	{"mapped into IPv6", EGRESS, {.address = "[::ffff:192.168.77.10]:1"}, HOST_PRIVATE,
		SEVERITY_MEDIUM, CONFIDENCE_HIGH, "192.168.77.10"},
	{"a unique local address", EGRESS, {.address = "[fd77::10]:1"}, HOST_PRIVATE,
		SEVERITY_MEDIUM, CONFIDENCE_HIGH, "fd77::10"},
	{"carrier-grade NAT", EGRESS, {.address = "100.64.0.9:1"}, HOST_PRIVATE, SEVERITY_MEDIUM,
		CONFIDENCE_HIGH, "100.64.0.9"},
	{"from a phone", EGRESS, {.address = "192.168.77.10:1", .signalling = SIGNALLING_SIP},
		HOST_PRIVATE, SEVERITY_LOW, CONFIDENCE_HIGH, "192.168.77.10"},
	{"where it is in the tunnel", EGRESS,
		{.address = "10.8.0.2:1", .client = "10.8.0.2:9", .interface = TUN0}, HOST_PRIVATE,
		SEVERITY_LOW, CONFIDENCE_HIGH, "10.8.0.2"},
	{"where it is at home, told in the tunnel", EGRESS,
		{.address = "192.168.77.10:1", .client = "10.8.0.2:9", .interface = TUN0},
		HOST_PRIVATE, SEVERITY_MEDIUM, CONFIDENCE_HIGH, "192.168.77.10"},
	{"a proxy in the LAN carries it out", "proxy=192.168.77.1:3128",
		{.address = "192.168.77.10:1",
			.server = "192.168.77.1:3128",
			.encapsulation = WRAPPED_PROXY},
		HOST_PRIVATE, SEVERITY_MEDIUM, CONFIDENCE_HIGH, "192.168.77.10"},
	{"a global host", EGRESS, {.address = "198.51.100.23:1"}, HOST_PUBLIC, SEVERITY_HIGH,
		CONFIDENCE_HIGH, "198.51.100.23"},
	{"a global client nearby", EGRESS,
		{.address = "198.51.100.23:1", .client = "198.51.100.23:2", .hop_limit = 64},
		HOST_PUBLIC, SEVERITY_HIGH, CONFIDENCE_MEDIUM, "198.51.100.23"},
	{"of a family without an exit", EGRESS, {.address = "[2001:db8:77::10]:1"}, HOST_PUBLIC,
		SEVERITY_LOW, CONFIDENCE_LOW, "2001:db8:77::10"},
	{"... but the client uses it around the tunnel", EGRESS " tunnel=tun0",
		{.address = "[2001:db8:77::10]:1",
			.client = "[2001:db8:77::10]:2",
			.server = "[2001:db8:80::80]:3",
			.hop_limit = 64},
		HOST_PUBLIC, SEVERITY_HIGH, CONFIDENCE_MEDIUM, "2001:db8:77::10"},
	{"reflexive", EGRESS, {.type = CANDIDATE_SRFLX, .address = "198.51.100.23:1"}, SRFLX,
		SEVERITY_CRITICAL, CONFIDENCE_HIGH, "198.51.100.23"},
	{"peer-reflexive", EGRESS, {.type = CANDIDATE_PRFLX, .address = "198.51.100.23:1"}, SRFLX,
		SEVERITY_CRITICAL, CONFIDENCE_HIGH, "198.51.100.23"},
	{"reflexive, and only a proxy is known", "proxy=203.0.113.99:3128",
		{.type = CANDIDATE_SRFLX, .address = "198.51.100.23:1"}, SRFLX, SEVERITY_LOW,
		CONFIDENCE_LOW, "198.51.100.23"},
	{"a relay that names whom it hides", EGRESS,
		{.type = CANDIDATE_RELAY, .address = "192.0.2.11:1", .related = "198.51.100.23:2"},
		RELATED, SEVERITY_HIGH, CONFIDENCE_HIGH, "198.51.100.23"},
	{"what a reflexive one was made from", EGRESS,
		{.type = CANDIDATE_SRFLX, .address = "203.0.113.7:1", .related = "192.168.77.10:2"},
		RELATED, SEVERITY_MEDIUM, CONFIDENCE_HIGH, "192.168.77.10"},
	{"a name that is not random", EGRESS, {.name = "annas-laptop.local"}, MALFORMED,
		SEVERITY_LOW, CONFIDENCE_HIGH, NULL},
	/* Silent twins. */
	{"nothing expected", "", {.address = "192.168.77.10:1"}, .id = NULL},
	{"the server's own", EGRESS, {.address = "192.168.77.10:1", .owner = OWNER_BEYOND},
		.id = NULL},
	{"a media server at home answers", EGRESS,
		{.address = "192.168.77.20:1",
			.client = "192.168.77.20:8080",
			.server = "192.0.2.99:5",
			.signalling = SIGNALLING_WHIP,
			.answers = true},
		.id = NULL},
	{"a client that is not to be judged", EGRESS " client=192.168.77.99",
		{.address = "192.168.77.10:1"}, .id = NULL},
	{"told in the LAN", EGRESS, {.address = "192.168.77.10:1", .server = "192.168.77.20:8080"},
		.id = NULL},
	{"told to a server within the tunnel", EGRESS,
		{.address = "192.168.77.10:1",
			.client = "10.8.0.2:9",
			.server = "10.8.0.1:8080",
			.interface = TUN0},
		.id = NULL},
	{"0.0.0.0", EGRESS, {.address = "0.0.0.0:9"}, .id = NULL},
	{"loopback", EGRESS, {.address = "127.0.0.1:9"}, .id = NULL},
	{"a random name", EGRESS, {.name = NAME}, .id = NULL},
	{"the exit", EGRESS, {.type = CANDIDATE_SRFLX, .address = "203.0.113.7:1"}, .id = NULL},
	{"the exit, mapped into IPv6", EGRESS,
		{.type = CANDIDATE_SRFLX, .address = "[::ffff:203.0.113.7]:1"}, .id = NULL},
	{"the proxy", "proxy=203.0.113.99:3128",
		{.type = CANDIDATE_SRFLX, .address = "203.0.113.99:1"}, .id = NULL},
	{"a tunnel of which no exit is known", "tunnel=tun0",
		{.type = CANDIDATE_SRFLX, .address = "203.0.113.7:1"}, .id = NULL},
	{"a global address that the tunnel gave it", EGRESS,
		{.address = "[2001:db8:9::2]:1",
			.client = "[2001:db8:9::2]:2",
			.server = "[2001:db8:80::80]:3",
			.interface = TUN0,
			.hop_limit = 64},
		.id = NULL},
	{"of the prefix that is declared", EGRESS " egress=2001:db8:113::/64",
		{.address = "[2001:db8:113::abcd]:1"}, .id = NULL},
	{"a relay", EGRESS,
		{.type = CANDIDATE_RELAY, .address = "192.0.2.11:1", .related = "0.0.0.0:9"},
		.id = NULL},
	{"a relay reached through the tunnel", EGRESS,
		{.type = CANDIDATE_RELAY, .address = "192.0.2.11:1", .related = "203.0.113.7:2"},
		.id = NULL},
	{"a reflexive address in a private network", EGRESS,
		{.type = CANDIDATE_SRFLX, .address = "192.168.1.5:1"}, .id = NULL},
};

static void candidates(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct row *row = &rows[i];
		char text[ADDR_TEXT_MAX];
		struct judge *j = judge_new(row->declared);
		j->policy->min_severity = SEVERITY_LOW;
		say(j, &row->words);
		if (j->count != (row->id != NULL))
			fail_msg("%s: %u alerts, first of %s", row->name, j->count,
				j->count ? j->alerts[0].detection->id : "none");
		const struct alert *a = &j->alerts[0];
		if (row->id &&
			(strcmp(a->detection->id, row->id) != 0 || a->severity != row->severity ||
				a->confidence != row->confidence || a->stage != STAGE_SIGNALLED))
			fail_msg("%s: %s, severity %d, confidence %d", row->name, a->detection->id,
				a->severity, a->confidence);
		if (row->leaked)
			assert_string_equal(addr_text(&a->leaked[0], text), row->leaked);
		judge_free(j);
	}
}

/* However many lines repeat an address, it is one leak. */
static void one_address_is_one_finding(void **state)
{
	(void)state;
	const struct deed answer = {0};
	const struct words srflx = {.type = CANDIDATE_SRFLX,
		.address = "198.51.100.23:1",
		.related = "192.168.77.10:2"};
	const struct words relay = {
		.type = CANDIDATE_RELAY, .address = "192.0.2.11:1", .related = "198.51.100.23:2"};
	const struct words host = {.address = "192.168.77.10:1"};
	struct judge *j = judge_new(EGRESS);
	judge_see(j, &answer);
	say(j, &srflx);
	assert_int_equal(j->by_state[STATE_OPEN], 2); /* the answer's, and raddr */
	assert_int_equal(j->by_state[STATE_UPDATED], 1);
	assert_string_equal(j->alerts[1].detection->id, "srflx-outside-egress");
	assert_int_equal(j->alerts[1].stage, STAGE_SIGNALLED);
	assert_non_null(strstr(j->alerts[1].message, "reflexive candidate"));
	say(j, &relay);
	say(j, &host);
	assert_int_equal(j->by_state[STATE_OPEN], 2);
	judge_free(j);
}

/* The exits of a pool: what was learned is no proof against another address. */
static void learned_exits_are_doubted(void **state)
{
	(void)state;
	const struct deed inside = {.interface = TUN0, .mapped = "203.0.113.7:1"};
	const struct words other = {.type = CANDIDATE_SRFLX, .address = "203.0.113.8:1"};
	struct judge *j = judge_new("");
	judge_links(j, SEEN(ETH0) | SEEN(TUN0));
	judge_see(j, &inside);
	say(j, &other);
	assert_int_equal(j->count, 1);
	assert_int_equal(judge_last(j)->severity, SEVERITY_LOW);
	assert_true(judge_last(j)->learned);
	judge_free(j);
}

/* Names, then bare addresses: `second` after `wait_ns`. */
static bool unmasks(const struct words *first, const struct words *second, uint64_t wait_ns)
{
	struct judge *j = judge_new(EGRESS);
	say(j, first);
	judge_pass(j, wait_ns);
	say(j, second);
	bool found = false;
	for (uint32_t i = 0; i < j->count; i++)
		found |= strcmp(j->alerts[i].detection->id, UNMASKED) == 0;
	judge_free(j);
	return found;
}

static void names_give_way(void **state)
{
	(void)state;
	const struct words name = {.name = NAME, .ufrag = "aaaa"};
	const struct words bare = {.address = "192.168.77.10:1", .ufrag = "bbbb"};
	const struct words same = {.address = "192.168.77.10:1", .ufrag = "aaaa"};
	const struct words unnamed = {.address = "192.168.77.10:1"};
	const struct words site = {
		.address = "192.168.77.10:1", .ufrag = "bbbb", .server = "192.0.2.81:8080"};
	const struct words other = {
		.address = "192.168.77.11:1", .ufrag = "bbbb", .client = "192.168.77.11:2"};
	const struct words global = {.address = "198.51.100.23:1", .ufrag = "bbbb"};
	const struct words phone = {
		.address = "192.168.77.10:1", .ufrag = "bbbb", .signalling = SIGNALLING_SIP};
	assert_true(unmasks(&name, &bare, SECOND_NS));
	assert_true(unmasks(&name, &unnamed, SECOND_NS));
	assert_true(unmasks(&name, &bare, 3600 * SECOND_NS));
	assert_false(unmasks(&name, &bare, 3601 * SECOND_NS));
	assert_false(unmasks(&bare, &name, SECOND_NS));
	assert_false(unmasks(&name, &same, SECOND_NS));
	assert_false(unmasks(&name, &site, SECOND_NS));
	assert_false(unmasks(&name, &other, SECOND_NS));
	assert_false(unmasks(&name, &global, SECOND_NS));
	assert_false(unmasks(&name, &phone, SECOND_NS));
}

static void names_are_random(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool random;
	} names[] = {
		{NAME, true},
		{"93A9CC29-D9B1-467F-AC3B-2617F846E176.LOCAL", true},
		{NAME ".", true},
		{"93a9cc29-d9b1-467f-bc3b-2617f846e176.local", true},
		{"93a9cc29-d9b1-167f-ac3b-2617f846e176.local", false}, /* version 1 */
		{"93a9cc29-d9b1-467f-cc3b-2617f846e176.local", false}, /* another variant */
		{"93a9cc29-d9b1-467f-ac3b-2617f846e17.local", false},
		{"93a9cc29-d9b1-467f-ac3b-2617f846e1766.local", false},
		{"93a9cc29-d9b1-467f-ac3b-2617f846e17g.local", false},
		{"93a9cc29d9b1467fac3b2617f846e1760000.local", false},
		{NAME "..", false},
		{".local", false},
		{"", false},
	};
	for (size_t i = 0; i < ROWS(names); i++) {
		struct obs_word word = {0};
		word_set(&word, names[i].name);
		if (mdns_name_random(&word) != names[i].random)
			fail_msg("%s", names[i].name);
	}
}

/* Relay-only is the policy's own word: it needs no tunnel, and caps nothing. */
static void relay_only_stands_alone(void **state)
{
	(void)state;
	const struct words srflx = {.type = CANDIDATE_SRFLX, .address = "203.0.113.7:1"};
	const struct words relay = {.type = CANDIDATE_RELAY, .address = "192.0.2.11:1"};
	const struct deed check = {.kind = OBS_STUN_REQUEST, .check = true};
	struct judge *j = judge_new("relay-only");
	say(j, &relay);
	assert_int_equal(j->count, 0);
	say(j, &srflx);
	assert_int_equal(j->count, 1);
	assert_string_equal(judge_last(j)->detection->id, RELAY_ONLY);
	assert_int_equal(judge_last(j)->severity, SEVERITY_HIGH);
	judge_see(j, &check);
	assert_int_equal(j->by_state[STATE_OPEN], 2);
	judge_free(j);
}

static void ask(struct judge *j, const char *server, uint16_t method)
{
	const struct deed deed = {.kind = OBS_STUN_REQUEST, .server = server};
	struct observation o = judge_observation(j, &deed);
	o.stun_request.method = method;
	engine_observe(j->engine, &o);
}

/* An allocation excuses the server it is made on, and no other, whichever was asked first. */
static void turn_servers_are_excused(void **state)
{
	(void)state;
	const char *turn = "192.0.2.11:3478", *stun = "192.0.2.10:3478";
	for (unsigned i = 0; i < 8; i++) {
		bool asks_stun = i & 1, stun_first = i & 2, asks_turn = !(i & 4);
		struct judge *j = judge_new("relay-only");
		if (asks_stun && stun_first)
			ask(j, stun, METHOD_BINDING);
		if (asks_turn)
			ask(j, turn, METHOD_BINDING);
		if (asks_stun && !stun_first)
			ask(j, stun, METHOD_BINDING);
		j->now_ns += SECOND_NS / 10;
		ask(j, turn, METHOD_ALLOCATE);
		judge_pass(j, 2 * FINDING_GRACE_NS);
		ask(j, turn, METHOD_BINDING); /* keeps a NAT's binding alive */
		judge_pass(j, 2 * FINDING_GRACE_NS);
		assert_int_equal(j->count, asks_stun);
		if (asks_stun)
			assert_non_null(strstr(judge_last(j)->message, stun));
		judge_free(j);
	}
}

/* Without an allocation in time it is told. */
static void stun_servers_are_not(void **state)
{
	(void)state;
	struct judge *j = judge_new("relay-only");
	ask(j, "192.0.2.11:3478", METHOD_BINDING);
	assert_int_equal(j->count, 0);
	judge_pass(j, FINDING_GRACE_NS);
	assert_int_equal(j->count, 1);
	assert_string_equal(judge_last(j)->detection->id, "relay-only-stun");
	assert_int_equal(judge_last(j)->severity, SEVERITY_MEDIUM);
	judge_free(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(candidates),
		cmocka_unit_test(one_address_is_one_finding),
		cmocka_unit_test(learned_exits_are_doubted),
		cmocka_unit_test(names_give_way),
		cmocka_unit_test(names_are_random),
		cmocka_unit_test(relay_only_stands_alone),
		cmocka_unit_test(turn_servers_are_excused),
		cmocka_unit_test(stun_servers_are_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
