/*
 * BSD loopback (https://www.tcpdump.org/linktypes.html, LINKTYPE_NULL and LINKTYPE_LOOP): four
 * bytes of protocol family, in the writing host's byte order for NULL, big-endian for LOOP.
 * Families fit in a byte, so the order is told by where the zeroes are. AF_INET6 has another number
 * on every BSD.
 */
#include "core/link_type.h"
#include "dissect/dissector.h"
#include "dissect/ethertype.h"

static enum verdict bsd_null_dissect(struct dissection *d, struct reader *r)
{
	uint32_t family = reader_u32(r);
	if (r->failed)
		return reader_verdict(r);
	if (family > UINT16_MAX)
		family = __builtin_bswap32(family);
	switch (family) {
	case 2: /* AF_INET everywhere */
		return dissection_next(d, CARRIER_ETHERTYPE, ETHERTYPE_IPV4);
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* Darwin */
		return dissection_next(d, CARRIER_ETHERTYPE, ETHERTYPE_IPV6);
	default:
		return dissection_next(d, CARRIER_ETHERTYPE, 0);
	}
}

extern const struct dissector dissector_bsd_null;
const struct dissector dissector_bsd_null = {
	.info = {"bsd_null", "LINKTYPE_NULL, LINKTYPE_LOOP"},
	.carrier = CARRIER_LINK,
	.numbers = {LINK_NULL, LINK_LOOP},
	.number_count = 2,
	.dissect = bsd_null_dissect,
};
