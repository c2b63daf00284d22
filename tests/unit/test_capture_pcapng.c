/*
 * pcapng savefiles: sections, interfaces, all kinds of packet blocks, and blocks that are
 * skipped.
 */
#include "tests/unit/test_capture_blocks.h"

#include "capture/chunk.h"
#include "core/link_type.h"

/* Ethernet in microseconds and raw IP in nanoseconds: what libpcap refuses. */
static void test_two_interfaces(void **state)
{
	(void)state;
	for (int little = 0; little <= 1; little++) {
		struct file f = {0};
		struct outcome o;
		put_section(&f, little);
		put_interface(&f, "wlan0", LINK_ETHERNET, 0, NO_RESOLUTION, 0);
		put_interface(&f, "wg0", LINK_RAW, 96, 9, 0);
		put_enhanced(&f, 1, 3 * SECOND + 7, "tunnel", 600, 1);
		put_enhanced(&f, 0, 4000005, "ether", 5, 2);
		put_enhanced(&f, 0, 4000005, "", 0, 0);
		read_file(&o, &f);
		assert_silent_success(&o);
		assert_int_equal(o.count, 3);
		assert_int_equal(o.sources->interfaces, 2);
		assert_string_equal(o.sources->interface[0].name, "wlan0");
		assert_string_equal(o.sources->interface[1].name, "wg0");
		assert_int_equal(o.sources->interface[1].role, ROLE_TUNNEL);
		assert_int_equal(o.frames[0].interface, 1);
		assert_int_equal(o.frames[0].link_type, LINK_RAW);
		assert_int_equal(o.frames[0].time_ns, 3 * SECOND + 7);
		assert_int_equal(o.frames[0].captured, 6);
		assert_int_equal(o.frames[0].wire, 600);
		assert_int_equal(o.frames[0].direction, DIRECTION_IN);
		assert_int_equal(o.first_byte[0], 't');
		assert_int_equal(o.frames[1].interface, 0);
		assert_int_equal(o.frames[1].link_type, LINK_ETHERNET);
		assert_int_equal(o.frames[1].time_ns, 4 * SECOND + 5000);
		assert_int_equal(o.frames[1].direction, DIRECTION_OUT);
		assert_int_equal(o.frames[2].direction, DIRECTION_UNKNOWN);
		assert_int_equal(o.frames[2].number, 3);
		outcome_free(&o);
		free(f.bytes);
	}
}

static void test_resolutions(void **state)
{
	(void)state;
	static const struct {
		uint8_t resolution;
		int64_t offset;
		uint64_t time, ns;
	} rows[] = {
		{3, 0, 1500, 1500000000},
		{6, 0, 1500000, 1500000000},
		{12, 0, 1500000000999, 1500000000},
		{19, 0, UINT64_C(15000000000000000000), 1500000000},
		{0x80 | 10, 0, 1536, 1500000000},
		{0x80 | 32, 0, UINT64_C(0x180000000), 1500000000},
		{0x80 | 63, 0, UINT64_C(0xc000000000000000), 1500000000},
		{6, 100, 1500000, 101500000000},
		{6, -1, 1500000, 500000000},
		{0x80 | 10, -1, 1536, 500000000},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct file f = {0};
		struct outcome o;
		put_section(&f, i & 1);
		put_interface(&f, NULL, LINK_RAW, 0, rows[i].resolution, rows[i].offset);
		put_enhanced(&f, 0, rows[i].time, "E", 1, 0);
		read_file(&o, &f);
		assert_silent_success(&o);
		assert_int_equal(o.frames[0].time_ns, rows[i].ns);
		outcome_free(&o);
		free(f.bytes);
	}
}

/* Interface numbers start anew in each section, and so does the byte order. */
static void test_sections(void **state)
{
	(void)state;
	struct file f = {0};
	struct outcome o;
	put_section(&f, true);
	put_interface(&f, "eth0", LINK_ETHERNET, 0, NO_RESOLUTION, 0);
	put_enhanced(&f, 0, 1000000, "a", 1, 0);
	put_section(&f, false);
	put_interface(&f, "tun0", LINK_RAW, 0, NO_RESOLUTION, 0);
	put_enhanced(&f, 0, 2000000, "b", 1, 0);
	put_enhanced(&f, 1, 3000000, "c", 1, 0);
	read_file(&o, &f);
	assert_int_equal(o.count, 2);
	assert_int_equal(o.frames[0].interface, 0);
	assert_int_equal(o.frames[1].interface, 1);
	assert_int_equal(o.frames[1].link_type, LINK_RAW);
	assert_int_equal(o.frames[1].time_ns, 2 * SECOND);
	assert_true(o.failed);
	assert_said(&o, "broken behind frame 2");
	assert_said(&o, "a frame of interface 1, which is not described");
	outcome_free(&o);
	free(f.bytes);
}

