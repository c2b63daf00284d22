/* The hosts that systems and browsers check a network with, by their makers' documentation. */
#include "rules/probes.h"

#include <string.h>
#include <strings.h>

static const char *const probes[] = {
	"captive.apple.com",
	"connectivitycheck.gstatic.com",
	"connectivitycheck.android.com",
	"connectivitycheck.grapheneos.network",
	"connectivity-check.ubuntu.com",
	"network-test.debian.org",
	"nmcheck.gnome.org",
	"networkcheck.kde.org",
	"ping.archlinux.org",
	"detectportal.firefox.com",
	"detectportal.brave-http-only.com",
	"www.msftconnecttest.com",
	"ipv6.msftconnecttest.com",
	"www.msftncsi.com",
	"dns.msftncsi.com",
};

bool probe_name(const struct obs_word *name)
{
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		size_t length = strlen(probes[i]);
		if (name->length == length &&
			strncasecmp((const char *)name->bytes, probes[i], length) == 0)
			return true;
	}
	return false;
}
