/*
 * Outputs that are one document: each finding as it was last told, those taken back left out, and
 * nothing from outside that is markup.
 */
#include "output/document.h"
#include "output/kept.h"
#include "output/lanes.h"
#include "tests/unit/support/output.h"

static const struct detection_info *catalogue(unsigned row)
{
	return row == 0 ? &run_detection : NULL;
}

static void report_begin(struct run *r, const char *name)
{
	run_begin(r);
	source_add_capture(r->sources, "one.pcap", ROLE_AUTO);
	r->context.catalogue = catalogue;
	r->context.fail_on = SEVERITY_MEDIUM;
	r->stats.packets = 2;
	run_open(r, name);
}

static char *report_end(struct run *r)
{
	const struct summary s = {.stats = &r->stats, .sources = r->sources, .expectation = true};
	outputs_end(r->set, &s);
	return run_end(r);
}

static size_t count_of(const char *text, const char *word)
{
	size_t count = 0;
	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
		count++;
	return count;
}

/* A finding is told, grows, and is told a last time in this state; another one stands. */
static char *report_of(const char *name, enum alert_state last)
{
	struct run r;
	struct alert a = run_alert(), b = run_alert();
	report_begin(&r, name);
	addr_parse("198.51.100.99", &b.leaked[0]);
	snprintf(b.message, sizeof(b.message), "The other.");
	outputs_alert(r.set, &a);
	outputs_alert(r.set, &b);
	a.state = last;
	a.count = 77;
	snprintf(a.message, sizeof(a.message), "It was <told> again.");
	outputs_alert(r.set, &a);
	return report_end(&r);
}

static void findings_are_told_once(void **state)
{
	(void)state;
	char *text = report_of("junit", STATE_CLOSED);
	assert_int_equal(count_of(text, "  client "), 2);
	assert_null(strstr(text, "It leaked"));
	assert_non_null(strstr(text, "It was &lt;told&gt; again."));
	assert_non_null(strstr(text, "message=\"2 findings: A test\""));
	free(text);
	text = report_of("sarif", STATE_CLOSED);
	assert_int_equal(count_of(text, "\"ruleId\":\"test-leak\""), 2);
	assert_int_equal(count_of(text, "\"occurrenceCount\":77"), 1);
	free(text);
}

static void what_was_taken_back_is_no_failure(void **state)
{
	(void)state;
	char *text = report_of("junit", STATE_WITHDRAWN);
	assert_non_null(strstr(text, "message=\"1 finding: A test\""));
	assert_non_null(strstr(text, "<system-out>critical, taken back: It was"));
	free(text);
	text = report_of("sarif", STATE_WITHDRAWN);
	assert_int_equal(count_of(text, "\"ruleId\":\"test-leak\""), 1);
	assert_non_null(strstr(text, "The other."));
	free(text);
}

static void nothing_found_is_a_pass(void **state)
{
	(void)state;
	struct run r;
	report_begin(&r, "junit");
	char *text = report_end(&r);
	assert_non_null(strstr(text, "tests=\"3\" failures=\"0\" errors=\"0\""));
	assert_non_null(strstr(text, "name=\"test-leak\""));
	assert_null(strstr(text, "<failure"));
	free(text);
}

/* What does not fit is counted, and the run has failed. */
static void findings_are_bounded(void **state)
{
	(void)state;
	struct kept *kept = calloc(1, sizeof(*kept));
	struct alert a = run_alert();
	assert_non_null(kept);
	for (uint32_t i = 0; i < KEPT_MAX + 2; i++) {
		const uint8_t bytes[4] = {10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};
		a.client = addr_v4(bytes);
		assert_int_equal(kept_add(kept, &a), i < KEPT_MAX);
	}
	assert_int_equal(kept->count, KEPT_MAX);
	assert_int_equal(kept->lost, 2);
	a.client = kept->findings[7].alert.client;
	a.count = 5;
	assert_true(kept_add(kept, &a));
	assert_int_equal(kept->findings[7].alert.count, 5);
	kept_free(kept);
	free(kept);
}

static void assert_written(const char *given, const char *expected)
{
	struct run r;
	struct sink sink;
	const struct sink_options how = {.anew = true};
	struct document d;
	run_begin(&r);
	assert_true(sink_open(&sink, r.path, &how, &r.stats));
	document_begin(&d, &sink);
	document_text(&d, given);
	document_end(&d);
	sink_close(&sink);
	char *text = run_end(&r);
	assert_string_equal(text, expected);
	free(text);
}