static void test_simple_packets(void **state)
{
	(void)state;
	struct file f = {0};
	struct outcome o;
	put_section(&f, true);
	put_interface(&f, "eth0", LINK_ETHERNET, 4, NO_RESOLUTION, 0);
	put_simple(&f, "abc", 3);
	put_simple(&f, "defg", 1000);
	read_file(&o, &f);
	assert_silent_success(&o);
	assert_int_equal(o.count, 2);
	assert_int_equal(o.frames[0].captured, 3);
	assert_int_equal(o.frames[0].time_ns, 0);
	assert_int_equal(o.frames[1].captured, 4);
	assert_int_equal(o.frames[1].wire, 1000);
	outcome_free(&o);
	free(f.bytes);
}

static void test_obsolete_packet(void **state)
{
	(void)state;
	struct file f = {0};
	struct outcome o;
	put_section(&f, true);
	put_interface(&f, "eth0", LINK_ETHERNET, 0, NO_RESOLUTION, 0);
	size_t start = block_begin(&f, PACKET);
	put_u16(&f, 0); /* interface */
	put_u16(&f, 9); /* drops */
	put_u32(&f, 0); /* time */
	put_u32(&f, 5000000);
	put_u32(&f, 3); /* captured */
	put_u32(&f, 70);
	put(&f, "abc", 3);
	block_end(&f, start);
	read_file(&o, &f);
	assert_silent_success(&o);
	assert_int_equal(o.count, 1);
	assert_int_equal(o.frames[0].time_ns, 5 * SECOND);
	assert_int_equal(o.frames[0].captured, 3);
	assert_int_equal(o.frames[0].wire, 70);
	outcome_free(&o);
	free(f.bytes);
}

/* Blocks larger than a chunk go by without being kept, and what follows is found. */
static void test_skipped_blocks(void **state)
{
	(void)state;
	static const uint32_t lengths[] = {
		0, 4, 100, CHUNK_SIZE - 100, CHUNK_SIZE, 5 * CHUNK_SIZE / 2};
	struct file f = {0};
	struct outcome o;
	put_section(&f, true);
	put_interface(&f, "eth0", LINK_ETHERNET, 0, NO_RESOLUTION, 0);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		put_unknown(&f, lengths[i]);
		put_enhanced(&f, 0, i, "E", 1, 0);
	}
	read_file(&o, &f);
	assert_silent_success(&o);
	assert_int_equal(o.count, 6);
	assert_int_equal(o.byte_sum, 6 * 'E');
	outcome_free(&o);
	put_unknown(&f, 2 * CHUNK_SIZE);
	read_prefix(&o, &f, f.length - 1000);
	assert_int_equal(o.count, 6);
	assert_true(o.failed);
	assert_said(&o, ": 1000 bytes of a block are missing; judged up to there, 6 frames");
	outcome_free(&o);
	free(f.bytes);
}

static void test_nothing_in_it(void **state)
{
	(void)state;
	struct file f = {0};
	struct outcome o;
	put_section(&f, true);
	read_file(&o, &f);
	assert_silent_success(&o);
	assert_int_equal(o.count, 0);
	assert_int_equal(o.sources->interfaces, 0);
	outcome_free(&o);
	free(f.bytes);
}

static void test_many_interfaces(void **state)
{
	(void)state;
	struct file f = {0};
	struct outcome o;
	for (int section = 0; section < 2; section++) {
		put_section(&f, true);
		for (int i = 0; i < SOURCE_INTERFACES_MAX / 2; i++)
			put_interface(&f, "veth", LINK_ETHERNET, 0, NO_RESOLUTION, 0);
	}
	read_file(&o, &f);
	assert_silent_success(&o);
	outcome_free(&o);
	put_interface(&f, "veth", LINK_ETHERNET, 0, NO_RESOLUTION, 0);
	read_file(&o, &f);
	assert_true(o.failed);
	assert_said(&o, "more than 4096 interfaces");
	outcome_free(&o);
	free(f.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_interfaces),
		cmocka_unit_test(test_resolutions),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_simple_packets),
		cmocka_unit_test(test_obsolete_packet),
		cmocka_unit_test(test_skipped_blocks),
		cmocka_unit_test(test_nothing_in_it),
		cmocka_unit_test(test_many_interfaces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
