/*
 * Syslog messages: the header of RFC 5424, and a record that many collectors do not cut.
 */
#include "tests/unit/support/output.h"

#include <sys/socket.h>
#include <sys/un.h>

/* The message that carries this alert; it is `got`, with a NUL behind it. */
static void message_of(const struct alert *a, const char *sensor, char *got, size_t size)
{
	struct run r;
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	char path[] = "/tmp/seep-syslog-XXXXXX";
	char spec[sizeof("syslog:unix:") + sizeof(name.sun_path)];
	assert_non_null(mkdtemp(path));
	snprintf(name.sun_path, sizeof(name.sun_path), "%s/s", path);
	snprintf(spec, sizeof(spec), "syslog:unix:%s", name.sun_path);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&name, sizeof(name)), 0);
	run_begin(&r);
	r.context.sensor = sensor;
	assert_int_equal(outputs_open(r.set, spec), OUTPUT_OK);
	outputs_alert(r.set, a);
	free(run_end(&r));
	ssize_t length = recv(fd, got, size - 1, MSG_DONTWAIT);
	assert_true(length > 0);
	got[length] = '\0';
	close(fd);
	unlink(name.sun_path);
	rmdir(path);
}

static void headers_are_rfc_5424(void **state)
{
	(void)state;
	static const struct {
		enum severity severity;
		const char *sensor, *start;
	} rows[] = {
		{SEVERITY_CRITICAL, NULL, "<170>1 1970-01-01T00:00:00.000000Z - seep - alert - {"},
		{SEVERITY_HIGH, "gw", "<171>1 1970-01-01T00:00:00.000000Z gw seep - alert - {"},
		{SEVERITY_MEDIUM, "", "<172>1 1970-01-01T00:00:00.000000Z - seep - alert - {"},
		{SEVERITY_LOW, "a b\n\xff", "<173>1 1970-01-01T00:00:00.000000Z a_b__ seep - "},
		{SEVERITY_INFO, "x", "<174>1 "},
	};
	char got[4096];
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct alert a = run_alert();
		a.severity = rows[i].severity;
		message_of(&a, rows[i].sensor, got, sizeof(got));
		if (strncmp(got, rows[i].start, strlen(rows[i].start)) != 0)
			fail_msg("%s", got);
		assert_int_equal(got[strlen(got) - 1], '}');
		assert_non_null(strstr(got, "\"remedy\":\"Stop it.\""));
	}
}

static void long_records_are_brief(void **state)
{
	(void)state;
	char got[4096];
	struct alert a = run_alert();
	memset(a.remedy, 'r', sizeof(a.remedy) - 1);
	memset(a.message, 'm', sizeof(a.message) - 1);
	for (; a.name_count < ALERT_NAMES_MAX; a.name_count++) {
		a.names[a.name_count].length = OBS_WORD_MAX;
		memset(a.names[a.name_count].bytes, 'n', OBS_WORD_MAX);
	}
	for (; a.expected_count < ALERT_EXPECTED_MAX; a.expected_count++)
		prefix_parse("2001:db8:1111:2222:3333:4444:5555:6666/128",
			&a.expected[a.expected_count]);
	message_of(&a, "gw", got, sizeof(got));
	assert_null(strstr(got, "\"remedy\""));
	assert_null(strstr(got, "\"references\""));
	assert_non_null(strstr(got, "\"finding_id\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_rfc_5424),
		cmocka_unit_test(long_records_are_brief),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
