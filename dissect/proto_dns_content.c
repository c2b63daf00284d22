/*
 * A DNS message that is the body of another protocol's: DNS over HTTPS (RFC 8484 §6), where what is
 * around it is in clear. Emits what dns_message.c finds. A GET's question, in base64 in its target,
 * is left alone: the answer repeats it.
 */
#include "dissect/dns.h"

static enum verdict dns_content_dissect(struct dissection *d, struct reader *r)
{
	if (r->cut)
		return TRUNCATED;
	if (!dns_shape(*r, reader_left(r)))
		return MALFORMED;
	return dns_message_dissect(d, r, DNS_HTTP);
}

extern const struct dissector dissector_dns_content;
const struct dissector dissector_dns_content = {
	.info = {"dns_content", "RFC 8484"},
	.carrier = CARRIER_CONTENT,
	.numbers = {CONTENT_DNS},
	.number_count = 1,
	.dissect = dns_content_dissect,
};
