/*
 * pcapng savefiles (draft-ietf-opsawg-pcapng): any number of sections, each in its own byte order,
 * with any number of interfaces, each with a name, link type, snap length, time resolution and time
 * offset of its own. Frames come from Enhanced (§4.3), Simple (§4.4) and obsolete Packet Blocks
 * (appendix A); their direction from the flags option.
 *
 * Interface Statistics Blocks (§4.6) say what was dropped, Decryption Secrets Blocks (§4.7) are
 * kept; nothing depends on either, so a broken one is passed over. All other blocks, name
 * resolution and custom ones among them, are skipped by their length, however long; comments are
 * not read. Section lengths are ignored, as by
 * libpcap. A Simple Packet Block has no time: it is 0, as libpcap has it. Where libpcap gives up,
 * on interfaces that differ and on frames longer than the snap length, this reads on.
 */
#include "capture/format.h"
#include "capture/pcapng_interface.h"
#include "capture/secrets.h"

#include "core/log.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
	BLOCK_SECTION = 0x0a0d0d0a, /* the same in both byte orders */
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2, /* obsolete */
	BLOCK_SIMPLE = 3,
	BLOCK_STATISTICS = 5,
	BLOCK_ENHANCED = 6,
	BLOCK_SECRETS = 10,
};

#define BLOCK_HEADER   8 /* type, length */
#define BLOCK_TRAILER  4 /* the length again */
#define BLOCK_MIN      (BLOCK_HEADER + BLOCK_TRAILER)
#define SECTION_HEADER 12          /* as much of a section's block as tells its byte order */
#define BLOCK_MAX      (16U << 20) /* of a block that is read, not skipped; as in libpcap */

/* The byte-order magic 0x1a2b3c4d as a big-endian machine writes it, and a little-endian one. */
enum { ORDER_BIG = 0x1a2b3c4d, ORDER_LITTLE = 0x4d3c2b1a };
#define VERSION_MAJOR 1

enum { OPTION_FLAGS = 2, OPTION_DROPPED = 4 }; /* of packets */

#define DROPPED_UNKNOWN 0xffff /* in an obsolete Packet Block */

/* Interface ids count anew in each section. */
#define SECTION_INTERFACES_MAX SOURCE_INTERFACES_MAX

struct pcapng {
	bool little;
	uint32_t trailer; /* a block of this length was skipped, its trailer is next; or 0 */
	uint32_t interfaces;
	struct pcapng_interface interface[SECTION_INTERFACES_MAX];
};

/* What a packet block says, whichever kind it is. */
struct pcapng_packet {
	uint64_t time;
	uint32_t interface, length, wire;
	uint16_t dropped;
};

static enum input_step interface_take(
	struct input *in, uint64_t at, struct reader *body, struct frame *frame)
{
	(void)frame;
	struct pcapng *p = in->state;
	if (p->interfaces == SECTION_INTERFACES_MAX)
		return input_broken(
			in, at, "more than %d interfaces in a section", SECTION_INTERFACES_MAX);
	struct pcapng_interface *i = &p->interface[p->interfaces];
	char name[INTERFACE_NAME_MAX] = "";
	const char *wrong = pcapng_interface_read(i, body, p->little, name);
	if (wrong)
		return input_broken(in, at, "%s", wrong);
	i->snap_length = input_snap_length(i->snap_length, i->link_type);
	int index = input_interface(in, name, i->link_type);
	if (index < 0)
		return INPUT_END;
	i->index = (uint16_t)index;
	p->interfaces++;
	return INPUT_NOTHING;
}

static enum input_step section_take(
	struct input *in, uint64_t at, struct reader *body, struct frame *frame)
{
	(void)frame;
	struct pcapng *p = in->state;
	reader_skip(body, sizeof(uint32_t)); /* the byte order, known already */
	uint16_t major = input_u16(body, p->little);
	reader_skip(body, sizeof(uint16_t) + sizeof(uint64_t)); /* minor version, length */
	if (body->failed)
		return input_broken(in, at, "a section header that is too short");
	if (major != VERSION_MAJOR)
		return input_broken(in, at, "pcapng version %u, which is not known", major);
	p->interfaces = 0;
	return INPUT_NOTHING;
}

/* The two lowest bits, §4.3.1: inbound, outbound, or none known. */
static enum direction flags_direction(uint32_t flags)
{
	return (flags & 3) == 1    ? DIRECTION_IN
		: (flags & 3) == 2 ? DIRECTION_OUT
				   : DIRECTION_UNKNOWN;
}

