/*
 * For the tests of capture/: savefiles put together field by field, and what comes out of reading
 * them, the messages included.
 */
#ifndef SEEP_TEST_CAPTURE_FILE_H
#define SEEP_TEST_CAPTURE_FILE_H

#include "capture/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A file in the making. */
struct file {
	uint8_t *bytes;
	size_t length, room;
	bool little;
};

static inline void put(struct file *f, const void *bytes, size_t length)
{
	if (f->length + length > f->room) {
		f->room = 2 * (f->length + length);
		f->bytes = realloc(f->bytes, f->room);
		assert_non_null(f->bytes);
	}
	if (length)
		memcpy(f->bytes + f->length, bytes, length);
	f->length += length;
}

static inline void put_fill(struct file *f, uint8_t byte, size_t length)
{
	while (length--)
		put(f, &byte, 1);
}

/* The low `size` bytes of a value, in the file's byte order. */
static inline void put_int(struct file *f, uint64_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++) {
		unsigned shift = 8 * (f->little ? i : size - 1 - i);
		uint8_t byte = (uint8_t)(value >> shift);
		put(f, &byte, 1);
	}
}

static inline void put_u16(struct file *f, uint16_t value)
{
	put_int(f, value, sizeof(value));
}

static inline void put_u32(struct file *f, uint32_t value)
{
	put_int(f, value, sizeof(value));
}

static inline void put_u64(struct file *f, uint64_t value)
{
	put_int(f, value, sizeof(value));
}

/* Classic pcap. */
enum { MICRO = 0xa1b2c3d4, NANO = 0xa1b23c4d, KUZNETZOV = 0xa1b2cd34 };

static inline void put_header(
	struct file *f, uint32_t magic, uint16_t minor, uint32_t snap_length, uint32_t link_type)
{
	put_u32(f, magic);
	put_u16(f, 2); /* version */
	put_u16(f, minor);
	put_u32(f, 0); /* time zone */
	put_u32(f, 0); /* accuracy */
	put_u32(f, snap_length);
	put_u32(f, link_type);
}

static inline void put_record_head(
	struct file *f, uint32_t seconds, uint32_t fraction, uint32_t captured, uint32_t wire)
{
	put_u32(f, seconds);
	put_u32(f, fraction);
	put_u32(f, captured);
	put_u32(f, wire);
}

/* A whole frame that consists of one byte again and again. */
static inline void put_record(struct file *f, uint32_t seconds, uint8_t byte, uint32_t length)
{
	put_record_head(f, seconds, 0, length, length);
	put_fill(f, byte, length);
}

#define SECOND UINT64_C(1000000000)

#define NAME_MAX_TEST 32

/* Gives the first `length` bytes of the file a name in the file system; file_remove takes it away.
 * A real file, because /dev/fd is not there in a bare root file system. */
static inline void file_name(const struct file *f, size_t length, char name[NAME_MAX_TEST])
{
	strcpy(name, "/tmp/seep-test-XXXXXX");
	int fd = mkstemp(name);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, f->bytes, length), length);
	close(fd);
}

static inline void file_remove(const char *name)
{
	unlink(name);
}

#define OUTCOME_FRAMES 64

/* What reading came to. Frames beyond OUTCOME_FRAMES are only counted and checked for order. */
struct outcome {
	struct source_table *sources;
	struct stats stats;
	bool opened, failed;
	bool ordered; /* times never ran backwards */
	uint64_t count, byte_sum;
	struct frame frames[OUTCOME_FRAMES]; /* their bytes are gone */
	uint8_t first_byte[OUTCOME_FRAMES];
	char *messages;
	size_t messages_length;
};

static inline void outcome_frame(struct outcome *o, const struct frame *f, uint64_t last_ns)
{
	o->ordered &= f->time_ns >= last_ns;
	for (uint32_t i = 0; i < f->captured; i++)
		o->byte_sum += f->bytes[i];
	if (o->count < OUTCOME_FRAMES) {
		o->frames[o->count] = *f;
		o->first_byte[o->count] = f->captured ? f->bytes[0] : 0;
	}
	o->count++;
}

/* Reads captures to their end. */
static inline void read_names(
	struct outcome *o, const char *const *names, size_t count, const char *filter)
{
	const struct capture_options options = {.filter = filter};
	struct batch batch;
	uint64_t last_ns = 0;
	*o = (struct outcome){.sources = source_table_new(), .opened = true, .ordered = true};
	FILE *terminal = stderr;
	stderr = open_memstream(&o->messages, &o->messages_length);
	struct capture *c = capture_new(&options, o->sources, &o->stats);
	for (size_t i = 0; i < count; i++)
		o->opened &= capture_add(c, names[i], ROLE_AUTO);
	for (capture_next(c, &batch); batch.count; capture_next(c, &batch)) {
		for (uint32_t i = 0; i < batch.count; i++) {
			outcome_frame(o, &batch.frames[i], last_ns);
			last_ns = batch.frames[i].time_ns;
		}
	}
	o->failed = capture_failed(c);
	capture_free(c);
	fclose(stderr);
	stderr = terminal;
}

static inline void outcome_free(struct outcome *o)
{
	free(o->sources);
	free(o->messages);
}

static inline void read_prefix(struct outcome *o, const struct file *f, size_t length)
{
	char name[NAME_MAX_TEST];
	const char *names[] = {name};
	file_name(f, length, name);
	read_names(o, names, 1, NULL);
	file_remove(name);
}

static inline void read_file(struct outcome *o, const struct file *f)
{
	read_prefix(o, f, f->length);
}

static inline void assert_said(const struct outcome *o, const char *text)
{
	if (!strstr(o->messages, text))
		fail_msg("expected \"%s\" in: %s", text, o->messages);
}

static inline void assert_silent_success(const struct outcome *o)
{
	assert_string_equal(o->messages, "");
	assert_true(o->opened);
	assert_false(o->failed);
}

#endif
