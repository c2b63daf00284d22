/*
 * The kinds of observation, and the field lists by which outputs render them.
 */
#include "core/observation.h"

#include "core/fields.h"

const struct field link_fields[] = {
	{"link_type", AT(obs_link, link_type), .type = FIELD_U16},
	{0},
};

const struct observation_info observation_info[OBS_KINDS + 1] = {
#define KIND(kind, type, member, part) [kind] = {type, member##_fields, part},
	OBSERVATION_KINDS(KIND)
#undef KIND
};

const void *observation_body(const struct observation *o)
{
	return &o->link;
}
