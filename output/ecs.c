/*
 * Alerts as Elastic Common Schema 9 documents, one JSON object a line, for Elasticsearch and
 * OpenSearch without an ingest pipeline: https://www.elastic.co/docs/reference/ecs. The client is
 * always the source. What ECS has no field for is the `leak` object of EVE records, as `seep.leak`.
 */
#include "output/eve.h"
#include "output/facts.h"

#include <inttypes.h>
#include <stdio.h>

#define ECS_VERSION  "9.0.0"
#define MAC_TEXT_MAX sizeof("00-00-5E-00-53-23")
#define NUMBER_MAX   sizeof("4294967295")
#define EVENT_ID_MAX 64

struct ecs {
	char line[EVE_ALERT_MAX];
};

/* Out of 100, as Elastic's own rules score low, medium, high and critical. */
static const uint8_t risk[SEVERITIES] = {
	[SEVERITY_INFO] = 1,
	[SEVERITY_LOW] = 21,
	[SEVERITY_MEDIUM] = 47,
	[SEVERITY_HIGH] = 73,
	[SEVERITY_CRITICAL] = 99,
};

static void add_time(struct json *j, const char *name, uint64_t ns)
{
	char text[TIME_TEXT_SIZE];
	json_add_text(j, name, time_zulu(ns, text));
}

static void add_number_text(struct json *j, const char *name, uint32_t number)
{
	char text[NUMBER_MAX];
	snprintf(text, sizeof(text), "%" PRIu32, number);
	json_add_text(j, name, text);
}

/* The same finding is told several times; the event is one of them. */
static void add_event_id(struct json *j, const struct alert *a, const char *id)
{
	char text[EVENT_ID_MAX];
	snprintf(text, sizeof(text), "%s-%s-%" PRIu64, id, alert_state_name(a->state), a->count);
	json_add_text(j, "id", text);
}

static void add_event(struct json *j, const struct alert *a, const char *id)
{
	static const char *const category[] = {"network", "intrusion_detection"};
	static const char *const type[] = {"info"};
	json_open(j, "event");
	json_add_text(j, "kind", "alert");
	json_add_texts(j, "category", category, 2);
	json_add_texts(j, "type", type, 1);
	json_add_text(j, "module", "seep");
	json_add_text(j, "dataset", "seep.alert");
	json_add_text(j, "action", alert_state_name(a->state));
	add_number_text(j, "code", a->detection->signature_id);
	add_event_id(j, a, id);
	json_add_text(j, "reason", a->message);
	json_add_u64(j, "severity", risk[a->severity]);
	json_add_u64(j, "risk_score", risk[a->severity]);
	add_time(j, "start", a->first_ns);
	add_time(j, "end", a->last_ns);
	json_add_u64(j, "duration", a->last_ns - a->first_ns);
	json_close(j);
}

static void add_rule(struct json *j, const struct detection_info *detection)
{
	size_t references = 0;
	while (detection->references && detection->references[references])
		references++;
	json_open(j, "rule");
	add_number_text(j, "id", detection->signature_id);
	json_add_text(j, "name", detection->id);
	json_add_text(j, "description", detection->title);
	json_add_text(j, "category", detection->category);
	json_add_text(j, "ruleset", "seep");
	add_number_text(j, "version", detection->revision);
	json_add_texts(j, "reference", detection->references, references);
	json_close(j);
}

static void add_mac(struct json *j, const uint8_t *mac)
{
	char text[MAC_TEXT_MAX];
	if (!mac)
		return;
	snprintf(text, sizeof(text), "%02X-%02X-%02X-%02X-%02X-%02X", mac[0], mac[1], mac[2],
		mac[3], mac[4], mac[5]);
	json_add_text(j, "mac", text);
}

/* What a server answered is the address behind which it sees the client. */
static void add_nat(struct json *j, const struct alert *a)
{
	if (a->head.kind != OBS_BINDING_RESULT || a->leaked_count != 1)
		return;
	json_open(j, "nat");
	json_add_addr(j, "ip", &a->leaked[0]);
	json_close(j);
}

