/*
 * Questions for names that are held until it is known what follows them, and what excuses them.
 */
#include "rules/lookups.h"
#include "tests/unit/support/names.h"

static void held_until_it_is_known(void **state)
{
	(void)state;
	struct judge *j = judge_tunnelled("tunnel=tun0");
	asks(j, ETH0, CLIENT, ISP, "a.example");
	j->now_ns += LOOKUP_HOLD_NS - 1;
	tunnels(j, TUNNEL_DATA, true);
	assert_null(told(j, OUTSIDE));
	j->now_ns++;
	tunnels(j, TUNNEL_DATA, true);
	assert_non_null(told(j, OUTSIDE));
	assert_true(told(j, OUTSIDE)->provisional);
	assert_true(told(j, OUTSIDE)->first_ns == JUDGE_START_NS);
	ends_with(j, OUTSIDE, SEVERITY_HIGH);
}

/* One leak: each name once, in any case, as many as fit. */
static void names_gather(void **state)
{
	(void)state;
	const char *const names[] = {
		"a.example", "A.Example", "b.example", "c.example", "d.example", "e.example"};
	struct judge *j = judge_tunnelled("tunnel=tun0");
	for (size_t i = 0; i < ROWS(names); i++) {
		asks(j, ETH0, CLIENT, ISP, names[i]);
		j->now_ns += LOOKUP_HOLD_NS;
	}
	engine_finish(j->engine);
	const struct alert *a = told(j, OUTSIDE);
	assert_non_null(a);
	assert_int_equal(a->state, STATE_CLOSED);
	assert_int_equal(a->name_count, ALERT_NAMES_MAX);
	assert_int_equal(a->count, ROWS(names));
	assert_memory_equal(a->names[3].bytes, "d.example", 9);
	judge_free(j);
}

/* More names at a time than are held: those that are held are told, and none twice. */
static void more_than_are_held(void **state)
{
	(void)state;
	struct judge *j = judge_tunnelled("tunnel=tun0");
	for (unsigned i = 0; i < 3 * LOOKUPS_HELD; i++) {
		char name[32];
		snprintf(name, sizeof(name), "%u.example", i);
		asks(j, ETH0, CLIENT, ISP, name);
	}
	engine_finish(j->engine);
	assert_int_equal(j->by_state[STATE_OPEN], 1);
	assert_int_equal(told(j, OUTSIDE)->count, LOOKUPS_HELD);
	judge_free(j);
}

/* Looked up in other letters, and under a name longer than an observation's word. */
static void finding_the_tunnel(void **state)
{
	(void)state;
	const char *const longest = "a-name-of-some-length.a-name-of-some-length."
				    "a-name-of-some-length.vpn.example";
	struct judge *j = judge_new("tunnel=tun0");
	asks(j, ETH0, CLIENT, ISP, "VPN.example");
	answers(j, ETH0, CLIENT, ISP, "vpn.EXAMPLE", "203.0.113.7");
	dials(j);
	j->now_ns += LOOKUP_HOLD_NS;
	asks(j, ETH0, CLIENT, ISP, "vpn.example"); /* again, without an answer */
	asks(j, ETH0, CLIENT, ISP, longest);
	answers(j, ETH0, CLIENT, ISP, longest, "203.0.113.7");
	ends_without(j, OUTSIDE);
	/* Somebody else answers, about another host: it excuses nothing. */
	j = judge_tunnelled("tunnel=tun0");
	asks(j, ETH0, CLIENT, ISP, "a.example");
	answers(j, ETH0, CLIENT, "198.51.100.54:53", "a.example", "203.0.113.7");
	ends_with(j, OUTSIDE, SEVERITY_HIGH);
	/* A far end that is declared, and never dialled. */
	j = judge_new("tunnel=203.0.113.7:51820");
	asks(j, ETH0, CLIENT, ISP, "vpn.example");
	answers(j, ETH0, CLIENT, ISP, "vpn.example", "203.0.113.7");
	ends_without(j, OUTSIDE);
}

static void before_the_tunnel(void **state)
{
	(void)state;
	struct judge *j = judge_new("tunnel=tun0");
	asks(j, ETH0, CLIENT, ISP, "a.example");
	j->now_ns += LOOKUP_STARTUP_NS - 1;
	dials(j);
	j->now_ns += LOOKUP_STARTUP_NS;
	ends_without(j, OUTSIDE);
	/* It came too late. */
	j = judge_new("tunnel=tun0");
	asks(j, ETH0, CLIENT, ISP, "a.example");
	j->now_ns += LOOKUP_STARTUP_NS;
	tunnels(j, TUNNEL_ASKS, true);
	assert_null(told(j, UNLISTED));
	asks(j, ETH0, CLIENT, ISP, "b.example");
	assert_non_null(told(j, OUTSIDE));
	ends_with(j, OUTSIDE, SEVERITY_HIGH);
	/* It was up before: only its data is seen, later. */
	j = judge_new("tunnel=tun0");
	asks(j, ETH0, CLIENT, ISP, "a.example");
	tunnels(j, TUNNEL_DATA, true);
	tunnels(j, TUNNEL_DATA, false);
	ends_with(j, OUTSIDE, SEVERITY_HIGH);
}

/* On another port the shape of one datagram proves nothing; that it was answered does. */
static void on_another_port(void **state)
{
	(void)state;
	struct judge *j = judge_tunnelled("tunnel=tun0 resolver=10.8.0.1");
	asks(j, ETH0, CLIENT, "198.51.100.53:5300", "a.example");
	asks(j, TUN0, CLIENT, "198.51.100.53:5300", "a.example");
	engine_finish(j->engine);
	assert_int_equal(j->count, 0);
	asks(j, ETH0, CLIENT, "198.51.100.53:5300", "a.example");
	answers(j, ETH0, CLIENT, "198.51.100.53:5300", "a.example", NULL);
	ends_with(j, OUTSIDE, SEVERITY_HIGH);
}

/* Nobody declared a tunnel: whoever closed his may ask as he likes. */
static void closed_by_the_client(void **state)
{
	(void)state;
	struct judge *j = judge_new("");
	judge_links(j, SEEN(ETH0) | SEEN(TUN0));
	dials(j);
	answers(j, TUN0, "10.8.0.2:1", INNER, "a.example", NULL);
	tunnels(j, TUNNEL_RESETS, true);
	j->now_ns += LOOKUP_HOLD_NS;
	asks(j, ETH0, CLIENT, ISP, "a.example");
	ends_without(j, OUTSIDE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(held_until_it_is_known),
		cmocka_unit_test(names_gather),
		cmocka_unit_test(more_than_are_held),
		cmocka_unit_test(finding_the_tunnel),
		cmocka_unit_test(before_the_tunnel),
		cmocka_unit_test(on_another_port),
		cmocka_unit_test(closed_by_the_client),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
