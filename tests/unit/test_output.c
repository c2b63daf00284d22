/*
 * The set of outputs: what a user may name, what happens when a destination fails, the name of a
 * finding, and what people read.
 */
#include "tests/unit/support/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

/* With the name of a capture that somebody else chose. */
static void run_start(struct run *r)
{
	run_begin(r);
	source_add_capture(r->sources, "here\x1b[2J.pcap", ROLE_AUTO);
	source_add_interface(r->sources, 0, "eth0", 1);
	r->context.color = true;
}

static struct alert make_alert(void)
{
	struct alert a = run_alert();
	a.leaked_count = a.expected_count = 2;
	a.frame_count = 1;
	a.frames[0].number = 7;
	addr_parse("2001:db8::23", &a.leaked[1]);
	prefix_parse("203.0.113.0/24", &a.expected[0]);
	prefix_parse("2001:db8:1::/48", &a.expected[1]);
	return a;
}

static void specs_are_checked(void **state)
{
	(void)state;
	static const struct {
		const char *spec;
		enum output_status expected;
	} rows[] = {
		{"nonsense", OUTPUT_USAGE},
		{"tex", OUTPUT_USAGE},
		{"", OUTPUT_USAGE},
		{"eve:", OUTPUT_USAGE},
		{"eve:/nonexistent/file", OUTPUT_FAILED},
		{"eve:/", OUTPUT_FAILED},
		{"eve", OUTPUT_OK},
		{"text", OUTPUT_USAGE}, /* eve has standard output already */
		{"text:-", OUTPUT_USAGE},
		{"text:/dev/null", OUTPUT_OK},
	};
	struct run r;
	run_start(&r);
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_int_equal(outputs_open(r.set, rows[i].spec), rows[i].expected);
	free(run_end(&r));
}

static void links_are_not_followed(void **state)
{
	(void)state;
	struct run r;
	char link[96], spec[128];
	run_start(&r);
	snprintf(link, sizeof(link), "%s.link", r.path);
	snprintf(spec, sizeof(spec), "eve:%s", link);
	assert_int_equal(symlink(r.path, link), 0);
	assert_int_equal(outputs_open(r.set, spec), OUTPUT_FAILED);
	unlink(link);
	free(run_end(&r));
}

static void full_disk_is_counted(void **state)
{
	(void)state;
	struct run r;
	struct alert a = make_alert();
	run_start(&r);
	assert_int_equal(outputs_open(r.set, "eve:/dev/full"), OUTPUT_OK);
	assert_int_equal(outputs_open(r.set, "text:/dev/full"), OUTPUT_OK);
	outputs_alert(r.set, &a);
	assert_int_equal(r.stats.write_errors, 2);
	outputs_alert(r.set, &a);
	assert_int_equal(r.stats.write_errors, 4);
	assert_false(outputs_gone(r.set));
	assert_false(outputs_free(r.set));
	free(r.sources);
	unlink(r.path);
}

/* Who opens a file anew for outputs that may not: once it fails, then it is another file. */
struct opener {
	const char *path;
	int fd;
	unsigned asked;
};

static int opener_open(void *sink, const char *path)
{
	struct opener *o = sink;
	assert_string_equal(path, o->path);
	o->asked++;
	errno = EACCES;
	return o->fd;
}

static void files_are_opened_by_somebody(void **state)
{
	(void)state;
	struct run r;
	struct alert a = make_alert();
	struct output_file file;
	int ends[2];
	char byte, spec[128];
	run_start(&r);
	struct opener o = {.path = r.path, .fd = -1};
	snprintf(spec, sizeof(spec), "eve:%s", r.path);
	assert_int_equal(outputs_open(r.set, "text"), OUTPUT_OK);
	assert_int_equal(outputs_open(r.set, spec), OUTPUT_OK);
	assert_true(outputs_file(r.set, 0, &file) && !file.path);
	assert_true(outputs_file(r.set, 1, &file) && strcmp(file.path, r.path) == 0);
	assert_true(file.flags & O_NOFOLLOW && file.flags & O_APPEND && !(file.mode & 07));
	assert_false(outputs_file(r.set, 2, &file));
	assert_int_equal(outputs_rights(r.set), 0);
	outputs_reopen(r.set, opener_open, &o); /* the old one stays */
	assert_int_equal(pipe(ends), 0);
	o.fd = ends[1];
	outputs_alert(r.set, &a);
	outputs_reopen(r.set, opener_open, &o);
	assert_int_equal(o.asked, 2);
	outputs_alert(r.set, &a);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(byte, '{');
	char *first = run_end(&r);
	const char *line = strchr(first, '\n');
	assert_true(line && !line[1]);
	free(first);
	close(ends[0]);
}

static void reader_may_go_away(void **state)
{
	(void)state;
	struct run r;
	struct alert a = make_alert();
	int ends[2], kept = dup(STDOUT_FILENO);
	signal(SIGPIPE, SIG_IGN);
	fflush(stdout);
	run_start(&r);
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDOUT_FILENO);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(outputs_open(r.set, "eve"), OUTPUT_OK);
	outputs_alert(r.set, &a);
	outputs_alert(r.set, &a);
	bool gone = outputs_gone(r.set);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	assert_true(gone);
	assert_int_equal(r.stats.write_errors, 0);
	free(run_end(&r));
}

