/*
 * GTP-U, the user plane of mobile networks (3GPP TS 29.281 §5), on any port: version 1, a G-PDU
 * whose length fits its datagram, extension headers that chain up to an IP packet, which is
 * dissected as a packet of its own. The tunnel identifier is ignored. Signalling (GTP-C, GTP',
 * echoes), PPP and Ethernet payloads do not match.
 */
#include "dissect/inner.h"

#define HEADER_SIZE    8
#define OPTIONAL_SIZE  4 /* sequence number, N-PDU number, type of the next extension header */
#define EXTENSIONS_MAX 8
#define G_PDU          0xff

enum {
	FIRST_MIN = 0x30, /* version 1, GTP */
	FIRST_MAX = 0x37,
	HAS_OPTIONAL = 0x07,  /* any of three flags; the fields are there together ... */
	HAS_EXTENSION = 0x04, /* ... and mean something with their own flag only (§5.1) */
};

/* Extension headers count their length in words and name the next one in their last byte. */
static bool extensions_skip(struct reader *r, uint8_t next)
{
	for (int i = 0; next && i < EXTENSIONS_MAX; i++) {
		size_t words = reader_u8(r);
		if (words == 0)
			return false;
		reader_skip(r, 4 * words - 2);
		next = reader_u8(r);
	}
	return next == 0 && !r->failed;
}

/* Reads up to the packet inside; false when this is no G-PDU. */
static bool headers_read(struct reader *r)
{
	struct reader h;
	if (!reader_header(r, &h, HEADER_SIZE))
		return false;
	uint8_t first = reader_u8(&h);
	uint8_t message = reader_u8(&h);
	size_t length = reader_u16(&h);
	if (message != G_PDU || first < FIRST_MIN || first > FIRST_MAX)
		return false;
	if (length < reader_left(r) || (length > reader_left(r) && !r->cut))
		return false;
	uint8_t next = 0;
	if (first & HAS_OPTIONAL) {
		reader_skip(r, OPTIONAL_SIZE - 1);
		next = reader_u8(r);
		next = first & HAS_EXTENSION ? next : 0;
	}
	return extensions_skip(r, next);
}

static bool gtp_u_allows(unsigned at, uint8_t byte)
{
	return at != 1 || byte == G_PDU;
}

static bool gtp_u_probe(struct reader r)
{
	return headers_read(&r) && inner_ip(r);
}

static enum verdict gtp_u_dissect(struct dissection *d, struct reader *r)
{
	if (!headers_read(r))
		return NOT_MINE;
	d->stats->gtp_u++;
	dissection_inner(d, WRAPPED_UDP, CARRIER_ETHERTYPE, inner_ethertype(inner_version(*r)), r);
	return DONE;
}

extern const struct dissector dissector_gtp_u;
const struct dissector dissector_gtp_u = {
	.info = {"gtp_u", "3GPP TS 29.281"},
	.carrier = CARRIER_UDP,
	.first_min = FIRST_MIN,
	.first_max = FIRST_MAX,
	.allows = gtp_u_allows,
	.probe = gtp_u_probe,
	.dissect = gtp_u_dissect,
};
