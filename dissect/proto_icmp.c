/*
 * ICMP (RFC 792). Counts messages, and those that quote the packet they complain of: what is quoted
 * was sent by somebody else at another time, so it is no message of its flow and is not dissected;
 * STUN in it is counted, and who reads its flow is told that nobody is there (icmp_quote.c).
 * Emits nothing itself.
 */
#include "dissect/dissector.h"
#include "dissect/icmp_quote.h"

#define HEADER_SIZE   8 /* type, code, checksum, and four bytes that depend on these */
#define PROTOCOL_ICMP 1
#define CODE_TOO_BIG  4 /* of unreachable: it would fit in pieces (RFC 1191) */

enum {
	TYPE_UNREACHABLE = 3,
	TYPE_QUENCH = 4,
	TYPE_REDIRECT = 5,
	TYPE_TIME_EXCEEDED = 11,
	TYPE_PARAMETER_PROBLEM = 12,
};

static bool type_quotes(uint8_t type)
{
	switch (type) {
	case TYPE_UNREACHABLE:
	case TYPE_QUENCH:
	case TYPE_REDIRECT:
	case TYPE_TIME_EXCEEDED:
	case TYPE_PARAMETER_PROBLEM:
		return true;
	default:
		return false;
	}
}

static enum verdict icmp_dissect(struct dissection *d, struct reader *r)
{
	struct reader h;
	if (!reader_header(r, &h, HEADER_SIZE))
		return reader_verdict(r);
	d->stats->icmp++;
	uint8_t type = reader_u8(&h);
	uint8_t code = reader_u8(&h);
	if (type_quotes(type)) {
		d->stats->icmp_quotes++;
		icmp_quote_read(d, *r, type == TYPE_UNREACHABLE && code != CODE_TOO_BIG);
	}
	return DONE;
}

extern const struct dissector dissector_icmp;
const struct dissector dissector_icmp = {
	.info = {"icmp", "RFC 792"},
	.carrier = CARRIER_IPPROTO,
	.numbers = {PROTOCOL_ICMP},
	.number_count = 1,
	.emits = true,
	.dissect = icmp_dissect,
};