static void add_end(struct json *j, const char *name, const struct endpoint *end,
	const uint8_t *mac, const struct alert *client_of)
{
	if (end->addr.family == ADDR_NONE)
		return;
	json_open(j, name);
	json_add_addr(j, "address", &end->addr);
	json_add_addr(j, "ip", &end->addr);
	if (end->port)
		json_add_u64(j, "port", end->port);
	add_mac(j, mac);
	if (client_of)
		add_nat(j, client_of);
	json_close(j);
}

static void add_network(struct json *j, const struct alert *a)
{
	char community[COMMUNITY_ID_SIZE] = "";
	const struct obs_head *h = &a->head;
	if (h->flow_id)
		community_id(h, 0, community);
	json_open(j, "network");
	json_add_text(j, "transport", facts_transport(a));
	json_add_text(j, "protocol", eve_application(h->kind));
	if (h->src.addr.family != ADDR_NONE)
		json_add_text(j, "type", h->src.addr.family == ADDR_V6 ? "ipv6" : "ipv4");
	json_add_text(j, "community_id", community);
	if (a->traffic.packets) {
		json_add_u64(j, "packets", a->traffic.packets);
		json_add_u64(j, "bytes", a->traffic.bytes);
	}
	json_close(j);
}

static void add_observer(struct json *j, const struct alert *a, const struct output_context *c)
{
	const char *interface = facts_interface(a, c->sources);
	json_open(j, "observer");
	json_add_text(j, "vendor", "seep");
	json_add_text(j, "product", "seep");
	json_add_text(j, "type", "ids");
	json_add_text(j, "version", SEEP_VERSION);
	json_add_text(j, "hostname", c->sensor);
	if (interface) {
		json_open(j, "ingress");
		json_open(j, "interface");
		json_add_text(j, "name", interface);
		json_close(j);
		json_close(j);
	}
	json_close(j);
}

static void add_related(struct json *j, const struct alert *a)
{
	json_open(j, "related");
	json_open_list(j, "ip");
	json_add_addr(j, NULL, &a->client);
	json_add_addr(j, NULL, &a->server.addr);
	for (size_t i = 0; i < a->leaked_count; i++) {
		if (!addr_equal(&a->leaked[i], &a->client))
			json_add_addr(j, NULL, &a->leaked[i]);
	}
	json_close_list(j);
	if (a->name_count)
		json_open_list(j, "hosts");
	for (size_t i = 0; i < a->name_count; i++)
		json_add_bytes(j, NULL, a->names[i].bytes, a->names[i].length);
	if (a->name_count)
		json_close_list(j);
	json_close(j);
}

static void add_own(
	struct json *j, const struct alert *a, const char *id, const struct source_table *sources)
{
	json_open(j, "seep");
	json_add_text(j, "pcap_filename", facts_capture(a, sources));
	eve_add_leak(j, a, id, sources);
	json_close(j);
}

static void ecs_alert(struct output *o, const struct alert *a)
{
	struct ecs *ecs = o->state;
	const struct facts_ends ends = facts_ends(a);
	char id[FINDING_ID_SIZE];
	struct json j;
	finding_id(a, id);
	json_begin(&j, ecs->line, sizeof(ecs->line));
	add_time(&j, "@timestamp", a->last_ns);
	json_open(&j, "ecs");
	json_add_text(&j, "version", ECS_VERSION);
	json_close(&j);
	json_add_text(&j, "message", a->message);
	add_event(&j, a, id);
	add_rule(&j, a->detection);
	add_end(&j, "source", &ends.client, ends.client_mac, a);
	add_end(&j, "destination", &ends.server, ends.server_mac, NULL);
	add_network(&j, a);
	add_observer(&j, a, o->context);
	add_related(&j, a);
	add_own(&j, a, id, o->context->sources);
	eve_write(o, &j);
}

const struct output_driver output_ecs = {
	.info = {"ecs", "alerts as JSON lines in the Elastic Common Schema"},
	.state_size = sizeof(struct ecs),
	.alert = ecs_alert,
};
