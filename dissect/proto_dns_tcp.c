/*
 * DNS over TCP (RFC 1035 §4.2.2, RFC 7766), on any port: messages with a length in front, several
 * in a segment or one over many. Emits what dns_message.c finds.
 *
 * Behind a hole the next message starts where it looks like one, or the stream is given up. DNS
 * over TLS is TLS here.
 */
#include "dissect/dns.h"

static bool dns_tcp_probe(struct reader r)
{
	size_t length = reader_u16(&r);
	if (length < reader_left(&r))
		reader_limit(&r, length);
	return dns_shape(r, length);
}

static enum verdict dns_tcp_dissect(struct dissection *d, struct reader *r)
{
	if (d->gap && !dns_tcp_probe(*r))
		return NOT_MINE;
	for (;;) {
		struct reader ahead = *r;
		size_t length = reader_u16(&ahead);
		if (ahead.failed || length > reader_left(&ahead))
			return MORE;
		struct reader message = reader_sub(&ahead, length);
		if (!dns_shape(message, length))
			return NOT_MINE;
		dns_message_dissect(d, &message, DNS_TCP);
		*r = ahead;
	}
}

extern const struct dissector dissector_dns_tcp;
const struct dissector dissector_dns_tcp = {
	.info = {"dns_tcp", "RFC 7766"},
	.carrier = CARRIER_STREAM,
	.tells = INTEREST_IN(OBS_DNS),
	.first_min = 0,
	.first_max = 0xff,
	.probe = dns_tcp_probe,
	.dissect = dns_tcp_dissect,
};
