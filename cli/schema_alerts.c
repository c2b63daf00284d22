/* The policy file's `alerts`: what is reported of what was found, and how often. */
#include "cli/quantity.h"
#include "cli/schema.h"
#include "rules/rules.h"

#include <string.h>

#define COUNT_MAX UINT64_C(1000000)

static const char no_time[] = "not a time: a number with s, m, h or d, like 300s";

static const char *min_severity_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	return severity_parse(value, &c->policy.min_severity)
		? NULL
		: "not one of info, low, medium, high, critical";
}

static const char *per_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	c->policy.per = strcmp(value, "run") == 0 ? PER_RUN : PER_CLIENT;
	bool known = c->policy.per == PER_RUN || strcmp(value, "client") == 0;
	return known ? NULL : "neither client nor run";
}

static const char *count_take(uint32_t *out, const char *value)
{
	uint64_t count;
	if (!quantity_number(value, COUNT_MAX, &count) || !count)
		return "not a number from 1 to 1000000";
	*out = (uint32_t)count;
	return NULL;
}

static const char *threshold_count_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	return count_take(&c->policy.threshold.count, value);
}

static const char *threshold_window_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	return quantity_time(value, &c->policy.window_ns) ? NULL : no_time;
}

static const char *threshold_end(struct config *c)
{
	c->policy.threshold.window_ns = c->policy.window_ns;
	return NULL;
}

/* alerts: suppress */

static struct policy_suppression *suppression_now(struct config *c)
{
	return &c->policy.suppression[c->policy.suppressions - 1];
}

static const char *suppress_begin(struct config *c)
{
	return policy_add_suppression(&c->policy) ? NULL : "suppress: too many of them";
}

static const char *detection_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	for (unsigned i = 0; detection_info(i); i++) {
		if (strcmp(detection_info(i)->id, value) != 0)
			continue;
		suppression_now(c)->signature_id = detection_info(i)->signature_id;
		return NULL;
	}
	return "no such detection (seep list has them)";
}

static const char *suppress_client_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	return schema_prefix(&suppression_now(c)->client, value);
}

static const char *suppress_address_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	return schema_prefix(&suppression_now(c)->leaked, value);
}

static const char *suppress_count_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	return count_take(&suppression_now(c)->limit.count, value);
}

static const char *suppress_window_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	return quantity_time(value, &suppression_now(c)->limit.window_ns) ? NULL : no_time;
}

static const char *suppress_end(struct config *c)
{
	const struct policy_suppression *row = suppression_now(c);
	if (!row->signature_id && !row->client.addr.family && !row->leaked.addr.family)
		return "this would suppress everything: detection, client or address is missing";
	if (!row->limit.count != !row->limit.window_ns)
		return "count and window go together";
	return NULL;
}

static const struct schema_key suppress_keys[] = {
	{"detection", FORM_VALUE, .take = detection_take},
	{"client", FORM_VALUE, .take = suppress_client_take},
	{"address", FORM_VALUE, .take = suppress_address_take},
	{"count", FORM_VALUE, .take = suppress_count_take},
	{"window", FORM_VALUE, .take = suppress_window_take},
	{0},
};

static const struct schema_key threshold_keys[] = {
	{"per", FORM_VALUE, .take = per_take},
	{"window", FORM_VALUE, .take = threshold_window_take},
	{"count", FORM_VALUE, .take = threshold_count_take},
	{0},
};

const struct schema_key schema_alert_keys[] = {
	{"min_severity", FORM_VALUE, .take = min_severity_take},
	{"suppress", FORM_MAPS, .keys = suppress_keys, .begin = suppress_begin,
		.end = suppress_end},
	{"threshold", FORM_MAP, .keys = threshold_keys, .end = threshold_end},
	{0},
};
