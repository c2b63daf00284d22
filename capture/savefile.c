/*
 * Classic pcap savefiles (draft-ietf-opsawg-pcap): micro- and nanoseconds, both byte orders. Agrees
 * with libpcap's reader packet for packet, its tolerance for wrong lengths included.
 *
 * One difference: seconds and fractions are unsigned, as the draft says, so that times reach 2106;
 * libpcap sign-extends them when the file has the machine's own byte order. Versions before 2.4 and
 * variants with other record headers are left to libpcap.
 */
#include "capture/format.h"

#include "core/log.h"

#include <inttypes.h>
#include <stdlib.h>

#define HEADER_SIZE   24
#define RECORD_HEADER 16
#define VERSION_MAJOR 2
#define VERSION_MINOR 4

enum { MAGIC_MICRO = 0xa1b2c3d4, MAGIC_NANO = 0xa1b23c4d };

#define NS_PER_SECOND UINT64_C(1000000000)

struct savefile {
	uint64_t ns_per_fraction;
	uint32_t snap_length;
	uint32_t frame_max;
	uint16_t interface; /* index into source_table.interfaces */
	uint16_t link_type;
	bool little;
};

/* Consumes the magic number; true when it is one of ours. */
static bool magic_read(struct reader *r, struct savefile *s)
{
	struct reader swapped = *r;
	uint32_t magic = reader_u32(r);
	uint32_t magic_le = reader_le32(&swapped);
	s->little = magic_le == MAGIC_MICRO || magic_le == MAGIC_NANO;
	if (s->little)
		magic = magic_le;
	s->ns_per_fraction = magic == MAGIC_NANO ? 1 : 1000;
	return magic == MAGIC_MICRO || magic == MAGIC_NANO;
}

static bool savefile_probe(struct reader head)
{
	struct savefile s;
	if (!magic_read(&head, &s))
		return false;
	uint16_t major = input_u16(&head, s.little);
	uint16_t minor = input_u16(&head, s.little);
	return head.failed || (major == VERSION_MAJOR && minor == VERSION_MINOR);
}

static bool savefile_open(struct input *in)
{
	struct reader *r = &in->chunk.view;
	size_t here = reader_left(r);
	if (here < HEADER_SIZE) {
		log_message("%s: cut off in the file header: %zu of %d bytes are there", in->name,
			here, HEADER_SIZE);
		return false;
	}
	struct savefile *s = in->state = calloc(1, sizeof(*s));
	if (!s) {
		log_message("%s: no memory to read it", in->name);
		return false;
	}
	(void)magic_read(r, s);
	reader_skip(r, 12); /* version, and two fields nobody ever used */
	uint32_t snap_length = input_u32(r, s->little);
	s->link_type = (uint16_t)input_u32(r, s->little); /* the rest tells about checksums */
	s->snap_length = input_snap_length(snap_length, s->link_type);
	s->frame_max = input_frame_max(s->link_type);
	int index = input_interface(in, "", s->link_type);
	s->interface = (uint16_t)index;
	return index >= 0;
}

static enum input_step savefile_next(struct input *in, struct frame *frame)
{
	const struct savefile *s = in->state;
	struct reader r = in->chunk.view;
	struct reader head;
	if (!reader_header(&r, &head, RECORD_HEADER))
		return input_short(in, RECORD_HEADER, true);
	uint32_t seconds = input_u32(&head, s->little);
	uint32_t fraction = input_u32(&head, s->little);
	uint32_t length = input_u32(&head, s->little);
	uint32_t wire = input_u32(&head, s->little);
	if (length > s->frame_max)
		return input_broken(in, chunk_offset(&in->chunk),
			"a frame of %" PRIu32 " bytes, more than the %" PRIu32 " there may be",
			length, s->frame_max);
	const uint8_t *bytes = reader_take(&r, length);
	if (!bytes)
		return input_short(in, RECORD_HEADER + (size_t)length, true);
	in->chunk.view = r;
	*frame = (struct frame){
		.bytes = bytes,
		.time_ns = seconds * NS_PER_SECOND + fraction * s->ns_per_fraction,
		.number = ++in->number,
		.captured = length < s->snap_length ? length : s->snap_length,
		.wire = wire,
		.capture = in->capture,
		.interface = s->interface,
		.link_type = s->link_type,
	};
	return INPUT_FRAME;
}

const struct format format_pcap = {
	.name = "pcap",
	.probe = savefile_probe,
	.open = savefile_open,
	.next = savefile_next,
	.more = input_fill,
};
