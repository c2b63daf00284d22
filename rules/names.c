/* Host names, by their ends. */
#include "rules/names.h"

#include <string.h>

#define UUID_LENGTH 36

struct zone {
	const char *name;
	size_t length;
};

#define ZONE(name)                     \
	{                              \
		name, sizeof(name) - 1 \
	}

/* The reverse of all of 172/8, of which 172.16/12 is private: sixteen rows for a name that gives
 * away next to nothing are too many. */
static const struct zone local_zones[] = {
	ZONE("local"),
	ZONE("localhost"),
	ZONE("localdomain"),
	ZONE("lan"),
	ZONE("home"),
	ZONE("home.arpa"),
	ZONE("internal"),
	ZONE("intranet"),
	ZONE("private"),
	ZONE("corp"),
	ZONE("fritz.box"),
	ZONE("10.in-addr.arpa"),
	ZONE("127.in-addr.arpa"),
	ZONE("254.169.in-addr.arpa"),
	ZONE("255.in-addr.arpa"),
	ZONE("168.192.in-addr.arpa"),
	ZONE("172.in-addr.arpa"),
	ZONE("c.f.ip6.arpa"),
	ZONE("d.f.ip6.arpa"),
	ZONE("8.e.f.ip6.arpa"),
};

static const struct zone probe_zones[] = {
	ZONE("captive.apple.com"),
	ZONE("captive.g.aaplimg.com"),
	ZONE("conncheck.opensuse.org"),
	ZONE("connectivity-check.ubuntu.com"),
	ZONE("connectivitycheck.android.com"),
	ZONE("connectivitycheck.grapheneos.network"),
	ZONE("connectivitycheck.gstatic.com"),
	ZONE("detectportal.firefox.com"),
	ZONE("msftconnecttest.com"),
	ZONE("msftncsi.com"),
	ZONE("network-test.debian.org"),
	ZONE("nmcheck.gnome.org"),
	ZONE("ping.archlinux.org"),
	ZONE("ntp.org"),
	ZONE("ntp.ubuntu.com"),
	ZONE("time.android.com"),
	ZONE("time.apple.com"),
	ZONE("time.cloudflare.com"),
	ZONE("time.facebook.com"),
	ZONE("time.google.com"),
	ZONE("time.grapheneos.org"),
	ZONE("time.nist.gov"),
	ZONE("time.windows.com"),
};

#undef ZONE

static uint8_t lower(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte | 0x20) : byte;
}

bool name_equal(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length)
{
	if (a_length != b_length)
		return false;
	for (size_t i = 0; i < a_length; i++) {
		if (lower(a[i]) != lower(b[i]))
			return false;
	}
	return true;
}

/* It is the zone, or a name in it. */
static bool name_within(const uint8_t *name, size_t length, const struct zone *zone)
{
	if (length < zone->length)
		return false;
	size_t before = length - zone->length;
	return (before == 0 || name[before - 1] == '.') &&
		name_equal(name + before, zone->length, (const uint8_t *)zone->name, zone->length);
}

static bool name_within_any(
	const uint8_t *name, size_t length, const struct zone zones[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (name_within(name, length, &zones[i]))
			return true;
	}
	return false;
}

bool name_is_local(const uint8_t *name, size_t length)
{
	return !memchr(name, '.', length) ||
		name_within_any(
			name, length, local_zones, sizeof(local_zones) / sizeof(local_zones[0]));
}

bool name_is_probe(const uint8_t *name, size_t length)
{
	return name_within_any(
		name, length, probe_zones, sizeof(probe_zones) / sizeof(probe_zones[0]));
}

static bool uuid_byte(size_t at, uint8_t byte)
{
	if (at == 8 || at == 13 || at == 18 || at == 23)
		return byte == '-';
	return (byte >= '0' && byte <= '9') || (lower(byte) >= 'a' && lower(byte) <= 'f');
}

bool name_is_hidden_host(const uint8_t *name, size_t length)
{
	static const struct zone local = {".local", 6};
	if (length != UUID_LENGTH + local.length)
		return false;
	for (size_t i = 0; i < UUID_LENGTH; i++) {
		if (!uuid_byte(i, name[i]))
			return false;
	}
	return name_equal(
		name + UUID_LENGTH, local.length, (const uint8_t *)local.name, local.length);
}
