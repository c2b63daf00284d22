/*
 * Network addresses, endpoints and prefixes as plain values, for IPv4 and IPv6 alike: one type, so
 * that no check is written twice. Unused bytes are zero, so two addresses are equal exactly when
 * their bytes are. An IPv4-mapped IPv6 address stays IPv6 here: that it was written so is evidence.
 */
#ifndef SEEP_CORE_ADDR_H
#define SEEP_CORE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum addr_family { ADDR_NONE = 0, ADDR_V4 = 4, ADDR_V6 = 6 };

struct addr {
	uint8_t family;    /* enum addr_family */
	uint8_t bytes[16]; /* network order; IPv4 in the first four */
};

struct endpoint {
	struct addr addr;
	uint16_t port; /* host order; 0 when there is none */
};

struct prefix {
	struct addr addr;
	uint8_t bits;
};

/* What an address is good for. Documentation prefixes (RFC 5737, RFC 3849) count as global, so that
 * tests and labs are judged like the Internet. */
enum addr_scope {
	SCOPE_NONE,    /* no address */
	SCOPE_SPECIAL, /* unspecified, loopback, multicast, broadcast, reserved */
	SCOPE_LINK,    /* 169.254/16, fe80::/10 */
	SCOPE_PRIVATE, /* RFC 1918, fc00::/7 (RFC 4193) */
	SCOPE_SHARED,  /* carrier-grade NAT, 100.64/10 (RFC 6598) */
	SCOPE_GLOBAL,
};

/* Room for the longest text, with its NUL. */
#define ADDR_TEXT_MAX     46
#define ENDPOINT_TEXT_MAX (ADDR_TEXT_MAX + 8)
#define PREFIX_TEXT_MAX   (ADDR_TEXT_MAX + 4)

/* Written in place, a word at a time: each packet sets two, and a copy of a value just put together
 * from bytes would wait for them. */
static inline void addr_set_v4(struct addr *a, const uint8_t bytes[4])
{
	a->family = ADDR_V4;
	memcpy(a->bytes, bytes, 4);
	memset(a->bytes + 4, 0, sizeof(a->bytes) - 4);
}

static inline void addr_set_v6(struct addr *a, const uint8_t bytes[16])
{
	a->family = ADDR_V6;
	memcpy(a->bytes, bytes, 16);
}

static inline struct addr addr_v4(const uint8_t bytes[4])
{
	struct addr a;
	addr_set_v4(&a, bytes);
	return a;
}

static inline struct addr addr_v6(const uint8_t bytes[16])
{
	struct addr a;
	addr_set_v6(&a, bytes);
	return a;
}

bool addr_equal(const struct addr *a, const struct addr *b);
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);
enum addr_scope addr_scope(const struct addr *a);

/* ::ffff:a.b.c.d as the IPv4 address in it; any other address as it is (RFC 4291 §2.5.5.2). */
struct addr addr_unmapped(const struct addr *a);
/* The IPv4 address in one of those or of NAT64's well-known prefix 64:ff9b::/96 (RFC 6052 §2.1), as
 * a server behind a translator sees its clients; any other address as it is. */
struct addr addr_plain(const struct addr *a);
/* A prefix within ::ffff:0:0/96 as the IPv4 prefix in it; any other as it is. */
struct prefix prefix_unmapped(const struct prefix *p);

bool prefix_contains(const struct prefix *p, const struct addr *a);
bool prefixes_contain(const struct prefix list[], uint32_t count, const struct addr *a);
bool prefix_equal(const struct prefix *a, const struct prefix *b);
/* The prefix that holds just this address. */
struct prefix prefix_of(const struct addr *a);

/* Canonical text (RFC 5952), always NUL-terminated; an absent address is "-". An endpoint is
 * addr:port or [addr]:port, without the port when it is 0; a prefix has its length only when it
 * holds more than one address. Each returns `out`. */
const char *addr_text(const struct addr *a, char out[ADDR_TEXT_MAX]);
const char *endpoint_text(const struct endpoint *e, char out[ENDPOINT_TEXT_MAX]);
const char *prefix_text(const struct prefix *p, char out[PREFIX_TEXT_MAX]);

/* Parse what a person wrote; false leaves *out undefined. An endpoint's port may be missing (0). A
 * prefix's host bits must be zero. Nothing is unmapped: what was parsed prints as what was written.
 */
bool addr_parse(const char *text, struct addr *out);
bool endpoint_parse(const char *text, struct endpoint *out);
bool prefix_parse(const char *text, struct prefix *out);

#endif
