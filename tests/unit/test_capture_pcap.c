/*
 * Classic pcap savefiles: byte orders, resolutions, odd lengths, every prefix; and the variants
 * that libpcap reads for us.
 */
#include "tests/unit/test_capture_file.h"

#include "core/link_type.h"

static void test_orders_and_resolutions(void **state)
{
	(void)state;
	static const struct {
		bool little;
		uint32_t magic;
		uint64_t ns;
	} rows[] = {{true, MICRO, 7000}, {false, MICRO, 7000}, {true, NANO, 7}, {false, NANO, 7}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct file f = {.little = rows[i].little};
		struct outcome o;
		put_header(&f, rows[i].magic, 4, 65535, LINK_RAW);
		put_record_head(&f, 0xfffffff0, 7, 2, 60);
		put(&f, "\x45\x00", 2);
		read_file(&o, &f);
		assert_silent_success(&o);
		assert_int_equal(o.count, 1);
		assert_int_equal(o.frames[0].time_ns, 0xfffffff0 * SECOND + rows[i].ns);
		assert_int_equal(o.frames[0].captured, 2);
		assert_int_equal(o.frames[0].wire, 60);
		assert_int_equal(o.frames[0].number, 1);
		assert_int_equal(o.frames[0].link_type, LINK_RAW);
		assert_int_equal(o.first_byte[0], 0x45);
		assert_int_equal(o.sources->interfaces, 1);
		assert_string_equal(o.sources->interface[0].name, "");
		outcome_free(&o);
		free(f.bytes);
	}
}

static void test_odd_lengths(void **state)
{
	(void)state;
	struct file f = {.little = true};
	struct outcome o;
	put_header(&f, MICRO, 4, 10, 0xf4000000 | LINK_ETHERNET); /* four bytes of checksum */
	put_record(&f, 1, 'a', 0);
	put_record(&f, 2, 'b', 12); /* more than the snap length: trimmed */
	put_record_head(&f, 3, 0, 4, 2);
	put_fill(&f, 'c', 4); /* more captured than there was: kept */
	put_record_head(&f, 4, 2000000, 0, 0);
	read_file(&o, &f);
	assert_silent_success(&o);
	assert_int_equal(o.count, 4);
	assert_int_equal(o.frames[0].captured, 0);
	assert_int_equal(o.frames[0].link_type, LINK_ETHERNET);
	assert_int_equal(o.frames[1].captured, 10);
	assert_int_equal(o.frames[1].wire, 12);
	assert_int_equal(o.first_byte[2], 'c');
	assert_int_equal(o.frames[2].captured, 4);
	assert_int_equal(o.frames[2].wire, 2);
	assert_int_equal(o.frames[3].time_ns, 6 * SECOND);
	assert_int_equal(o.frames[3].number, 4);
	outcome_free(&o);
	free(f.bytes);
}

static void test_no_packets(void **state)
{
	(void)state;
	struct file f = {.little = true};
	struct outcome o;
	put_header(&f, MICRO, 4, 0, LINK_ETHERNET);
	read_file(&o, &f);
	assert_silent_success(&o);
	assert_int_equal(o.count, 0);
	outcome_free(&o);
	free(f.bytes);
}

static void test_no_snap_length(void **state)
{
	(void)state;
	struct file f = {.little = true};
	struct outcome o;
	put_header(&f, MICRO, 4, 0, LINK_ETHERNET);
	put_record(&f, 1, 'a', 70000);
	read_file(&o, &f);
	assert_silent_success(&o);
	assert_int_equal(o.count, 1);
	assert_int_equal(o.frames[0].captured, 70000);
	outcome_free(&o);
	free(f.bytes);
}

static void test_frame_too_long(void **state)
{
	(void)state;
	struct file f = {.little = true};
	struct outcome o;
	put_header(&f, MICRO, 4, 0, LINK_ETHERNET);
	put_record(&f, 1, 'a', 10);
	put_record(&f, 2, 'b', 262145);
	read_file(&o, &f);
	assert_int_equal(o.count, 1);
	assert_true(o.failed);
	assert_said(&o, "behind frame 1 at byte 50: a frame of 262145 bytes");
	outcome_free(&o);
	free(f.bytes);
}

/* Link types of very long frames: the chunk grows. */
static void test_usb_frame(void **state)
{
	(void)state;
	enum { USBPCAP = 249 };
	struct file f = {.little = true};
	struct outcome o;
	put_header(&f, MICRO, 4, 0, USBPCAP);
	put_record(&f, 1, 1, 1 << 20);
	put_record(&f, 2, 2, 1 << 20);
	read_file(&o, &f);
	assert_silent_success(&o);
	assert_int_equal(o.count, 2);
	assert_int_equal(o.byte_sum, 3 << 20);
	outcome_free(&o);
	free(f.bytes);
}

