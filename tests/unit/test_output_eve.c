/*
 * EVE records, read back as a consumer would: alerts, observations with parts, statistics.
 */
#include "tests/unit/support/output.h"

#include <cjson/cJSON.h>

#define RECORDS_MAX 4

struct eve_run {
	struct run run;
	cJSON *record[RECORDS_MAX];
	size_t records;
};

static void eve_begin(struct eve_run *r)
{
	*r = (struct eve_run){0};
	run_begin(&r->run);
	source_add_capture(r->run.sources, "one.pcap", ROLE_AUTO);
	source_add_capture(r->run.sources, "two.pcap", ROLE_AUTO);
	source_add_interface(r->run.sources, 0, "eth0", 1);
	source_add_interface(r->run.sources, 1, "", 1);
	run_open(&r->run, "eve");
}

/* Closes the outputs and parses each line. */
static void eve_read(struct eve_run *r)
{
	char *text = run_end(&r->run), *rest = text;
	while (*rest) {
		char *line = strsep(&rest, "\n");
		assert_non_null(rest); /* a complete line */
		assert_true(r->records < RECORDS_MAX);
		r->record[r->records] = cJSON_Parse(line);
		assert_non_null(r->record[r->records++]);
	}
	free(text);
}

static void eve_end(struct eve_run *r)
{
	for (size_t i = 0; i < r->records; i++)
		cJSON_Delete(r->record[i]);
}

/* The member at "a.b.0.c", printed without spaces, or "absent". */
static void assert_member(const cJSON *record, const char *path, const char *expected)
{
	char copy[128], *rest = copy;
	snprintf(copy, sizeof(copy), "%s", path);
	const cJSON *at = record;
	for (char *name = strsep(&rest, "."); name && at; name = strsep(&rest, "."))
		at = cJSON_IsArray(at) ? cJSON_GetArrayItem(at, (int)strtol(name, NULL, 10))
				       : cJSON_GetObjectItemCaseSensitive(at, name);
	char *printed = at ? cJSON_PrintUnformatted(at) : NULL;
	if (strcmp(printed ? printed : "absent", expected) != 0)
		fail_msg("%s is %s, not %s", path, printed ? printed : "absent", expected);
	cJSON_free(printed);
}

static struct obs_head make_head(uint8_t kind)
{
	struct obs_head head = {
		.time_ns = UINT64_C(1772600767000891000),
		.frame = 41,
		.flow_id = UINT64_C(1676750115612680),
		.kind = kind,
		.protocol = 17,
		.has_macs = true,
		.src_mac = {2, 0, 0, 0, 0, 0xaa},
		.dst_mac = {2, 0, 0, 0, 0, 0xbb},
	};
	endpoint_parse("192.0.2.10:3478", &head.src);
	endpoint_parse("192.168.1.2:50000", &head.dst);
	return head;
}

static struct alert make_alert(void)
{
	struct alert a = run_alert();
	a.head = make_head(OBS_BINDING_RESULT);
	a.vantage = ROLE_PHYSICAL;
	a.expected_count = 1;
	a.frame_count = 3;
	a.frames[0].number = 40;
	a.frames[1].number = 41;
	a.frames[2] = (struct alert_frame){.number = 9, .capture = 1, .interface = 1};
	a.first_ns = a.last_ns = a.head.time_ns;
	prefix_parse("203.0.113.7", &a.expected[0]);
	return a;
}

struct expectation {
	const char *path, *value;
};

static void assert_members(const cJSON *record, const struct expectation *rows)
{
	for (; rows->path; rows++)
		assert_member(record, rows->path, rows->value);
}

static void alert_says_everything(void **state)
{
	(void)state;
	static const struct expectation rows[] = {
		{"timestamp", "\"2026-03-04T05:06:07.000891+0000\""},
		{"event_type", "\"alert\""},
		{"in_iface", "\"eth0\""},
		{"src_port", "3478"},
		{"ip_v", "4"},
		{"proto", "\"UDP\""},
		{"app_proto", "\"stun\""},
		{"pcap_cnt", "41"},
		{"pcap_filename", "\"one.pcap\""},
		{"ether", "{\"src_mac\":\"02:00:00:00:00:aa\",\"dest_mac\":\"02:00:00:00:00:bb\"}"},
		{"host", "absent"},
		{"alert.gid", "7460"},
		{"alert.signature_id", "1001"},
		{"alert.signature", "\"A test\""},
		{"alert.severity", "1"},
		{"alert.metadata.leak_id", "[\"test-leak\"]"},
		{"alert.metadata.leaked_ip", "[\"198.51.100.23\"]"},
		{"alert.metadata.confidence", "[\"high\"]"},
		{"alert.references", "[\"RFC 8489 section 14.2\"]"},
		{"leak.id", "\"test-leak\""},
		{"leak.confidence", "\"high\""},
		{"leak.stage", "\"gathered\""},
		{"leak.state", "\"open\""},
		{"leak.client", "\"192.168.1.2\""},
		{"leak.path", "\"direct\""},
		{"leak.vantage", "\"physical\""},
		{"leak.leaked", "[\"198.51.100.23\"]"},
		{"leak.expected", "[\"203.0.113.7\"]"},
		{"leak.expected_cut", "absent"},
		{"leak.learned", "false"},
		{"leak.server", "\"192.0.2.10:3478\""},
		{"leak.frames", "[40,41]"},
		{"leak.evidence", "[{\"pcap_filename\":\"two.pcap\",\"pcap_cnt\":9}]"},
		{"leak.first_seen", "\"2026-03-04T05:06:07.000891+0000\""},
		{"leak.message", "\"It leaked \\\"this\\\".\""},
		{"leak.provisional", "absent"},
		{0},
	};
	struct eve_run r;
	struct alert a = make_alert();
	eve_begin(&r);
	outputs_alert(r.run.set, &a);
	eve_read(&r);
	assert_int_equal(r.records, 1);
	assert_members(r.record[0], rows);
	eve_end(&r);
}