/* Options of a packet: its direction, and what was lost before it. */
static enum direction options_take(
	struct input *in, struct pcapng_interface *i, struct reader *options, bool little)
{
	uint16_t code;
	struct reader value;
	enum direction direction = DIRECTION_UNKNOWN;
	while (pcapng_option(options, little, &code, &value)) {
		if (code == OPTION_FLAGS)
			direction = flags_direction(input_u32(&value, little));
		else if (code == OPTION_DROPPED)
			pcapng_interface_dropped(i, input_u64(&value, little), in->stats);
	}
	return direction;
}

/* `body` stands at the frame's bytes, which its options follow. */
static enum input_step packet_take(struct input *in, uint64_t at, const struct pcapng_packet *said,
	struct reader *body, struct frame *frame)
{
	struct pcapng *p = in->state;
	const uint8_t *bytes = reader_take(body, said->length);
	if (body->failed)
		return input_broken(in, at,
			"a frame of %" PRIu32 " bytes in a block too short for it", said->length);
	if (said->interface >= p->interfaces)
		return input_broken(in, at,
			"a frame of interface %" PRIu32 ", which is not described",
			said->interface);
	struct pcapng_interface *i = &p->interface[said->interface];
	if (said->dropped)
		pcapng_interface_dropped(i, said->dropped, in->stats);
	reader_skip(body, -said->length & 3U);
	*frame = (struct frame){
		.bytes = bytes,
		.time_ns = pcapng_interface_time(i, said->time),
		.number = ++in->number,
		.captured = said->length,
		.wire = said->wire,
		.capture = in->capture,
		.interface = i->index,
		.link_type = i->link_type,
		.direction = (uint8_t)options_take(in, i, body, p->little),
	};
	return INPUT_FRAME;
}

/* What the enhanced and the obsolete packet block share: all behind their interface. */
static enum input_step timed_take(struct input *in, uint64_t at, struct pcapng_packet *said,
	struct reader *body, struct frame *frame)
{
	bool little = ((const struct pcapng *)in->state)->little;
	uint64_t high = input_u32(body, little);
	said->time = high << 32 | input_u32(body, little);
	said->length = input_u32(body, little);
	said->wire = input_u32(body, little);
	return packet_take(in, at, said, body, frame);
}

static enum input_step enhanced_take(
	struct input *in, uint64_t at, struct reader *body, struct frame *frame)
{
	bool little = ((const struct pcapng *)in->state)->little;
	struct pcapng_packet said = {.interface = input_u32(body, little)};
	return timed_take(in, at, &said, body, frame);
}

static enum input_step obsolete_take(
	struct input *in, uint64_t at, struct reader *body, struct frame *frame)
{
	bool little = ((const struct pcapng *)in->state)->little;
	struct pcapng_packet said = {.interface = input_u16(body, little)};
	said.dropped = input_u16(body, little);
	if (said.dropped == DROPPED_UNKNOWN)
		said.dropped = 0;
	return timed_take(in, at, &said, body, frame);
}

static enum input_step simple_take(
	struct input *in, uint64_t at, struct reader *body, struct frame *frame)
{
	const struct pcapng *p = in->state;
	struct pcapng_packet said = {.wire = input_u32(body, p->little)};
	uint32_t snap_length = p->interfaces ? p->interface[0].snap_length : UINT32_MAX;
	said.length = said.wire < snap_length ? said.wire : snap_length;
	return packet_take(in, at, &said, body, frame);
}

static enum input_step statistics_take(
	struct input *in, uint64_t at, struct reader *body, struct frame *frame)
{
	(void)at;
	(void)frame;
	struct pcapng *p = in->state;
	uint32_t interface = input_u32(body, p->little);
	reader_skip(body, sizeof(uint64_t)); /* time */
	if (!body->failed && interface < p->interfaces)
		pcapng_interface_statistics(&p->interface[interface], body, p->little, in->stats);
	return INPUT_NOTHING;
}

static enum input_step secrets_take(
	struct input *in, uint64_t at, struct reader *body, struct frame *frame)
{
	(void)at;
	(void)frame;
	const struct pcapng *p = in->state;
	uint32_t type = input_u32(body, p->little);
	uint32_t length = input_u32(body, p->little);
	struct reader secret = reader_sub(body, length);
	if (body->failed)
		return INPUT_NOTHING;
	in->stats->secrets++;
	in->stats->secrets_refused += !secrets_add(in->secrets, in->capture, type, secret);
	return INPUT_NOTHING;
}

static const struct block_kind {
	uint32_t type;
	bool is_frame, optional;
	enum input_step (*take)(
		struct input *in, uint64_t at, struct reader *body, struct frame *frame);
} block_kinds[] = {
	{BLOCK_ENHANCED, true, false, enhanced_take},
	{BLOCK_SIMPLE, true, false, simple_take},
	{BLOCK_PACKET, true, false, obsolete_take},
	{BLOCK_INTERFACE, false, false, interface_take},
	{BLOCK_SECTION, false, false, section_take},
	{BLOCK_STATISTICS, false, true, statistics_take},
	{BLOCK_SECRETS, false, true, secrets_take},
};

