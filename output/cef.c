/*
 * Alerts in the Common Event Format, version 0, one a line, for ArcSight, QRadar and Sentinel:
 * "CEF:0|seep|seep|version|signature|title|severity|key=value ...". In the header | and \ are
 * escaped, in a value = and \ (and no line ends inside one). `src` and `dst` are IPv4 only; IPv6
 * addresses go where the dictionary has room for them.
 */
#include "core/clean.h"
#include "output/document.h"
#include "output/driver.h"
#include "output/facts.h"

#include <inttypes.h>
#include <string.h>

#define NS_PER_MS UINT64_C(1000000)
#define OUTBOUND  1 /* deviceDirection */

static const uint8_t cef_severity[SEVERITIES] = {
	[SEVERITY_INFO] = 1,
	[SEVERITY_LOW] = 3,
	[SEVERITY_MEDIUM] = 5,
	[SEVERITY_HIGH] = 8,
	[SEVERITY_CRITICAL] = 10,
};

/* Text from anywhere, a backslash before each of these bytes. */
static void put_escaped(struct document *d, const char *text, const char *escaped)
{
	char clean[CLEAN_SIZE(STRIP_SIZE)];
	clean_text(clean, sizeof(clean), text, strlen(text), CLEAN_TERMINAL);
	for (const char *at = clean; *at; at++) {
		if (strchr(escaped, *at))
			document_bytes(d, "\\", 1);
		document_bytes(d, at, 1);
	}
}

static void put_header(struct document *d, const struct alert *a)
{
	document_add(
		d, "CEF:0|seep|seep|" SEEP_VERSION "|%" PRIu32 "|", a->detection->signature_id);
	put_escaped(d, a->detection->title, "\\|");
	document_add(d, "|%u|", cef_severity[a->severity]);
}

static void put_text(struct document *d, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	document_add(d, " %s=", key);
	put_escaped(d, text, "\\=");
}

static void put_number(struct document *d, const char *key, uint64_t number)
{
	document_add(d, " %s=%" PRIu64, key, number);
}

/* One of the fields that the dictionary leaves to us, with its label. */
static void put_custom(struct document *d, const char *key, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	document_add(d, " %sLabel=%s", key, label);
	put_text(d, key, text);
}

static void put_mac(struct document *d, const char *key, const uint8_t *mac)
{
	if (mac)
		document_add(d, " %s=%02x:%02x:%02x:%02x:%02x:%02x", key, mac[0], mac[1], mac[2],
			mac[3], mac[4], mac[5]);
}

/* How the dictionary calls what is known of an end. */
struct end_keys {
	const char *v4, *v6, *v6_label, *port, *mac;
};

static void put_end(struct document *d, const struct end_keys *keys, const struct endpoint *end,
	const uint8_t *mac)
{
	char text[ADDR_TEXT_MAX];
	if (end->addr.family == ADDR_V4)
		put_text(d, keys->v4, addr_text(&end->addr, text));
	else if (end->addr.family == ADDR_V6)
		put_custom(d, keys->v6, keys->v6_label, addr_text(&end->addr, text));
	if (end->port)
		put_number(d, keys->port, end->port);
	put_mac(d, keys->mac, mac);
}

static void put_ends(struct document *d, const struct alert *a)
{
	static const struct end_keys source = {"src", "c6a2", "Source IPv6 Address", "spt", "smac"};
	static const struct end_keys destination = {
		"dst", "c6a3", "Destination IPv6 Address", "dpt", "dmac"};
	const struct facts_ends ends = facts_ends(a);
	put_end(d, &source, &ends.client, ends.client_mac);
	put_end(d, &destination, &ends.server, ends.server_mac);
	put_text(d, "proto", facts_transport(a));
	put_number(d, "deviceDirection", OUTBOUND);
}

static void put_times(struct document *d, const struct alert *a)
{
	document_add(d, "rt=%" PRIu64, a->last_ns / NS_PER_MS);
	put_number(d, "start", a->first_ns / NS_PER_MS);
	put_number(d, "end", a->last_ns / NS_PER_MS);
	put_number(d, "cnt", a->count ? a->count : 1);
}

static void put_leak(struct document *d, const struct alert *a, const struct source_table *sources)
{
	struct strip leaked = {0}, expected = {0}, evidence = {0};
	facts_leaked(&leaked, a);
	facts_expected(&expected, a);
	facts_evidence(&evidence, a, sources);
	put_custom(d, "cs1", "leaked", leaked.text);
	put_custom(d, "cs2", "expected", expected.text);
	put_custom(d, "cs3", "confidence", confidence_name(a->confidence));
	put_custom(d, "cs4", "stage", stage_name(a->stage));
	put_custom(d, "cs5", "state", alert_state_name(a->state));
	put_custom(d, "cs6", "evidence", evidence.text);
	put_custom(d, "flexString1", "path", path_name(a->path));
	put_custom(d, "flexString2", "remedy", a->remedy);
}

static void cef_alert(struct output *o, const struct alert *a)
{
	struct document d;
	char id[FINDING_ID_SIZE];
	finding_id(a, id);
	document_begin(&d, &o->sink);
	put_header(&d, a);
	put_times(&d, a);
	put_text(&d, "externalId", id);
	put_text(&d, "cat", a->detection->id);
	put_ends(&d, a);
	put_text(&d, "dvchost", o->context->sensor);
	put_text(&d, "deviceInboundInterface", facts_interface(a, o->context->sources));
	put_leak(&d, a, o->context->sources);
	put_text(&d, "msg", a->message);
	document_add(&d, "\n");
	document_end(&d);
}

const struct output_driver output_cef = {
	.info = {"cef", "alerts in the Common Event Format, a line each"},
	.alert = cef_alert,
};
