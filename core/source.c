/*
 * Captures and interfaces of a run, and what an interface's name and link type say about its role.
 */
#include "core/source.h"

#include "core/link_type.h"

#include <stdlib.h>
#include <string.h>

struct source_table *source_table_new(void)
{
	return calloc(1, sizeof(struct source_table));
}

int source_add_capture(struct source_table *t, const char *name, enum role role)
{
	if (t->captures == SOURCE_CAPTURES_MAX)
		return -1;
	t->capture[t->captures] = name;
	t->capture_role[t->captures] = role;
	return (int)t->captures++;
}

int source_add_interface(
	struct source_table *t, uint16_t capture, const char *name, uint16_t link_type)
{
	if (t->interfaces == SOURCE_INTERFACES_MAX)
		return -1;
	struct interface *added = &t->interface[t->interfaces];
	strncpy(added->name, name, sizeof(added->name) - 1);
	enum role role = t->capture_role[capture];
	added->capture = capture;
	added->link_type = link_type;
	added->declared = role != ROLE_AUTO;
	enum role guess = role_guess(added->name, link_type, &added->named);
	added->role = (uint8_t)(added->declared ? role : guess);
	t->changes++;
	return (int)t->interfaces++;
}

/* What systems and VPN programs call their interfaces. A row matches names that start with it. */
static const struct {
	const char *start;
	enum role role;
} role_rows[] = {
	{"tun", ROLE_TUNNEL}, /* OpenVPN and everything on Linux tun */
	{"tap", ROLE_TUNNEL},
	{"utun", ROLE_TUNNEL}, /* macOS */
	{"wg", ROLE_TUNNEL},   /* WireGuard by habit */
	{"ipsec", ROLE_TUNNEL},
	{"xfrm", ROLE_TUNNEL},
	{"vti", ROLE_TUNNEL},
	{"tailscale", ROLE_TUNNEL},
	{"nordlynx", ROLE_TUNNEL}, /* NordVPN */
	{"nordtun", ROLE_TUNNEL},
	{"proton", ROLE_TUNNEL},
	{"mullvad", ROLE_TUNNEL},
	{"CloudflareWARP", ROLE_TUNNEL},
	{"pppoe", ROLE_WAN}, /* a router's dial-up link; plain pppN may be a VPN or not */
	{"wan", ROLE_WAN},
	{"lan", ROLE_LAN},
	{"br-lan", ROLE_LAN},     /* OpenWrt */
	{"enc", ROLE_TUNNEL},     /* BSD IPsec */
	{"docker", ROLE_UNKNOWN}, /* inside the host: where it goes then is not seen here */
	{"br-", ROLE_UNKNOWN},
	{"virbr", ROLE_UNKNOWN},
	{"veth", ROLE_UNKNOWN},
	{"vnet", ROLE_UNKNOWN},
	{"\\Device\\NPF_", ROLE_UNKNOWN}, /* Windows: any adapter, TAP ones, too */
	{"eth", ROLE_PHYSICAL},
	{"en", ROLE_PHYSICAL},    /* enp3s0, eno1, ens33, macOS en0 */
	{"wl", ROLE_PHYSICAL},    /* wlan0, wlp2s0 */
	{"ww", ROLE_PHYSICAL},    /* wwan0, cellular */
	{"rmnet", ROLE_PHYSICAL}, /* Android, cellular */
	{"usb", ROLE_PHYSICAL},
};

enum role role_guess(const char *name, uint16_t link_type, bool *named)
{
	*named = true;
	for (size_t i = 0; i < sizeof(role_rows) / sizeof(role_rows[0]); i++) {
		if (strncmp(name, role_rows[i].start, strlen(role_rows[i].start)) == 0)
			return role_rows[i].role;
	}
	*named = false;
	return link_type == LINK_ETHERNET ? ROLE_PHYSICAL : ROLE_UNKNOWN;
}

static const char *const role_names[] = {
	[ROLE_AUTO] = "auto",
	[ROLE_UNKNOWN] = "unknown",
	[ROLE_PHYSICAL] = "physical",
	[ROLE_TUNNEL] = "tunnel",
	[ROLE_LAN] = "lan",
	[ROLE_WAN] = "wan",
};

const char *role_name(enum role role)
{
	return role_names[role];
}

bool role_parse(const char *name, enum role *out)
{
	for (enum role role = ROLE_PHYSICAL; role <= ROLE_WAN; role++) {
		if (strcmp(name, role_names[role]) == 0) {
			*out = role;
			return true;
		}
	}
	return false;
}
