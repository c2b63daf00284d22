/*
 * Each detection, what it says and when it keeps silent. A row is one run: a policy, the interfaces
 * that carried something, one observation, and the one alert that comes of it, or none.
 */
#include "rules/findings.h"
#include "tests/unit/support/judge.h"

#define SRFLX    "srflx-outside-egress"
#define OUTSIDE  "stun-outside-tunnel"
#define TURN     "turn-outside-tunnel"
#define EXPOSURE "exposure"

#define V4_EGRESS "egress=203.0.113.7"
#define TUNNEL    "tunnel=tun0"

struct row {
	const char *name, *declared;
	unsigned seen; /* interfaces, see SEEN() */
	struct deed deed;
	const char *id; /* NULL: silence */
	enum severity severity;
	enum confidence confidence;
	enum stage stage;
	enum path path;
	const char *leaked; /* NULL: no address is named */
};

static const struct row srflx_rows[] = {
	{"a hit", V4_EGRESS, 0, {0}, SRFLX, SEVERITY_CRITICAL, CONFIDENCE_HIGH, STAGE_GATHERED,
		PATH_DIRECT, "198.51.100.23"},
	{"behind NAT64", V4_EGRESS, 0, {.mapped = "[64:ff9b::198.51.100.23]:1"}, SRFLX,
		SEVERITY_CRITICAL, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"a neighbour in the next /64", V4_EGRESS, 0,
		{.client = "[2001:db8:77::10]:1",
			.server = "[2001:db8:77:1::20]:3478",
			.mapped = "[2001:db8:77::10]:1",
			.direction = DIRECTION_OUT},
		SRFLX, SEVERITY_CRITICAL, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT,
		"2001:db8:77::10"},
	{"a gateway's outer side, in the same /64", V4_EGRESS, SEEN(WAN0),
		{.interface = WAN0,
			.client = "[2001:db8:77::10]:1",
			.server = "[2001:db8:77::20]:3478",
			.mapped = "[2001:db8:77::10]:1",
			.direction = DIRECTION_OUT},
		SRFLX, SEVERITY_CRITICAL, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT,
		"2001:db8:77::10"},
	{"an ICE check", V4_EGRESS, 0, {.check = true}, SRFLX, SEVERITY_CRITICAL, CONFIDENCE_HIGH,
		STAGE_SIGNALLED, PATH_DIRECT, "198.51.100.23"},
	{"a nominating check", V4_EGRESS, 0, {.check = true, .nominates = true}, SRFLX,
		SEVERITY_CRITICAL, CONFIDENCE_HIGH, STAGE_NOMINATED, PATH_DIRECT, "198.51.100.23"},
	{"answered from elsewhere", V4_EGRESS, 0, {.elsewhere = true}, SRFLX, SEVERITY_MEDIUM,
		CONFIDENCE_LOW, STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"a declared proxy answers", V4_EGRESS " proxy=192.0.2.10:3478", 0, {0}, .id = NULL},
	{"an egress written IPv4-mapped", "egress=::ffff:198.51.100.23", 0, {0}, .id = NULL},
	{"two addresses named", V4_EGRESS, 0, {.disputed = true}, SRFLX, SEVERITY_MEDIUM,
		CONFIDENCE_LOW, STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"IPv6, IPv4 egress only", V4_EGRESS, 0,
		{.client = "[fd00:77::10]:1",
			.server = "[2001:db8:10::10]:3478",
			.mapped = "[2001:db8:77::10]:1"},
		SRFLX, SEVERITY_CRITICAL, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT,
		"2001:db8:77::10"},
	{"IPv4, IPv6 egress only", "egress=2001:db8:113::/48", 0, {0}, SRFLX, SEVERITY_CRITICAL,
		CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"mapped into IPv6", V4_EGRESS, 0, {.mapped = "[::ffff:198.51.100.23]:1"}, SRFLX,
		SEVERITY_CRITICAL, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"a global client of ours", V4_EGRESS, 0,
		{.client = "198.51.100.23:1", .direction = DIRECTION_OUT, .hop_limit = 63}, SRFLX,
		SEVERITY_CRITICAL, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"a global client nearby", V4_EGRESS, 0, {.client = "198.51.100.23:1", .hop_limit = 128},
		SRFLX, SEVERITY_CRITICAL, CONFIDENCE_MEDIUM, STAGE_GATHERED, PATH_DIRECT,
		"198.51.100.23"},
	{"a declared client, seen coming in", "egress=203.0.113.7 client=198.51.100.0/24", 0,
		{.client = "198.51.100.23:1", .direction = DIRECTION_IN, .hop_limit = 50}, SRFLX,
		SEVERITY_CRITICAL, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"a client behind CGNAT", V4_EGRESS, 0, {.client = "100.64.0.9:1"}, SRFLX,
		SEVERITY_CRITICAL, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"an exit nobody declared", V4_EGRESS, 0, {.interface = TUN0}, SRFLX, SEVERITY_MEDIUM,
		CONFIDENCE_MEDIUM, STAGE_GATHERED, PATH_TUNNEL, "198.51.100.23"},
	{"a tunnel declared, its exit unknown", TUNNEL, 0, {0}, SRFLX, SEVERITY_CRITICAL,
		CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"a tunnel seen", "", SEEN(ETH0) | SEEN(TUN0), {0}, SRFLX, SEVERITY_CRITICAL,
		CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"... and a physical interface guessed by its link type", "", SEEN(TUN0),
		{.interface = NAMELESS_ETHERNET}, SRFLX, SEVERITY_CRITICAL, CONFIDENCE_MEDIUM,
		STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"a proxy declared", "proxy=192.0.2.80:8080", 0, {0}, SRFLX, SEVERITY_CRITICAL,
		CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"a gateway's inner side", V4_EGRESS, SEEN(LAN0), {.interface = LAN0}, SRFLX,
		SEVERITY_CRITICAL, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_UNKNOWN, "198.51.100.23"},
	{"a gateway's outer side", V4_EGRESS, SEEN(WAN0),
		{.interface = WAN0, .client = "198.51.100.23:1", .direction = DIRECTION_OUT}, SRFLX,
		SEVERITY_CRITICAL, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"an interface of unknown role", V4_EGRESS, 0, {.interface = NAMELESS_RAW}, SRFLX,
		SEVERITY_CRITICAL, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_UNKNOWN, "198.51.100.23"},
	/* Silent twins. */
	{"the egress itself", V4_EGRESS, 0, {.mapped = "203.0.113.7:1"}, .id = NULL},
	{"the egress, mapped into IPv6", V4_EGRESS, 0, {.mapped = "[::ffff:203.0.113.7]:1"},
		.id = NULL},
	{"inside the egress prefix", "egress=203.0.113.0/24", 0, {.mapped = "203.0.113.255:1"},
		.id = NULL},
	{"inside the IPv6 egress prefix", "egress=203.0.113.7 egress=2001:db8:113::/48", 0,
		{.mapped = "[2001:db8:113::9]:1"}, .id = NULL},
	{"unmatched", V4_EGRESS, 0, {.unmatched = true}, .id = NULL},
	{"the egress, behind NAT64", V4_EGRESS, 0, {.mapped = "[64:ff9b::203.0.113.7]:1"},
		.id = NULL},
	{"a neighbour in the same /64", V4_EGRESS, 0,
		{.client = "[2001:db8:77::10]:1",
			.server = "[2001:db8:77::20]:3478",
			.mapped = "[2001:db8:77::10]:1",
			.check = true,
			.direction = DIRECTION_OUT},
		.id = NULL},
	{"a private address: no NAT in between", V4_EGRESS, 0, {.mapped = "192.168.77.10:1"},
		.id = NULL},
	{"an address of carrier-grade NAT", V4_EGRESS, 0, {.mapped = "100.64.0.1:1"}, .id = NULL},
	{"a link-local address", V4_EGRESS, 0, {.mapped = "169.254.0.1:1"}, .id = NULL},
	{"an address of no use", V4_EGRESS, 0, {.mapped = "0.0.0.0:1"}, .id = NULL},
	{"no address", V4_EGRESS, 0, {.mapped = ""}, .id = NULL},
	{"somebody else's question, coming in", V4_EGRESS, 0,
		{.client = "198.51.100.50:1", .direction = DIRECTION_IN, .hop_limit = 64},
		.id = NULL},
	{"somebody else's question, from afar", V4_EGRESS, 0,
		{.client = "198.51.100.50:1", .hop_limit = 63}, .id = NULL},
	{"a client that was not declared", "egress=203.0.113.7 client=192.168.88.0/24", 0, {0},
		.id = NULL},
	{"through the tunnel, exit unknown", TUNNEL, 0, {.interface = TUN0}, .id = NULL},
	{"through the proxy", "proxy=192.0.2.10", 0, {0}, .id = NULL},
	{"a server in the LAN, exit unknown", TUNNEL, 0, {.server = "192.168.77.1:3478"},
		.id = NULL},
	{"a gateway's inner side, exit unknown", TUNNEL, SEEN(LAN0), {.interface = LAN0},
		.id = NULL},
	{"an unknown role, exit unknown", TUNNEL, 0, {.interface = NAMELESS_RAW}, .id = NULL},
};