static void alert_leaves_out_what_is_not_known(void **state)
{
	(void)state;
	static const struct expectation rows[] = {
		{"flow_id", "absent"},
		{"in_iface", "absent"},
		{"src_ip", "absent"},
		{"proto", "absent"},
		{"community_id", "absent"},
		{"pcap_filename", "absent"},
		{"ether", "absent"},
		{"host", "\"sensor-7\""},
		{"alert.metadata.leaked_ip", "absent"},
		{"leak.stage", "absent"},
		{"leak.vantage", "\"unknown\""},
		{"leak.leaked", "absent"},
		{"leak.server", "absent"},
		{"leak.evidence", "absent"},
		{"leak.provisional", "true"},
		{0},
	};
	struct eve_run r;
	struct alert a = make_alert();
	eve_begin(&r);
	r.run.context.sensor = "sensor-7";
	a.head = (struct obs_head){.kind = OBS_LINK, .capture = 9, .interface = 9};
	a.leaked_count = a.frame_count = 0;
	a.stage = STAGE_NONE;
	a.server = (struct endpoint){0};
	a.vantage = ROLE_AUTO;
	a.provisional = true;
	outputs_alert(r.run.set, &a);
	eve_read(&r);
	assert_members(r.record[0], rows);
	eve_end(&r);
}

static void severities_map_to_eve(void **state)
{
	(void)state;
	static const char *const expected[SEVERITIES] = {"3", "3", "2", "1", "1"};
	for (enum severity s = SEVERITY_INFO; s < SEVERITIES; s++) {
		struct eve_run r;
		struct alert a = make_alert();
		a.severity = s;
		eve_begin(&r);
		outputs_alert(r.run.set, &a);
		eve_read(&r);
		assert_member(r.record[0], "alert.severity", expected[s]);
		eve_end(&r);
	}
}

static struct observation make_attribute(uint16_t type)
{
	struct observation o = {.head = make_head(OBS_STUN_ATTRIBUTE)};
	o.stun_attribute.type = type;
	return o;
}

static void parts_join_their_record(void **state)
{
	(void)state;
	static const struct expectation rows[] = {
		{"event_type", "\"stun\""},
		{"stun.method", "\"binding\""},
		{"stun.cookie", "true"},
		{"stun.txid", "\"0102030405060708090a0b0c\""},
		{"stun.attributes.0.type", "32"},
		{"stun.attributes.0.name", "\"XOR-MAPPED-ADDRESS\""},
		{"stun.attributes.0.ip", "\"198.51.100.23\""},
		{"stun.attributes.0.port", "4711"},
		{"stun.attributes.1.text", "\"bad \\\\xff\""},
		{"stun.attributes.1.text_cut", "true"},
		{"stun.attributes.2.name", "\"0xfffe\""},
		{"stun.attributes.2.ip", "absent"},
		{"stun.attributes.3", "absent"},
		{0},
	};
	struct eve_run r;
	eve_begin(&r);
	struct observation o = {.head = make_head(OBS_STUN_MESSAGE)};
	o.head.parts = 3;
	o.stun.method = 1;
	o.stun.stun_class = STUN_SUCCESS;
	o.stun.cookie = true;
	o.stun.transaction_length = 12;
	for (uint8_t i = 0; i < 16; i++)
		o.stun.transaction[i] = (uint8_t)(i + 1);
	outputs_observation(r.run.set, &o);
	o = make_attribute(0x0020);
	o.stun_attribute.has = ATTRIBUTE_ENDPOINT;
	endpoint_parse("198.51.100.23:4711", &o.stun_attribute.endpoint);
	outputs_observation(r.run.set, &o);
	o = make_attribute(0x8022);
	o.stun_attribute.has = ATTRIBUTE_TEXT;
	o.stun_attribute.text = (struct obs_text){.length = 5, .cut = true, .bytes = "bad \xff"};
	outputs_observation(r.run.set, &o);
	o = make_attribute(0xfffe);
	outputs_observation(r.run.set, &o);
	o = (struct observation){.head = make_head(OBS_LINK)};
	outputs_observation(r.run.set, &o);
	eve_read(&r);
	assert_int_equal(r.records, 2);
	assert_members(r.record[0], rows);
	assert_member(r.record[1], "event_type", "\"link\"");
	assert_member(r.record[1], "link.link_type", "0");
	eve_end(&r);
}