/* Variants that are left to libpcap: other record headers, and lengths the other way round. */
static void test_variants(void **state)
{
	(void)state;
	static const struct {
		bool little;
		uint32_t magic;
		uint16_t minor;
	} rows[] = {
		{true, KUZNETZOV, 4}, {false, KUZNETZOV, 4}, {true, MICRO, 2}, {false, MICRO, 3}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct file f = {.little = rows[i].little};
		struct outcome o;
		bool kuznetzov = rows[i].magic == KUZNETZOV;
		put_header(&f, rows[i].magic, rows[i].minor, 100, LINK_RAW);
		put_u32(&f, 5);
		put_u32(&f, 6);
		put_u32(&f, kuznetzov ? 2 : 60);
		put_u32(&f, kuznetzov ? 60 : 2);
		if (kuznetzov)
			put_u64(&f, 0); /* interface, protocol, packet type, padding */
		put(&f, "\x45\x00", 2);
		read_file(&o, &f);
		assert_silent_success(&o);
		assert_int_equal(o.count, 1);
		assert_int_equal(o.frames[0].captured, 2);
		assert_int_equal(o.frames[0].wire, 60);
		assert_int_equal(o.frames[0].time_ns, 5 * SECOND + 6000);
		assert_int_equal(o.frames[0].link_type, LINK_RAW);
		assert_int_equal(o.first_byte[0], 0x45);
		outcome_free(&o);
		read_prefix(&o, &f, f.length - 1);
		assert_true(o.failed);
		assert_int_equal(o.stats.truncated, 1);
		assert_said(&o, "truncated");
		outcome_free(&o);
		free(f.bytes);
	}
}

/* libpcap's frames are copied: more of them than fit at once, merged with another capture. */
static void test_variant_many(void **state)
{
	(void)state;
	enum { FRAMES = 40, LENGTH = 100000 };
	struct file old = {.little = true}, now = {.little = true};
	struct outcome o;
	char names[2][NAME_MAX_TEST];
	put_header(&old, MICRO, 2, 0, LINK_RAW);
	put_header(&now, MICRO, 4, 0, LINK_RAW);
	for (uint32_t i = 0; i < FRAMES; i++) {
		put_record(&old, 2 * i, 1, LENGTH);
		put_record(&now, 2 * i + 1, 2, LENGTH);
	}
	file_name(&old, old.length, names[0]);
	file_name(&now, now.length, names[1]);
	read_names(&o, (const char *[]){names[0], names[1]}, 2, NULL);
	assert_silent_success(&o);
	assert_true(o.ordered);
	assert_int_equal(o.count, 2 * FRAMES);
	assert_int_equal(o.byte_sum, 3 * FRAMES * LENGTH);
	file_remove(names[0]);
	file_remove(names[1]);
	outcome_free(&o);
	free(old.bytes);
	free(now.bytes);
}

static void test_every_prefix(void **state)
{
	(void)state;
	enum { HEADER = 24, RECORD = 16 + 5 };
	struct file f = {.little = false};
	put_header(&f, MICRO, 4, 0, LINK_ETHERNET);
	for (uint32_t i = 0; i < 3; i++)
		put_record(&f, i, 'x', 5);
	for (size_t length = 0; length <= f.length; length++) {
		struct outcome o;
		read_prefix(&o, &f, length);
		size_t records = length < HEADER ? 0 : (length - HEADER) / RECORD;
		bool clean = length >= HEADER && (length - HEADER) % RECORD == 0;
		assert_int_equal(o.opened, length >= HEADER);
		assert_int_equal(o.count, records);
		assert_int_equal(o.failed, length > HEADER && !clean);
		assert_int_equal(o.stats.truncated, o.failed);
		assert_int_equal(o.messages_length == 0, clean);
		outcome_free(&o);
	}
	struct outcome o;
	read_prefix(&o, &f, f.length - 2);
	assert_said(&o, "cut off in frame 3 at byte 85: 2 bytes of the frame are missing");
	outcome_free(&o);
	free(f.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orders_and_resolutions),
		cmocka_unit_test(test_odd_lengths),
		cmocka_unit_test(test_no_packets),
		cmocka_unit_test(test_no_snap_length),
		cmocka_unit_test(test_frame_too_long),
		cmocka_unit_test(test_usb_frame),
		cmocka_unit_test(test_variants),
		cmocka_unit_test(test_variant_many),
		cmocka_unit_test(test_every_prefix),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
