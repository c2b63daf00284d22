/*
 * Alerts as OCSF Detection Findings (class 2004), one JSON object a line, for data lakes:
 * https://schema.ocsf.io/classes/detection_finding. Times are milliseconds since 1970. A finding
 * keeps its uid while it is created, updated and closed. What OCSF has no attribute for is the
 * `leak` object of EVE records, under `unmapped`.
 */
#include "output/eve.h"
#include "output/facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define OCSF_VERSION "1.4.0"
#define NS_PER_MS    UINT64_C(1000000)
#define CATEGORY     2
#define CLASS        2004
#define TYPE_IP      2 /* of an observable: IP Address */
#define TYPE_NAME    1 /* Hostname */
#define NUMBER_MAX   sizeof("4294967295")

struct ocsf {
	char line[EVE_ALERT_MAX];
};

struct label {
	uint8_t id;
	const char *name;
};

static const struct label severities[SEVERITIES] = {
	[SEVERITY_INFO] = {1, "Informational"},
	[SEVERITY_LOW] = {2, "Low"},
	[SEVERITY_MEDIUM] = {3, "Medium"},
	[SEVERITY_HIGH] = {4, "High"},
	[SEVERITY_CRITICAL] = {5, "Critical"},
};

static const struct label confidences[] = {
	[CONFIDENCE_LOW] = {1, "Low"},
	[CONFIDENCE_MEDIUM] = {2, "Medium"},
	[CONFIDENCE_HIGH] = {3, "High"},
};

static const struct label activities[] = {
	[STATE_OPEN] = {1, "Create"},
	[STATE_UPDATED] = {2, "Update"},
	[STATE_CLOSED] = {3, "Close"},
	[STATE_WITHDRAWN] = {3, "Close"},
};

/* Nobody has reviewed what a sensor tells; only what it took back itself is settled. */
static const struct label fresh = {1, "New"}, settled = {3, "Suppressed"};

static void add_label(struct json *j, const char *id, const char *name, const struct label *label)
{
	json_add_u64(j, id, label->id);
	json_add_text(j, name, label->name);
}

static void add_class(struct json *j, const struct alert *a)
{
	const struct label *activity = &activities[a->state];
	json_add_u64(j, "category_uid", CATEGORY);
	json_add_text(j, "category_name", "Findings");
	json_add_u64(j, "class_uid", CLASS);
	json_add_text(j, "class_name", "Detection Finding");
	add_label(j, "activity_id", "activity_name", activity);
	json_add_u64(j, "type_uid", CLASS * UINT64_C(100) + activity->id);
	add_label(j, "severity_id", "severity", &severities[a->severity]);
	add_label(j, "confidence_id", "confidence", &confidences[a->confidence]);
	add_label(j, "status_id", "status", a->state == STATE_WITHDRAWN ? &settled : &fresh);
	json_add_bool(j, "is_alert", a->state == STATE_OPEN || a->state == STATE_UPDATED);
}

static void add_metadata(struct json *j, const struct output_context *context)
{
	json_open(j, "metadata");
	json_add_text(j, "version", OCSF_VERSION);
	json_open(j, "product");
	json_add_text(j, "name", "seep");
	json_add_text(j, "vendor_name", "seep");
	json_add_text(j, "version", SEEP_VERSION);
	json_close(j);
	json_add_text(j, "log_provider", context->sensor);
	json_close(j);
}

static void add_analytic(struct json *j, const struct detection_info *detection)
{
	char number[NUMBER_MAX];
	json_open(j, "analytic");
	json_add_text(j, "uid", detection->id);
	json_add_text(j, "name", detection->title);
	json_add_text(j, "category", detection->category);
	json_add_u64(j, "type_id", 1);
	json_add_text(j, "type", "Rule");
	snprintf(number, sizeof(number), "%u", detection->revision);
	json_add_text(j, "version", number);
	json_close(j);
}

static void add_finding(struct json *j, const struct alert *a, const char *id)
{
	json_open(j, "finding_info");
	json_add_text(j, "uid", id);
	json_add_text(j, "title", a->detection->title);
	json_add_text(j, "desc", a->detection->why);
	json_add_texts(j, "types", &a->detection->category, 1);
	json_add_u64(j, "created_time", a->first_ns / NS_PER_MS);
	json_add_u64(j, "modified_time", a->last_ns / NS_PER_MS);
	json_add_u64(j, "first_seen_time", a->first_ns / NS_PER_MS);
	json_add_u64(j, "last_seen_time", a->last_ns / NS_PER_MS);
	add_analytic(j, a->detection);
	json_close(j);
}

