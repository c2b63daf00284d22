/*
 * Packed captures: what comes out is what the same file gives unpacked, however it was packed and
 * wherever it breaks off, and bombs are stopped.
 */
#include "tests/unit/test_capture_file.h"

#include "capture/compressed.h"
#include "core/link_type.h"

#include <zlib.h>

#define FRAMES      400
#define FRAME_BYTES 1000

static struct file capture_make(void)
{
	struct file f = {.little = true};
	put_header(&f, MICRO, 4, 0, LINK_ETHERNET);
	for (uint32_t i = 0; i < FRAMES; i++)
		put_record(&f, i, (uint8_t)(i * 7), FRAME_BYTES);
	return f;
}

/* One gzip member of some bytes. */
static void put_gzip(struct file *f, const void *bytes, size_t length)
{
	z_stream z = {0};
	uint8_t *out = malloc(compressBound(length) + 64);
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, 0), Z_OK);
	uint8_t *copy = malloc(length + 1);
	memcpy(copy, bytes, length);
	z.next_in = copy;
	z.avail_in = (uInt)length;
	z.next_out = out;
	z.avail_out = (uInt)compressBound(length) + 64;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	put(f, out, z.total_out);
	deflateEnd(&z);
	free(copy);
	free(out);
}

/* RFC 8878 §3.1.1: a frame without content size or checksum, its window 1 MiB. */
static void zstd_begin(struct file *f)
{
	f->little = true;
	put_u32(f, 0xfd2fb528);
	put_u16(f, 0x5000);
}

enum { BLOCK_RAW = 0, BLOCK_RLE = 1, BLOCK_BYTES = 100000 };

/* §3.1.1.2 */
static void zstd_block(struct file *f, unsigned type, uint32_t size, bool last)
{
	put_int(f, (uint64_t)size << 3 | type << 1 | last, 3);
}

static void put_zstd(struct file *f, const uint8_t *bytes, size_t length)
{
	zstd_begin(f);
	for (size_t at = 0; at < length; at += BLOCK_BYTES) {
		size_t n = length - at < BLOCK_BYTES ? length - at : BLOCK_BYTES;
		zstd_block(f, BLOCK_RAW, (uint32_t)n, at + n == length);
		put(f, bytes + at, n);
	}
}

static void reads_as(const struct file *packed, uint64_t frames)
{
	struct outcome o;
	read_file(&o, packed);
	assert_silent_success(&o);
	assert_int_equal(o.count, frames);
	assert_int_equal(o.frames[63].time_ns, 63 * SECOND);
	outcome_free(&o);
}

static void test_whole(void **state)
{
	(void)state;
	struct file f = capture_make();
	struct file rows[7] = {0};
	put_gzip(&rows[0], f.bytes, f.length);
	/* Two members, which part a frame, then a tape's padding. */
	put_gzip(&rows[1], f.bytes, 5000);
	put_gzip(&rows[1], f.bytes + 5000, f.length - 5000);
	put_fill(&rows[1], 0, 10000);
	/* The magic number is parted, too, and one member is empty. */
	put_gzip(&rows[2], f.bytes, 2);
	put_gzip(&rows[2], "", 0);
	put_gzip(&rows[2], f.bytes + 2, f.length - 2);
	put_zstd(&rows[3], f.bytes, f.length);
	put_zstd(&rows[4], f.bytes, 5000);
	put_zstd(&rows[4], f.bytes + 5000, f.length - 5000);
	/* A skippable frame (§3.1.2) between two. */
	put_zstd(&rows[5], f.bytes, 3);
	put_u32(&rows[5], 0x184d2a50);
	put_u32(&rows[5], 4);
	put_u32(&rows[5], 0);
	put_zstd(&rows[5], f.bytes + 3, f.length - 3);
	/* One before the first, as pzstd writes it. */
	rows[6].little = true;
	put_u32(&rows[6], 0x184d2a5f);
	put_u32(&rows[6], 4);
	put_u32(&rows[6], 0);
	put_zstd(&rows[6], f.bytes, f.length);
	for (size_t i = 0; i < 7; i++) {
		reads_as(&rows[i], FRAMES);
		free(rows[i].bytes);
	}
	free(f.bytes);
}

