/*
 * What a policy file that is right becomes.
 */
#include "tests/unit/support/config.h"
#include "tests/unit/support/packet.h"

/* The example of the interface, to the letter. */
static const char example[] =
	"clients:\n"
	"  - match: 192.168.77.0/24          # or a MAC, or \"self\"\n"
	"    tunnel: [tun0, 203.0.113.7:1194]\n"
	"    proxy: []\n"
	"    egress: [203.0.113.7, 2001:db8:113::7]\n"
	"    resolvers: [10.8.0.1]\n"
	"    relay_only: false\n"
	"    allow:                           # excused on purpose, still counted\n"
	"      - {to: 192.0.2.0/24, protocol: [udp], why: office phones}\n"
	"alerts: {min_severity: low, suppress: [], threshold: {per: client, window: 300s, "
	"count: 20}}\n"
	"outputs: [{eve: /var/log/seep/eve.json}, {syslog: \"unix:/dev/log\"}]\n"
	"limits: {flows: 1000000, memory: 512MiB, stream_bytes: 64KiB}\n";

static void example_clients(void **state)
{
	(void)state;
	struct config *c = config_of(example);
	const struct policy *p = &c->policy;
	const struct policy_terms *t = &p->terms[1];
	assert_int_equal(p->entries, 1);
	assert_int_equal(p->matches, 1);
	assert_int_equal(p->match[0].kind, MATCH_PREFIX);
	assert_int_equal(p->match[0].prefix.bits, 24);
	assert_int_equal(p->match[0].entry, 1);
	assert_int_equal(t->tunnel.count, 2);
	assert_string_equal(p->tunnel[t->tunnel.first].interface, "tun0");
	struct endpoint far_end = end("203.0.113.7:1194");
	assert_true(endpoint_equal(&p->tunnel[t->tunnel.first + 1].far_end, &far_end));
	assert_int_equal(t->proxy.count, 0);
	assert_int_equal(t->egress.count, 2);
	assert_int_equal(p->egress[t->egress.first].addr.family, ADDR_V4);
	assert_int_equal(p->egress[t->egress.first + 1].addr.family, ADDR_V6);
	assert_int_equal(t->resolver.count, 1);
	assert_false(t->relay_only);
	assert_int_equal(t->allow.count, 1);
	assert_int_equal(p->allow[0].protocols, UINT64_C(1) << PROTOCOL_UDP);
	assert_int_equal(p->allow[0].to.bits, 24);
	assert_string_equal(p->allow[0].why, "office phones");
	assert_int_equal(p->terms[0].tunnel.count, 0);
	free(c);
}

static void example_rest(void **state)
{
	(void)state;
	struct config *c = config_of(example);
	const struct policy *p = &c->policy;
	assert_int_equal(p->min_severity, SEVERITY_LOW);
	assert_int_equal(p->suppressions, 0);
	assert_int_equal(p->per, PER_CLIENT);
	assert_int_equal(p->threshold.count, 20);
	assert_int_equal(p->threshold.window_ns, 300 * SECOND_NS);
	assert_int_equal(p->window_ns, 300 * SECOND_NS);
	assert_int_equal(c->output_count, 2);
	assert_string_equal(c->outputs[0].spec, "eve:/var/log/seep/eve.json");
	assert_false(c->outputs[0].missing);
	assert_string_equal(c->outputs[1].spec, "syslog:unix:/dev/log");
	assert_int_equal(c->limits.flows, 1000000);
	assert_int_equal(c->limits.memory, UINT64_C(512) << 20);
	assert_int_equal(c->limits.stream_bytes, 65536);
	free(c);
}

static void nothing_said(void **state)
{
	(void)state;
	struct config *c = config_of("{}");
	assert_int_equal(c->policy.entries, 0);
	assert_int_equal(c->policy.min_severity, SEVERITY_LOW);
	assert_int_equal(c->policy.window_ns, POLICY_WINDOW_NS);
	assert_int_equal(c->policy.threshold.count, POLICY_THRESHOLD);
	assert_int_equal(c->output_count, 0);
	assert_int_equal(c->limits.flows, 0);
	free(c);
}

