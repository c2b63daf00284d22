/*
 * IP in IP: IPv4 (RFC 2003) and IPv6 (RFC 2473, RFC 4213 §3) in either of them: 4in4, 6in4, 4in6
 * and 6in6. The protocol number says what is inside, and the packet starts at once.
 */
#include "dissect/dissector.h"
#include "dissect/ethertype.h"

enum { PROTOCOL_IPV4 = 4, PROTOCOL_IPV6 = 41 };

static enum verdict ip_in_ip_dissect(struct dissection *d, struct reader *r)
{
	if (!reader_left(r))
		return r->cut ? TRUNCATED : MALFORMED;
	d->packet->encapsulation |= WRAPPED_IP;
	d->stats->ip_in_ip++;
	bool v6 = d->number == PROTOCOL_IPV6;
	return dissection_next(d, CARRIER_ETHERTYPE, v6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
}

extern const struct dissector dissector_ip_in_ip;
const struct dissector dissector_ip_in_ip = {
	.info = {"ip_in_ip", "RFC 2003, RFC 2473, RFC 4213"},
	.carrier = CARRIER_IPPROTO,
	.numbers = {PROTOCOL_IPV4, PROTOCOL_IPV6},
	.number_count = 2,
	.dissect = ip_in_ip_dissect,
};
