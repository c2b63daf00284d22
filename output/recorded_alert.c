/*
 * An EVE record of ours becomes the alert that it was written from, as far as it says: what an
 * observation had beyond it (which kind it was, what it was wrapped in) stays unknown. What is
 * malformed is left out, what is too long is cut: the file may be anybody's.
 */
#include "output/recorded.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_S       UINT64_C(1000000000)
#define MICROSECONDS   6
#define EXACT_INTEGERS 9007199254740992.0 /* 2^53: cJSON has doubles only */

static const cJSON *member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *item = member(object, name);
	return cJSON_IsString(item) ? item->valuestring : "";
}

static uint64_t number_of(const cJSON *object, const char *name)
{
	const cJSON *item = member(object, name);
	bool good = cJSON_IsNumber(item) && item->valuedouble >= 0 &&
		item->valuedouble < EXACT_INTEGERS;
	return good ? (uint64_t)item->valuedouble : 0;
}

/* "2026-11-21T00:11:32.104309+0000" */
bool recorded_time(const cJSON *text, uint64_t *ns)
{
	struct tm at = {0};
	char *end;
	const char *rest = cJSON_IsString(text)
		? strptime(text->valuestring, "%Y-%m-%dT%H:%M:%S.", &at)
		: NULL;
	if (!rest)
		return false;
	unsigned long fraction = strtoul(rest, &end, 10);
	time_t seconds = timegm(&at);
	if (end != rest + MICROSECONDS || strcmp(end, "+0000") != 0 || seconds < 0)
		return false;
	*ns = (uint64_t)seconds * NS_PER_S + fraction * 1000;
	return true;
}

/* Each takes a word that is none of its own for the first. */

static enum confidence confidence_named(const char *name)
{
	enum confidence c = CONFIDENCE_HIGH;
	while (c != CONFIDENCE_LOW && strcmp(confidence_name(c), name) != 0)
		c--;
	return c;
}

static enum stage stage_named(const char *name)
{
	enum stage s = STAGE_MEDIA;
	while (s != STAGE_NONE && strcmp(stage_name(s), name) != 0)
		s--;
	return s;
}

static enum path path_named(const char *name)
{
	enum path p = PATH_LAN;
	while (p != PATH_UNKNOWN && strcmp(path_name(p), name) != 0)
		p--;
	return p;
}

static enum alert_state state_named(const char *name)
{
	enum alert_state s = STATE_WITHDRAWN;
	while (s != STATE_OPEN && strcmp(alert_state_name(s), name) != 0)
		s--;
	return s;
}

static uint8_t protocol_named(const char *name)
{
	static const struct {
		const char *name;
		uint8_t protocol;
	} rows[] = {{"UDP", IPPROTO_UDP}, {"TCP", IPPROTO_TCP}, {"ICMP", IPPROTO_ICMP},
		{"IPv6-ICMP", IPPROTO_ICMPV6}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].protocol;
	}
	return (uint8_t)strtoul(name, NULL, 10);
}

/* Index of the capture of this name, which is added if it is new; UINT16_MAX for none. */
static uint16_t capture_named(struct recorded *r, const char *name)
{
	uint32_t i = 0;
	if (!*name)
		return UINT16_MAX;
	for (; i < r->sources->captures; i++) {
		if (strcmp(r->sources->capture[i], name) == 0)
			return (uint16_t)i;
	}
	char *kept = i < SOURCE_CAPTURES_MAX ? strdup(name) : NULL;
	if (!kept)
		return UINT16_MAX;
	r->capture[i] = kept;
	return (uint16_t)source_add_capture(r->sources, kept, ROLE_AUTO);
}

static uint16_t interface_named(struct recorded *r, const char *name)
{
	if (!*name)
		return UINT16_MAX;
	for (uint32_t i = 0; i < r->sources->interfaces; i++) {
		if (strncmp(r->sources->interface[i].name, name, INTERFACE_NAME_MAX - 1) == 0)
			return (uint16_t)i;
	}
	return (uint16_t)source_add_interface(r->sources, 0, name, 1);
}

/* A detection of another version, from what the record says of it. */
static const struct detection_info *detection_new(
	struct recorded *r, const char *id, const cJSON *alert)
{
	struct detection_info *d;
	if (r->detections == RECORDED_DETECTIONS)
		return NULL;
	d = calloc(1, sizeof(*d));
	if (!d)
		return NULL;
	*d = (struct detection_info){
		.id = strdup(id),
		.title = strdup(text_of(alert, "signature")),
		.category = strdup(text_of(alert, "category")),
		.signature_id = (uint32_t)number_of(alert, "signature_id"),
		.revision = (uint16_t)number_of(alert, "rev"),
	};
	r->detection[r->detections++] = d;
	return d->id && d->title && d->category ? d : NULL;
}

static const struct detection_info *detection_named(
	struct recorded *r, const char *id, const cJSON *alert)
{
	const struct detection_info *d;
	if (!*id)
		return NULL;
	for (unsigned i = 0; r->catalogue && (d = r->catalogue(i)); i++) {
		if (strcmp(d->id, id) == 0)
			return d;
	}
	for (uint32_t i = 0; i < r->detections; i++) {
		if (r->detection[i]->id && strcmp(r->detection[i]->id, id) == 0)
			return r->detection[i];
	}
	return detection_new(r, id, alert);
}

static void word_take(struct obs_word *word, const char *text)
{
	size_t length = strlen(text);
	word->cut = length > sizeof(word->bytes);
	word->length = (uint8_t)(word->cut ? sizeof(word->bytes) : length);
	memcpy(word->bytes, text, word->length);
}

