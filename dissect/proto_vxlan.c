/*
 * VXLAN (RFC 7348 §5) and its Generic Protocol Extension (draft-ietf-nvo3-vxlan-gpe-12 §3), on any
 * port: told by flags, reserved bits and a plausible Ethernet frame or IP packet inside, which is
 * dissected as a packet of its own. The network identifier is ignored. The Group Policy option
 * (draft-smith-vxlan-group-policy) and frames without IP or ARP do not match.
 */
#include "core/link_type.h"
#include "dissect/inner.h"

#define HEADER_SIZE 8

enum { FLAG_VNI = 0x08, FLAG_NEXT_PROTOCOL = 0x04 };
enum { NEXT_IPV4 = 1, NEXT_IPV6 = 2, NEXT_ETHERNET = 3 };

/* Reads the header; what follows it as a NEXT_ number, 0 when this is no VXLAN. */
static unsigned header_read(struct reader *r)
{
	struct reader h;
	if (!reader_header(r, &h, HEADER_SIZE))
		return 0;
	uint8_t flags = reader_u8(&h);
	uint16_t reserved = reader_u16(&h);
	uint8_t next = reader_u8(&h);
	reader_skip(&h, 3); /* VNI */
	if (reserved || reader_u8(&h))
		return 0;
	if (flags == FLAG_VNI)
		return next == 0 ? NEXT_ETHERNET : 0;
	return flags == (FLAG_VNI | FLAG_NEXT_PROTOCOL) ? next : 0;
}

static bool vxlan_allows(unsigned at, uint8_t byte)
{
	bool next = at == 3 && byte <= NEXT_ETHERNET;
	return at == 0 || next || byte == 0;
}

static bool vxlan_probe(struct reader r)
{
	switch (header_read(&r)) {
	case NEXT_IPV4:
		return inner_ipv4(r);
	case NEXT_IPV6:
		return inner_ipv6(r);
	case NEXT_ETHERNET:
		return inner_ethernet(r);
	default:
		return false;
	}
}

static enum verdict vxlan_dissect(struct dissection *d, struct reader *r)
{
	unsigned next = header_read(r);
	uint16_t type = next == NEXT_IPV6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
	d->stats->vxlan++;
	if (next == NEXT_ETHERNET)
		dissection_inner(d, WRAPPED_UDP, CARRIER_LINK, LINK_ETHERNET, r);
	else
		dissection_inner(d, WRAPPED_UDP, CARRIER_ETHERTYPE, type, r);
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
