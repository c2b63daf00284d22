/*
 * The kinds of observation, and the field lists by which outputs render them.
 */
#include "core/observation.h"

#include "core/fields.h"

#include <string.h>

const struct field link_fields[] = {
	{"link_type", AT(obs_link, link_type), .type = FIELD_U16},
	{0},
};

const struct observation_info observation_info[OBS_KINDS + 1] = {
#define KIND(kind, type, member, part) \
	[kind] = {type, member##_fields, part, sizeof(((struct observation *)0)->member)},
	OBSERVATION_KINDS(KIND)
#undef KIND
};

const void *observation_body(const struct observation *o)
{
	return &o->link;
}

void observation_become(struct observation *o, enum observation_kind kind)
{
	o->head.kind = (uint8_t)kind;
	memset((uint8_t *)o + offsetof(struct observation, link), 0, observation_info[kind].size);
}
