/*
 * JSON lines that are Suricata EVE records, https://docs.suricata.io/en/latest/output/eve/: the
 * members EVE defines have EVE's names, types and meaning; ours are `leak` and the objects named
 * after our own event types. The record of a run's end is EVE's `stats`, made of the counters that
 * core/stats.h lists. What is not known is left out, never null or empty.
 */
#include "output/eve.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define NAME_TEXT_MAX 64

/* What enum encapsulation is called in records. */
static const struct {
	uint8_t bit;
	const char *name;
} wrappings[] = {
	{WRAPPED_VLAN, "vlan"},
	{WRAPPED_PPPOE, "pppoe"},
	{WRAPPED_MPLS, "mpls"},
	{WRAPPED_GRE, "gre"},
	{WRAPPED_IP, "ip"},
	{WRAPPED_UDP, "udp"},
	{WRAPPED_TURN, "turn"},
	{WRAPPED_PROXY, "proxy"},
};

static void add_protocol(struct json *j, uint8_t protocol)
{
	static const struct {
		uint8_t protocol;
		const char *name;
	} rows[] = {
		{IPPROTO_UDP, "UDP"},
		{IPPROTO_TCP, "TCP"},
		{IPPROTO_ICMP, "ICMP"},
		{IPPROTO_ICMPV6, "IPv6-ICMP"},
	};
	char number[4];
	const char *name = NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].protocol == protocol)
			name = rows[i].name;
	}
	if (!name)
		snprintf(number, sizeof(number), "%u", protocol);
	if (protocol)
		json_add_text(j, "proto", name ? name : number);
}

/* EVE's app_proto is what the packet spoke, as far as the kind of observation tells. */
static const char *const app_protocols[OBS_KINDS] = {
	[OBS_STUN_MESSAGE] = "stun",
	[OBS_STUN_ATTRIBUTE] = "stun",
	[OBS_STUN_REQUEST] = "stun",
	[OBS_REDIRECT] = "stun",
	[OBS_BINDING_RESULT] = "stun",
	[OBS_ALLOCATION] = "stun",
	[OBS_TURN_PEER] = "stun",
	[OBS_DNS] = "dns",
	[OBS_DHCP] = "dhcp",
	[OBS_HTTP] = "http",
};

const char *eve_application(uint8_t kind)
{
	return kind < OBS_KINDS ? app_protocols[kind] : NULL;
}

static void add_ends(struct json *j, const struct obs_head *h, const char *application)
{
	bool ports = h->protocol != IPPROTO_ICMP && h->protocol != IPPROTO_ICMPV6 &&
		(h->src.port || h->dst.port);
	char community[COMMUNITY_ID_SIZE] = "";
	json_add_addr(j, "src_ip", &h->src.addr);
	if (ports)
		json_add_u64(j, "src_port", h->src.port);
	json_add_addr(j, "dest_ip", &h->dst.addr);
	if (ports)
		json_add_u64(j, "dest_port", h->dst.port);
	if (h->src.addr.family != ADDR_NONE)
		json_add_u64(j, "ip_v", h->src.addr.family);
	add_protocol(j, h->protocol);
	json_add_text(j, "app_proto", application);
	/* Without a flow there is no name for it: a fragment, or ICMP without its type. */
	if (h->flow_id)
		community_id(h, 0, community);
	json_add_text(j, "community_id", community);
}

static bool flow_same(
	const struct eve_flow *flow, const struct obs_head *h, const char *application)
{
	return flow->members.line && flow->protocol == h->protocol &&
		flow->application == application && endpoint_equal(&flow->src, &h->src) &&
		endpoint_equal(&flow->dst, &h->dst);
}

static void add_flow(struct json *j, struct eve *eve, const struct obs_head *h)
{
	const char *application = app_protocols[h->kind];
	size_t slot = (size_t)(2 * h->flow_id + h->from_opener) % EVE_FLOWS;
	struct eve_flow *flow = &eve->flows[slot];
	if (!h->flow_id) {
		add_ends(j, h, application);
		return;
	}
	if (!flow_same(flow, h, application)) {
		flow->src = h->src;
		flow->dst = h->dst;
		flow->application = application;
		flow->protocol = h->protocol;
		json_begin(&flow->members, flow->text, sizeof(flow->text));
		add_ends(&flow->members, h, application);
	}
	json_add_members(j, &flow->members);
}

static void add_vlan(struct json *j, const struct obs_head *h)
{
	if (!h->vlan)
		return;
	json_open_list(j, "vlan");
	json_add_u64(j, NULL, h->vlan);
	json_close_list(j);
}

