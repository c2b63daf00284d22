/*
 * VXLAN (RFC 7348 §5) and its Generic Protocol Extension (draft-ietf-nvo3-vxlan-gpe-12 §3), on any
 * port: told by flags, reserved bits and a plausible Ethernet frame or IP packet inside, which is
 * dissected as a packet of its own. The network identifier is ignored. The Group Policy option
 * (draft-smith-vxlan-group-policy) and frames without IP or ARP do not match.
 */
#include "dissect/inner.h"

#define HEADER_SIZE 8

enum { FLAG_VNI = 0x08, FLAG_NEXT_PROTOCOL = 0x04 };

/* By the number that the Generic Protocol Extension has for it. */
static const uint16_t next_types[] = {
	ETHERTYPE_NONE, ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_BRIDGED};
#define NEXT_TYPES (sizeof(next_types) / sizeof(next_types[0]))

/* Reads the header; the type of what follows, ETHERTYPE_NONE when this is no VXLAN. */
static uint16_t header_read(struct reader *r)
{
	struct reader h;
	if (!reader_header(r, &h, HEADER_SIZE))
		return ETHERTYPE_NONE;
	uint8_t flags = reader_u8(&h);
	uint16_t reserved = reader_u16(&h);
	uint8_t next = reader_u8(&h);
	reader_skip(&h, 3); /* VNI */
	if (reserved || reader_u8(&h))
		return ETHERTYPE_NONE;
	if (flags == FLAG_VNI)
		return next == 0 ? ETHERTYPE_BRIDGED : ETHERTYPE_NONE;
	if (flags != (FLAG_VNI | FLAG_NEXT_PROTOCOL) || next >= NEXT_TYPES)
		return ETHERTYPE_NONE;
	return next_types[next];
}

static bool vxlan_allows(unsigned at, uint8_t byte)
{
	bool next = at == 3 && byte < NEXT_TYPES;
	return at == 0 || next || byte == 0;
}

static bool vxlan_probe(struct reader r)
{
	uint16_t type = header_read(&r);
	return inner_fits(type, r);
}

static enum verdict vxlan_dissect(struct dissection *d, struct reader *r)
{
	uint16_t type = header_read(r);
	d->stats->vxlan++;
	inner_open(d, type, r);
	return DONE;
}

extern const struct dissector dissector_vxlan;
const struct dissector dissector_vxlan = {
	.info = {"vxlan", "RFC 7348"},
	.carrier = CARRIER_UDP,
	.first_min = FLAG_VNI,
	.first_max = FLAG_VNI | FLAG_NEXT_PROTOCOL,
	.allows = vxlan_allows,
	.probe = vxlan_probe,
	.dissect = vxlan_dissect,
};
