/*
 * Teredo (RFC 4380 §5.1.1): IPv6 in UDP, on any port, with authentication and origin indication in
 * front or without. Told by an IPv6 header that fits its datagram and has a Teredo address
 * (2001::/32) at one end, or a link-local source, which routers are asked and answer with. What is
 * inside is dissected as a packet of its own. The indications and the trailers of RFC 6081 are
 * ignored.
 */
#include "dissect/inner.h"

#define PREFIX           0x20010000U /* 2001::/32 (RFC 4380 §2.6) */
#define LINK_LOCAL       0xfe80U     /* fe80::/10 */
#define LINK_LOCAL_MASK  0xffc0U
#define ADDRESSES_AT     8
#define ADDRESS_SIZE     16
#define NONCE_SIZE       9 /* nonce and confirmation byte */
#define ORIGIN_REST_SIZE 6 /* port and address */
#define FIRST_MAX        0x6f

enum { INDICATION_ORIGIN = 0x0000, INDICATION_AUTHENTICATION = 0x0001 };

static uint16_t indication(struct reader r)
{
	return reader_u16(&r);
}

static void indications_skip(struct reader *r)
{
	if (indication(*r) == INDICATION_AUTHENTICATION) {
		reader_skip(r, 2);
		size_t identifier = reader_u8(r), value = reader_u8(r);
		reader_skip(r, identifier + value + NONCE_SIZE);
	}
	if (!r->failed && indication(*r) == INDICATION_ORIGIN)
		reader_skip(r, 2 + ORIGIN_REST_SIZE);
}

static bool addresses_fit(struct reader r)
{
	reader_skip(&r, ADDRESSES_AT);
	uint32_t src = reader_u32(&r);
	reader_skip(&r, ADDRESS_SIZE - 4);
	uint32_t dst = reader_u32(&r);
	return src == PREFIX || dst == PREFIX || (src >> 16 & LINK_LOCAL_MASK) == LINK_LOCAL;
}

static bool teredo_allows(unsigned at, uint8_t byte)
{
	bool ipv6 = byte >> 4 == 6;
	return at || ipv6 || byte == 0;
}

static bool teredo_probe(struct reader r)
{
	struct reader peek = r;
	unsigned first = reader_u8(&peek);
	if (first && first >> 4 != 6)
		return false;
	indications_skip(&r);
	return !r.failed && inner_ipv6(r) && addresses_fit(r);
}

static enum verdict teredo_dissect(struct dissection *d, struct reader *r)
{
	indications_skip(r);
	d->stats->teredo++;
	dissection_inner(d, WRAPPED_UDP, CARRIER_ETHERTYPE, ETHERTYPE_IPV6, r);
	return DONE;
}

extern const struct dissector dissector_teredo;
const struct dissector dissector_teredo = {
	.info = {"teredo", "RFC 4380"},
	.carrier = CARRIER_UDP,
	.first_min = 0,
	.first_max = FIRST_MAX,
	.allows = teredo_allows,
	.probe = teredo_probe,
	.dissect = teredo_dissect,
};