#define ASK .kind = OBS_STUN_REQUEST

static const struct row outside_rows[] = {
	{"a hit, answered or not", TUNNEL, 0, {ASK}, OUTSIDE, SEVERITY_HIGH, CONFIDENCE_HIGH,
		STAGE_GATHERED, PATH_DIRECT, NULL},
	{"an ICE check", TUNNEL, 0, {ASK, .check = true}, OUTSIDE, SEVERITY_HIGH, CONFIDENCE_HIGH,
		STAGE_SIGNALLED, PATH_DIRECT, NULL},
	{"port 53", TUNNEL, 0, {ASK, .server = "192.0.2.10:53"}, OUTSIDE, SEVERITY_HIGH,
		CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, NULL},
	{"a client whose address is global", TUNNEL, 0,
		{ASK, .client = "198.51.100.23:1", .direction = DIRECTION_OUT}, OUTSIDE,
		SEVERITY_HIGH, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"IPv6 around the tunnel", TUNNEL, 0,
		{ASK, .client = "[2001:db8:77::10]:1", .server = "[2001:db8:10::10]:3478",
			.direction = DIRECTION_OUT},
		OUTSIDE, SEVERITY_HIGH, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT,
		"2001:db8:77::10"},
	{"a tunnel seen", "", SEEN(TUN0), {ASK}, OUTSIDE, SEVERITY_HIGH, CONFIDENCE_HIGH,
		STAGE_GATHERED, PATH_DIRECT, NULL},
	{"a tunnel known by its far end", "tunnel=203.0.113.7:1194", 0, {ASK}, OUTSIDE,
		SEVERITY_HIGH, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, NULL},
	{"around a proxy", "proxy=192.0.2.80:8080", 0, {ASK}, OUTSIDE, SEVERITY_HIGH,
		CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, NULL},
	{"to another port of the proxy", "proxy=192.0.2.10:8080", 0, {ASK}, OUTSIDE, SEVERITY_HIGH,
		CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, NULL},
	{"an interface guessed", TUNNEL, 0, {ASK, .interface = NAMELESS_ETHERNET}, OUTSIDE,
		SEVERITY_HIGH, CONFIDENCE_MEDIUM, STAGE_GATHERED, PATH_DIRECT, NULL},
	{"a gateway's outer side", TUNNEL, SEEN(WAN0), {ASK, .interface = WAN0}, OUTSIDE,
		SEVERITY_HIGH, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, NULL},
	{"a physical interface declared a tunnel", "tunnel=eth0", 0,
		{ASK, .interface = NAMELESS_ETHERNET}, OUTSIDE, SEVERITY_HIGH, CONFIDENCE_MEDIUM,
		STAGE_GATHERED, PATH_DIRECT, NULL},
	/* Silent twins. */
	{"inside the tunnel", TUNNEL, 0, {ASK, .interface = TUN0}, .id = NULL},
	{"inside a tunnel declared", "tunnel=eth0", 0, {ASK}, .id = NULL},
	{"nothing known", "", SEEN(ETH0), {ASK}, .id = NULL},
	{"an egress says nothing of the path", V4_EGRESS, 0, {ASK}, .id = NULL},
	{"to the proxy", "proxy=192.0.2.10:3478", 0, {ASK}, .id = NULL},
	{"to the LAN", TUNNEL, 0, {ASK, .server = "192.168.77.1:3478"}, .id = NULL},
	{"to a neighbour with a global address", TUNNEL, 0,
		{ASK, .client = "[2001:db8:77::10]:1", .server = "[2001:db8:77::20]:40000",
			.check = true, .direction = DIRECTION_OUT},
		.id = NULL},
	{"to a link-local address", TUNNEL, 0,
		{ASK, .client = "[fe80::10]:1", .server = "[fe80::1]:3478"}, .id = NULL},
	{"on a gateway's inner side", TUNNEL, SEEN(LAN0), {ASK, .interface = LAN0}, .id = NULL},
	{"a tunnel seen on a gateway", "", SEEN(LAN0) | SEEN(TUN0), {ASK}, .id = NULL},
	{"an unknown role", TUNNEL, 0, {ASK, .interface = NAMELESS_RAW}, .id = NULL},
	{"a peer's check, coming in", TUNNEL, 0,
		{ASK, .client = "198.51.100.50:1", .server = CLIENT_DEFAULT,
			.direction = DIRECTION_IN},
		.id = NULL},
	{"a client that was not declared", "tunnel=tun0 client=192.168.88.0/24", 0, {ASK},
		.id = NULL},
};

