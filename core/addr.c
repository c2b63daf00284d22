/*
 * Addresses: scopes (the IANA special-purpose registries, RFC 6890, as far as they matter to a
 * leak), prefixes, and text. inet_ntop writes the canonical form of RFC 5952.
 */
#include "core/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V4_BITS     32
#define V6_BITS     128
#define MAPPED_BITS (V6_BITS - V4_BITS) /* ::ffff:0:0/96 */

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && addr_equal(&a->addr, &b->addr);
}

/* The first byte decides nearly all: this is asked of each packet that nobody knows. */
static enum addr_scope scope_v4(const uint8_t bytes[4])
{
	uint8_t next = bytes[1];
	switch (bytes[0]) {
	case 0:
	case 127:
		return SCOPE_SPECIAL;
	case 10:
		return SCOPE_PRIVATE;
	case 100: /* 100.64/10 */
		return (next & 0xc0) == 64 ? SCOPE_SHARED : SCOPE_GLOBAL;
	case 169:
		return next == 254 ? SCOPE_LINK : SCOPE_GLOBAL;
	case 172: /* 172.16/12 */
		return (next & 0xf0) == 16 ? SCOPE_PRIVATE : SCOPE_GLOBAL;
	case 192: /* 192.0.0/24: 464XLAT, DS-Lite */
		if (next == 0 && bytes[2] == 0)
			return SCOPE_SPECIAL;
		return next == 168 ? SCOPE_PRIVATE : SCOPE_GLOBAL;
	case 198: /* 198.18/15: benchmarks; fake addresses of TUN clients */
		return (next & 0xfe) == 18 ? SCOPE_PRIVATE : SCOPE_GLOBAL;
	default: /* 224/3: multicast, reserved, broadcast */
		return bytes[0] >= 224 ? SCOPE_SPECIAL : SCOPE_GLOBAL;
	}
}

/* :: and ::1, and what is mapped. */
static enum addr_scope scope_v6_low(const struct addr *a)
{
	static const uint8_t unspecified[15];
	struct addr plain = addr_unmapped(a);
	if (plain.family == ADDR_V4)
		return scope_v4(plain.bytes);
	bool special = memcmp(a->bytes, unspecified, sizeof(unspecified)) == 0;
	return special && a->bytes[15] <= 1 ? SCOPE_SPECIAL : SCOPE_GLOBAL;
}

static enum addr_scope scope_v6(const struct addr *a)
{
	switch (a->bytes[0]) {
	case 0:
		return scope_v6_low(a);
	case 0xfc:
	case 0xfd:
		return SCOPE_PRIVATE;
	case 0xfe: /* fe80::/10 */
		return (a->bytes[1] & 0xc0) == 0x80 ? SCOPE_LINK : SCOPE_GLOBAL;
	case 0xff:
		return SCOPE_SPECIAL;
	default:
		return SCOPE_GLOBAL;
	}
}

enum addr_scope addr_scope(const struct addr *a)
{
	if (a->family == ADDR_V4)
		return scope_v4(a->bytes);
	return a->family == ADDR_V6 ? scope_v6(a) : SCOPE_NONE;
}

struct addr addr_unmapped(const struct addr *a)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	if (a->family != ADDR_V6 || memcmp(a->bytes, mapped, sizeof(mapped)) != 0)
		return *a;
	return addr_v4(a->bytes + sizeof(mapped));
}

struct addr addr_plain(const struct addr *a)
{
	static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};
	if (a->family == ADDR_V6 && memcmp(a->bytes, nat64, sizeof(nat64)) == 0)
		return addr_v4(a->bytes + sizeof(nat64));
	return addr_unmapped(a);
}

struct prefix prefix_unmapped(const struct prefix *p)
{
	struct addr plain = addr_unmapped(&p->addr);
	if (plain.family == p->addr.family || p->bits < MAPPED_BITS)
		return *p;
	return (struct prefix){.addr = plain, .bits = (uint8_t)(p->bits - MAPPED_BITS)};
}

static uint8_t family_bits(uint8_t family)
{
	return family == ADDR_V4 ? V4_BITS : V6_BITS;
}

/* The bits behind the first `bits`, in the byte they share. */
static uint8_t tail_mask(uint8_t bits)
{
	return (uint8_t)(0xff >> (bits % 8));
}

bool prefix_contains(const struct prefix *p, const struct addr *a)
{
	if (p->addr.family != a->family)
		return false;
	size_t whole = p->bits / 8;
	if (memcmp(p->addr.bytes, a->bytes, whole) != 0)
		return false;
	if (p->bits % 8 == 0)
		return true;
	uint8_t differing = p->addr.bytes[whole] ^ a->bytes[whole];
	return (differing & (uint8_t)~tail_mask(p->bits)) == 0;
}

bool prefixes_contain(const struct prefix list[], uint32_t count, const struct addr *a)
{
	for (uint32_t i = 0; i < count; i++) {
		if (prefix_contains(&list[i], a))
			return true;
	}
	return false;
}

