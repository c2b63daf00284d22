/*
 * Names, addresses and routes that hosts are told: DNS, DHCP, ARP and neighbour discovery, router
 * advertisements, and external addresses that a gateway gives away.
 */
#ifndef SEEP_CORE_OBS_NETWORK_H
#define SEEP_CORE_OBS_NETWORK_H

#include "core/addr.h"
#include "core/obs_text.h"

/* DNS_HTTP: RFC 8484 without TLS, as behind what ends it. */
enum dns_transport { DNS_UDP, DNS_TCP, DNS_MDNS, DNS_LLMNR, DNS_NBNS, DNS_HTTP };

/* A DNS message (RFC 1035; RFC 6762; RFC 4795), its first question, then its address records. */
struct obs_dns {
	uint8_t transport; /* enum dns_transport */
	bool response;
	uint8_t opcode, rcode;
	bool records_cut; /* more address records than are told */
	uint16_t id, type, questions, answers;
	struct obs_text name;        /* dots between labels, bytes as on the wire */
	struct prefix client_subnet; /* EDNS client subnet (RFC 7871); none when absent or /0 */
};

struct obs_dns_record {
	uint16_t type;
	uint32_t ttl;
	struct obs_text name;
	struct addr addr; /* A, AAAA */
	bool cache_flush; /* mDNS */
};

/* A DHCPv4 (RFC 2131) or DHCPv6 (RFC 8415) message, then its options that steer traffic. */
struct obs_dhcp {
	uint8_t version; /* 4 or 6 */
	uint8_t type;    /* message type: 5 is ACK in DHCPv4, 7 is REPLY in DHCPv6 */
	uint8_t client_mac[6];
	struct addr client, your, server; /* ciaddr, yiaddr (or IA address), server identifier */
	uint32_t lease;                   /* seconds */
	struct obs_word host_name;
	bool options_cut; /* more options than are told */
};

enum dhcp_option {
	DHCP_MASK = 1,
	DHCP_ROUTER = 3,
	DHCP_RESOLVER = 6,
	DHCP_DOMAIN = 15,
	DHCP_STATIC_ROUTE = 33,
	DHCP_CLASSLESS_ROUTE = 121, /* RFC 3442; Microsoft's 249 is the same and keeps its number */
};

/* DHCPv6's own numbers (RFC 8415 §21, RFC 3646). */
enum dhcpv6_option { DHCPV6_RESOLVER = 23, DHCPV6_DOMAIN = 24, DHCPV6_PREFIX = 26 };

struct obs_dhcp_option {
	uint16_t code;
	struct prefix prefix; /* routes: where to; mask: the subnet */
	struct addr addr;     /* router, resolver, next hop */
	struct obs_word text;
};

enum neighbour_protocol { NEIGHBOUR_ARP, NEIGHBOUR_ND };

/* Somebody says that an address is at a MAC address (RFC 826, RFC 4861 §4.3, §4.4). */
struct obs_neighbour {
	uint8_t protocol; /* enum neighbour_protocol */
	bool request;
	bool gratuitous; /* nobody asked */
	uint8_t mac[6];
	struct addr addr;   /* who is there; none in a probe */
	struct addr target; /* whom a request asks for */
};

/* A router advertisement (RFC 4861 §4.2), then its prefixes, routes and resolvers. */
struct obs_router {
	uint16_t lifetime; /* seconds; 0: no default router */
	int8_t preference; /* RFC 4191: -1 low, 0 medium, 1 high */
	bool managed, other;
	bool options_cut; /* more options than are told */
	uint8_t mac[6];
};

enum router_option { ROUTER_PREFIX = 3, ROUTER_ROUTE = 24, ROUTER_RESOLVER = 25 };

struct obs_router_option {
	uint8_t type; /* enum router_option */
	bool on_link, autonomous;
	uint32_t lifetime;
	struct prefix prefix;
	struct addr resolver;
};

enum external_protocol { EXTERNAL_NATPMP, EXTERNAL_PCP, EXTERNAL_UPNP, EXTERNAL_SIP };

/* A gateway or server told a host its external address (RFC 6886, RFC 6887, UPnP IGD, RFC 3581). */
struct obs_external {
	uint8_t protocol; /* enum external_protocol */
	struct endpoint addr;
};

#endif
