/*
 * pcapng savefiles that are broken or cut off: what was good is delivered, and one line says what
 * is wrong.
 */
#include "tests/unit/test_capture_blocks.h"

#include "core/link_type.h"

/* A frame stands in front of each damage, so that what was good is delivered. */
static void broken(const char *said, void (*damage)(struct file *f))
{
	struct file f = {0};
	struct outcome o;
	put_section(&f, true);
	put_interface(&f, "eth0", LINK_ETHERNET, 0, NO_RESOLUTION, 0);
	put_enhanced(&f, 0, 1, "E", 1, 0);
	damage(&f);
	read_file(&o, &f);
	assert_true(o.opened);
	assert_true(o.failed);
	assert_int_equal(o.count, 1);
	assert_said(&o, said);
	assert_ptr_equal(strchr(o.messages, '\n'), o.messages + o.messages_length - 1);
	outcome_free(&o);
	free(f.bytes);
}

static void damage_trailer(struct file *f)
{
	put_enhanced(f, 0, 2, "E", 1, 0);
	f->bytes[f->length - 4]++;
}

static void damage_skipped_trailer(struct file *f)
{
	put_unknown(f, 12);
	f->bytes[f->length - 4]++;
}

static void damage_length(struct file *f)
{
	put_u32(f, ENHANCED);
	put_u32(f, 33);
}

static void damage_short(struct file *f)
{
	put_u32(f, UNKNOWN);
	put_u32(f, 8);
}

static void damage_long(struct file *f)
{
	put_u32(f, ENHANCED);
	put_u32(f, 0xfffffffc);
}

static void damage_frame_length(struct file *f)
{
	size_t start = f->length;
	put_enhanced(f, 0, 2, "E", 1, 0);
	f->bytes[start + 20] = 5; /* of 4 with padding */
}

static void damage_fixed_part(struct file *f)
{
	block_end(f, block_begin(f, ENHANCED));
}

static void damage_section_order(struct file *f)
{
	put_u32(f, SECTION);
	put_u32(f, 28);
	put_u32(f, 0);
}

static void damage_section_version(struct file *f)
{
	size_t start = f->length;
	put_section(f, true);
	f->bytes[start + 12] = 2;
}

static void damage_resolution(struct file *f)
{
	put_interface(f, "eth1", LINK_ETHERNET, 0, 20, 0);
}

static void damage_resolution_binary(struct file *f)
{
	put_interface(f, "eth1", LINK_ETHERNET, 0, 0x80 | 64, 0);
}

static void damage_interface(struct file *f)
{
	block_end(f, block_begin(f, INTERFACE));
}

static void test_broken(void **state)
{
	(void)state;
	broken("a block that ends with another length", damage_trailer);
	broken("a block that ends with another length", damage_skipped_trailer);
	broken("a block of 33 bytes", damage_length);
	broken("a block of 8 bytes", damage_short);
	broken("a block of 4294967292 bytes, more than", damage_long);
	broken("a frame of 5 bytes in a block too short", damage_frame_length);
	broken("in a block too short", damage_fixed_part);
	broken("a section in no known byte order", damage_section_order);
	broken("pcapng version 2", damage_section_version);
	broken("time resolution", damage_resolution);
	broken("time resolution", damage_resolution_binary);
	broken("an interface block that is too short", damage_interface);
}

static void test_every_prefix(void **state)
{
	(void)state;
	struct file f = {0};
	size_t boundary[6], boundaries = 0;
	put_section(&f, false);
	boundary[boundaries++] = f.length;
	put_interface(&f, "eth0", LINK_ETHERNET, 0, 9, 0);
	boundary[boundaries++] = f.length;
	put_enhanced(&f, 0, 1, "hello", 5, 1);
	boundary[boundaries++] = f.length;
	put_unknown(&f, 10);
	boundary[boundaries++] = f.length;
	put_simple(&f, "world!", 6);
	boundary[boundaries++] = f.length;
	for (size_t length = 0; length <= f.length; length++) {
		struct outcome o;
		bool clean = false;
		for (size_t i = 0; i < boundaries; i++)
			clean |= length == boundary[i];
		read_prefix(&o, &f, length);
		assert_int_equal(o.opened, length >= boundary[0]);
		assert_int_equal(o.count, (length >= boundary[2]) + (length >= boundary[4]));
		assert_int_equal(o.failed, o.opened && !clean);
		assert_int_equal(o.messages_length == 0, clean);
		outcome_free(&o);
	}
	free(f.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_every_prefix),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