static void other_spellings(void **state)
{
	(void)state;
	struct config *c = config_of("{\"clients\": [{'match': [self, 02-00-00-00-00-0A, "
				     "2001:db8::/32],\n"
				     "  \"relay_only\": true, proxy: '[2001:db8::1]:3128'},\n"
				     "  {match: 192.0.2.1, tunnel: wg0}]}\n");
	const struct policy *p = &c->policy;
	assert_int_equal(p->entries, 2);
	assert_int_equal(p->matches, 4);
	assert_int_equal(p->match[0].kind, MATCH_SELF);
	assert_int_equal(p->match[1].kind, MATCH_MAC);
	assert_int_equal(p->match[1].mac[5], 10);
	assert_int_equal(p->match[2].kind, MATCH_PREFIX);
	assert_int_equal(p->match[3].entry, 2);
	assert_true(p->terms[1].relay_only);
	assert_int_equal(p->terms[1].proxy.count, 1);
	assert_int_equal(p->proxy[0].port, 3128);
	assert_false(p->terms[2].relay_only);
	assert_int_equal(p->terms[2].tunnel.count, 1);
	free(c);
}

static void suppressions(void **state)
{
	(void)state;
	struct config *c = config_of(
		"alerts:\n"
		"  suppress:\n"
		"    - detection: exposure\n"
		"    - {client: 192.168.77.0/24, address: '::ffff:198.51.100.23'}\n"
		"    - {detection: stun-outside-tunnel, count: 3, window: 1m}\n"
		"  threshold: {per: run, count: 5}\n");
	const struct policy *p = &c->policy;
	const struct policy_suppression *rows = p->suppression;
	assert_int_equal(p->suppressions, 3);
	assert_int_equal(rows[0].signature_id, 4);
	assert_int_equal(rows[0].client.addr.family, ADDR_NONE);
	assert_int_equal(rows[0].limit.count, 0);
	assert_int_equal(rows[1].signature_id, 0);
	assert_int_equal(rows[1].client.bits, 24);
	assert_int_equal(rows[1].leaked.addr.family, ADDR_V4);
	assert_int_equal(rows[2].limit.count, 3);
	assert_int_equal(rows[2].limit.window_ns, 60 * SECOND_NS);
	assert_int_equal(p->per, PER_RUN);
	assert_int_equal(p->threshold.count, 5);
	assert_int_equal(p->threshold.window_ns, POLICY_WINDOW_NS);
	free(c);
}

/* Every limit is refused with its place, none overrun. */
static void lists_end(void **state)
{
	(void)state;
	static const struct {
		const char *before, *item, *after;
		unsigned most;
		const char *told;
	} rows[] = {
		{"outputs: [", "{eve: x},\n", "]", OUTPUTS_MAX, "17:7: eve x: too many of them\n"},
		{"alerts: {suppress: [", "{detection: exposure},\n", "]}", POLICY_SUPPRESSION_MAX,
			"257:1: suppress: too many of them\n"},
		{"clients: [{match: self, allow: [", "{to: 192.0.2.1, why: x},\n", "]}]",
			POLICY_ALLOWS_MAX, "1025:1: allow: too many of them\n"},
		{"clients: [{match: self, egress: [", "203.0.113.7,\n", "]}]", POLICY_LIST_MAX,
			"4097:1: egress 203.0.113.7: too many of them\n"},
		{"", "unknown: {a: b}\n", "", CONFIG_ERRORS_MAX - 1, NULL},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct complaints told;
		size_t length = 0, size = (POLICY_LIST_MAX + 2) * strlen(rows[i].item) + 256;
		struct config *c = config_new();
		char *text = calloc(1, size);
		assert_true(c && text);
		length += (size_t)snprintf(text, size, "%s", rows[i].before);
		for (unsigned n = 0; n <= rows[i].most; n++)
			length += (size_t)snprintf(
				text + length, size - length, "%s", rows[i].item);
		length += (size_t)snprintf(text + length, size - length, "%s", rows[i].after);
		assert_false(config_take(c, text, length, &told));
		if (rows[i].told)
			assert_string_equal(told.text, rows[i].told);
		else
			assert_int_equal(told.count, CONFIG_ERRORS_MAX);
		free(text);
		free(c);
	}
}

/* Whatever a file is cut to, it is read without harm. */
static void every_prefix(void **state)
{
	(void)state;
	for (size_t length = 0; length < sizeof(example) - 1; length++) {
		struct complaints told;
		struct config *c = config_new();
		assert_non_null(c);
		config_take(c, example, length, &told);
		free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(example_clients),
		cmocka_unit_test(example_rest),
		cmocka_unit_test(nothing_said),
		cmocka_unit_test(other_spellings),
		cmocka_unit_test(suppressions),
		cmocka_unit_test(lists_end),
		cmocka_unit_test(every_prefix),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
