/*
 * What is wrong with a policy file is told with the line and column of it, and every mistake of one
 * file at once. A row is a text and all that is said of it.
 */
#include "tests/unit/support/config.h"

struct row {
	const char *text, *told;
};

static const struct row no_yaml_rows[] = {
	{"clients:\n"
	 "\t- match: self\n",
		"2:1: no YAML: found character that cannot start any token while scanning for the next token\n"},
	{"clients: [\n",
		"2:1: no YAML: did not find expected node content while parsing a flow node\n"},
	{"x\x80\n", "1:2: no YAML: invalid leading UTF-8 octet\n"},
	{"# a\n"
	 "# b\n"
	 "\x80",
		"3:1: no YAML: invalid leading UTF-8 octet\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    egress: [2001:db8::]\n",
		"3:23: no YAML: found unexpected ':' while scanning a plain scalar\n"},
	{"a: b: c\n",
		"1:1: unknown key a (known here: clients, alerts, outputs, limits)\n"
		"1:5: no YAML: mapping values are not allowed in this context\n"},
	{"{}\n"
	 "---\n"
	 "{}\n",
		"2:1: a second document\n"},
	{"{}\n"
	 "...\n"
	 "{}\n",
		"3:1: no YAML: did not find expected <document start>\n"},
	{"clients: &a []\n", "1:10: anchors and aliases are not read: write it out\n"},
	{"clients: *a\n", "1:10: anchors and aliases are not read: write it out\n"},
	{"clients: !!seq []\n", "1:10: tags are not read: leave it out\n"},
	{"&a {}\n", "1:1: anchors and aliases are not read: write it out\n"},
	{"alerts: {min_severity: !!str low}\n", "1:24: tags are not read: leave it out\n"},
	{"alerts: {min_severity: \"lo\\nw\"}\n", "1:24: a control character in a value\n"},
	{"\"al\\0erts\": {}\n", "1:1: a control character in a value\n"},
	{"? [a]\n"
	 ": b\n",
		"1:3: a key is a single word\n"},
	{"%YAML 3.0\n"
	 "---\n"
	 "{}\n",
		"1:1: no YAML: found incompatible YAML document\n"},
	{"{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{",
		"1:2: a key is a single word\n"
		"1:33: nested too deep\n"},
	{"clients: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
		"1:11: clients: each of the list is a mapping\n"
		"1:41: nested too deep\n"},
	{"x:\n"
	 " - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - ",
		"1:1: unknown key x (known here: clients, alerts, outputs, limits)\n"
		"2:64: nested too deep\n"},
};

static const struct row form_rows[] = {
	{"", "1:1: there is nothing in it\n"},
	{"# nothing\n", "2:1: there is nothing in it\n"},
	{"---\n", "2:1: a policy is a mapping: clients, alerts ...\n"},
	{"clients\n", "1:1: a policy is a mapping: clients, alerts ...\n"},
	{"[]\n", "1:1: a policy is a mapping: clients, alerts ...\n"},
	{"clients:\n", "1:9: clients: a list of mappings is wanted here\n"},
	{"clients: 5\n", "1:10: clients: a list of mappings is wanted here\n"},
	{"clients: {}\n", "1:10: clients: a list of mappings is wanted here\n"},
	{"clients: [a]\n", "1:11: clients: each of the list is a mapping\n"},
	{"clients: [[a]]\n", "1:11: clients: each of the list is a mapping\n"},
	{"clients: [match: self, [b]]\n", "1:24: clients: each of the list is a mapping\n"},
	{"alerts: []\n", "1:9: alerts: a mapping is wanted here\n"},
	{"alerts:\n", "1:8: alerts: a mapping is wanted here\n"},
	{"limits: 5\n", "1:9: limits: a mapping is wanted here\n"},
	{"outputs: {eve: x}\n", "1:10: outputs: a list of mappings is wanted here\n"},
	{"outputs: [eve]\n", "1:11: outputs: each of the list is a mapping\n"},
	{"alerts: {suppress: {detection: exposure}}\n",
		"1:20: suppress: a list of mappings is wanted here\n"},
	{"alerts: {threshold: 20}\n", "1:21: threshold: a mapping is wanted here\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    proxy: [[2001:db8::1]:3128]\n",
		"3:13: proxy: a value is wanted here (an address in brackets needs quotes)\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    relay_only: [true]\n",
		"3:17: relay_only: a value is wanted here\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    relay_only:\n",
		"3:16: relay_only: no value\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    egress: [203.0.113.7, ~]\n",
		"3:27: egress: no value\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    egress: [203.0.113.7, '']\n",
		"3:27: egress: no value\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    egress: {v4: 203.0.113.7}\n",
		"3:13: egress: a value is wanted here (an address in brackets needs quotes)\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    allow: {to: 192.0.2.0/24}\n",
		"3:12: allow: a list of mappings is wanted here\n"},
	{"<<: {}\n", "1:1: unknown key << (known here: clients, alerts, outputs, limits)\n"},
	{"Clients: []\n",
		"1:1: unknown key Clients (known here: clients, alerts, outputs, limits)\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    egres: 203.0.113.7\n",
		"3:5: unknown key egres (known here: match, tunnel, proxy, egress, resolvers, relay_only, allow)\n"},
	{"a: {b: [c, {d: e}]}\n"
	 "alerts: 1\n",
		"1:1: unknown key a (known here: clients, alerts, outputs, limits)\n"
		"2:9: alerts: a mapping is wanted here\n"},
	{"clients: []\n"
	 "clients: []\n",
		"2:1: clients: is here twice\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    egress: 203.0.113.7\n"
	 "    egress: 203.0.113.8\n",
		"4:5: egress: is here twice\n"},
	{"outputs: [{eve: x, text: y}]\n", "1:20: text: only one may stand here\n"},
	{"outputs: [{}]\n", "1:11: its name is missing\n"},
};