#define GOT .kind = OBS_ALLOCATION

static const struct row turn_rows[] = {
	{"a hit", V4_EGRESS, 0, {GOT}, TURN, SEVERITY_HIGH, CONFIDENCE_HIGH, STAGE_GATHERED,
		PATH_DIRECT, "198.51.100.23"},
	{"a tunnel declared", TUNNEL, 0, {GOT}, TURN, SEVERITY_HIGH, CONFIDENCE_HIGH,
		STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"the server is behind the same NAT", TUNNEL, 0, {GOT, .mapped = "192.168.77.10:1"}, TURN,
		SEVERITY_HIGH, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT, NULL},
	{"no mapped address", TUNNEL, 0, {GOT, .mapped = ""}, TURN, SEVERITY_HIGH, CONFIDENCE_HIGH,
		STAGE_GATHERED, PATH_DIRECT, NULL},
	{"an exit nobody declared", V4_EGRESS, 0, {GOT, .interface = TUN0}, TURN, SEVERITY_MEDIUM,
		CONFIDENCE_MEDIUM, STAGE_GATHERED, PATH_TUNNEL, "198.51.100.23"},
	{"answered from elsewhere", V4_EGRESS, 0, {GOT, .elsewhere = true}, TURN, SEVERITY_MEDIUM,
		CONFIDENCE_LOW, STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"a declared proxy relays", V4_EGRESS " proxy=192.0.2.10:3478", 0, {GOT}, .id = NULL},
	{"the egress itself", V4_EGRESS, 0, {GOT, .mapped = "203.0.113.7:1"}, .id = NULL},
	{"inside the tunnel", TUNNEL, 0, {GOT, .interface = TUN0}, .id = NULL},
	{"no mapped address, egress only", V4_EGRESS, 0, {GOT, .mapped = ""}, .id = NULL},
	{"unmatched", TUNNEL, 0, {GOT, .unmatched = true}, .id = NULL},
	{"somebody else's", V4_EGRESS, 0,
		{GOT, .client = "198.51.100.50:1", .direction = DIRECTION_IN}, .id = NULL},
};

