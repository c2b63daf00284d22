/*
 * What is common to all savefile formats: opening, messages, filters, merging,
 * pipes, records that span a chunk.
 */
#include "tests/unit/test_capture_file.h"

#include "capture/chunk.h"
#include "core/link_type.h"

#include <pthread.h>

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t length;
		const char *said;
	} rows[] = {
		{"", 0, "is empty"},
		{"PK\x03\x04 and so on, long enough", 26, "it starts with 50 4b 03 04"},
		{"\xd4", 1, "it starts with d4"},
		{"\xd4\xc3\xb2\xa1\x02\x00\x04\x00", 8, "cut off in the file header: 8 of 24"},
		{"\xd4\xc3\xb2\xa1\x02\x00\x09\x00\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0", 24, "2.9"},
		{"\x1f\x8b\x08\x00", 4, "gzip"},
		{"\x28\xb5\x2f\xfd\x24", 5, "zstd"},
		{"\n\r\r\n\x1c\0\0\0????", 12, "no known byte order"},
		{"\n\r\r\n", 4, "8 bytes of a block are missing"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct file f = {0};
		struct outcome o;
		put(&f, rows[i].bytes, rows[i].length);
		read_file(&o, &f);
		assert_false(o.opened);
		assert_said(&o, rows[i].said);
		assert_ptr_equal(strchr(o.messages, '\n'), o.messages + o.messages_length - 1);
		outcome_free(&o);
		free(f.bytes);
	}
}

static void test_not_files(void **state)
{
	(void)state;
	struct outcome o;
	read_names(&o, (const char *[]){"/no/such.pcap"}, 1, NULL);
	assert_false(o.opened);
	assert_said(&o, "/no/such.pcap: cannot be opened: No such file");
	outcome_free(&o);
	read_names(&o, (const char *[]){"/"}, 1, NULL);
	assert_false(o.opened);
	assert_said(&o, "/: is a directory");
	outcome_free(&o);
	read_names(&o, NULL, 0, NULL);
	assert_silent_success(&o);
	outcome_free(&o);
}

static void test_merge_order(void **state)
{
	(void)state;
	/* Seconds; the second capture runs backwards once and is not sorted for that. */
	static const uint32_t times[3][4] = {{1, 4, 4, 9}, {2, 7, 3, 4}, {4, 4, 5, 10}};
	struct outcome o;
	char names[3][NAME_MAX_TEST];
	for (size_t i = 0; i < 3; i++) {
		struct file f = {.little = i & 1};
		put_header(&f, i == 2 ? NANO : MICRO, 4, 0, LINK_ETHERNET);
		for (size_t k = 0; k < 4; k++)
			put_record(&f, times[i][k], (uint8_t)('a' + i), 1);
		file_name(&f, f.length, names[i]);
		free(f.bytes);
	}
	read_names(&o, (const char *[]){names[0], names[1], names[2]}, 3, NULL);
	assert_silent_success(&o);
	assert_int_equal(o.count, 12);
	char order[13] = "";
	memcpy(order, o.first_byte, 12);
	/* a1 b2 | a4 a4 and c4 c4 by name, c5 | b7 b3 b4 | a9 c10 */
	bool a_first = strcmp(names[0], names[2]) < 0;
	assert_string_equal(order, a_first ? "abaacccbbbac" : "abccaacbbbac");
	assert_int_equal(o.frames[11].capture, 2);
	assert_int_equal(o.frames[11].interface, 2);
	assert_int_equal(o.frames[11].number, 4);
	for (size_t i = 0; i < 3; i++)
		file_remove(names[i]);
	outcome_free(&o);
}

/* One of several breaks off: the others go on. */
static void test_merge_failure(void **state)
{
	(void)state;
	struct file f = {.little = true};
	struct outcome o;
	char whole[NAME_MAX_TEST], cut[NAME_MAX_TEST];
	put_header(&f, MICRO, 4, 0, LINK_ETHERNET);
	for (uint32_t i = 0; i < 3; i++)
		put_record(&f, i, 'x', 5);
	file_name(&f, f.length, whole);
	file_name(&f, f.length - 22, cut);
	read_names(&o, (const char *[]){cut, "/no/such", whole}, 3, NULL);
	assert_false(o.opened);
	assert_true(o.failed);
	assert_int_equal(o.count, 4);
	assert_said(&o, "cut off in frame 2");
	file_remove(whole);
	file_remove(cut);
	outcome_free(&o);
	free(f.bytes);
}

/* Files of several chunks, whose records span the borders; alone and merged. */
static void test_chunk_border(void **state)
{
	(void)state;
	enum { LENGTH = 7001, COPIES = 5 };
	struct file f = {.little = true};
	struct outcome o;
	uint64_t frames = 0, byte_sum = 0;
	const char *names[COPIES];
	char name[NAME_MAX_TEST];
	put_header(&f, MICRO, 4, 0, LINK_ETHERNET);
	for (; f.length < 3 * CHUNK_SIZE; frames++) {
		put_record(&f, (uint32_t)frames, (uint8_t)frames, LENGTH);
		byte_sum += (uint8_t)frames * UINT64_C(7001);
	}
	file_name(&f, f.length, name);
	for (size_t copies = 1; copies <= COPIES; copies++) {
		names[copies - 1] = name;
		read_names(&o, names, copies, NULL);
		assert_silent_success(&o);
		assert_true(o.ordered);
		assert_int_equal(o.count, copies * frames);
		assert_int_equal(o.byte_sum, copies * byte_sum);
		outcome_free(&o);
	}
	file_remove(name);
	free(f.bytes);
}

