/*
 * What pcapng files say besides frames: how many were dropped, and secrets to decrypt by. Names,
 * comments and the blocks of others are stepped over.
 */
#include "tests/unit/test_capture_blocks.h"

#include "capture/secrets.h"
#include "core/link_type.h"

enum { NAMES = 4, SECRETS = 10, CUSTOM = 0x40000bad, TLS_KEY_LOG = 0x544c534b };
enum { NO_DROPS = -1 };

/* An Interface Statistics Block with isb_ifdrop and isb_osdrop. */
static void put_statistics(struct file *f, uint32_t interface, int interface_drops, int os_drops)
{
	size_t start = block_begin(f, STATISTICS);
	put_u32(f, interface);
	put_u64(f, 1);
	put_u16(f, 4); /* isb_ifrecv */
	put_u16(f, 8);
	put_u64(f, 1000);
	if (interface_drops != NO_DROPS) {
		put_u16(f, 5);
		put_u16(f, 8);
		put_u64(f, (uint64_t)interface_drops);
	}
	if (os_drops != NO_DROPS) {
		put_u16(f, 7);
		put_u16(f, 8);
		put_u64(f, (uint64_t)os_drops);
	}
	put_option(f, 0, "", 0);
	block_end(f, start);
}

/* A frame that says how many were lost before it. */
static void put_dropped(struct file *f, uint32_t interface, uint64_t drops)
{
	size_t start = block_begin(f, ENHANCED);
	put_u32(f, interface);
	put_u64(f, 0);
	put_u32(f, 1);
	put_u32(f, 1);
	put_fill(f, 'x', 4);
	put_option(f, 1, "a comment", 9);
	put_u16(f, 4);
	put_u16(f, 8);
	put_u64(f, drops);
	put_u16(f, 2);
	put_u16(f, 4);
	put_u32(f, 2);
	put_option(f, 0, "", 0);
	block_end(f, start);
}

static void put_obsolete(struct file *f, uint16_t interface, uint16_t drops)
{
	size_t start = block_begin(f, PACKET);
	put_u16(f, interface);
	put_u16(f, drops);
	put_u64(f, 0);
	put_u32(f, 1);
	put_u32(f, 1);
	put_fill(f, 'x', 4);
	block_end(f, start);
}

static void file_begin(struct file *f, bool little)
{
	put_section(f, little);
	put_interface(f, "eth0", LINK_ETHERNET, 0, NO_RESOLUTION, 0);
	put_interface(f, "tun0", LINK_RAW, 0, NO_RESOLUTION, 0);
}

static void test_statistics(void **state)
{
	(void)state;
	for (int little = 0; little <= 1; little++) {
		struct file f = {0};
		struct outcome o;
		file_begin(&f, little);
		put_statistics(&f, 0, 3, 5);
		put_statistics(&f, 1, NO_DROPS, 20);
		put_statistics(&f, 0, 4, 7); /* counts from the beginning, not from the last */
		put_statistics(&f, 0, 4, NO_DROPS);
		put_statistics(&f, 2, 100, 100); /* not described */
		file_begin(&f, little);
		put_statistics(&f, 0, 1, 1);
		read_file(&o, &f);
		assert_silent_success(&o);
		assert_int_equal(o.stats.kernel_ifdrops, 4 + 1);
		assert_int_equal(o.stats.kernel_drops, 7 + 20 + 1);
		outcome_free(&o);
		free(f.bytes);
	}
}

/* The same drops may be told twice. */
static void test_drops_of_packets(void **state)
{
	(void)state;
	struct file f = {0};
	struct outcome o;
	file_begin(&f, true);
	put_dropped(&f, 0, 2);
	put_dropped(&f, 1, 0);
	put_dropped(&f, 0, 3);
	put_obsolete(&f, 1, 4);
	put_obsolete(&f, 1, 0xffff); /* not known */
	put_statistics(&f, 0, NO_DROPS, 5);
	put_statistics(&f, 1, NO_DROPS, 6);
	read_file(&o, &f);
	assert_silent_success(&o);
	assert_int_equal(o.count, 5);
	assert_int_equal(o.frames[0].direction, DIRECTION_OUT);
	assert_int_equal(o.stats.kernel_drops, 5 + 6);
	outcome_free(&o);
	free(f.bytes);
}