static const struct row client_rows[] = {
	{"clients:\n"
	 "  - tunnel: tun0\n",
		"2:5: match is missing\n"},
	{"clients:\n"
	 "  - match: []\n",
		"2:5: match names nobody\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "  - match: []\n",
		"3:5: match names nobody\n"},
	{"clients:\n"
	 "  - match: 192.168.77.10/24\n",
		"2:12: match 192.168.77.10/24: neither an address, a prefix (no host bits set), a MAC address nor self\n"},
	{"clients:\n"
	 "  - match: router\n",
		"2:12: match router: neither an address, a prefix (no host bits set), a MAC address nor self\n"},
	{"clients:\n"
	 "  - match: 02:00:00:00:00:1\n",
		"2:12: match 02:00:00:00:00:1: neither an address, a prefix (no host bits set), a MAC address nor self\n"},
	{"clients:\n"
	 "  - match: 02:00:00:00:00-01\n",
		"2:12: match 02:00:00:00:00-01: neither an address, a prefix (no host bits set), a MAC address nor self\n"},
	{"clients:\n"
	 "  - match: 02:00:00:00:00:0g\n",
		"2:12: match 02:00:00:00:00:0g: neither an address, a prefix (no host bits set), a MAC address nor self\n"},
	{"clients:\n"
	 "  - match: 192.168.77.0/24\n"
	 "  - match: [10.0.0.1, 192.168.77.0/24]\n",
		"3:23: match 192.168.77.0/24: duplicate client\n"},
	{"clients:\n"
	 "  - match: 02:00:00:00:00:0A\n"
	 "  - match: 02-00-00-00-00-0a\n",
		"3:12: match 02-00-00-00-00-0a: duplicate client\n"},
	{"clients:\n"
	 "  - {match: self}\n"
	 "  - {match: self}\n",
		"3:13: match self: duplicate client\n"},
	{"clients:\n"
	 "  - match: ::ffff:192.0.2.1\n"
	 "  - match: 192.0.2.1\n",
		"3:12: match 192.0.2.1: duplicate client\n"},
	{"clients:\n"
	 "  - match: [192.0.2.1, 192.0.2.1]\n",
		"2:24: match 192.0.2.1: duplicate client\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    egress: [203.0.113.7, 203.0.113.300]\n",
		"3:27: egress 203.0.113.300: not an address or prefix (ADDR or ADDR/LEN, no host bits set)\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    egress:\n"
	 "      - 203.0.113.7/24\n"
	 "      - 203.0.113.7\n"
	 "      - vpn.example\n",
		"4:9: egress 203.0.113.7/24: not an address or prefix (ADDR or ADDR/LEN, no host bits set)\n"
		"6:9: egress vpn.example: not an address or prefix (ADDR or ADDR/LEN, no host bits set)\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    tunnel: [10.8.0]\n",
		"3:14: tunnel 10.8.0: neither an interface name nor ADDR[:PORT]\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    tunnel: [tun0, physical:eth0]\n",
		"3:20: tunnel physical:eth0: neither an interface name nor ADDR[:PORT]\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    proxy: [proxy.example:3128]\n",
		"3:13: proxy proxy.example:3128: not ADDR[:PORT] (an IPv6 address with a port is [ADDR]:PORT)\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    resolvers: [10.8.0.1, '::1:']\n",
		"3:27: resolvers ::1:: not ADDR[:PORT] (an IPv6 address with a port is [ADDR]:PORT)\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    relay_only: yes\n",
		"3:17: relay_only yes: neither true nor false\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    relay_only: TRUE\n",
		"3:17: relay_only TRUE: neither true nor false\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    allow: [{to: 192.0.2.0/24}]\n",
		"3:13: why is missing\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    allow: [{why: x}]\n",
		"3:13: to is missing\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    allow: [{to: 192.0.2.0/24, why: }]\n",
		"3:37: why: no value\n"},
	{"clients:\n"
	 "  - match: self\n"
	 "    allow: [{to: 192.0.2.9/24, protocol: [sctp, udp], why: x, until: y}]\n",
		"3:18: to 192.0.2.9/24: not an address or prefix (ADDR or ADDR/LEN, no host bits set)\n"
		"3:43: protocol sctp: not one of udp, tcp, icmp, icmpv6\n"
		"3:63: unknown key until (known here: to, protocol, why)\n"},
};