/* No prefix passes for the whole, and each frame that is there is read. */
static void test_every_prefix(void **state)
{
	(void)state;
	struct file f = {.little = true};
	put_header(&f, MICRO, 4, 0, LINK_ETHERNET);
	put_record(&f, 1, 1, 30);
	put_record(&f, 2, 2, 30);
	for (int zstd = 0; zstd <= 1; zstd++) {
		struct file packed = {0};
		if (zstd)
			put_zstd(&packed, f.bytes, f.length);
		else
			put_gzip(&packed, f.bytes, f.length);
		for (size_t length = zstd ? 4 : 2; length < packed.length; length++) {
			struct outcome o;
			read_prefix(&o, &packed, length);
			assert_true(o.failed || !o.opened);
			assert_said(
				&o, zstd ? "its zstd data is cut off" : "its gzip data is cut off");
			assert_ptr_equal(
				strchr(o.messages, '\n'), o.messages + o.messages_length - 1);
			outcome_free(&o);
		}
		free(packed.bytes);
	}
	free(f.bytes);
}

static void test_broken(void **state)
{
	(void)state;
	struct file f = capture_make();
	struct outcome o;
	struct file gzip = {0}, zstd = {0}, behind = {0};
	put_gzip(&gzip, f.bytes, f.length);
	gzip.bytes[gzip.length - 8] ^= 1; /* its checksum */
	read_file(&o, &gzip);
	assert_true(o.failed);
	assert_int_equal(o.count, FRAMES);
	assert_said(&o,
		"cannot be read behind frame 400 at byte 406424 of what it unpacks to: "
		"its gzip data is corrupt; judged up to there");
	outcome_free(&o);
	put_zstd(&zstd, f.bytes, f.length);
	zstd.bytes[6 + 3 * (3 + BLOCK_BYTES)] |= 3 << 1; /* a block of a reserved type */
	read_file(&o, &zstd);
	assert_true(o.failed);
	/* libzstd gives nothing of the piece that the bad block is in. */
	assert_in_range(o.count, BLOCK_BYTES / (FRAME_BYTES + 16), FRAMES - 1);
	assert_said(&o, "its zstd data is corrupt");
	outcome_free(&o);
	put_gzip(&behind, f.bytes, f.length);
	put(&behind, "and more", 8);
	read_file(&o, &behind);
	assert_true(o.failed);
	assert_int_equal(o.count, FRAMES);
	assert_said(&o, "its gzip data is corrupt");
	outcome_free(&o);
	free(gzip.bytes);
	free(zstd.bytes);
	free(behind.bytes);
	free(f.bytes);
}

static void test_no_capture(void **state)
{
	(void)state;
	struct outcome o;
	struct file text = {0}, twice = {0}, empty = {0};
	put_gzip(&text, "dear diary, dear diary, dear diary", 34);
	read_file(&o, &text);
	assert_false(o.opened);
	assert_said(&o, "it starts with 64 65 61 72");
	outcome_free(&o);
	put_gzip(&twice, text.bytes, text.length);
	read_file(&o, &twice);
	assert_false(o.opened);
	assert_said(&o, "it starts with 1f 8b");
	outcome_free(&o);
	put_gzip(&empty, "", 0);
	read_file(&o, &empty);
	assert_false(o.opened);
	assert_said(&o, "is empty");
	outcome_free(&o);
	free(text.bytes);
	free(twice.bytes);
	free(empty.bytes);
}

/* Blocks of one byte repeated: 4 bytes become 128 KiB. */
static void test_bomb(void **state)
{
	(void)state;
	enum { BLOCK = 128 << 10, BLOCKS = 4096 };
	struct file f = {.little = true}, bomb = {0};
	struct outcome o;
	put_header(&f, MICRO, 4, 0, LINK_ETHERNET);
	zstd_begin(&bomb);
	zstd_block(&bomb, BLOCK_RAW, (uint32_t)f.length, false);
	put(&bomb, f.bytes, f.length);
	for (uint32_t i = 0; i < BLOCKS; i++) {
		zstd_block(&bomb, BLOCK_RLE, BLOCK, i + 1 == BLOCKS);
		put_fill(&bomb, 0, 1);
	}
	read_file(&o, &bomb);
	assert_true(o.failed);
	assert_said(&o, "it unpacks to more than 250 times its size; if it is a capture all the");
	assert_true(o.count * 16 >= UNPACK_RATIO_FROM - BLOCK);
	assert_true(o.count * 16 <= UNPACK_RATIO_FROM + 2 * BLOCK);
	outcome_free(&o);
	free(bomb.bytes);
	free(f.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_no_capture),
		cmocka_unit_test(test_bomb),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
