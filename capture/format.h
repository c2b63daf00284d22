/*
 * A savefile that is open, and the file formats it may have. A format is one struct of functions
 * and one row of the table in input.c.
 */
#ifndef SEEP_CAPTURE_FORMAT_H
#define SEEP_CAPTURE_FORMAT_H

#include "capture/chunk.h"
#include "core/frame.h"
#include "core/source.h"
#include "core/stats.h"

struct format;
struct secrets;

struct input {
	struct chunk chunk;
	const struct format *format;
	void *state;     /* the format's own; freed with free() after `close` */
	uint64_t number; /* of the last frame */
	const char *name;
	struct source_table *sources;
	struct stats *stats;
	struct secrets *secrets; /* where those it brings along go */
	uint16_t capture;        /* index into sources->captures */
	uint8_t rank;            /* whose frame comes first of two with one time: the lower */
	bool ended;
	bool failed;
	struct frame pending; /* the next one to be merged */
};

/* What a format's `next` came to. */
enum input_step {
	INPUT_FRAME,
	INPUT_NOTHING, /* read something that is no frame: ask again */
	INPUT_MORE,    /* `more` is due, after which the frames given out are gone */
	INPUT_END,     /* or a failure: input->failed */
};

struct format {
	const char *name;
	/* Whether the first bytes of a file (INPUT_HEAD, or fewer in a shorter file) are its.
	 * libpcap has none: it gets what is left. */
	bool (*probe)(struct reader head);
	/* Reads the file's header; false with the reason printed. */
	bool (*open)(struct input *in);
	enum input_step (*next)(struct input *in, struct frame *frame);
	void (*more)(struct input *in);
	void (*close)(struct input *in); /* or NULL */
};

extern const struct format format_pcap, format_pcapng, format_libpcap;

#define INPUT_HEAD 24

/* Opens a file ("-" is standard input). -1 with the reason printed. */
int input_descriptor(const char *name);
/* Recognises a file's format and reads its header. NULL with the reason printed. Owns `fd` either
 * way. */
struct input *input_open(int fd, const char *name, uint16_t capture, struct source_table *sources,
	struct stats *stats, struct secrets *secrets);
void input_close(struct input *in);

/* The `more` of formats whose frames lie in the chunk. */
void input_fill(struct input *in);

/* The record at the start of the view is not wholly there: wait for `need` bytes, or when there are
 * no more come to an end, which is a clean one only with an empty view. */
enum input_step input_short(struct input *in, size_t need, bool in_frame);

/* The file ends `missing` bytes too early: prints and counts it. */
enum input_step input_cut(struct input *in, uint64_t missing, bool in_frame);

/* What stands at the offset `at` is wrong: prints it. */
__attribute__((format(printf, 3, 4))) enum input_step input_broken(
	struct input *in, uint64_t at, const char *format, ...);

/* Adds an interface of this capture to the sources; -1 with the reason printed when there is no
 * room. */
int input_interface(struct input *in, const char *name, uint16_t link_type);

/* The longest frame that is believed, as libpcap has it for the link type. It also stands for a
 * snap length of 0 or beyond what libpcap takes. */
uint32_t input_frame_max(uint16_t link_type);
uint32_t input_snap_length(uint32_t in_file, uint16_t link_type);

/* Integers in the order of the machine that wrote the file. */
static inline uint16_t input_u16(struct reader *r, bool little)
{
	return little ? reader_le16(r) : reader_u16(r);
}

static inline uint32_t input_u32(struct reader *r, bool little)
{
	return little ? reader_le32(r) : reader_u32(r);
}

static inline uint64_t input_u64(struct reader *r, bool little)
{
	uint64_t first = input_u32(r, little), second = input_u32(r, little);
	if (r->failed)
		return 0;
	return little ? second << 32 | first : first << 32 | second;
}

#endif
