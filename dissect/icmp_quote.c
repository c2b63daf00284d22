/*
 * What an ICMP error quotes (RFC 792, RFC 4443 §3) was sent before and did not arrive; whoever
 * could see that packet has it already, so it is no message of a flow: STUN in it is counted, not
 * said. The quote may end anywhere.
 */
#include "dissect/icmp_quote.h"

#include "dissect/stun.h"

#define IPV4_HEADER     20U
#define IPV4_OFFSET     0x1fff
#define IPV6_HEADER     40
#define IPV6_NEXT_AT    6
#define PROTOCOL_UDP    17
#define UDP_HEADER      8
#define IPV4_OPTIONS_AT 12 /* from the protocol on: checksum, two addresses; then options */

/* Steps over an IPv4 header; the protocol behind it, or 0. */
static uint8_t ipv4_skip(struct reader *r)
{
	size_t header = (reader_u8(r) & 0x0fU) * 4;
	reader_skip(r, 5); /* DSCP, total length, identification */
	uint16_t fragment = reader_u16(r);
	reader_skip(r, 1);
	uint8_t protocol = reader_u8(r);
	reader_skip(r, IPV4_OPTIONS_AT - 2);
	if (header < IPV4_HEADER || fragment & IPV4_OFFSET)
		return 0;
	reader_skip(r, header - IPV4_HEADER);
	return protocol;
}

/* The same for IPv6; extension headers are not followed. */
static uint8_t ipv6_skip(struct reader *r)
{
	reader_skip(r, IPV6_NEXT_AT);
	uint8_t next = reader_u8(r);
	reader_skip(r, IPV6_HEADER - IPV6_NEXT_AT - 1);
	return next;
}

void icmp_quote_count(struct dissection *d, struct reader quoted)
{
	struct reader peek = quoted;
	uint8_t version = reader_u8(&peek) >> 4;
	uint8_t protocol = version == 4 ? ipv4_skip(&quoted)
		: version == 6          ? ipv6_skip(&quoted)
					: 0;
	if (protocol != PROTOCOL_UDP)
		return;
	reader_skip(&quoted, UDP_HEADER);
	uint16_t type = reader_u16(&quoted);
	reader_skip(&quoted, 2); /* length */
	bool cookie = reader_u32(&quoted) == STUN_COOKIE;
	d->stats->stun_quoted += !quoted.failed && cookie && type <= STUN_TYPE_MAX;
}
