/*
 * Geneve (RFC 8926 §3.4), on any port: told by version, reserved bits, options that fill their
 * space exactly, and a plausible Ethernet frame or IP packet inside, which is dissected as a packet
 * of its own. Options and network identifier are ignored. Control messages and other payload types
 * do not match.
 */
#include "dissect/inner.h"

#define HEADER_SIZE        8
#define OPTION_HEADER_SIZE 4
#define FIRST_MAX          0x3f /* version 0 and the options' length in words */
#define CRITICAL           0x40 /* the second byte: some option must be understood */
#define OPTION_LENGTH      0x1f

/* At most 63 words, so at most 63 options. */
static bool options_fill(struct reader options)
{
	while (reader_left(&options)) {
		reader_skip(&options, OPTION_HEADER_SIZE - 1);
		size_t words = reader_u8(&options) & OPTION_LENGTH;
		reader_skip(&options, 4 * words);
	}
	return !options.failed;
}

/* Reads header and options; the type of what follows, ETHERTYPE_NONE when this is no Geneve. */
static uint16_t header_read(struct reader *r)
{
	struct reader h;
	if (!reader_header(r, &h, HEADER_SIZE))
		return ETHERTYPE_NONE;
	size_t words = reader_u8(&h);
	uint8_t flags = reader_u8(&h);
	uint16_t type = reader_u16(&h);
	reader_skip(&h, 3); /* VNI */
	if (words > FIRST_MAX || (flags & ~CRITICAL) || reader_u8(&h))
		return ETHERTYPE_NONE;
	struct reader options = reader_sub(r, 4 * words);
	return !options.failed && options_fill(options) ? type : ETHERTYPE_NONE;
}

static bool geneve_probe(struct reader r)
{
	uint16_t type = header_read(&r);
	return inner_fits(type, r);
}

static enum verdict geneve_dissect(struct dissection *d, struct reader *r)
{
	uint16_t type = header_read(r);
	d->stats->geneve++;
	inner_open(d, type, r);
	return DONE;
}

extern const struct dissector dissector_geneve;
const struct dissector dissector_geneve = {
	.info = {"geneve", "RFC 8926"},
	.carrier = CARRIER_UDP,
	.first_min = 0,
	.first_max = FIRST_MAX,
	.probe = geneve_probe,
	.dissect = geneve_dissect,
};