static void add_source(struct json *j, const struct obs_head *h, const struct source_table *sources)
{
	if (h->frame)
		json_add_u64(j, "pcap_cnt", h->frame);
	if (h->capture < sources->captures && !sources->live)
		json_add_text(j, "pcap_filename", sources->capture[h->capture]);
	if (!h->has_macs)
		return;
	json_open(j, "ether");
	json_add_mac(j, "src_mac", h->src_mac);
	json_add_mac(j, "dest_mac", h->dst_mac);
	json_close(j);
}

void eve_add_wrapping(struct json *j, const struct obs_head *h)
{
	const char *names[sizeof(wrappings) / sizeof(wrappings[0])];
	size_t count = 0;
	for (size_t i = 0; i < sizeof(wrappings) / sizeof(wrappings[0]); i++) {
		if (h->encapsulation & wrappings[i].bit)
			names[count++] = wrappings[i].name;
	}
	json_add_texts(j, "encapsulation", names, count);
	if (count)
		json_add_u64(j, "depth", h->depth);
	json_add_addr(j, "outer_src_ip", &h->outer_src);
	json_add_addr(j, "outer_dest_ip", &h->outer_dst);
}

/* Most packets are worth several records. */
static void add_time(struct json *j, struct eve *eve, uint64_t ns)
{
	if (eve->time_ns != ns || !eve->time[0])
		time_record(ns, eve->time);
	eve->time_ns = ns;
	json_add_text(j, "timestamp", eve->time);
}

void eve_add_sensor(const struct output *o, struct json *j)
{
	json_add_text(j, "host", o->context->sensor);
}

struct json eve_record(
	struct output *o, char *line, size_t size, const struct obs_head *h, const char *event_type)
{
	const struct source_table *sources = o->context->sources;
	struct json j;
	json_begin(&j, line, size);
	add_time(&j, o->state, h->time_ns);
	if (h->flow_id)
		json_add_u64(&j, "flow_id", h->flow_id);
	if (h->interface < sources->interfaces)
		json_add_text(&j, "in_iface", sources->interface[h->interface].name);
	json_add_text(&j, "event_type", event_type);
	add_vlan(&j, h);
	add_flow(&j, o->state, h);
	eve_add_sensor(o, &j);
	add_source(&j, h, sources);
	return j;
}

void eve_write(struct output *o, struct json *record)
{
	size_t length = json_end(record);
	if (length)
		sink_write(&o->sink, record->line, length);
	else
		sink_fail(&o->sink, "it is too long");
}

/* "flow.total" is the member `total` of the object `flow`: the length of that object's name. */
static size_t group_length(const struct stat_info *info)
{
	return strcspn(info->name, ".");
}

static bool group_same(const struct stat_info *a, const struct stat_info *b)
{
	size_t length = group_length(a);
	return length == group_length(b) && memcmp(a->name, b->name, length) == 0;
}

static bool group_first(const struct stat_info *info)
{
	const struct stat_info *first = stat_info;
	while (!group_same(first, info))
		first++;
	return first == info;
}

/* All counters of this one's group, wherever they stand in the table. */
static void add_group(struct json *j, const struct stat_info *first, const struct stats *stats)
{
	char group[NAME_TEXT_MAX];
	snprintf(group, sizeof(group), "%.*s", (int)group_length(first), first->name);
	json_open(j, group);
	for (const struct stat_info *info = first; info->name; info++) {
		if (group_same(first, info))
			json_add_u64(
				j, info->name + group_length(info) + 1, stat_value(stats, info));
	}
	json_close(j);
}

void eve_end(struct output *o, const struct summary *s)
{
	struct eve *eve = o->state;
	struct json j;
	eve_observation_flush(o);
	json_begin(&j, eve->line, sizeof(eve->line));
	json_add_time(&j, "timestamp", s->last_ns);
	json_add_text(&j, "event_type", "stats");
	eve_add_sensor(o, &j);
	json_open(&j, "stats");
	for (const struct stat_info *info = stat_info; info->name; info++) {
		if (group_first(info))
			add_group(&j, info, s->stats);
	}
	json_close(&j);
	eve_write(o, &j);
}

const struct output_driver output_eve = {
	.info = {"eve", "JSON lines in Suricata's EVE format, for log shippers and scripts"},
	.state_size = sizeof(struct eve),
	.observation = eve_observation,
	.alert = eve_alert,
	.end = eve_end,
	.close = eve_observation_flush,
};
