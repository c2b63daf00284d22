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

static void add_addrs(struct json *j, const char *name, const struct addr *addrs, size_t count)
{
	char text[ALERT_LEAKED_MAX][ADDR_TEXT_MAX];
	const char *list[ALERT_LEAKED_MAX];
	for (size_t i = 0; i < count; i++)
		list[i] = addr_text(&addrs[i], text[i]);
	json_add_texts(j, name, list, count);
}

/* Addresses, then names: EVE's metadata has the addresses by themselves. */
static void add_leaked(struct json *j, const struct alert *a)
{
	char text[ADDR_TEXT_MAX];
	if (!a->leaked_count && !a->name_count)
		return;
	json_open_list(j, "leaked");
	for (size_t i = 0; i < a->leaked_count; i++)
		json_add_text(j, NULL, addr_text(&a->leaked[i], text));
	for (size_t i = 0; i < a->name_count; i++)
		json_add_bytes(j, NULL, a->names[i].bytes, a->names[i].length);
	json_close_list(j);
}

static void add_network(struct json *j, const struct alert *a)
{
	char text[PREFIX_TEXT_MAX];
	if (a->network.addr.family != ADDR_NONE)
		json_add_text(j, "network", prefix_text(&a->network, text));
}

static void add_traffic(struct json *j, const struct alert_traffic *traffic)
{
	if (!traffic->packets)
		return;
	json_open(j, "traffic");
	json_add_time(j, "from", traffic->from_ns);
	json_add_time(j, "until", traffic->until_ns);
	json_add_u64(j, "packets", traffic->packets);
	json_add_u64(j, "bytes", traffic->bytes);
	json_add_u64(j, "destinations", traffic->destinations);
	json_close(j);
}

static void add_expected(struct json *j, const struct alert *a)
{
	char text[ALERT_EXPECTED_MAX][PREFIX_TEXT_MAX];
	const char *list[ALERT_EXPECTED_MAX];
	for (size_t i = 0; i < a->expected_count; i++)
		list[i] = prefix_text(&a->expected[i], text[i]);
	json_add_texts(j, "expected", list, a->expected_count);
	if (a->expected_cut)
		json_add_bool(j, "expected_cut", true);
	json_add_bool(j, "learned", a->learned);
}

/* An object of lists of texts, as all members of EVE's metadata are. */
static void add_metadata(struct json *j, const struct alert *a, const char *id)
{
	const char *confidence = confidence_name(a->confidence);
	json_open(j, "metadata");
	json_add_texts(j, "leak_id", &a->detection->id, 1);
	add_addrs(j, "leaked_ip", a->leaked, a->leaked_count);
	json_add_texts(j, "confidence", &confidence, 1);
	json_add_texts(j, "finding_id", &id, 1);
	json_close(j);
}

static void add_references(struct json *j, const char *const *references)
{
	size_t count = 0;
	while (references && references[count])
		count++;
	json_add_texts(j, "references", references, count);
}

static void add_alert(struct json *j, const struct alert *a, const char *id, bool brief)
{
	const struct detection_info *detection = a->detection;
	json_open(j, "alert");
	json_add_text(j, "action", "allowed");
	json_add_u64(j, "gid", ALERT_GID);
	json_add_u64(j, "signature_id", detection->signature_id);
	json_add_u64(j, "rev", detection->revision);
	json_add_text(j, "signature", detection->title);
	json_add_text(j, "category", detection->category);
	json_add_u64(j, "severity", eve_severity[a->severity]);
	add_metadata(j, a, id);
	if (!brief)
		add_references(j, detection->references);
	json_close(j);
}

/* A frame of another capture than the record's: its number alone would mislead. */
static void add_evidence(
	struct json *j, const struct alert_frame *frame, const struct source_table *sources)
{
	json_open(j, NULL);
	if (frame->capture < sources->captures && !sources->live)
		json_add_text(j, "pcap_filename", sources->capture[frame->capture]);
	json_add_u64(j, "pcap_cnt", frame->number);
	if (frame->interface < sources->interfaces)
		json_add_text(j, "in_iface", sources->interface[frame->interface].name);
	json_close(j);
}

/* The frames of the record's own capture, or those of others; absent rather than empty. */
static void add_frames(struct json *j, const char *name, const struct alert *a, bool own,
	const struct source_table *sources)
{
	bool any = false;
	for (size_t i = 0; i < a->frame_count; i++) {
		if ((a->frames[i].capture == a->head.capture) != own)
			continue;
		if (!any)
			json_open_list(j, name);
		any = true;
		if (own)
			json_add_u64(j, NULL, a->frames[i].number);
		else
			add_evidence(j, &a->frames[i], sources);
	}
	if (any)
		json_close_list(j);
}

static void add_leak(struct json *j, const struct alert *a, const char *id,
	const struct source_table *sources, bool brief)
{
	enum role vantage = a->vantage == ROLE_AUTO ? ROLE_UNKNOWN : a->vantage;
	json_open(j, "leak");
	json_add_text(j, "id", a->detection->id);
	json_add_text(j, "severity", severity_name(a->severity));
	json_add_text(j, "confidence", confidence_name(a->confidence));
	json_add_text(j, "stage", stage_name(a->stage));
	json_add_text(j, "state", alert_state_name(a->state));
	json_add_addr(j, "client", &a->client);
	json_add_text(j, "path", path_name(a->path));
	json_add_text(j, "vantage", role_name(vantage));
	add_leaked(j, a);
	add_expected(j, a);
	json_add_endpoint(j, "server", &a->server);
	add_network(j, a);
	add_traffic(j, &a->traffic);
	add_frames(j, "frames", a, true, sources);
	add_frames(j, "evidence", a, false, sources);
	json_add_time(j, "first_seen", a->first_ns);
	json_add_time(j, "last_seen", a->last_ns);
	json_add_u64(j, "count", a->count);
	eve_add_wrapping(j, &a->head);
	json_add_text(j, "finding_id", id);
	json_add_text(j, "message", a->message);
	if (!brief)
		json_add_text(j, "remedy", a->remedy);
	if (a->provisional)
		json_add_bool(j, "provisional", true);
	json_close(j);
}

void eve_add_leak(
	struct json *j, const struct alert *a, const char *id, const struct source_table *sources)
{
	add_leak(j, a, id, sources, false);
}

struct json eve_alert_record(struct output *o, const struct alert *a, bool brief)
{
	struct eve *eve = o->state;
	char id[FINDING_ID_SIZE];
	finding_id(a, id);
	struct obs_head head = a->head;
	head.time_ns = a->last_ns; /* when this is said of the finding, not when it was found */
	struct json j = eve_record(o, eve->alert, sizeof(eve->alert), &head, "alert");
	add_alert(&j, a, id, brief);
	add_leak(&j, a, id, o->context->sources, brief);
	return j;
}

void eve_alert(struct output *o, const struct alert *a)
{
	struct json j = eve_alert_record(o, a, false);
	eve_write(o, &j);
}
