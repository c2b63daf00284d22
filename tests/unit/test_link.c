/*
 * Records on their way to a collector: what is kept, for how long, when it is tried again, and what
 * is counted. Time is what the test says it is; real collectors are in tests/cli/collectors.py.
 */
#include "output/sink.h"
#include "output/spool.h"
#include "tests/unit/support/output.h"

#include <sys/socket.h>
#include <sys/un.h>

#define MS UINT64_C(1000000)

static bool put(struct spool *s, const char *text)
{
	const struct spool_piece piece = {text, strlen(text)};
	return spool_put(s, &piece, 1);
}

static void assert_next(const struct spool *s, const char *expected)
{
	const struct spool_record *next = spool_next(s);
	assert_int_equal(next != NULL, expected != NULL);
	if (next && expected) {
		assert_int_equal(next->length, strlen(expected));
		assert_memory_equal(next->bytes, expected, next->length);
	}
}

static void spool_keeps_until_arrived(void **state)
{
	(void)state;
	struct spool *s = calloc(1, sizeof(*s));
	assert_non_null(s);
	assert_next(s, NULL);
	assert_true(put(s, "one") && put(s, "two") && put(s, "three"));
	assert_next(s, "one");
	spool_wrote(s, 3);
	assert_next(s, "two");
	spool_wrote(s, 6);
	spool_arrived(s, 5); /* a part of the second does not count */
	assert_int_equal(s->count, 2);
	assert_next(s, "three");
	spool_rewind(s);
	assert_next(s, "two");
	spool_arrived(s, UINT64_MAX); /* nothing was written since */
	assert_int_equal(s->count, 2);
	spool_wrote(s, 3);
	spool_wrote(s, 8);
	spool_arrived(s, 8);
	assert_int_equal(s->count, 0);
	assert_int_equal(s->bytes, 0);
	spool_free(s);
	free(s);
}

static void spool_is_bounded(void **state)
{
	(void)state;
	struct spool *s = calloc(1, sizeof(*s));
	char *large = calloc(1, SPOOL_BYTES);
	assert_true(s && large);
	for (unsigned i = 0; i < SPOOL_RECORDS; i++)
		assert_true(put(s, "x"));
	assert_false(put(s, "x"));
	spool_free(s);
	const struct spool_piece pieces[] = {{large, SPOOL_BYTES - 1}, {"y", 1}, {"z", 1}};
	assert_false(spool_put(s, pieces, 3));
	assert_true(spool_put(s, pieces, 2));
	assert_false(put(s, "x"));
	spool_drop(s);
	assert_true(put(s, "x"));
	spool_free(s);
	free(large);
	free(s);
}

static void attempts_back_off(void **state)
{
	(void)state;
	static const struct {
		uint64_t ms, attempts;
	} rows[] = {{100, 2}, {299, 2}, {300, 3}, {699, 3}, {700, 4}, {1499, 4}, {1500, 5}};
	struct stats stats = {0};
	const struct link_options options = {.stats = &stats};
	struct link *l = link_open("unix:/nonexistent/socket", &options);
	assert_non_null(l);
	assert_int_equal(stats.collector_lost, 1); /* as long as there are all rights */
	link_tick(l, 99 * MS);
	link_tick(l, 100 * MS);
	assert_int_equal(stats.collector_lost, 1); /* nothing to say, nobody to call */
	assert_true(link_put(l, "record\n", 7));
	for (size_t i = 0; i < ROWS(rows); i++) {
		link_tick(l, rows[i].ms * MS);
		assert_int_equal(stats.collector_lost, rows[i].attempts);
	}
	link_retry(l);
	assert_int_equal(stats.collector_lost, 6);
	assert_int_equal(link_close(l), 1);
}

/* The packets of a live capture can't wait: what there is no room for is counted. */
static void overflow_is_counted(void **state)
{
	(void)state;
	struct stats stats = {0};
	struct sink sink;
	const struct sink_options how = {0};
	assert_true(sink_open(&sink, "unix:/nonexistent/socket", &how, &stats));
	for (unsigned i = 0; i < SPOOL_RECORDS; i++)
		sink_write(&sink, "record\n", 7);
	assert_int_equal(stats.write_errors, 0);
	sink_write(&sink, "record\n", 7);
	sink_write(&sink, "record\n", 7);
	assert_int_equal(stats.write_errors, 2);
	assert_true(sink.failed);
	sink_close(&sink);
	assert_int_equal(stats.write_errors, SPOOL_RECORDS + 2);
}

static void datagrams_have_a_limit(void **state)
{
	(void)state;
	const size_t too_long = 4 * 1024 * 1024;
	char *large = calloc(1, too_long), got[64];
	char path[] = "/tmp/seep-link-XXXXXX", dest[64];
	assert_non_null(large);
	assert_non_null(mkdtemp(path));
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	snprintf(name.sun_path, sizeof(name.sun_path), "%s/s", path);
	snprintf(dest, sizeof(dest), "unix:%s/s", path);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&name, sizeof(name)), 0);

	struct stats stats = {0};
	const struct link_options options = {.stats = &stats};
	struct link *l = link_open(dest, &options);
	assert_non_null(l);
	assert_true(link_put(l, "before\n", 7));
	assert_true(link_put(l, large, too_long));
	assert_true(link_put(l, "behind\n", 7));
	assert_int_equal(link_close(l), 0);
	assert_int_equal(stats.write_errors, 1);
	assert_int_equal(recv(fd, got, sizeof(got), 0), 6); /* without its line feed */
	assert_memory_equal(got, "before", 6);
	assert_int_equal(recv(fd, got, sizeof(got), 0), 6);
	assert_memory_equal(got, "behind", 6);
	close(fd);
	unlink(name.sun_path);
	rmdir(path);
	free(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spool_keeps_until_arrived),
		cmocka_unit_test(spool_is_bounded),
		cmocka_unit_test(attempts_back_off),
		cmocka_unit_test(overflow_is_counted),
		cmocka_unit_test(datagrams_have_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
