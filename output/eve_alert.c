/*
 * A finding as an EVE alert: EVE's `alert` object for what every consumer of EVE knows, our `leak`
 * object beside it for what was given away, to whom, and what to do. The same facts are in
 * alert.metadata, EVE's one open bag, for dashboards that look no further.
 */
#include "output/eve.h"

/* EVE knows three priorities, 1 the worst; we tell five apart. */
static const uint8_t eve_severity[SEVERITIES] = {
	[SEVERITY_INFO] = 3,
	[SEVERITY_LOW] = 3,
	[SEVERITY_MEDIUM] = 2,
	[SEVERITY_HIGH] = 1,
	[SEVERITY_CRITICAL] = 1,
};

static void add_addrs(cJSON *object, const char *name, const struct addr *addrs, size_t count)
{
	char text[ALERT_LEAKED_MAX][ADDR_TEXT_MAX];
	const char *list[ALERT_LEAKED_MAX];
	for (size_t i = 0; i < count; i++)
		list[i] = addr_text(&addrs[i], text[i]);
	json_add_texts(object, name, list, count);
}

static void add_expected(cJSON *leak, const struct alert *a)
{
	char text[ALERT_EXPECTED_MAX][PREFIX_TEXT_MAX];
	const char *list[ALERT_EXPECTED_MAX];
	for (size_t i = 0; i < a->expected_count; i++)
		list[i] = prefix_text(&a->expected[i], text[i]);
	json_add_texts(leak, "expected", list, a->expected_count);
	if (a->expected_cut)
		json_add_bool(leak, "expected_cut", true);
	json_add_bool(leak, "learned", a->learned);
}

/* An object that has this array of texts, as all members of EVE's metadata are. */
static void add_metadata(cJSON *object, const struct alert *a, const char *id)
{
	const char *confidence = confidence_name(a->confidence);
	cJSON *metadata = cJSON_AddObjectToObject(object, "metadata");
	json_add_texts(metadata, "leak_id", &a->detection->id, 1);
	add_addrs(metadata, "leaked_ip", a->leaked, a->leaked_count);
	json_add_texts(metadata, "confidence", &confidence, 1);
	json_add_texts(metadata, "finding_id", &id, 1);
}

static void add_references(cJSON *object, const char *const *references)
{
	size_t count = 0;
	while (references && references[count])
		count++;
	json_add_texts(object, "references", references, count);
}

static void add_alert(cJSON *record, const struct alert *a, const char *id)
{
	const struct detection_info *detection = a->detection;
	cJSON *object = cJSON_AddObjectToObject(record, "alert");
	json_add_text(object, "action", "allowed");
	json_add_u64(object, "gid", ALERT_GID);
	json_add_u64(object, "signature_id", detection->signature_id);
	json_add_u64(object, "rev", detection->revision);
	json_add_text(object, "signature", detection->title);
	json_add_text(object, "category", detection->category);
	json_add_u64(object, "severity", eve_severity[a->severity]);
	add_metadata(object, a, id);
	add_references(object, detection->references);
}

/* A frame of another capture than the record's: its number alone would mislead. */
static void add_evidence(
	cJSON *evidence, const struct alert_frame *frame, const struct source_table *sources)
{
	cJSON *object = cJSON_CreateObject();
	if (frame->capture < sources->captures)
		json_add_text(object, "pcap_filename", sources->capture[frame->capture]);
	json_add_u64(object, "pcap_cnt", frame->number);
	if (frame->interface < sources->interfaces)
		json_add_text(object, "in_iface", sources->interface[frame->interface].name);
	cJSON_AddItemToArray(evidence, object);
}

/* Absent rather than empty. */
static void add_list(cJSON *object, const char *name, cJSON *list)
{
	if (!cJSON_GetArraySize(list) || !cJSON_AddItemToObject(object, name, list))
		cJSON_Delete(list);
}

static void add_frames(cJSON *leak, const struct alert *a, const struct source_table *sources)
{
	cJSON *frames = cJSON_CreateArray(), *evidence = cJSON_CreateArray();
	for (size_t i = 0; i < a->frame_count; i++) {
		if (a->frames[i].capture == a->head.capture)
			json_push_u64(frames, a->frames[i].number);
		else
			add_evidence(evidence, &a->frames[i], sources);
	}
	add_list(leak, "frames", frames);
	add_list(leak, "evidence", evidence);
}

static void add_leak(
	cJSON *record, const struct alert *a, const char *id, const struct source_table *sources)
{
	enum role vantage = a->vantage == ROLE_AUTO ? ROLE_UNKNOWN : a->vantage;
	cJSON *leak = cJSON_AddObjectToObject(record, "leak");
	json_add_text(leak, "id", a->detection->id);
	json_add_text(leak, "severity", severity_name(a->severity));
	json_add_text(leak, "confidence", confidence_name(a->confidence));
	json_add_text(leak, "stage", stage_name(a->stage));
	json_add_text(leak, "state", alert_state_name(a->state));
	json_add_addr(leak, "client", &a->client);
	json_add_text(leak, "path", path_name(a->path));
	json_add_text(leak, "vantage", role_name(vantage));
	add_addrs(leak, "leaked", a->leaked, a->leaked_count);
	add_expected(leak, a);
	json_add_endpoint(leak, "server", &a->server);
	add_frames(leak, a, sources);
	json_add_time(leak, "first_seen", a->first_ns);
	json_add_time(leak, "last_seen", a->last_ns);
	json_add_u64(leak, "count", a->count);
	eve_add_wrapping(leak, &a->head);
	json_add_text(leak, "finding_id", id);
	json_add_text(leak, "message", a->message);
	json_add_text(leak, "remedy", a->remedy);
	if (a->provisional)
		json_add_bool(leak, "provisional", true);
}

void eve_alert(struct output *o, const struct alert *a)
{
	char id[FINDING_ID_SIZE];
	finding_id(a, id);
	struct obs_head head = a->head;
	head.time_ns = a->last_ns; /* when this is said of the finding, not when it was found */
	cJSON *record = eve_record(o, &head, "alert");
	add_alert(record, a, id);
	add_leak(record, a, id, o->context->sources);
	eve_write(o, record);
}
