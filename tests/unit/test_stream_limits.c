/*
 * What bounds TCP streams: the buffer of a direction, and how many streams and buffers there are.
 */
#include "tests/unit/support/lines.h"

static void said(struct lines *l, const char *log)
{
	assert_string_equal(l->log, log);
	lines_free(l);
}

static void a_hole_is_never_filled(void **state)
{
	(void)state;
	enum { LINE = 1024 };
	static char line[LINE + 1];
	memset(line, 'x', LINE - 1);
	line[LINE - 1] = '\n';
	struct lines *l = lines_open();
	lines_connect(l);
	lines_send(l, 1001, "L:a\n");
	uint32_t at = 1005 + 100;
	for (; at + LINE <= 1005 + WINDOW_BYTES; at += LINE)
		lines_send(l, at, line);
	assert_string_equal(l->log, ">L:a;");
	assert_int_equal(l->rig.run->streams.buffers.count, 1);
	lines_send(l, at, line);
	assert_int_equal(l->rig.stats.stream_gaps, 1);
	assert_int_equal(l->calls, 1 + 1 + 1);
	assert_int_equal(l->rig.run->streams.buffers.count, 0);
	assert_memory_equal(l->log, ">L:a;>!xxx", 10);
	lines_free(l);
}

/* Nothing is held, and the segment behind the hole fits in no buffer with it. */
static void a_hole_is_too_large(void **state)
{
	(void)state;
	char *large = calloc(1, WINDOW_BYTES);
	struct lines *l = lines_open();
	memset(large, 'x', 50000);
	lines_connect(l);
	lines_send(l, 1001, "L:a\n");
	lines_send(l, 21005, large);
	assert_int_equal(l->rig.stats.stream_gaps, 1);
	lines_send(l, 71005, "\n");
	assert_memory_equal(l->log, ">L:a;>!xxx", 10);
	lines_free(l);
	free(large);
}

static void a_message_is_too_large(void **state)
{
	(void)state;
	char *large = malloc(WINDOW_BYTES);
	struct lines *l = lines_open();
	memset(large, 'x', WINDOW_BYTES);
	large[50000] = '\0';
	lines_connect(l);
	lines_send(l, 1001, "L:a\n");
	lines_send(l, 1005, large);
	lines_send(l, 51005, large);
	assert_int_equal(l->rig.stats.stream_gaps, 1);
	lines_send(l, 101005, "\nb\n");
	assert_non_null(strstr(l->log, ">!xxxxx"));
	assert_non_null(strstr(l->log, ";>b;"));
	assert_int_equal(l->rig.run->streams.buffers.count, 0);
	lines_free(l);
	free(large);
}

/* What fits is read before the rest of a segment is put behind it. */
static void a_buffer_nearly_full(void **state)
{
	(void)state;
	char *large = malloc(WINDOW_BYTES);
	struct lines *l = lines_open();
	memset(large, 'x', WINDOW_BYTES);
	large[49999] = '\0';
	lines_connect(l);
	lines_send(l, 1001, "L:a\n");
	lines_send(l, 1005, large);
	large[10] = '\n';
	large[49999] = '\n';
	rig_segment(&l->rig, true, TCP_ACK, 51004, large, 50000);
	assert_int_equal(l->rig.stats.stream_gaps, 0);
	assert_int_equal(l->rig.run->streams.buffers.count, 0);
	assert_int_equal(l->length, strlen(">L:a;") + 2 * (40 + 2));
	lines_free(l);
	free(large);
}

static void few_streams(void **state)
{
	(void)state;
	struct lines *l = lines_open();
	l->rig.run->streams.streams.capacity = 1;
	lines_send(l, 1, "L:a\n");
	l->rig.client = 2;
	lines_send(l, 1, "L:b\n");
	lines_send(l, 5, "L:c\n");
	assert_int_equal(l->rig.stats.streams_refused, 1);
	l->rig.client = 1;
	lines_send(l, 5, "d\n");
	l->rig.run->streams.streams.capacity = STREAMS;
	said(l, ">L:a;>d;");
}

/* The oldest holder makes way, and its dissector is told that something is missing. */
static void few_buffers(void **state)
{
	(void)state;
	struct lines *l = lines_open();
	l->rig.run->streams.buffers.capacity = 2;
	for (uint8_t i = 1; i <= 3; i++) {
		l->rig.client = i;
		lines_send(l, 1, "L:a\nb");
	}
	assert_int_equal(l->rig.stats.stream_refused, 1);
	for (uint8_t i = 1; i <= 3; i++) {
		l->rig.client = i;
		lines_send(l, 6, "c\n");
	}
	assert_int_equal(l->rig.run->streams.buffers.count, 0);
	l->rig.run->streams.buffers.capacity = STREAM_BUFFERS;
	said(l, ">L:a;>L:a;>L:a;>!c;>bc;>bc;");
}

/* None at all to be had: what can be read in place still is. */
static void no_buffers(void **state)
{
	(void)state;
	struct lines *l = lines_open();
	struct pool *buffers = &l->rig.run->streams.buffers;
	buffers->capacity = 1;
	lines_connect(l);
	lines_answer(l, 5001, "L:x\ny");
	lines_send(l, 1001, "a\nb");
	lines_send(l, 1006, "d\n");
	buffers->capacity = STREAM_BUFFERS;
	said(l, "<L:x;>a;>!d;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hole_is_never_filled),
		cmocka_unit_test(a_hole_is_too_large),
		cmocka_unit_test(a_message_is_too_large),
		cmocka_unit_test(a_buffer_nearly_full),
		cmocka_unit_test(few_streams),
		cmocka_unit_test(few_buffers),
		cmocka_unit_test(no_buffers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
