/*
 * A local network around a judge: leases, advertisements, conversations and tunnels, said in a line
 * each. Times are the judge's own.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_LAN_H
#define SEEP_TESTS_UNIT_SUPPORT_LAN_H

#include "tests/unit/support/judge.h"

#define LAPTOP  "192.168.77.10"
#define GATEWAY "192.168.77.1"
#define VPN     "203.0.113.7:51820"
#define WEB     "192.0.2.80:80"

static const uint8_t laptop_mac[6] = {0, 0, 0x5e, 0, 0x53, 0x0a};
static const uint8_t router_mac[6] = {0, 0, 0x5e, 0, 0x53, 0x01};

static inline struct observation lan_head(
	struct judge *j, uint8_t kind, const char *src, const char *dst, bool ours)
{
	struct observation o = judge_head(j, kind, ETH0);
	o.head.src = end(src);
	o.head.dst = end(dst);
	o.head.has_macs = true;
	memcpy(o.head.src_mac, ours ? laptop_mac : router_mac, sizeof(laptop_mac));
	memcpy(o.head.dst_mac, ours ? router_mac : laptop_mac, sizeof(laptop_mac));
	return o;
}

static inline void lan_see(struct judge *j, struct observation *o)
{
	engine_observe(j->engine, o);
}

/* An option of a lease: code, and its prefix or address. */
struct part {
	uint16_t code;
	const char *text;
};

static inline struct prefix prefix_said(const char *text)
{
	struct prefix p;
	if (!prefix_parse(text, &p))
		fail_msg("%s is no prefix", text);
	return p;
}

/* An ACK for the laptop, and its options, ended by a code of 0. */
static inline void lan_leases(struct judge *j, const char *yours, const struct part *parts)
{
	struct observation o = lan_head(j, OBS_DHCP, GATEWAY ":67", "255.255.255.255:68", false);
	uint8_t count = 0;
	while (parts[count].code)
		count++;
	o.head.parts = count;
	o.dhcp = (struct obs_dhcp){
		.version = 4, .type = 5, .your = ip(yours), .server = ip(GATEWAY), .lease = 60};
	memcpy(o.dhcp.client_mac, laptop_mac, sizeof(laptop_mac));
	lan_see(j, &o);
	o.head.kind = OBS_DHCP_OPTION;
	o.head.parts = 0;
	for (unsigned i = 0; i < count; i++) {
		o.dhcp_option = (struct obs_dhcp_option){.code = parts[i].code};
		if (parts[i].code == DHCP_ROUTER)
			o.dhcp_option.addr = ip(parts[i].text);
		else
			o.dhcp_option.prefix = prefix_said(parts[i].text);
		lan_see(j, &o);
	}
}

/* The laptop's side of a conversation that just began, or goes on. */
static inline struct observation lan_traffic(
	struct judge *j, const char *src, const char *dst, uint8_t protocol)
{
	struct observation o = lan_head(j, OBS_TRAFFIC, src, dst, true);
	o.head.protocol = protocol;
	o.head.from_opener = true;
	o.traffic = (struct obs_traffic){.event = TRAFFIC_BEGINS,
		.packets_from = 4,
		.bytes_from = 400,
		.first_ns = j->now_ns,
		.last_ns = j->now_ns};
	return o;
}

static inline void lan_talks(struct judge *j, const char *src, const char *dst, uint8_t protocol)
{
	struct observation o = lan_traffic(j, src, dst, protocol);
	lan_see(j, &o);
}

/* A tunnel of the laptop's says something: from it, or to it. */
static inline void lan_tunnels(
	struct judge *j, uint8_t kind, uint8_t event, const char *near, const char *far, bool up)
{
	struct observation o = lan_head(j, OBS_TUNNEL, up ? near : far, up ? far : near, up);
	o.head.from_opener = up;
	o.tunnel = (struct obs_tunnel){.kind = kind, .event = event};
	lan_see(j, &o);
}

/* The tunnel is up and carries something both ways. */
static inline void lan_tunnel_up(struct judge *j, uint8_t kind, const char *near, const char *far)
{
	lan_tunnels(j, kind, TUNNEL_ANSWERS, near, far, false);
	lan_tunnels(j, kind, TUNNEL_DATA, near, far, true);
	lan_tunnels(j, kind, TUNNEL_DATA, near, far, false);
}

/* What is an advertisement's router, and what it says. */
struct advert {
	const char *router; /* link-local */
	uint8_t mac;        /* its last byte */
	uint16_t lifetime;
	int8_t preference;
	const char *prefix, *route; /* or NULL */
	uint32_t route_lifetime;
	bool managed, alone; /* `alone`: hosts make no addresses of the prefix */
};

static inline void lan_advertises(struct judge *j, const struct advert *a)
{
	struct observation o = lan_head(j, OBS_ROUTER, a->router, "ff02::1", false);
	o.head.src_mac[5] = a->mac;
	o.head.parts = (uint8_t)((a->prefix != NULL) + (a->route != NULL));
	o.router = (struct obs_router){
		.lifetime = a->lifetime, .preference = a->preference, .managed = a->managed};
	memcpy(o.router.mac, o.head.src_mac, sizeof(o.router.mac));
	lan_see(j, &o);
	o.head.kind = OBS_ROUTER_OPTION;
	o.head.parts = 0;
	if (a->prefix) {
		o.router_option = (struct obs_router_option){.type = ROUTER_PREFIX,
			.on_link = true,
			.autonomous = !a->alone,
			.lifetime = 3600,
			.prefix = prefix_said(a->prefix)};
		lan_see(j, &o);
	}
	if (a->route) {
		o.router_option = (struct obs_router_option){.type = ROUTER_ROUTE,
			.lifetime = a->route_lifetime,
			.prefix = prefix_said(a->route)};
		lan_see(j, &o);
	}
}

/* The last alert of the local network's detections; what goes around a tunnel at all is others'. */
static inline const struct alert *lan_last(const struct judge *j)
{
	static const char *const ids[] = {"tunnelvision", "tunnelcrack-localnet",
		"tunnelcrack-serverip", "rogue-router", "unsanctioned-tunnel"};
	assert_true(j->count <= JUDGE_ALERTS_MAX);
	for (uint32_t i = j->count; i-- > 0;) {
		for (size_t n = 0; n < ROWS(ids); n++) {
			if (strcmp(j->alerts[i].detection->id, ids[n]) == 0)
				return &j->alerts[i];
		}
	}
	return NULL;
}

/* The run ends; the last alert about it, or none. */
static inline void lan_expect(
	struct judge *j, const char *name, const char *id, enum severity severity)
{
	engine_finish(j->engine);
	const struct alert *a = lan_last(j);
	if (!id) {
		if (a)
			fail_msg("%s: %s was not expected", name, a->detection->id);
		return;
	}
	if (!a)
		fail_msg("%s: silence", name);
	assert_string_equal(a->detection->id, id);
	if (a->severity != severity)
		fail_msg("%s: %s", name, severity_name(a->severity));
}

#endif