static void wrapping_and_direction_are_told(void **state)
{
	(void)state;
	static const struct expectation plain[] = {
		{"direction", "\"to_client\""},
		{"link.encapsulation", "absent"},
		{"link.depth", "absent"},
		{0},
	};
	static const struct expectation wrapped[] = {
		{"direction", "\"to_server\""},
		{"vlan", "[7]"},
		{"link.encapsulation", "[\"vlan\",\"gre\"]"},
		{"link.depth", "6"},
		{"link.outer_src_ip", "\"198.51.100.1\""},
		{"link.outer_dest_ip", "absent"},
		{0},
	};
	struct eve_run r;
	eve_begin(&r);
	struct observation o = {.head = make_head(OBS_LINK)};
	o.head.depth = 3;
	outputs_observation(r.run.set, &o);
	o.head.from_opener = true;
	o.head.depth = 6;
	o.head.vlan = 7;
	o.head.encapsulation = WRAPPED_GRE | WRAPPED_VLAN;
	addr_parse("198.51.100.1", &o.head.outer_src);
	outputs_observation(r.run.set, &o);
	o.head.flow_id = 0;
	outputs_observation(r.run.set, &o);
	eve_read(&r);
	assert_int_equal(r.records, 3);
	assert_members(r.record[0], plain);
	assert_members(r.record[1], wrapped);
	assert_member(r.record[2], "direction", "absent");
	eve_end(&r);
}

static void missing_parts_lose_nothing(void **state)
{
	(void)state;
	struct eve_run r;
	eve_begin(&r);
	struct observation o = make_attribute(0x0020);
	outputs_observation(r.run.set, &o); /* a part of nothing */
	o = (struct observation){.head = make_head(OBS_STUN_MESSAGE)};
	o.head.parts = 2;
	outputs_observation(r.run.set, &o);
	o = (struct observation){.head = make_head(OBS_STUN_REQUEST)};
	outputs_observation(r.run.set, &o);
	o = (struct observation){.head = make_head(OBS_STUN_MESSAGE)};
	o.head.parts = 2;
	outputs_observation(r.run.set, &o);
	eve_read(&r);
	assert_int_equal(r.records, 3);
	assert_member(r.record[0], "event_type", "\"stun\"");
	assert_member(r.record[1], "event_type", "\"stun_request\"");
	assert_member(r.record[2], "event_type", "\"stun\"");
	eve_end(&r);
}

/* The worst message that a dissector may emit still is one record. */
static void largest_record_fits(void **state)
{
	(void)state;
	struct eve_run r;
	eve_begin(&r);
	struct observation o = {.head = make_head(OBS_STUN_MESSAGE)};
	o.head.parts = UINT8_MAX;
	outputs_observation(r.run.set, &o);
	o = make_attribute(0x8022);
	o.stun_attribute.has = UINT32_MAX;
	o.stun_attribute.value = UINT64_MAX;
	o.stun_attribute.text.length = OBS_TEXT_MAX;
	memset(o.stun_attribute.text.bytes, 0xff, OBS_TEXT_MAX);
	for (size_t i = 0; i < UINT8_MAX; i++)
		outputs_observation(r.run.set, &o);
	assert_int_equal(r.run.stats.write_errors, 0);
	eve_read(&r);
	assert_int_equal(r.records, 1);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(
				 cJSON_GetObjectItem(r.record[0], "stun"), "attributes")),
		UINT8_MAX);
	eve_end(&r);
}

static void end_is_statistics(void **state)
{
	(void)state;
	struct eve_run r;
	eve_begin(&r);
	r.run.stats.packets = 12;
	r.run.stats.flows = 3;
	struct summary s = {.stats = &r.run.stats, .sources = r.run.sources};
	s.last_ns = UINT64_C(1772600767000891000);
	outputs_end(r.run.set, &s);
	eve_read(&r);
	assert_int_equal(r.records, 1);
	assert_member(r.record[0], "event_type", "\"stats\"");
	assert_member(r.record[0], "timestamp", "\"2026-03-04T05:06:07.000891+0000\"");
	assert_member(r.record[0], "stats.decoder.pkts", "12");
	assert_member(r.record[0], "stats.flow.total", "3");
	assert_member(r.record[0], "stats.output.write_errors", "0");
	eve_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alert_says_everything),
		cmocka_unit_test(alert_leaves_out_what_is_not_known),
		cmocka_unit_test(severities_map_to_eve),
		cmocka_unit_test(parts_join_their_record),
		cmocka_unit_test(wrapping_and_direction_are_told),
		cmocka_unit_test(missing_parts_lose_nothing),
		cmocka_unit_test(largest_record_fits),
		cmocka_unit_test(end_is_statistics),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