/* An Ethernet frame with an IPv4 header of the given protocol. */
static void put_ipv4(struct file *f, uint32_t seconds, uint8_t protocol)
{
	put_record_head(f, seconds, 0, 34, 34);
	put_fill(f, 0, 12);                /* MAC addresses */
	put(f, "\x08\x00", 2);             /* IPv4 */
	put(f, "\x45\x00\x00\x14", 4);     /* version, length */
	put(f, "\x00\x00\x00\x00\x40", 5); /* identification, fragment, TTL */
	put(f, &protocol, 1);
	put(f, "\x00\x00", 2);         /* checksum */
	put(f, "\xc0\x00\x02\x01", 4); /* 192.0.2.1 */
	put(f, "\xc0\x00\x02\x02", 4); /* 192.0.2.2 */
}

static void test_filter(void **state)
{
	(void)state;
	enum { TCP = 6, UDP = 17 };
	struct file f = {.little = true};
	struct outcome o;
	char name[NAME_MAX_TEST];
	put_header(&f, MICRO, 4, 0, LINK_ETHERNET);
	put_ipv4(&f, 1, TCP);
	put_ipv4(&f, 2, UDP);
	put_ipv4(&f, 3, TCP);
	put_ipv4(&f, 4, UDP);
	file_name(&f, f.length, name);
	read_names(&o, (const char *[]){name}, 1, "udp");
	assert_silent_success(&o);
	assert_int_equal(o.count, 2);
	assert_int_equal(o.frames[0].number, 2);
	assert_int_equal(o.frames[1].number, 4);
	assert_int_equal(o.stats.filtered, 2);
	outcome_free(&o);
	read_names(&o, (const char *[]){name, name}, 2, "tcp");
	assert_int_equal(o.count, 4);
	assert_int_equal(o.stats.filtered, 4);
	file_remove(name);
	outcome_free(&o);
	free(f.bytes);
}

static void test_filter_does_not_fit(void **state)
{
	(void)state;
	struct file f = {.little = true};
	struct outcome o;
	char name[NAME_MAX_TEST];
	put_header(&f, MICRO, 4, 0, LINK_RAW);
	put_record(&f, 1, 0x45, 20);
	put_record(&f, 2, 0x45, 20);
	file_name(&f, f.length, name);
	read_names(&o, (const char *[]){name}, 1, "ether host 00:00:5e:00:53:01");
	assert_int_equal(o.count, 0);
	assert_int_equal(o.stats.filtered, 2);
	assert_said(&o, "does not fit link type 101");
	assert_ptr_equal(strchr(o.messages, '\n'), o.messages + o.messages_length - 1);
	file_remove(name);
	outcome_free(&o);
	free(f.bytes);
}

static void test_filter_valid(void **state)
{
	(void)state;
	char *said = NULL;
	size_t length = 0;
	FILE *terminal = stderr;
	stderr = open_memstream(&said, &length);
	assert_true(capture_filter_valid("udp port 3478"));
	assert_true(capture_filter_valid("ether host 00:00:5e:00:53:01"));
	assert_true(capture_filter_valid("ifindex 3"));
	assert_false(capture_filter_valid("udp prot 3478"));
	fclose(stderr);
	stderr = terminal;
	assert_non_null(strstr(said, "filter \"udp prot 3478\": "));
	free(said);
}

struct writer {
	const struct file *file;
	int fd;
};

/* In small pieces, so that reads come back short. */
static void *writer_run(void *argument)
{
	const struct writer *w = argument;
	enum { PIECE = 4099 };
	for (size_t at = 0; at < w->file->length; at += PIECE) {
		size_t left = w->file->length - at;
		if (write(w->fd, w->file->bytes + at, left < PIECE ? left : PIECE) < 0)
			break;
	}
	close(w->fd);
	return NULL;
}

static void read_stdin(struct outcome *o, const struct file *f)
{
	int ends[2], terminal = dup(STDIN_FILENO);
	pthread_t thread;
	assert_int_equal(pipe(ends), 0);
	struct writer w = {.file = f, .fd = ends[1]};
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	assert_int_equal(pthread_create(&thread, NULL, writer_run, &w), 0);
	read_names(o, (const char *[]){"-"}, 1, NULL);
	pthread_join(thread, NULL);
	dup2(terminal, STDIN_FILENO);
	close(terminal);
}

static void test_stdin(void **state)
{
	(void)state;
	enum { FRAMES = 2000, LENGTH = 1000 };
	for (uint16_t minor = 3; minor <= 4; minor++) { /* 2.3 is read by libpcap */
		struct file f = {.little = true};
		struct outcome o;
		put_header(&f, MICRO, minor, 0, LINK_ETHERNET);
		for (uint32_t i = 0; i < FRAMES; i++)
			put_record(&f, i, 1, LENGTH);
		read_stdin(&o, &f);
		assert_silent_success(&o);
		assert_true(o.ordered);
		assert_int_equal(o.count, FRAMES);
		assert_int_equal(o.byte_sum, FRAMES * LENGTH);
		assert_string_equal(o.sources->capture[0], "-");
		outcome_free(&o);
		free(f.bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_not_files),
		cmocka_unit_test(test_merge_order),
		cmocka_unit_test(test_merge_failure),
		cmocka_unit_test(test_chunk_border),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_filter_does_not_fit),
		cmocka_unit_test(test_filter_valid),
		cmocka_unit_test(test_stdin),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
