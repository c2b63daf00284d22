/* The schema of the policy file: the keys at the top, outputs and limits. */
#include "cli/schema.h"

#include "cli/quantity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLOWS_MIN  UINT64_C(1024)
#define FLOWS_MAX  UINT64_C(16777216)
#define MEMORY_MIN (UINT64_C(16) << 20)
#define STREAM_MIN (UINT64_C(1) << 10)
#define STREAM_MAX (UINT64_C(1) << 30)

struct config *config_new(void)
{
	struct config *c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	policy_reset(&c->policy);
	return c;
}

const char *schema_prefix(struct prefix *out, const char *value)
{
	if (!prefix_parse(value, out))
		return "not an address or prefix (ADDR or ADDR/LEN, no host bits set)";
	*out = prefix_unmapped(out);
	return NULL;
}

/* outputs */

/* Of those that are promised, which this version lacks. */
static const char *const outputs_to_come[] = {"kafka", NULL};

static bool output_exists(const char *name)
{
	unsigned i = 0;
	while (output_info(i) && strcmp(output_info(i)->name, name) != 0)
		i++;
	return output_info(i) != NULL;
}

static bool output_comes(const char *name)
{
	const char *const *row = outputs_to_come;
	while (*row && strcmp(*row, name) != 0)
		row++;
	return *row != NULL;
}

static const char *output_named(const char *key)
{
	return output_exists(key) || output_comes(key) ? NULL
						       : "no such output (seep --help has them)";
}

static const char *output_take(struct config *c, const char *key, const char *value)
{
	if (c->output_count == OUTPUTS_MAX)
		return "too many of them";
	struct config_output *out = &c->outputs[c->output_count];
	out->missing = !output_exists(key);
	snprintf(out->spec, sizeof(out->spec), "%s:%s", key, value);
	c->output_count++;
	return NULL;
}

/* limits */

static const char *flows_take(struct config *c, const char *key, const char *value)
{
	uint64_t flows;
	(void)key;
	if (!quantity_number(value, FLOWS_MAX, &flows) || flows < FLOWS_MIN)
		return "not a number from 1024 to 16777216";
	c->limits.flows = (uint32_t)flows;
	return NULL;
}

static const char *memory_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	bool fits = quantity_size(value, &c->limits.memory) && c->limits.memory >= MEMORY_MIN;
	return fits ? NULL : "not a size from 16MiB to 1024GiB";
}

static const char *stream_bytes_take(struct config *c, const char *key, const char *value)
{
	uint64_t *bytes = &c->limits.stream_bytes;
	(void)key;
	bool fits = quantity_size(value, bytes) && *bytes >= STREAM_MIN && *bytes <= STREAM_MAX;
	return fits ? NULL : "not a size from 1KiB to 1GiB";
}

static const struct schema_key output_keys[] = {
	{"*", FORM_VALUE, .required = true, .named = output_named, .take = output_take},
	{0},
};

static const struct schema_key limit_keys[] = {
	{"flows", FORM_VALUE, .take = flows_take},
	{"memory", FORM_VALUE, .take = memory_take},
	{"stream_bytes", FORM_VALUE, .take = stream_bytes_take},
	{0},
};

const struct schema_key schema_root[] = {
	{"clients", FORM_MAPS, .keys = schema_client_keys, .begin = schema_client_begin,
		.end = schema_client_end},
	{"alerts", FORM_MAP, .keys = schema_alert_keys},
	{"outputs", FORM_MAPS, .keys = output_keys},
	{"limits", FORM_MAP, .keys = limit_keys},
	{0},
};
