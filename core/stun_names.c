/*
 * IANA "Session Traversal Utilities for NAT (STUN) Parameters", with the attributes that Microsoft,
 * Google and WebRTC implementations use beside it.
 */
#include "core/stun_names.h"

#include <stddef.h>

struct name_row {
	unsigned number;
	const char *name;
};

static const struct name_row methods[] = {
	{0x001, "binding"},
	{0x002, "shared-secret"}, /* RFC 3489 */
	{0x003, "allocate"},
	{0x004, "refresh"},
	{0x006, "send"},
	{0x007, "data"},
	{0x008, "create-permission"},
	{0x009, "channel-bind"},
	{0x00a, "connect"},            /* RFC 6062 */
	{0x00b, "connection-bind"},    /* RFC 6062 */
	{0x00c, "connection-attempt"}, /* RFC 6062 */
	{0x080, "goog-ping"},
};

static const struct name_row classes[] = {
	{0, "request"},
	{1, "indication"},
	{2, "success"},
	{3, "error"},
};

static const struct name_row attributes[] = {
	{0x0001, "MAPPED-ADDRESS"},
	{0x0002, "RESPONSE-ADDRESS"},
	{0x0003, "CHANGE-REQUEST"},
	{0x0004, "SOURCE-ADDRESS"},
	{0x0005, "CHANGED-ADDRESS"},
	{0x0006, "USERNAME"},
	{0x0007, "PASSWORD"},
	{0x0008, "MESSAGE-INTEGRITY"},
	{0x0009, "ERROR-CODE"},
	{0x000a, "UNKNOWN-ATTRIBUTES"},
	{0x000b, "REFLECTED-FROM"},
	{0x000c, "CHANNEL-NUMBER"},
	{0x000d, "LIFETIME"},
	{0x000f, "MAGIC-COOKIE"},
	{0x0010, "BANDWIDTH"},
	{0x0011, "DESTINATION-ADDRESS"},
	{0x0012, "XOR-PEER-ADDRESS"},
	{0x0013, "DATA"},
	{0x0014, "REALM"},
	{0x0015, "NONCE"},
	{0x0016, "XOR-RELAYED-ADDRESS"},
	{0x0017, "REQUESTED-ADDRESS-FAMILY"},
	{0x0018, "EVEN-PORT"},
	{0x0019, "REQUESTED-TRANSPORT"},
	{0x001a, "DONT-FRAGMENT"},
	{0x001b, "ACCESS-TOKEN"},
	{0x001c, "MESSAGE-INTEGRITY-SHA256"},
	{0x001d, "PASSWORD-ALGORITHM"},
	{0x001e, "USERHASH"},
	{0x0020, "XOR-MAPPED-ADDRESS"},
	{0x0021, "TIMER-VAL"},
	{0x0022, "RESERVATION-TOKEN"},
	{0x0024, "PRIORITY"},
	{0x0025, "USE-CANDIDATE"},
	{0x0026, "PADDING"},
	{0x0027, "RESPONSE-PORT"},
	{0x002a, "CONNECTION-ID"},
	{0x8000, "ADDITIONAL-ADDRESS-FAMILY"},
	{0x8001, "ADDRESS-ERROR-CODE"},
	{0x8002, "PASSWORD-ALGORITHMS"},
	{0x8003, "ALTERNATE-DOMAIN"},
	{0x8004, "ICMP"},
	{0x8008, "MS-VERSION"},
	{0x8020, "MS-XOR-MAPPED-ADDRESS"},
	{0x8022, "SOFTWARE"},
	{0x8023, "ALTERNATE-SERVER"},
	{0x8025, "TRANSACTION-TRANSMIT-COUNTER"},
	{0x8027, "CACHE-TIMEOUT"},
	{0x8028, "FINGERPRINT"},
	{0x8029, "ICE-CONTROLLED"},
	{0x802a, "ICE-CONTROLLING"},
	{0x802b, "RESPONSE-ORIGIN"},
	{0x802c, "OTHER-ADDRESS"},
	{0x802d, "ECN-CHECK-STUN"},
	{0x802e, "THIRD-PARTY-AUTHORIZATION"},
	{0x8030, "MOBILITY-TICKET"},
	{0x8050, "MS-SEQUENCE-NUMBER"},
	{0x8054, "MS-CANDIDATE-IDENTIFIER"},
	{0x8055, "MS-SERVICE-QUALITY"},
	{0x8070, "MS-IMPLEMENTATION-VERSION"},
	{0x8090, "MS-ALTERNATE-MAPPED-ADDRESS"},
	{0x8095, "MS-MULTIPLEXED-TURN-SESSION-ID"},
	{0xc000, "CISCO-STUN-FLOWDATA"},
	{0xc001, "ENF-FLOW-DESCRIPTION"},
	{0xc002, "ENF-NETWORK-STATUS"},
	{0xc056, "CISCO-WEBEX-FLOW-INFO"},
	{0xc057, "GOOG-NETWORK-INFO"},
	{0xc058, "GOOG-LAST-ICE-CHECK-RECEIVED"},
	{0xc059, "GOOG-MISC-INFO"},
	{0xc05a, "GOOG-OBSOLETE-1"},
	{0xc05b, "GOOG-CONNECTION-ID"},
	{0xc05c, "GOOG-DELTA"},
	{0xc05d, "GOOG-DELTA-ACK"},
	{0xc05e, "GOOG-DELTA-SYNC-REQ"},
	{0xc060, "GOOG-MESSAGE-INTEGRITY-32"},
	{0xc070, "META-DTLS-IN-STUN"},
	{0xc071, "META-DTLS-IN-STUN-ACKNOWLEDGEMENT"},
};

#define NAME_IN(rows, number) name_find(rows, sizeof(rows) / sizeof((rows)[0]), number)

static const char *name_find(const struct name_row *rows, size_t count, unsigned number)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].number == number)
			return rows[i].name;
	}
	return NULL;
}

const char *stun_method_name(unsigned method)
{
	return NAME_IN(methods, method);
}

const char *stun_class_name(unsigned stun_class)
{
	return NAME_IN(classes, stun_class);
}

const char *stun_attribute_name(unsigned type)
{
	return NAME_IN(attributes, type);
}