static const struct row alert_rows[] = {
	{"alerts: {min_severity: urgent}\n",
		"1:24: min_severity urgent: not one of info, low, medium, high, critical\n"},
	{"alerts: {threshold: {window: 300, count: 0, per: packet}}\n",
		"1:30: window 300: not a time: a number with s, m, h or d, like 300s\n"
		"1:42: count 0: not a number from 1 to 1000000\n"
		"1:50: per packet: neither client nor run\n"},
	{"alerts: {threshold: {count: 1000001}}\n",
		"1:29: count 1000001: not a number from 1 to 1000000\n"},
	{"alerts: {suppress: [{detection: nosuch}]}\n",
		"1:33: detection nosuch: no such detection (seep list has them)\n"},
	{"alerts: {suppress: [{}]}\n",
		"1:21: this would suppress everything: detection, client or address is missing\n"},
	{"alerts:\n"
	 "  suppress:\n"
	 "    - detection: exposure\n"
	 "    - count: 3\n"
	 "      window: 5s\n",
		"4:7: this would suppress everything: detection, client or address is missing\n"},
	{"alerts: {suppress: [{client: 192.0.2.1, count: 2}]}\n",
		"1:21: count and window go together\n"},
	{"alerts: {suppress: [{client: 192.0.2.1, window: 2s}]}\n",
		"1:21: count and window go together\n"},
	{"alerts: {suppress: [{client: self}]}\n",
		"1:30: client self: not an address or prefix (ADDR or ADDR/LEN, no host bits set)\n"},
	{"alerts: {suppress: [{address: 192.0.2.1/24}]}\n",
		"1:31: address 192.0.2.1/24: not an address or prefix (ADDR or ADDR/LEN, no host bits set)\n"},
};

static const struct row other_rows[] = {
	{"outputs: [{eva: x}]\n", "1:12: eva: no such output (seep --help has them)\n"},
	{"outputs: [{text: a}, {text: b}, {eve: }]\n", "1:39: eve: no value\n"},
	{"limits: {flows: 10, memory: 1MB, stream_bytes: 2GiB}\n",
		"1:17: flows 10: not a number from 1024 to 16777216\n"
		"1:29: memory 1MB: not a size from 16MiB to 1024GiB\n"
		"1:48: stream_bytes 2GiB: not a size from 1KiB to 1GiB\n"},
	{"limits: {flows: 16777217, memory: 1MiB, stream_bytes: 1B}\n",
		"1:17: flows 16777217: not a number from 1024 to 16777216\n"
		"1:35: memory 1MiB: not a size from 16MiB to 1024GiB\n"
		"1:55: stream_bytes 1B: not a size from 1KiB to 1GiB\n"},
	{"limits: {flows: 1e6}\n", "1:17: flows 1e6: not a number from 1024 to 16777216\n"},
};

static void rows_check(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct complaints told;
		struct config *c = config_new();
		assert_non_null(c);
		config_take(c, rows[i].text, strlen(rows[i].text), &told);
		if (strcmp(told.text, rows[i].told) != 0)
			fail_msg("%s\nexpected %s\nbut it was said: %s", rows[i].text, rows[i].told,
				told.text);
		free(c);
	}
}

static void no_yaml(void **state)
{
	(void)state;
	rows_check(no_yaml_rows, ROWS(no_yaml_rows));
}

static void forms(void **state)
{
	(void)state;
	rows_check(form_rows, ROWS(form_rows));
}

static void clients(void **state)
{
	(void)state;
	rows_check(client_rows, ROWS(client_rows));
}

static void alerts(void **state)
{
	(void)state;
	rows_check(alert_rows, ROWS(alert_rows));
}

static void others(void **state)
{
	(void)state;
	rows_check(other_rows, ROWS(other_rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_yaml),
		cmocka_unit_test(forms),
		cmocka_unit_test(clients),
		cmocka_unit_test(alerts),
		cmocka_unit_test(others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
