/*
 * Opening a savefile and telling its format, and the words for what is wrong with it. Each failure
 * is printed once, here: the file as the user named it, the frame, the byte offset, what it was,
 * and what follows from it.
 */
#include "capture/compressed.h"
#include "capture/format.h"

#include "core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct format *const formats[] = {&format_pcap, &format_pcapng};

/* Maximum frame lengths of libpcap: MAXIMUM_SNAPLEN, and link types with frames beyond it. */
#define FRAME_MAX         262144U
#define FRAME_MAX_DBUS    (128U << 20)
#define FRAME_MAX_EBHSCR  (8U << 20)
#define FRAME_MAX_USBPCAP (1U << 20)
enum { LINK_DBUS = 231, LINK_USBPCAP = 249, LINK_EBHSCR = 279 };

uint32_t input_frame_max(uint16_t link_type)
{
	switch (link_type) {
	case LINK_DBUS:
		return FRAME_MAX_DBUS;
	case LINK_EBHSCR:
		return FRAME_MAX_EBHSCR;
	case LINK_USBPCAP:
		return FRAME_MAX_USBPCAP;
	default:
		return FRAME_MAX;
	}
}

uint32_t input_snap_length(uint32_t in_file, uint16_t link_type)
{
	return in_file == 0 || in_file > INT_MAX ? input_frame_max(link_type) : in_file;
}

int input_descriptor(const char *name)
{
	if (strcmp(name, "-") == 0)
		return STDIN_FILENO;
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		log_message("%s: cannot be opened: %s", name, strerror(errno));
		return -1;
	}
	struct stat status;
	if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
		log_message("%s: is a directory, not a capture", name);
		close(fd);
		return -1;
	}
	return fd;
}

/* The first bytes, unpacked where they are packed; false when they cannot be read. */
static bool input_start(struct input *in)
{
	struct chunk *c = &in->chunk;
	c->need = INPUT_HEAD;
	chunk_fill(c);
	if (c->error || !unpacker_knows(c->view))
		return !c->error;
	if (!chunk_unpack(c)) {
		c->error = ENOMEM;
		return false;
	}
	chunk_fill(c);
	/* What breaks off behind the first bytes is told when they were read. */
	return !c->error || reader_left(&c->view) >= INPUT_HEAD;
}

static bool input_recognise(struct input *in)
{
	if (!input_start(in)) {
		log_message("%s: cannot be read: %s", in->name, chunk_error(&in->chunk));
		return false;
	}
	struct reader head = in->chunk.view;
	if (reader_left(&head) == 0) {
		log_message("%s: is empty, not a capture", in->name);
		return false;
	}
	reader_limit(&head, INPUT_HEAD);
	in->format = &format_libpcap; /* is asked about what none of ours knows */
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (formats[i]->probe(head))
			in->format = formats[i];
	}
	return in->format->open(in);
}

struct input *input_open(int fd, const char *name, uint16_t capture, struct source_table *sources,
	struct stats *stats, struct secrets *secrets)
{
	struct input *in = calloc(1, sizeof(*in));
	if (!in || !chunk_open(&in->chunk, fd)) {
		log_message("%s: cannot be read: %s", name, strerror(ENOMEM));
		free(in);
		if (fd != STDIN_FILENO)
			close(fd);
		return NULL;
	}
	in->name = name;
	in->capture = capture;
	in->sources = sources;
	in->stats = stats;
	in->secrets = secrets;
	if (input_recognise(in))
		return in;
	input_close(in);
	return NULL;
}

void input_close(struct input *in)
{
	if (in->state && in->format->close)
		in->format->close(in);
	free(in->state);
	chunk_close(&in->chunk);
	free(in);
}

void input_fill(struct input *in)
{
	chunk_fill(&in->chunk);
}

enum input_step input_short(struct input *in, size_t need, bool in_frame)
{
	size_t left = reader_left(&in->chunk.view);
	if (!in->chunk.ended) {
		in->chunk.need = need;
		return INPUT_MORE;
	}
	if (left == 0 && !in->chunk.error)
		return INPUT_END;
	return input_cut(in, need - left, in_frame);
}

enum input_step input_cut(struct input *in, uint64_t missing, bool in_frame)
{
	if (in->chunk.interrupted)
		return INPUT_END;
	in->failed = true;
	if (in->chunk.error) {
		in->stats->truncated += in->chunk.reason != NULL;
		log_message("%s: cannot be read behind frame %" PRIu64 " at byte %" PRIu64
			    "%s: %s; judged up to there",
			in->name, in->number, in->chunk.offset,
			in->chunk.unpacker ? " of what it unpacks to" : "",
			chunk_error(&in->chunk));
		return INPUT_END;
	}
	in->stats->truncated++;
	if (in_frame)
		log_message("%s: cut off in frame %" PRIu64 " at byte %" PRIu64 ": %" PRIu64
			    " bytes of the frame are missing; judged up to there",
			in->name, in->number + 1, in->chunk.offset, missing);
	else
		log_message("%s: cut off between frames at byte %" PRIu64 ": %" PRIu64
			    " bytes of a block are missing; judged up to there, %" PRIu64 " frames",
			in->name, in->chunk.offset, missing, in->number);
	return INPUT_END;
}

#define REASON_MAX 256

enum input_step input_broken(struct input *in, uint64_t at, const char *format, ...)
{
	char reason[REASON_MAX];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	in->failed = true;
	if (in->number)
		log_message("%s: broken behind frame %" PRIu64 " at byte %" PRIu64
			    ": %s; judged up to there",
			in->name, in->number, at, reason);
	else
		log_message("%s: broken at byte %" PRIu64 ": %s; nothing of it was judged",
			in->name, at, reason);
	return INPUT_END;
}

int input_interface(struct input *in, const char *name, uint16_t link_type)
{
	int index = source_add_interface(in->sources, in->capture, name, link_type);
	if (index < 0) {
		in->failed = true;
		log_message("%s: more than %d interfaces in all captures; judged up to there",
			in->name, SOURCE_INTERFACES_MAX);
	}
	return index;
}