static void text_is_no_markup(void **state)
{
	(void)state;
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"plain", "plain"},
		{"<script>&\"'", "&lt;script&gt;&amp;&quot;&#39;"},
		{"two\nlines\r", "two\nlines\\x0d"},
		{"\x1b[2J\xff", "\\x1b[2J\\xff"},
		{"\xef\xbf\xbe \xef\xbf\xbf \xc3\xa9", "\xef\xbf\xbd \xef\xbf\xbd \xc3\xa9"},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		assert_written(rows[i].text, rows[i].expected);
	}
}

/* A character that lies across the pieces in which text is cleaned stays one. */
static void long_text_is_whole(void **state)
{
	(void)state;
	for (size_t lead = 0; lead < 4; lead++) {
		char long_text[4096] = "xxx";
		size_t length = lead;
		for (; length < 4000; length += 3)
			memcpy(long_text + length, "\xe2\x82\xac", 3);
		long_text[length] = '\0';
		assert_written(long_text, long_text);
	}
}

/* Names as hostile as the wire can make them, all through the HTML. */
static void names_are_text_in_html(void **state)
{
	(void)state;
	static const char name[] = "</text><script>alert('1')</script>\"&\xff";
	struct run r;
	struct alert a = run_alert();
	a.leaked_count = 0;
	a.name_count = 1;
	a.names[0].length = sizeof(name) - 1;
	memcpy(a.names[0].bytes, name, sizeof(name) - 1);
	snprintf(a.message, sizeof(a.message), "<b>%s", name);
	report_begin(&r, "report");
	outputs_alert(r.set, &a);
	char *text = report_end(&r);
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "<b>"));
	assert_null(strstr(text, "&\\xff"));
	assert_int_equal(count_of(text,
				 "&lt;/text&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"
				 "&quot;&amp;\\xff"),
		7); /* picture (twice), timeline, tables (twice), message, given away */
	assert_string_equal(text + strlen(text) - 8, "</html>\n");
	free(text);
}

static struct observation seen(uint8_t kind, uint64_t seconds)
{
	return (struct observation){
		.head = {.kind = kind, .time_ns = seconds * UINT64_C(1000000000)}};
}

static void lanes_join_what_is_close(void **state)
{
	(void)state;
	static const uint64_t media[] = {10, 20, 40, 100, 90, 101};
	struct lanes *l = calloc(1, sizeof(*l));
	assert_non_null(l);
	for (size_t i = 0; i < ROWS(media); i++) {
		struct observation o = seen(OBS_MEDIA, media[i]);
		lanes_note(l, &o);
	}
	const struct lane *lane = &l->lane[2];
	assert_string_equal(lane_name(2), "media");
	assert_int_equal(lane->count, 2);
	assert_int_equal(lane->span[0].from_ns, UINT64_C(10000000000));
	assert_int_equal(lane->span[0].to_ns, UINT64_C(40000000000));
	assert_int_equal(lane->span[1].to_ns, UINT64_C(101000000000));
	for (uint64_t i = 0; i < 2 * LANE_SPANS; i++) {
		struct observation o = seen(OBS_MEDIA, 200 + 100 * i);
		lanes_note(l, &o);
	}
	assert_int_equal(lane->count, LANE_SPANS);
	assert_int_equal(lane->span[LANE_SPANS - 1].to_ns,
		(200 + 100 * (2 * LANE_SPANS - 1)) * UINT64_C(1000000000));
	free(l);
}

static void tunnels_end(void **state)
{
	(void)state;
	static const uint8_t events[] = {TUNNEL_ASKS, TUNNEL_ANSWERS, TUNNEL_DATA, TUNNEL_RESETS,
		TUNNEL_ASKS, TUNNEL_ANSWERS};
	struct lanes *l = calloc(1, sizeof(*l));
	assert_non_null(l);
	for (size_t i = 0; i < ROWS(events); i++) {
		struct observation o = seen(OBS_TUNNEL, 10 + i);
		o.tunnel.event = events[i];
		lanes_note(l, &o);
	}
	assert_int_equal(l->lane[0].count, 2);
	assert_int_equal(l->lane[0].span[0].from_ns, UINT64_C(11000000000));
	assert_int_equal(l->lane[0].span[0].to_ns, UINT64_C(12000000000));
	assert_int_equal(l->lane[0].span[1].from_ns, UINT64_C(15000000000));
	free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(findings_are_told_once),
		cmocka_unit_test(what_was_taken_back_is_no_failure),
		cmocka_unit_test(nothing_found_is_a_pass),
		cmocka_unit_test(findings_are_bounded),
		cmocka_unit_test(text_is_no_markup),
		cmocka_unit_test(long_text_is_whole),
		cmocka_unit_test(names_are_text_in_html),
		cmocka_unit_test(lanes_join_what_is_close),
		cmocka_unit_test(tunnels_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