static const struct block_kind *block_kind(uint32_t type)
{
	for (size_t i = 0; i < sizeof(block_kinds) / sizeof(block_kinds[0]); i++) {
		if (block_kinds[i].type == type)
			return &block_kinds[i];
	}
	return NULL;
}

/* The end of a block whose inside was skipped. */
static enum input_step skipped_end(struct input *in)
{
	struct pcapng *p = in->state;
	struct reader *r = &in->chunk.view;
	if (in->chunk.skip && in->chunk.ended)
		return input_cut(in, in->chunk.skip + BLOCK_TRAILER, false);
	if (in->chunk.skip || reader_left(r) < BLOCK_TRAILER) {
		if (in->chunk.ended)
			return input_cut(in, BLOCK_TRAILER - reader_left(r), false);
		return input_short(in, BLOCK_TRAILER, false);
	}
	if (input_u32(r, p->little) != p->trailer)
		return input_broken(in, chunk_offset(&in->chunk) - BLOCK_TRAILER,
			"a block that ends with another length than it starts with");
	p->trailer = 0;
	return INPUT_NOTHING;
}

static enum input_step block_skip(struct input *in, uint32_t length)
{
	struct pcapng *p = in->state;
	p->trailer = length;
	chunk_skip(&in->chunk, length - BLOCK_TRAILER);
	return INPUT_NOTHING;
}

/* A section may be written in another byte order than the one before. */
static bool order_read(struct pcapng *p, struct reader section)
{
	reader_skip(&section, BLOCK_HEADER);
	uint32_t order = reader_u32(&section);
	p->little = order == ORDER_LITTLE;
	return p->little || order == ORDER_BIG;
}

static enum input_step block_take(
	struct input *in, const struct block_kind *kind, uint32_t length, struct frame *frame)
{
	const struct pcapng *p = in->state;
	uint64_t at = chunk_offset(&in->chunk);
	struct reader r = in->chunk.view;
	struct reader block = reader_sub(&r, length);
	if (block.failed)
		return input_short(in, length, kind->is_frame);
	reader_skip(&block, BLOCK_HEADER);
	struct reader body = reader_sub(&block, length - BLOCK_MIN);
	if (input_u32(&block, p->little) != length)
		return input_broken(
			in, at, "a block that ends with another length than it starts with");
	in->chunk.view = r;
	return kind->take(in, at, &body, frame);
}

static enum input_step pcapng_next(struct input *in, struct frame *frame)
{
	struct pcapng *p = in->state;
	if (p->trailer)
		return skipped_end(in);
	struct reader r = in->chunk.view;
	uint32_t type = input_u32(&r, p->little);
	size_t head = type == BLOCK_SECTION ? SECTION_HEADER : BLOCK_HEADER;
	if (reader_left(&in->chunk.view) < head)
		return input_short(in, head, false);
	uint64_t at = chunk_offset(&in->chunk);
	if (type == BLOCK_SECTION && !order_read(p, in->chunk.view))
		return input_broken(in, at, "a section in no known byte order");
	uint32_t length = input_u32(&r, p->little);
	if (length < BLOCK_MIN || length % 4)
		return input_broken(in, at, "a block of %" PRIu32 " bytes", length);
	const struct block_kind *kind = block_kind(type);
	if (!kind || (kind->optional && length > BLOCK_MAX))
		return block_skip(in, length);
	if (length > BLOCK_MAX)
		return input_broken(in, at,
			"a block of %" PRIu32 " bytes, more than the %u there may be", length,
			BLOCK_MAX);
	return block_take(in, kind, length, frame);
}

static bool pcapng_probe(struct reader head)
{
	return reader_u32(&head) == BLOCK_SECTION;
}

/* Reads the first section header, so that what is no pcapng file is refused at once. */
static bool pcapng_open(struct input *in)
{
	in->state = calloc(1, sizeof(struct pcapng));
	if (!in->state) {
		log_message("%s: no memory to read it", in->name);
		return false;
	}
	struct frame none;
	enum input_step step = pcapng_next(in, &none);
	while (step == INPUT_MORE) {
		chunk_fill(&in->chunk);
		step = pcapng_next(in, &none);
	}
	return step == INPUT_NOTHING;
}

const struct format format_pcapng = {
	.name = "pcapng",
	.probe = pcapng_probe,
	.open = pcapng_open,
	.next = pcapng_next,
	.more = input_fill,
};
