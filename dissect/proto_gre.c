/*
 * GRE (RFC 2784) with key and sequence number (RFC 2890), and its enhanced version 1 that PPTP
 * carries PPP in (RFC 2637 §4.1). Hands on by EtherType; a whole Ethernet frame comes as
 * Transparent Ethernet Bridging (NVGRE, RFC 7637) or as ERSPAN's first type, which has no header of
 * its own and no sequence number. Checksum, key and call id are ignored. Source routes (RFC 1701
 * §2), which RFC 2784 took out again, are not followed: such packets are counted as not read.
 */
#include "core/link_type.h"
#include "dissect/dissector.h"
#include "dissect/ethertype.h"

#define PROTOCOL_GRE 47
#define HEADER_SIZE  4
#define OPTION_SIZE  4

enum {
	HAS_CHECKSUM = 0x8000,
	HAS_ROUTING = 0x4000,
	HAS_KEY = 0x2000, /* in version 1 always: payload length and call id */
	HAS_SEQUENCE = 0x1000,
	HAS_ACKNOWLEDGMENT = 0x0080, /* version 1 only */
	VERSION = 0x0007,
};

/* Steps over a field of the header, if it is there. */
static void option_skip(struct reader *r, uint16_t flags, uint16_t flag)
{
	if (flags & flag)
		reader_skip(r, OPTION_SIZE);
}

static enum verdict plain_dissect(
	struct dissection *d, struct reader *r, uint16_t flags, uint16_t type)
{
	option_skip(r, flags, HAS_CHECKSUM);
	option_skip(r, flags, HAS_KEY);
	option_skip(r, flags, HAS_SEQUENCE);
	if (r->failed)
		return reader_verdict(r);
	if (flags & HAS_ROUTING)
		type = ETHERTYPE_NONE;
	if (type == ETHERTYPE_BRIDGED || (type == ETHERTYPE_ERSPAN && !(flags & HAS_SEQUENCE)))
		return dissection_next(d, CARRIER_LINK, LINK_ETHERNET);
	return dissection_next(d, CARRIER_ETHERTYPE, type);
}

/* Without a sequence number there is no payload, but an acknowledgment. */
static enum verdict enhanced_dissect(
	struct dissection *d, struct reader *r, uint16_t flags, uint16_t type)
{
	size_t length = reader_u16(r);
	reader_skip(r, 2); /* call id */
	option_skip(r, flags, HAS_SEQUENCE);
	option_skip(r, flags, HAS_ACKNOWLEDGMENT);
	if (r->failed)
		return reader_verdict(r);
	if (!(flags & HAS_KEY) || type != ETHERTYPE_PPP)
		return MALFORMED;
	if (!(flags & HAS_SEQUENCE) || length == 0)
		return DONE;
	if (length > reader_left(r))
		r->cut = true;
	reader_limit(r, length);
	return dissection_next(d, CARRIER_ETHERTYPE, ETHERTYPE_PPP);
}

static enum verdict gre_dissect(struct dissection *d, struct reader *r)
{
	struct reader h;
	if (!reader_header(r, &h, HEADER_SIZE))
		return reader_verdict(r);
	uint16_t flags = reader_u16(&h);
	uint16_t type = reader_u16(&h);
	if ((flags & VERSION) > 1)
		return MALFORMED;
	d->packet->encapsulation |= WRAPPED_GRE;
	d->stats->gre++;
	return (flags & VERSION) == 0 ? plain_dissect(d, r, flags, type)
				      : enhanced_dissect(d, r, flags, type);
}

extern const struct dissector dissector_gre;
const struct dissector dissector_gre = {
	.info = {"gre", "RFC 2784, RFC 2890, RFC 2637"},
	.carrier = CARRIER_IPPROTO,
	.numbers = {PROTOCOL_GRE},
	.number_count = 1,
	.dissect = gre_dissect,
};
