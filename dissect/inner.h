/*
 * Can these bytes be a packet? What a tunnel over UDP is told by: its own header is short, so what
 * it carries has to look right, too. Versions and lengths are looked at, nothing is believed yet.
 */
#ifndef SEEP_DISSECT_INNER_H
#define SEEP_DISSECT_INNER_H

#include "core/link_type.h"
#include "dissect/ethertype.h"

#define INNER_IPV4_SIZE    20U
#define INNER_IPV6_SIZE    40U
#define INNER_TAGS_MAX     2
#define INNER_ARP_ETHERNET 1 /* hardware type (RFC 826) */

/* The first four bits of what should be an IP packet. */
static inline unsigned inner_version(struct reader r)
{
	return reader_u8(&r) >> 4;
}

static inline uint16_t inner_ethertype(unsigned version)
{
	return version == 6 ? ETHERTYPE_IPV6 : version == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_NONE;
}

static inline bool inner_ipv4(struct reader r)
{
	size_t left = reader_left(&r);
	uint8_t version = reader_u8(&r);
	reader_skip(&r, 1);
	size_t total = reader_u16(&r), header = (version & 0x0fU) * 4;
	if (left < INNER_IPV4_SIZE || version >> 4 != 4 || header < INNER_IPV4_SIZE)
		return false;
	return total >= header && (total <= left || r.cut);
}

static inline bool inner_ipv6(struct reader r)
{
	size_t left = reader_left(&r);
	uint8_t version = reader_u8(&r);
	reader_skip(&r, 3);
	size_t length = reader_u16(&r);
	if (left < INNER_IPV6_SIZE || version >> 4 != 6)
		return false;
	return length <= left - INNER_IPV6_SIZE || r.cut;
}

/* An IP packet from the first to the last byte; padding may follow. */
static inline bool inner_ip(struct reader r)
{
	unsigned version = inner_version(r);
	return version == 4 ? inner_ipv4(r) : version == 6 && inner_ipv6(r);
}

static inline bool inner_arp(struct reader r)
{
	uint16_t hardware = reader_u16(&r);
	return hardware == INNER_ARP_ETHERNET && reader_u16(&r) == ETHERTYPE_IPV4;
}

/* An Ethernet frame from somebody (not from a group), with IP or ARP in it. */
static inline bool inner_ethernet(struct reader r)
{
	reader_skip(&r, 6);
	bool from_group = reader_u8(&r) & 1;
	reader_skip(&r, 5);
	uint16_t type = reader_u16(&r);
	for (int i = 0; i < INNER_TAGS_MAX; i++) {
		if (type != ETHERTYPE_VLAN && type != ETHERTYPE_SERVICE_VLAN)
			break;
		reader_skip(&r, 2);
		type = reader_u16(&r);
	}
	if (r.failed || from_group)
		return false;
	return type == ETHERTYPE_IPV4    ? inner_ipv4(r)
		: type == ETHERTYPE_IPV6 ? inner_ipv6(r)
					 : type == ETHERTYPE_ARP && inner_arp(r);
}

/* Is this what a tunnel's header calls it: IP, or with ETHERTYPE_BRIDGED a whole Ethernet frame? */
static inline bool inner_fits(uint16_t type, struct reader r)
{
	return type == ETHERTYPE_IPV4       ? inner_ipv4(r)
		: type == ETHERTYPE_IPV6    ? inner_ipv6(r)
		: type == ETHERTYPE_BRIDGED ? inner_ethernet(r)
					    : false;
}

/* Dissects what fits. */
static inline void inner_open(struct dissection *d, uint16_t type, const struct reader *r)
{
	if (type == ETHERTYPE_BRIDGED)
		dissection_inner(d, WRAPPED_UDP, CARRIER_LINK, LINK_ETHERNET, r);
	else
		dissection_inner(d, WRAPPED_UDP, CARRIER_ETHERTYPE, type, r);
}

#endif
