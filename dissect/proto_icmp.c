/*
 * ICMP (RFC 792), for one thing: errors quote the packet that they are about, and STUN is among
 * these when a server or a peer does not answer. Counts it (icmp_quote.c). Emits nothing; all other
 * types are left alone.
 */
#include "dissect/dissector.h"
#include "dissect/icmp_quote.h"

#define HEADER_SIZE   8
#define PROTOCOL_ICMP 1

enum { ICMP_UNREACHABLE = 3, ICMP_QUENCH = 4, ICMP_TIME_EXCEEDED = 11, ICMP_PARAMETER = 12 };

static enum verdict icmp_dissect(struct dissection *d, struct reader *r)
{
	struct reader h;
	if (!reader_header(r, &h, HEADER_SIZE))
		return reader_verdict(r);
	switch (reader_u8(&h)) {
	case ICMP_UNREACHABLE:
	case ICMP_QUENCH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETER:
		icmp_quote_count(d, *r);
		break;
	default:
		break;
	}
	return DONE;
}

extern const struct dissector dissector_icmp;
const struct dissector dissector_icmp = {
	.info = {"icmp", "RFC 792"},
	.carrier = CARRIER_IPPROTO,
	.numbers = {PROTOCOL_ICMP},
	.number_count = 1,
	.dissect = icmp_dissect,
};
