/*
 * PPP frames (RFC 1661 §2) with or without HDLC's address and control bytes (RFC 1662 §3.1), the
 * protocol in two bytes or, compressed, in one: in PPPoE, PPTP and captures of dial-up links. IPv4,
 * IPv6 and MPLS are handed on. Negotiation, authentication, multilink fragments (RFC 1990) and
 * compressed or encrypted frames (RFC 1962, RFC 1968) carry nothing that can be read.
 */
#include "dissect/dissector.h"
#include "dissect/ethertype.h"

#define HDLC_ADDRESS 0xff
#define HDLC_CONTROL 0x03

enum { PPP_IPV4 = 0x0021, PPP_IPV6 = 0x0057, PPP_MPLS = 0x0281, PPP_MPLS_MULTICAST = 0x0283 };

/* The low bit of the first byte tells whether it is the last (RFC 1661 §2). */
static uint16_t protocol_read(struct reader *r)
{
	uint16_t first = reader_u8(r);
	return first & 1 ? first : (uint16_t)(first << 8 | reader_u8(r));
}

static enum verdict ppp_dissect(struct dissection *d, struct reader *r)
{
	struct reader peek = *r;
	if (reader_u8(&peek) == HDLC_ADDRESS && reader_u8(&peek) == HDLC_CONTROL)
		*r = peek;
	uint16_t protocol = protocol_read(r);
	if (r->failed)
		return reader_verdict(r);
	switch (protocol) {
	case PPP_IPV4:
		return dissection_next(d, CARRIER_ETHERTYPE, ETHERTYPE_IPV4);
	case PPP_IPV6:
		return dissection_next(d, CARRIER_ETHERTYPE, ETHERTYPE_IPV6);
	case PPP_MPLS:
	case PPP_MPLS_MULTICAST:
		return dissection_next(d, CARRIER_ETHERTYPE, ETHERTYPE_MPLS);
	default:
		return dissection_next(d, CARRIER_ETHERTYPE, ETHERTYPE_NONE);
	}
}

extern const struct dissector dissector_ppp;
const struct dissector dissector_ppp = {
	.info = {"ppp", "RFC 1661"},
	.carrier = CARRIER_ETHERTYPE,
	.numbers = {ETHERTYPE_PPP},
	.number_count = 1,
	.dissect = ppp_dissect,
};