/* Nothing depends on them, so broken ones cost nothing; the file is still read to its end. */
static void test_broken_extras(void **state)
{
	(void)state;
	struct file f = {0};
	struct outcome o;
	file_begin(&f, true);
	block_end(&f, block_begin(&f, STATISTICS));
	block_end(&f, block_begin(&f, SECRETS));
	size_t start = block_begin(&f, SECRETS);
	put_u32(&f, TLS_KEY_LOG);
	put_u32(&f, 1000000);
	put_u32(&f, 0);
	block_end(&f, start);
	start = block_begin(&f, STATISTICS);
	put_u32(&f, 0);
	put_u64(&f, 0);
	put_u16(&f, 7);
	put_u16(&f, 4); /* too short for a counter */
	put_u32(&f, 77);
	block_end(&f, start);
	start = block_begin(&f, SECRETS);
	put_fill(&f, 'x', (16 << 20) + 4); /* more than is read of a block */
	block_end(&f, start);
	put_enhanced(&f, 0, 1, "E", 1, 0);
	read_file(&o, &f);
	assert_silent_success(&o);
	assert_int_equal(o.count, 1);
	assert_int_equal(o.stats.kernel_drops, 0);
	assert_int_equal(o.stats.secrets, 0);
	outcome_free(&o);
	free(f.bytes);
}

static void test_stepped_over(void **state)
{
	(void)state;
	static const uint32_t types[] = {NAMES, UNKNOWN, CUSTOM, 9 /* journal */, 0x80000001};
	struct file f = {0};
	struct outcome o;
	file_begin(&f, false);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t start = block_begin(&f, types[i]);
		put_fill(&f, 0xff, 100 * i);
		block_end(&f, start);
		put_enhanced(&f, 0, 1, "E", 1, 1);
	}
	read_file(&o, &f);
	assert_silent_success(&o);
	assert_int_equal(o.count, sizeof(types) / sizeof(types[0]));
	outcome_free(&o);
	free(f.bytes);
}

static void put_secret(struct file *f, uint32_t type, const char *text)
{
	size_t start = block_begin(f, SECRETS);
	put_u32(f, type);
	put_u32(f, (uint32_t)strlen(text));
	put(f, text, strlen(text));
	put_fill(f, 0, -strlen(text) & 3U);
	put_option(f, 1, "a comment", 9);
	block_end(f, start);
}

static void test_secrets(void **state)
{
	(void)state;
	struct file f = {0};
	char name[NAME_MAX_TEST];
	const struct capture_options options = {0};
	struct stats stats = {0};
	struct batch batch;
	put_section(&f, true);
	put_secret(&f, TLS_KEY_LOG, "CLIENT_RANDOM 00 11\n");
	put_interface(&f, "eth0", LINK_ETHERNET, 0, NO_RESOLUTION, 0);
	put_secret(&f, 0x57474b4c, "odd"); /* WireGuard */
	put_enhanced(&f, 0, 1, "E", 1, 0);
	file_name(&f, f.length, name);
	struct source_table *sources = source_table_new();
	struct capture *c = capture_new(&options, sources, &stats);
	assert_true(capture_add(c, name, ROLE_AUTO));
	assert_true(capture_add(c, name, ROLE_AUTO));
	do
		capture_next(c, &batch);
	while (batch.count);
	assert_int_equal(stats.secrets, 4);
	assert_int_equal(stats.secrets_refused, 0);
	const struct capture_secret *tls = capture_secret(c, 0), *last = capture_secret(c, 3);
	assert_int_equal(tls->type, TLS_KEY_LOG);
	assert_int_equal(tls->length, 20);
	assert_memory_equal(tls->bytes, "CLIENT_RANDOM 00 11\n", 20);
	assert_int_equal(last->type, 0x57474b4c);
	assert_int_equal(last->length, 3);
	assert_int_equal(last->capture, 1);
	assert_null(capture_secret(c, 4));
	capture_free(c);
	free(sources);
	file_remove(name);
	free(f.bytes);
}

static void test_secrets_are_limited(void **state)
{
	(void)state;
	struct secrets *s = calloc(1, sizeof(*s));
	size_t most = SECRETS_BYTES_MAX - 1;
	uint8_t *bytes = calloc(1, most);
	assert_true(secrets_add(s, 0, 1, reader_make(bytes, most, false)));
	assert_false(secrets_add(s, 0, 1, reader_make(bytes, 2, false)));
	assert_true(secrets_add(s, 0, 1, reader_make(bytes, 1, false)));
	assert_false(secrets_add(s, 0, 1, reader_make(bytes, 1, false)));
	for (uint32_t i = 2; i < SECRETS_MAX; i++)
		assert_true(secrets_add(s, 0, 1, reader_make(bytes, 0, false)));
	assert_false(secrets_add(s, 0, 1, reader_make(bytes, 0, false)));
	secrets_clear(s);
	assert_int_equal(s->count, 0);
	free(bytes);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statistics),
		cmocka_unit_test(test_drops_of_packets),
		cmocka_unit_test(test_broken_extras),
		cmocka_unit_test(test_stepped_over),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_secrets_are_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
