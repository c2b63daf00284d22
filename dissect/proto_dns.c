/*
 * DNS over UDP (RFC 1035 §4.2.1), on any port: a header whose counts fit the datagram, a name, a
 * type and a class. mDNS (RFC 6762) and LLMNR (RFC 4795) look the same and are told apart by their
 * ports, NetBIOS name service (RFC 1002) by its names. Emits what dns_message.c finds.
 *
 * Messages without a question and an answer (a bare refusal, RFC 8490) are left alone.
 */
#include "dissect/dns.h"

#define PORT_MDNS  5353
#define PORT_LLMNR 5355

#define DATAGRAM_MAX 65535 /* of one whose length the snap length hides */

static bool dns_allows(unsigned at, uint8_t byte)
{
	return at != 2 || dns_opcode_known(byte);
}

static bool dns_probe(struct reader r)
{
	return dns_shape(r, r.cut ? DATAGRAM_MAX : reader_left(&r));
}

/* The ports are but a hint to the name of the dialect; what is read is the same. */
static enum dns_transport transport_guess(const struct packet *p)
{
	if (p->src.port == PORT_MDNS || p->dst.port == PORT_MDNS)
		return DNS_MDNS;
	if (p->src.port == PORT_LLMNR || p->dst.port == PORT_LLMNR)
		return DNS_LLMNR;
	return DNS_UDP;
}

static enum verdict dns_dissect(struct dissection *d, struct reader *r)
{
	if (r->cut)
		return TRUNCATED;
	return dns_message_dissect(d, r, transport_guess(d->packet));
}

extern const struct dissector dissector_dns;
const struct dissector dissector_dns = {
	.info = {"dns", "RFC 1035"},
	.carrier = CARRIER_UDP,
	.tells = INTEREST_IN(OBS_DNS),
	.first_min = 0,
	.first_max = 0xff,
	.allows = dns_allows,
	.probe = dns_probe,
	.dissect = dns_dissect,
};