/* Addresses and names in one list. */
static void leaked_take(struct alert *a, const cJSON *leak)
{
	const cJSON *item;
	cJSON_ArrayForEach(item, member(leak, "leaked"))
	{
		struct addr addr;
		if (!cJSON_IsString(item))
			continue;
		bool address = addr_parse(item->valuestring, &addr);
		if (address && a->leaked_count < ALERT_LEAKED_MAX)
			a->leaked[a->leaked_count++] = addr;
		else if (!address && a->name_count < ALERT_NAMES_MAX)
			word_take(&a->names[a->name_count++], item->valuestring);
	}
}

static void expected_take(struct alert *a, const cJSON *leak)
{
	const cJSON *item;
	cJSON_ArrayForEach(item, member(leak, "expected"))
	{
		if (cJSON_IsString(item) && a->expected_count < ALERT_EXPECTED_MAX &&
			prefix_parse(item->valuestring, &a->expected[a->expected_count]))
			a->expected_count++;
	}
	a->expected_cut = cJSON_IsTrue(member(leak, "expected_cut"));
	a->learned = cJSON_IsTrue(member(leak, "learned"));
}

static void frames_take(struct recorded *r, struct alert *a, const cJSON *leak)
{
	const cJSON *item;
	cJSON_ArrayForEach(item, member(leak, "frames"))
	{
		if (cJSON_IsNumber(item) && item->valuedouble > 0 &&
			item->valuedouble < EXACT_INTEGERS && a->frame_count < ALERT_FRAMES_MAX)
			a->frames[a->frame_count++] = (struct alert_frame){
				(uint64_t)item->valuedouble, a->head.capture, a->head.interface};
	}
	cJSON_ArrayForEach(item, member(leak, "evidence"))
	{
		if (a->frame_count < ALERT_FRAMES_MAX)
			a->frames[a->frame_count++] = (struct alert_frame){
				number_of(item, "pcap_cnt"),
				capture_named(r, text_of(item, "pcap_filename")),
				interface_named(r, text_of(item, "in_iface"))};
	}
}

static void traffic_take(struct alert_traffic *t, const cJSON *traffic)
{
	recorded_time(member(traffic, "from"), &t->from_ns);
	recorded_time(member(traffic, "until"), &t->until_ns);
	t->packets = number_of(traffic, "packets");
	t->bytes = number_of(traffic, "bytes");
	t->destinations = (uint32_t)number_of(traffic, "destinations");
}

static void head_take(struct recorded *r, struct obs_head *h, const cJSON *record)
{
	recorded_time(member(record, "timestamp"), &h->time_ns);
	h->frame = number_of(record, "pcap_cnt");
	h->flow_id = number_of(record, "flow_id");
	addr_parse(text_of(record, "src_ip"), &h->src.addr);
	addr_parse(text_of(record, "dest_ip"), &h->dst.addr);
	h->src.port = (uint16_t)number_of(record, "src_port");
	h->dst.port = (uint16_t)number_of(record, "dest_port");
	h->protocol = protocol_named(text_of(record, "proto"));
	h->capture = capture_named(r, text_of(record, "pcap_filename"));
	h->interface = interface_named(r, text_of(record, "in_iface"));
}

static void grades_take(struct alert *a, const cJSON *leak)
{
	severity_parse(text_of(leak, "severity"), &a->severity);
	role_parse(text_of(leak, "vantage"), &a->vantage);
	a->confidence = confidence_named(text_of(leak, "confidence"));
	a->stage = stage_named(text_of(leak, "stage"));
	a->path = path_named(text_of(leak, "path"));
	a->state = state_named(text_of(leak, "state"));
	a->provisional = cJSON_IsTrue(member(leak, "provisional"));
}

static void copy_text(char out[ALERT_TEXT_MAX], const char *text)
{
	size_t length = strnlen(text, ALERT_TEXT_MAX - 1);
	memcpy(out, text, length);
	out[length] = '\0';
}

bool recorded_alert(struct recorded *r, const cJSON *record, struct alert *a)
{
	const cJSON *leak = member(record, "leak"), *alert = member(record, "alert");
	*a = (struct alert){.detection = detection_named(r, text_of(leak, "id"), alert)};
	if (!a->detection || !addr_parse(text_of(leak, "client"), &a->client))
		return false;
	head_take(r, &a->head, record);
	grades_take(a, leak);
	endpoint_parse(text_of(leak, "server"), &a->server);
	prefix_parse(text_of(leak, "network"), &a->network);
	leaked_take(a, leak);
	expected_take(a, leak);
	frames_take(r, a, leak);
	traffic_take(&a->traffic, member(leak, "traffic"));
	a->count = number_of(leak, "count");
	copy_text(a->message, text_of(leak, "message"));
	copy_text(a->remedy, text_of(leak, "remedy"));
	return recorded_time(member(leak, "first_seen"), &a->first_ns) &&
		recorded_time(member(leak, "last_seen"), &a->last_ns);
}

void recorded_free(struct recorded *r)
{
	for (uint32_t i = 0; i < SOURCE_CAPTURES_MAX; i++)
		free(r->capture[i]);
	for (uint32_t i = 0; i < r->detections; i++) {
		struct detection_info *d = r->detection[i];
		free((char *)(uintptr_t)d->id);
		free((char *)(uintptr_t)d->title);
		free((char *)(uintptr_t)d->category);
		free(d);
	}
}