static void finding_id_has_no_order(void **state)
{
	(void)state;
	char first[FINDING_ID_SIZE], second[FINDING_ID_SIZE];
	struct alert a = make_alert();
	finding_id(&a, first);
	/* Computed from the documented text with sha256sum. */
	assert_string_equal(first, "e01f4fbdae6a649e");

	struct alert b = make_alert();
	b.leaked[0] = a.leaked[1];
	b.leaked[1] = a.leaked[0];
	b.expected[0] = a.expected[1];
	b.expected[1] = a.expected[0];
	b.head.time_ns = 1;
	b.frame_count = 0;
	b.severity = SEVERITY_LOW;
	finding_id(&b, second);
	assert_string_equal(first, second);

	b.leaked_count = 1;
	finding_id(&b, second);
	assert_string_not_equal(first, second);
}

static void text_says_who_what_and_whom(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"CRITICAL  test-leak  1970-01-01 00:00:00.000000 UTC",
		"\n  It leaked \"this\".\n",
		"\n  client      192.168.1.2 (direct, on eth0)\n",
		"\n  leaked      198.51.100.23, 2001:db8::23\n",
		"\n  expected    203.0.113.0/24, 2001:db8:1::/48\n",
		"\n  told to     192.0.2.10:3478\n",
		"\n  evidence    here\\x1b[2J.pcap, frame 7\n",
		"\n  confidence  high, stage gathered\n",
		"\n  what to do  Stop it.\n",
	};
	struct run r;
	struct alert a = make_alert();
	run_start(&r);
	run_open(&r, "text");
	outputs_alert(r.set, &a);
	char *text = run_end(&r);
	for (size_t i = 0; i < ROWS(lines); i++)
		assert_non_null(strstr(text, lines[i]));
	assert_null(strchr(text, '\x1b'));
	free(text);
}

static size_t count_of(const char *text, const char *word)
{
	size_t count = 0;
	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
		count++;
	return count;
}

static void text_repeats_nothing(void **state)
{
	(void)state;
	struct run r;
	struct alert a = make_alert();
	run_start(&r);
	run_open(&r, "text");
	outputs_alert(r.set, &a);
	a.state = STATE_UPDATED;
	outputs_alert(r.set, &a); /* nothing new */
	a.stage = STAGE_NOMINATED;
	outputs_alert(r.set, &a);
	a.state = STATE_CLOSED;
	outputs_alert(r.set, &a);
	char *text = run_end(&r);
	assert_int_equal(count_of(text, "CRITICAL"), 2);
	assert_int_equal(count_of(text, "confidence is now high"), 1);
	free(text);
}

static void text_wraps(void **state)
{
	(void)state;
	struct run r;
	struct alert a = make_alert();
	run_start(&r);
	run_open(&r, "text");
	for (size_t i = 0; i + 5 < sizeof(a.remedy) - 1; i += 5)
		memcpy(a.remedy + i, "word ", 5);
	outputs_alert(r.set, &a);
	char *text = run_end(&r);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		assert_in_range(strlen(line), 0, 80);
	free(text);
}

static void verdicts_are_honest(void **state)
{
	(void)state;
	static const struct {
		uint64_t packets, info, critical, tcp, cut;
		bool expectation;
		const char *verdict;
	} rows[] = {
		{0, 0, 0, 0, 0, true, "nothing to judge"},
		{5, 0, 0, 0, 0, true, "No leak seen.\n"},
		{5, 0, 0, 9, 0, true, "No leak seen.\n"},
		{5, 0, 0, 0, 9, true, "No leak seen in what could be read.\n"},
		{5, 1, 0, 0, 0, true, "No leak seen.\n"},
		{5, 1, 0, 0, 0, false, "--egress ADDRESS or"},
		{5, 1, 1, 0, 0, true, "1 leak found, critical.\n"},
		{5, 0, 3, 0, 0, true, "3 leaks found, the worst critical.\n"},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct run r;
		run_start(&r);
		run_open(&r, "summary");
		r.stats.packets = rows[i].packets;
		r.stats.tcp = rows[i].tcp;
		r.stats.cut = rows[i].cut;
		struct summary s = {.stats = &r.stats, .sources = r.sources};
		s.expectation = rows[i].expectation;
		s.min_severity = SEVERITY_LOW;
		s.findings[SEVERITY_INFO] = rows[i].info;
		s.findings[SEVERITY_CRITICAL] = rows[i].critical;
		outputs_end(r.set, &s);
		char *text = run_end(&r);
		assert_non_null(strstr(text, rows[i].verdict));
		assert_int_equal(strstr(text, "--min-severity info") != NULL, rows[i].info > 0);
		assert_int_equal(strstr(text, "not seen    9") != NULL, rows[i].cut > 0);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(specs_are_checked),
		cmocka_unit_test(links_are_not_followed),
		cmocka_unit_test(full_disk_is_counted),
		cmocka_unit_test(files_are_opened_by_somebody),
		cmocka_unit_test(reader_may_go_away),
		cmocka_unit_test(finding_id_has_no_order),
		cmocka_unit_test(text_says_who_what_and_whom),
		cmocka_unit_test(text_repeats_nothing),
		cmocka_unit_test(text_wraps),
		cmocka_unit_test(verdicts_are_honest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