static void add_end(
	struct json *j, const char *name, const struct endpoint *end, const char *interface)
{
	if (end->addr.family == ADDR_NONE)
		return;
	json_open(j, name);
	json_add_addr(j, "ip", &end->addr);
	if (end->port)
		json_add_u64(j, "port", end->port);
	json_add_text(j, "interface_name", interface);
	json_close(j);
}

static void add_connection(struct json *j, const struct alert *a)
{
	static const struct label outbound = {2, "Outbound"}, lateral = {3, "Lateral"};
	char community[COMMUNITY_ID_SIZE] = "";
	const struct obs_head *h = &a->head;
	if (h->flow_id)
		community_id(h, 0, community);
	json_open(j, "connection_info");
	add_label(j, "direction_id", "direction", a->path == PATH_LAN ? &lateral : &outbound);
	if (h->protocol)
		json_add_u64(j, "protocol_num", h->protocol);
	json_add_text(j, "protocol_name", facts_transport(a));
	if (h->src.addr.family != ADDR_NONE)
		json_add_u64(j, "protocol_ver_id", h->src.addr.family);
	json_add_text(j, "community_uid", community);
	json_close(j);
}

static void add_evidence(struct json *j, const struct alert *a, const struct source_table *sources)
{
	const struct facts_ends ends = facts_ends(a);
	json_open_list(j, "evidences");
	json_open(j, NULL);
	add_end(j, "src_endpoint", &ends.client, facts_interface(a, sources));
	add_end(j, "dst_endpoint", &ends.server, NULL);
	add_connection(j, a);
	json_close(j);
	json_close_list(j);
}

static void add_observable(
	struct json *j, const char *name, uint8_t type, const void *value, size_t length)
{
	json_open(j, NULL);
	json_add_text(j, "name", name);
	json_add_u64(j, "type_id", type);
	json_add_text(j, "type", type == TYPE_IP ? "IP Address" : "Hostname");
	json_add_bytes(j, "value", value, length);
	json_close(j);
}

/* The addresses to pivot on: who leaked what. */
static void add_observables(struct json *j, const struct alert *a)
{
	char text[ADDR_TEXT_MAX];
	json_open_list(j, "observables");
	addr_text(&a->client, text);
	if (a->client.family != ADDR_NONE)
		add_observable(j, "unmapped.leak.client", TYPE_IP, text, strlen(text));
	for (size_t i = 0; i < a->leaked_count; i++) {
		addr_text(&a->leaked[i], text);
		add_observable(j, "unmapped.leak.leaked", TYPE_IP, text, strlen(text));
	}
	for (size_t i = 0; i < a->name_count; i++)
		add_observable(j, "unmapped.leak.leaked", TYPE_NAME, a->names[i].bytes,
			a->names[i].length);
	json_close_list(j);
}

static void add_remediation(struct json *j, const struct alert *a)
{
	if (!a->remedy[0])
		return;
	json_open(j, "remediation");
	json_add_text(j, "desc", a->remedy);
	json_close(j);
}

static void ocsf_alert(struct output *o, const struct alert *a)
{
	struct ocsf *ocsf = o->state;
	char id[FINDING_ID_SIZE];
	struct json j;
	finding_id(a, id);
	json_begin(&j, ocsf->line, sizeof(ocsf->line));
	json_add_u64(&j, "time", a->last_ns / NS_PER_MS);
	add_class(&j, a);
	json_add_text(&j, "message", a->message);
	json_add_u64(&j, "count", a->count ? a->count : 1);
	json_add_u64(&j, "start_time", a->first_ns / NS_PER_MS);
	json_add_u64(&j, "end_time", a->last_ns / NS_PER_MS);
	add_metadata(&j, o->context);
	add_finding(&j, a, id);
	add_evidence(&j, a, o->context->sources);
	add_observables(&j, a);
	add_remediation(&j, a);
	json_open(&j, "unmapped");
	eve_add_leak(&j, a, id, o->context->sources);
	json_close(&j);
	eve_write(o, &j);
}

const struct output_driver output_ocsf = {
	.info = {"ocsf", "alerts as JSON lines, OCSF Detection Findings (class 2004)"},
	.state_size = sizeof(struct ocsf),
	.alert = ocsf_alert,
};