static const struct row exposure_rows[] = {
	{"a Binding", "", SEEN(ETH0), {0}, EXPOSURE, SEVERITY_INFO, CONFIDENCE_HIGH, STAGE_GATHERED,
		PATH_DIRECT, "198.51.100.23"},
	{"an allocation", "", 0, {GOT}, EXPOSURE, SEVERITY_INFO, CONFIDENCE_HIGH, STAGE_GATHERED,
		PATH_DIRECT, "198.51.100.23"},
	{"a check", "", 0, {.check = true}, EXPOSURE, SEVERITY_INFO, CONFIDENCE_HIGH,
		STAGE_SIGNALLED, PATH_DIRECT, "198.51.100.23"},
	{"from elsewhere", "", 0, {.elsewhere = true}, EXPOSURE, SEVERITY_INFO, CONFIDENCE_LOW,
		STAGE_GATHERED, PATH_DIRECT, "198.51.100.23"},
	{"a gateway that has a tunnel", "", SEEN(LAN0) | SEEN(TUN0), {.interface = LAN0}, EXPOSURE,
		SEVERITY_INFO, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_UNKNOWN, "198.51.100.23"},
	{"clients declared, but nothing expected of them", "client=192.168.77.0/24", 0, {0},
		EXPOSURE, SEVERITY_INFO, CONFIDENCE_HIGH, STAGE_GATHERED, PATH_DIRECT,
		"198.51.100.23"},
	{"a private address", "", 0, {.mapped = "192.168.1.5:1"}, .id = NULL},
	{"carrier-grade NAT", "", 0, {.mapped = "100.127.255.254:1"}, .id = NULL},
	{"no address", "", 0, {GOT, .mapped = ""}, .id = NULL},
	{"unmatched", "", 0, {.unmatched = true}, .id = NULL},
	{"an address told to a peer", "", 0,
		{.client = "198.51.100.50:1", .direction = DIRECTION_IN}, .id = NULL},
	{"a request alone", "", 0, {ASK}, .id = NULL},
};

