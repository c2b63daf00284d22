/*
 * IP without a link layer, as tunnel interfaces deliver it (LINKTYPE_RAW, LINKTYPE_IPV4,
 * LINKTYPE_IPV6, and two older numbers). The version is in the IP header's first four bits.
 */
#include "core/link_type.h"
#include "dissect/dissector.h"
#include "dissect/ethertype.h"

static enum verdict raw_ip_dissect(struct dissection *d, struct reader *r)
{
	struct reader peek = *r;
	uint8_t version = reader_u8(&peek) >> 4;
	if (peek.failed)
		return reader_verdict(&peek);
	return dissection_next(
		d, CARRIER_ETHERTYPE, version == 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
}

extern const struct dissector dissector_raw_ip;
const struct dissector dissector_raw_ip = {
	.info = {"raw_ip", "LINKTYPE_RAW, LINKTYPE_IPV4, LINKTYPE_IPV6"},
	.carrier = CARRIER_LINK,
	.numbers = {LINK_RAW, LINK_IPV4, LINK_IPV6, LINK_RAW_BSD, LINK_RAW_OPENBSD},
	.number_count = 5,
	.dissect = raw_ip_dissect,
};
