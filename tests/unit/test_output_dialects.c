/*
 * ECS, OCSF and CEF: what is not known is left out, names and networks come along, and nothing from
 * outside ends a value.
 */
#include "tests/unit/support/output.h"

#include <cjson/cJSON.h>

/* What this output makes of an alert; free() it. */
static char *line_of(const char *name, const struct alert *a)
{
	struct run r;
	run_begin(&r);
	run_open(&r, name);
	outputs_alert(r.set, a);
	return run_end(&r);
}

static struct alert named_alert(void)
{
	static const char name[] = "a=b|c\\d\n\x1b[2J\xff";
	struct alert a = run_alert();
	a.leaked_count = 0;
	a.name_count = 1;
	a.names[0].length = sizeof(name) - 1;
	memcpy(a.names[0].bytes, name, sizeof(name) - 1);
	a.server = (struct endpoint){0};
	return a;
}

static void assert_has(const char *text, const char *const *words)
{
	for (; *words; words++) {
		if (!strstr(text, *words))
			fail_msg("no %s in %s", *words, text);
	}
}

static void assert_json(const char *text)
{
	cJSON *json = cJSON_Parse(text);
	assert_non_null(json);
	assert_null(cJSON_GetObjectItem(json, "destination"));
	cJSON_Delete(json);
	assert_null(strchr(text, '\x1b'));
}

static void names_are_told(void **state)
{
	(void)state;
	static const char *const ecs[] = {"\"hosts\":[\"a=b|c\\\\d\\n\\u001b[2J\\\\xff\"]",
		"\"ip\":[\"192.168.1.2\"]", "\"action\":\"open\"", NULL};
	static const char *const ocsf[] = {"\"type_id\":1,\"type\":\"Hostname\",\"value\":\"a=b",
		"\"src_endpoint\":{\"ip\":\"192.168.1.2\"},\"connection_info\"", NULL};
	static const char *const cef[] = {
		" cs1Label=leaked cs1=a\\=b|c\\\\d\\\\x0a\\\\x1b[2J\\\\xff"
		" cs3Label=",
		" src=192.168.1.2 deviceDirection=1", "|A test|10|rt=0 ", NULL};
	struct alert a = named_alert();
	char *text = line_of("ecs", &a);
	assert_json(text);
	assert_has(text, ecs);
	free(text);
	text = line_of("ocsf", &a);
	assert_json(text);
	assert_has(text, ocsf);
	free(text);
	text = line_of("cef", &a);
	assert_has(text, cef);
	assert_null(strstr(text, "dst="));
	assert_string_equal(strchr(text, '\n'), "\n");
	free(text);
}

static void states_are_told(void **state)
{
	(void)state;
	static const struct {
		enum alert_state state;
		const char *ocsf, *cef;
	} rows[] = {
		{STATE_OPEN, "\"activity_id\":1,", " cs5=open "},
		{STATE_UPDATED, "\"type_uid\":200402,", " cs5=updated "},
		{STATE_CLOSED, "\"status_id\":1,\"status\":\"New\",\"is_alert\":false",
			" cs5=closed "},
		{STATE_WITHDRAWN, "\"status_id\":3,\"status\":\"Suppressed\",\"is_alert\":false",
			" cs5=withdrawn "},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct alert a = run_alert();
		a.state = rows[i].state;
		char *text = line_of("ocsf", &a);
		assert_non_null(strstr(text, rows[i].ocsf));
		free(text);
		text = line_of("cef", &a);
		assert_non_null(strstr(text, rows[i].cef));
		free(text);
	}
}

/* Whichever end sent the packet that the alert points at. */
static void client_is_the_source(void **state)
{
	(void)state;
	static const char *const ecs[] = {
		"\"source\":{\"address\":\"192.168.1.2\",\"ip\":\"192.168.1.2\",\"port\":50000,"
		"\"mac\":\"02-00-00-00-00-BB\"",
		"\"destination\":{\"address\":\"192.0.2.10\"", NULL};
	struct alert a = run_alert();
	a.head.has_macs = true;
	memcpy(a.head.src_mac, "\x02\0\0\0\0\xaa", 6);
	memcpy(a.head.dst_mac, "\x02\0\0\0\0\xbb", 6);
	endpoint_parse("192.0.2.10:3478", &a.head.src);
	endpoint_parse("192.168.1.2:50000", &a.head.dst);
	char *text = line_of("ecs", &a);
	assert_has(text, ecs);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_told),
		cmocka_unit_test(states_are_told),
		cmocka_unit_test(client_is_the_source),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