bool prefix_equal(const struct prefix *a, const struct prefix *b)
{
	return a->bits == b->bits && addr_equal(&a->addr, &b->addr);
}

struct prefix prefix_of(const struct addr *a)
{
	return (struct prefix){.addr = *a, .bits = family_bits(a->family)};
}

/* Every record has several; inet_ntop prints these through sprintf. */
static void addr_text_v4(const uint8_t bytes[4], char *out)
{
	for (unsigned i = 0; i < 4; i++) {
		unsigned byte = bytes[i];
		if (byte >= 100)
			*out++ = (char)('0' + byte / 100);
		if (byte >= 10)
			*out++ = (char)('0' + byte / 10 % 10);
		*out++ = (char)('0' + byte % 10);
		*out++ = i < 3 ? '.' : '\0';
	}
}

const char *addr_text(const struct addr *a, char out[ADDR_TEXT_MAX])
{
	if (a->family == ADDR_V4)
		addr_text_v4(a->bytes, out);
	else if (a->family == ADDR_NONE || !inet_ntop(AF_INET6, a->bytes, out, ADDR_TEXT_MAX))
		memcpy(out, "-", sizeof("-"));
	return out;
}

const char *endpoint_text(const struct endpoint *e, char out[ENDPOINT_TEXT_MAX])
{
	char text[ADDR_TEXT_MAX];
	addr_text(&e->addr, text);
	if (e->port == 0)
		snprintf(out, ENDPOINT_TEXT_MAX, "%s", text);
	else if (e->addr.family == ADDR_V6)
		snprintf(out, ENDPOINT_TEXT_MAX, "[%s]:%u", text, e->port);
	else
		snprintf(out, ENDPOINT_TEXT_MAX, "%s:%u", text, e->port);
	return out;
}

const char *prefix_text(const struct prefix *p, char out[PREFIX_TEXT_MAX])
{
	char text[ADDR_TEXT_MAX];
	addr_text(&p->addr, text);
	if (p->bits == family_bits(p->addr.family))
		snprintf(out, PREFIX_TEXT_MAX, "%s", text);
	else
		snprintf(out, PREFIX_TEXT_MAX, "%s/%u", text, p->bits);
	return out;
}

bool addr_parse(const char *text, struct addr *out)
{
	uint8_t bytes[16];
	if (inet_pton(AF_INET, text, bytes) == 1) {
		*out = addr_v4(bytes);
		return true;
	}
	if (inet_pton(AF_INET6, text, bytes) == 1) {
		*out = addr_v6(bytes);
		return true;
	}
	return false;
}

/* A decimal number without sign or spaces, at most `most`. */
static bool number_parse(const char *text, unsigned long most, unsigned long *out)
{
	if (text[0] < '0' || text[0] > '9')
		return false;
	char *end;
	*out = strtoul(text, &end, 10);
	return *end == '\0' && *out <= most;
}

/* Copies the first `length` characters of an address's text and parses them. */
static bool addr_parse_part(const char *text, size_t length, struct addr *out)
{
	char part[ADDR_TEXT_MAX];
	if (length >= sizeof(part))
		return false;
	memcpy(part, text, length);
	part[length] = '\0';
	return addr_parse(part, out);
}

bool endpoint_parse(const char *text, struct endpoint *out)
{
	*out = (struct endpoint){0};
	if (addr_parse(text, &out->addr))
		return true;
	bool bracketed = text[0] == '[';
	const char *colon = strrchr(text, ':');
	const char *end = bracketed ? strchr(text, ']') : colon;
	if (!end || (bracketed && end[1] != '\0' && end + 1 != colon))
		return false;
	const char *start = bracketed ? text + 1 : text;
	if (!addr_parse_part(start, (size_t)(end - start), &out->addr))
		return false;
	if (bracketed != (out->addr.family == ADDR_V6))
		return false;
	if (end[0] == ']' && end[1] == '\0')
		return true;
	unsigned long port;
	if (!number_parse(colon + 1, UINT16_MAX, &port) || port == 0)
		return false;
	out->port = (uint16_t)port;
	return true;
}

/* A host bit that is set is more often a typing error than a wish. */
static bool prefix_has_host_bits(const struct prefix *p)
{
	size_t at = p->bits / 8;
	size_t length = family_bits(p->addr.family) / 8;
	if (at < length && (p->addr.bytes[at] & tail_mask(p->bits)))
		return true;
	for (at++; at < length; at++) {
		if (p->addr.bytes[at])
			return true;
	}
	return false;
}

bool prefix_parse(const char *text, struct prefix *out)
{
	const char *slash = strchr(text, '/');
	if (!slash) {
		struct addr whole;
		if (!addr_parse(text, &whole))
			return false;
		*out = prefix_of(&whole);
		return true;
	}
	unsigned long bits;
	if (!addr_parse_part(text, (size_t)(slash - text), &out->addr))
		return false;
	if (!number_parse(slash + 1, family_bits(out->addr.family), &bits))
		return false;
	out->bits = (uint8_t)bits;
	return !prefix_has_host_bits(out);
}