static void alert_check(const struct row *row, const struct alert *a)
{
	char text[ADDR_TEXT_MAX];
	const char *client = row->deed.client ? row->deed.client : CLIENT_DEFAULT;
	struct addr expected = ip(client);
	if (strcmp(a->detection->id, row->id) != 0 || a->severity != row->severity ||
		a->confidence != row->confidence || a->stage != row->stage || a->path != row->path)
		fail_msg("%s: %s, severity %d, confidence %d, stage %d, path %d", row->name,
			a->detection->id, a->severity, a->confidence, a->stage, a->path);
	assert_int_equal(a->state, STATE_OPEN);
	assert_int_equal(a->count, 1);
	assert_true(addr_equal(&a->client, &expected));
	assert_int_equal(a->leaked_count, row->leaked != NULL);
	if (row->leaked)
		assert_string_equal(addr_text(&a->leaked[0], text), row->leaked);
	assert_int_equal(a->frame_count, row->deed.kind == OBS_STUN_REQUEST ? 1 : 2);
	assert_non_null(strstr(a->message, addr_text(&expected, text)));
	if (row->leaked && row->deed.kind != OBS_STUN_REQUEST)
		assert_non_null(strstr(a->message, row->leaked));
	assert_true(strlen(a->remedy) > 0);
	assert_true(a->server.port != 0);
}

static void rows_check(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct judge *j = judge_new(rows[i].declared);
		judge_links(j, rows[i].seen);
		judge_see(j, &rows[i].deed);
		judge_pass(j, FINDING_GRACE_NS); /* for those that are held */
		if (j->count != (rows[i].id != NULL))
			fail_msg("%s: %u alerts, first of %s", rows[i].name, j->count,
				j->count ? j->alerts[0].detection->id : "none");
		if (rows[i].id)
			alert_check(&rows[i], &j->alerts[0]);
		assert_int_equal(engine_findings(j->engine, SEVERITY_INFO), j->count);
		assert_int_equal(engine_findings(j->engine, SEVERITY_LOW),
			rows[i].id && rows[i].severity > SEVERITY_INFO);
		judge_free(j);
	}
}

static void srflx_outside_egress(void **state)
{
	(void)state;
	rows_check(srflx_rows, ROWS(srflx_rows));
}

static void stun_outside_tunnel(void **state)
{
	(void)state;
	rows_check(outside_rows, ROWS(outside_rows));
}

static void turn_outside_tunnel(void **state)
{
	(void)state;
	rows_check(turn_rows, ROWS(turn_rows));
}

static void exposure(void **state)
{
	(void)state;
	rows_check(exposure_rows, ROWS(exposure_rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(srflx_outside_egress),
		cmocka_unit_test(stun_outside_tunnel),
		cmocka_unit_test(turn_outside_tunnel),
		cmocka_unit_test(exposure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
