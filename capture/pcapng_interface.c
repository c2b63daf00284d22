/*
 * pcapng Interface Description Blocks (draft-ietf-opsawg-pcapng §4.2) and what Interface Statistics
 * Blocks (§4.6) and packets say about drops. Of a description: link type, snap length, and
 * of the options the name and how time stamps count: if_tsresol as a power of 10 or of 2,
 * if_tsoffset in seconds. Options that run past their block end the list quietly; a resolution that
 * makes no sense is an error, because every time would be wrong.
 */
#include "capture/pcapng_interface.h"

#include "capture/format.h"

#define OPTION_HEADER 4
enum { OPTION_END = 0, OPTION_NAME = 2, OPTION_RESOLUTION = 9, OPTION_OFFSET = 14 };
enum { OPTION_INTERFACE_DROP = 5, OPTION_OS_DROP = 7 }; /* of interface statistics */

#define RESOLUTION_BINARY     0x80U /* the exponent is of 2, not of 10 */
#define RESOLUTION_EXPONENT   0x7fU
#define RESOLUTION_DEFAULT    6
#define RESOLUTION_BINARY_MAX 63 /* what fits a 64-bit time stamp */
#define RESOLUTION_MAX        19

#define NS_PER_SECOND UINT64_C(1000000000)
#define NS_EXPONENT   9

bool pcapng_option(struct reader *options, bool little, uint16_t *code, struct reader *value)
{
	if (reader_left(options) < OPTION_HEADER)
		return false;
	*code = input_u16(options, little);
	uint16_t length = input_u16(options, little);
	*value = reader_sub(options, length);
	reader_skip(options, -length & 3U);
	return *code != OPTION_END && !value->failed;
}

static uint64_t power(uint64_t base, unsigned exponent)
{
	uint64_t result = 1;
	while (exponent--)
		result *= base;
	return result;
}

/* if_tsresol, §4.2. */
static bool resolution_set(struct pcapng_interface *i, uint8_t resolution)
{
	unsigned exponent = resolution & RESOLUTION_EXPONENT;
	i->multiply = i->divide = 1;
	if (resolution & RESOLUTION_BINARY) {
		i->multiply = NS_PER_SECOND;
		i->divide = UINT64_C(1) << (exponent & RESOLUTION_BINARY_MAX);
		return exponent <= RESOLUTION_BINARY_MAX;
	}
	if (exponent > RESOLUTION_MAX)
		return false;
	if (exponent <= NS_EXPONENT)
		i->multiply = power(10, NS_EXPONENT - exponent);
	else
		i->divide = power(10, exponent - NS_EXPONENT);
	return true;
}

/* Reads the options of an interface; false when one that times depend on makes no sense. */
static bool interface_options(struct pcapng_interface *i, struct reader *options, bool little,
	char name[INTERFACE_NAME_MAX])
{
	uint16_t code;
	struct reader value;
	bool good = resolution_set(i, RESOLUTION_DEFAULT);
	while (good && pcapng_option(options, little, &code, &value)) {
		size_t length = reader_left(&value);
		if (code == OPTION_NAME) {
			size_t room = INTERFACE_NAME_MAX - 1;
			reader_copy(&value, name, length < room ? length : room);
		} else if (code == OPTION_RESOLUTION) {
			good = length == 1 && resolution_set(i, reader_u8(&value));
		} else if (code == OPTION_OFFSET) {
			uint64_t offset = input_u64(&value, little);
			i->offset_ns = offset * NS_PER_SECOND;
			good = length == sizeof(offset);
		}
	}
	return good;
}

const char *pcapng_interface_read(
	struct pcapng_interface *i, struct reader *body, bool little, char name[INTERFACE_NAME_MAX])
{
	*i = (struct pcapng_interface){.link_type = input_u16(body, little)};
	reader_skip(body, sizeof(uint16_t));
	i->snap_length = input_u32(body, little);
	if (body->failed)
		return "an interface block that is too short";
	if (!interface_options(i, body, little, name))
		return "an interface whose time resolution makes no sense";
	return NULL;
}

/* Adds to a counter by what `so_far` grows to. */
static void drops_raise(uint64_t *counter, uint64_t *so_far, uint64_t drops)
{
	if (drops <= *so_far)
		return;
	*counter += drops - *so_far;
	*so_far = drops;
}

void pcapng_interface_dropped(struct pcapng_interface *i, uint64_t drops, struct stats *stats)
{
	i->packet_drops += drops;
	drops_raise(&stats->kernel_drops, &i->kernel_drops, i->packet_drops);
}

void pcapng_interface_statistics(
	struct pcapng_interface *i, struct reader *options, bool little, struct stats *stats)
{
	uint16_t code;
	struct reader value;
	while (pcapng_option(options, little, &code, &value)) {
		uint64_t drops = input_u64(&value, little);
		if (code == OPTION_OS_DROP)
			drops_raise(&stats->kernel_drops, &i->kernel_drops, drops);
		else if (code == OPTION_INTERFACE_DROP)
			drops_raise(&stats->kernel_ifdrops, &i->interface_drops, drops);
	}
}

uint64_t pcapng_interface_time(const struct pcapng_interface *i, uint64_t time)
{
	if (i->divide == 1)
		return time * i->multiply + i->offset_ns;
	unsigned __int128 product = (unsigned __int128)time * i->multiply;
	return (uint64_t)(product / i->divide) + i->offset_ns;
}
