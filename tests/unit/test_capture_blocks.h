/*
 * For the tests of pcapng: its blocks, put together field by field.
 */
#ifndef SEEP_TEST_CAPTURE_BLOCKS_H
#define SEEP_TEST_CAPTURE_BLOCKS_H

#include "tests/unit/test_capture_file.h"

enum {
	SECTION = 0x0a0d0d0a,
	INTERFACE = 1,
	PACKET = 2,
	SIMPLE = 3,
	STATISTICS = 5,
	ENHANCED = 6,
	UNKNOWN = 0x0bad,
};

/* A block is begun, filled, and ended, which writes both its lengths. */
static inline size_t block_begin(struct file *f, uint32_t type)
{
	size_t start = f->length;
	put_u32(f, type);
	put_u32(f, 0);
	return start;
}

static inline void block_end(struct file *f, size_t start)
{
	put_fill(f, 0, -f->length & 3U);
	uint32_t length = (uint32_t)(f->length + 4 - start);
	size_t end = f->length;
	f->length = start + 4;
	put_u32(f, length);
	f->length = end;
	put_u32(f, length);
}

static inline void put_section(struct file *f, bool little)
{
	f->little = little;
	size_t start = block_begin(f, SECTION);
	put_u32(f, 0x1a2b3c4d);
	put_u16(f, 1); /* version */
	put_u16(f, 0);
	put_u64(f, UINT64_MAX); /* length: not known */
	block_end(f, start);
}

static inline void put_option(struct file *f, uint16_t code, const void *value, uint16_t length)
{
	put_u16(f, code);
	put_u16(f, length);
	put(f, value, length);
	put_fill(f, 0, -length & 3U);
}

enum { NO_RESOLUTION = 0 };

static inline void put_interface(struct file *f, const char *name, uint16_t link_type,
	uint32_t snap_length, uint8_t resolution, int64_t offset)
{
	size_t start = block_begin(f, INTERFACE);
	put_u16(f, link_type);
	put_u16(f, 0);
	put_u32(f, snap_length);
	if (name)
		put_option(f, 2, name, (uint16_t)strlen(name));
	if (resolution != NO_RESOLUTION)
		put_option(f, 9, &resolution, 1);
	if (offset) {
		put_u16(f, 14);
		put_u16(f, 8);
		put_u64(f, (uint64_t)offset);
	}
	put_option(f, 0, "", 0);
	block_end(f, start);
}

static inline void put_enhanced(struct file *f, uint32_t interface, uint64_t time,
	const char *bytes, uint32_t wire, uint32_t flags)
{
	size_t start = block_begin(f, ENHANCED);
	put_u32(f, interface);
	put_u32(f, (uint32_t)(time >> 32));
	put_u32(f, (uint32_t)time);
	put_u32(f, (uint32_t)strlen(bytes));
	put_u32(f, wire);
	put(f, bytes, strlen(bytes));
	put_fill(f, 0, -strlen(bytes) & 3U);
	if (flags) {
		put_option(f, 1, "a comment", 9);
		put_u16(f, 2);
		put_u16(f, 4);
		put_u32(f, flags);
	}
	block_end(f, start);
}

static inline void put_simple(struct file *f, const char *bytes, uint32_t wire)
{
	size_t start = block_begin(f, SIMPLE);
	put_u32(f, wire);
	put(f, bytes, strlen(bytes));
	block_end(f, start);
}

static inline void put_unknown(struct file *f, uint32_t length)
{
	size_t start = block_begin(f, UNKNOWN);
	put_fill(f, 0xff, length);
	block_end(f, start);
}

#endif
