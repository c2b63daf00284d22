/* How observations of names, addresses and routes are rendered. */
#include "core/fields.h"

LABELS(dns_transport_name, "udp", "tcp", "mdns", "llmnr", "nbns", "http")
LABELS(neighbour_protocol_name, "arp", "nd")
LABELS(external_protocol_name, "nat-pmp", "pcp", "upnp", "sip")

const struct field dns_fields[] = {
	{"transport", AT(obs_dns, transport), .type = FIELD_LABEL8, .label = dns_transport_name},
	{"id", AT(obs_dns, id), .type = FIELD_U16},
	{"response", AT(obs_dns, response), .type = FIELD_BOOL},
	{"opcode", AT(obs_dns, opcode), .type = FIELD_U8},
	{"rcode", AT(obs_dns, rcode), .type = FIELD_U8},
	{"questions", AT(obs_dns, questions), .type = FIELD_U16},
	{"answers", AT(obs_dns, answers), .type = FIELD_U16},
	{"name", AT(obs_dns, name), .type = FIELD_TEXT},
	{"type", AT(obs_dns, type), .type = FIELD_U16},
	{"client_subnet", AT(obs_dns, client_subnet), .type = FIELD_PREFIX},
	{"records_cut", AT(obs_dns, records_cut), .type = FIELD_BOOL},
	{0},
};

const struct field dns_record_fields[] = {
	{"name", AT(obs_dns_record, name), .type = FIELD_TEXT},
	{"type", AT(obs_dns_record, type), .type = FIELD_U16},
	{"ttl", AT(obs_dns_record, ttl), .type = FIELD_U32},
	{"ip", AT(obs_dns_record, addr), .type = FIELD_ADDR},
	{"cache_flush", AT(obs_dns_record, cache_flush), .type = FIELD_BOOL},
	{0},
};

const struct field dhcp_fields[] = {
	{"version", AT(obs_dhcp, version), .type = FIELD_U8},
	{"type", AT(obs_dhcp, type), .type = FIELD_U8},
	{"client_mac", AT(obs_dhcp, client_mac), .type = FIELD_MAC},
	{"client_ip", AT(obs_dhcp, client), .type = FIELD_ADDR},
	{"your_ip", AT(obs_dhcp, your), .type = FIELD_ADDR},
	{"server_ip", AT(obs_dhcp, server), .type = FIELD_ADDR},
	{"lease", AT(obs_dhcp, lease), .type = FIELD_U32},
	{"host_name", AT(obs_dhcp, host_name), .type = FIELD_WORD},
	{"options_cut", AT(obs_dhcp, options_cut), .type = FIELD_BOOL},
	{0},
};

const struct field dhcp_option_fields[] = {
	{"code", AT(obs_dhcp_option, code), .type = FIELD_U16},
	{"prefix", AT(obs_dhcp_option, prefix), .type = FIELD_PREFIX},
	{"ip", AT(obs_dhcp_option, addr), .type = FIELD_ADDR},
	{"text", AT(obs_dhcp_option, text), .type = FIELD_WORD},
	{0},
};

const struct field neighbour_fields[] = {
	{"protocol", AT(obs_neighbour, protocol), .type = FIELD_LABEL8,
		.label = neighbour_protocol_name},
	{"request", AT(obs_neighbour, request), .type = FIELD_BOOL},
	{"gratuitous", AT(obs_neighbour, gratuitous), .type = FIELD_BOOL},
	{"mac", AT(obs_neighbour, mac), .type = FIELD_MAC},
	{"ip", AT(obs_neighbour, addr), .type = FIELD_ADDR},
	{"target_ip", AT(obs_neighbour, target), .type = FIELD_ADDR},
	{0},
};

const struct field router_fields[] = {
	{"lifetime", AT(obs_router, lifetime), .type = FIELD_U16},
	{"preference", AT(obs_router, preference), .type = FIELD_I8},
	{"managed", AT(obs_router, managed), .type = FIELD_BOOL},
	{"other", AT(obs_router, other), .type = FIELD_BOOL},
	{"mac", AT(obs_router, mac), .type = FIELD_MAC},
	{"options_cut", AT(obs_router, options_cut), .type = FIELD_BOOL},
	{0},
};

const struct field router_option_fields[] = {
	{"type", AT(obs_router_option, type), .type = FIELD_U8},
	{"prefix", AT(obs_router_option, prefix), .type = FIELD_PREFIX},
	{"resolver_ip", AT(obs_router_option, resolver), .type = FIELD_ADDR},
	{"lifetime", AT(obs_router_option, lifetime), .type = FIELD_U32},
	{"on_link", AT(obs_router_option, on_link), .type = FIELD_BOOL},
	{"autonomous", AT(obs_router_option, autonomous), .type = FIELD_BOOL},
	{0},
};

const struct field external_fields[] = {
	{"protocol", AT(obs_external, protocol), .type = FIELD_LABEL8,
		.label = external_protocol_name},
	{"", AT(obs_external, addr), .type = FIELD_ENDPOINT},
	{0},
};
