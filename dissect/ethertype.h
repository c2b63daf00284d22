/* EtherTypes that link layers name for one another (IEEE 802 numbers). */
#ifndef SEEP_DISSECT_ETHERTYPE_H
#define SEEP_DISSECT_ETHERTYPE_H

#include "dissect/dissector.h"

enum {
	ETHERTYPE_NONE = 0x0000, /* no row reads it: what was found carries no packet for us */
	ETHERTYPE_LLC = 0x0004, /* IEEE 802.2; Linux's number (ETH_P_802_2), below all EtherTypes */
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_ERSPAN_III = 0x22eb,
	ETHERTYPE_BRIDGED = 0x6558, /* Transparent Ethernet Bridging: a whole frame */
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_PPP = 0x880b,
	ETHERTYPE_MPLS = 0x8847,
	ETHERTYPE_MPLS_MULTICAST = 0x8848,
	ETHERTYPE_PPPOE_SESSION = 0x8864,
	ETHERTYPE_SERVICE_VLAN = 0x88a8, /* 802.1ad */
	ETHERTYPE_ERSPAN = 0x88be,
	ETHERTYPE_OLD_QINQ = 0x9100,
};

/* A type up to this is a length (IEEE 802.3 §3.2.6), and 802.2 follows. */
#define ETHERNET_LENGTH_MAX 1500

/* Hands on what follows a type-or-length field. */
static inline enum verdict ethertype_next(struct dissection *d, struct reader *r, uint16_t type)
{
	if (type > ETHERNET_LENGTH_MAX)
		return dissection_next(d, CARRIER_ETHERTYPE, type);
	reader_limit(r, type);
	return dissection_next(d, CARRIER_ETHERTYPE, ETHERTYPE_LLC);
}

#endif
