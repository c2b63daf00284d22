/*
 * JSON lines that are Suricata EVE records, https://docs.suricata.io/en/latest/output/eve/: the
 * members EVE defines have EVE's names, types and meaning; ours are `leak` and the objects named
 * after our own event types. The record of a run's end is EVE's `stats`, made of the counters that
 * core/stats.h lists. What is not known is left out, never null or empty.
 */
#include "output/eve.h"

#include <inttypes.h>
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

static void add_protocol(cJSON *record, uint8_t protocol)
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
	const char *name = number;
	snprintf(number, sizeof(number), "%" PRIu8, protocol);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].protocol == protocol)
			name = rows[i].name;
	}
	if (protocol)
		json_add_text(record, "proto", name);
}

/* EVE's app_proto is what the packet spoke, as far as the kind of observation tells. */
static const char *const app_protocols[OBS_KINDS] = {
	[OBS_STUN_MESSAGE] = "stun",
	[OBS_STUN_ATTRIBUTE] = "stun",
	[OBS_STUN_REQUEST] = "stun",
	[OBS_BINDING_RESULT] = "stun",
	[OBS_ALLOCATION] = "stun",
	[OBS_TURN_PEER] = "stun",
	[OBS_DNS] = "dns",
	[OBS_DHCP] = "dhcp",
	[OBS_HTTP] = "http",
};

static void add_flow(cJSON *record, const struct obs_head *h)
{
	bool ports = h->protocol != IPPROTO_ICMP && h->protocol != IPPROTO_ICMPV6 &&
		(h->src.port || h->dst.port);
	json_add_addr(record, "src_ip", &h->src.addr);
	if (ports)
		json_add_u64(record, "src_port", h->src.port);
	json_add_addr(record, "dest_ip", &h->dst.addr);
	if (ports)
		json_add_u64(record, "dest_port", h->dst.port);
	if (h->src.addr.family != ADDR_NONE)
		json_add_u64(record, "ip_v", h->src.addr.family);
	add_protocol(record, h->protocol);
	json_add_text(record, "app_proto", app_protocols[h->kind]);
	/* Without a flow there is no name for it: a fragment, or ICMP without its type. */
	char community[COMMUNITY_ID_SIZE] = "";
	if (h->flow_id)
		community_id(h, 0, community);
	json_add_text(record, "community_id", community);
}

static void add_vlan(cJSON *record, const struct obs_head *h)
{
	if (h->vlan)
		json_push_u64(cJSON_AddArrayToObject(record, "vlan"), h->vlan);
}

static void add_source(cJSON *record, const struct obs_head *h, const struct source_table *sources)
{
	if (h->frame)
		json_add_u64(record, "pcap_cnt", h->frame);
	if (h->capture < sources->captures)
		json_add_text(record, "pcap_filename", sources->capture[h->capture]);
	if (!h->has_macs)
		return;
	cJSON *ether = cJSON_AddObjectToObject(record, "ether");
	json_add_mac(ether, "src_mac", h->src_mac);
	json_add_mac(ether, "dest_mac", h->dst_mac);
}

void eve_add_wrapping(cJSON *object, const struct obs_head *h)
{
	const char *names[sizeof(wrappings) / sizeof(wrappings[0])];
	size_t count = 0;
	for (size_t i = 0; i < sizeof(wrappings) / sizeof(wrappings[0]); i++) {
		if (h->encapsulation & wrappings[i].bit)
			names[count++] = wrappings[i].name;
	}
	json_add_texts(object, "encapsulation", names, count);
	if (count)
		json_add_u64(object, "depth", h->depth);
	json_add_addr(object, "outer_src_ip", &h->outer_src);
	json_add_addr(object, "outer_dest_ip", &h->outer_dst);
}

void eve_add_sensor(const struct output *o, cJSON *record)
{
	json_add_text(record, "host", o->context->sensor);
}

cJSON *eve_record(const struct output *o, const struct obs_head *h, const char *event_type)
{
	const struct source_table *sources = o->context->sources;
	cJSON *record = cJSON_CreateObject();
	json_add_time(record, "timestamp", h->time_ns);
	if (h->flow_id)
		json_add_u64(record, "flow_id", h->flow_id);
	if (h->interface < sources->interfaces)
		json_add_text(record, "in_iface", sources->interface[h->interface].name);
	json_add_text(record, "event_type", event_type);
	add_vlan(record, h);
	add_flow(record, h);
	eve_add_sensor(o, record);
	add_source(record, h, sources);
	return record;
}

void eve_write(struct output *o, cJSON *record)
{
	struct eve *eve = o->state;
	size_t length = record ? json_line(record, eve->line, sizeof(eve->line)) : 0;
	if (length)
		sink_write(&o->sink, eve->line, length);
	else
		sink_fail(&o->sink, record ? "it is too long" : "out of memory");
	cJSON_Delete(record);
}

/* "flow.total" is the member `total` of the object `flow`. */
static void add_counter(cJSON *stats, const char *name, uint64_t value)
{
	char group[NAME_TEXT_MAX];
	int length = (int)strcspn(name, ".");
	snprintf(group, sizeof(group), "%.*s", length, name);
	cJSON *object = cJSON_GetObjectItemCaseSensitive(stats, group);
	if (!object)
		object = cJSON_AddObjectToObject(stats, group);
	json_add_u64(object, name + length + 1, value);
}

static void eve_end(struct output *o, const struct summary *s)
{
	eve_observation_flush(o);
	cJSON *record = cJSON_CreateObject();
	json_add_time(record, "timestamp", s->last_ns);
	json_add_text(record, "event_type", "stats");
	eve_add_sensor(o, record);
	cJSON *stats = cJSON_AddObjectToObject(record, "stats");
	for (const struct stat_info *info = stat_info; info->name; info++)
		add_counter(stats, info->name, stat_value(s->stats, info));
	eve_write(o, record);
}

const struct output_driver output_eve = {
	.info = {"eve", "JSON lines in Suricata's EVE format, for log shippers and scripts"},
	.state_size = sizeof(struct eve),
	.observation = eve_observation,
	.alert = eve_alert,
	.end = eve_end,
	.close = eve_observation_flush,
};
