/* Names of an alert's grades, as records and command lines spell them. */
#include "core/alert.h"

#include <string.h>

static const char *const severity_names[SEVERITIES] = {"info", "low", "medium", "high", "critical"};
static const char *const confidence_names[] = {"low", "medium", "high"};
static const char *const stage_names[] = {NULL, "gathered", "signalled", "nominated", "media"};
static const char *const path_names[] = {NULL, "direct", "tunnel", "proxy", "lan"};
static const char *const state_names[] = {"open", "updated", "closed", "withdrawn"};

const char *severity_name(enum severity s)
{
	return severity_names[s];
}

const char *confidence_name(enum confidence c)
{
	return confidence_names[c];
}

const char *stage_name(enum stage s)
{
	return stage_names[s];
}

const char *path_name(enum path p)
{
	return path_names[p];
}

const char *alert_state_name(enum alert_state s)
{
	return state_names[s];
}

bool severity_parse(const char *name, enum severity *out)
{
	for (enum severity s = SEVERITY_INFO; s < SEVERITIES; s++) {
		if (strcmp(name, severity_names[s]) == 0) {
			*out = s;
			return true;
		}
	}
	return false;
}
