/* How observations of applications are rendered. */
#include "core/fields.h"

const struct field application_fields[] = {
	{"protocol", AT(obs_application, protocol), .type = FIELD_WORD},
	{"application", AT(obs_application, application), .type = FIELD_WORD},
	{"category", AT(obs_application, category), .type = FIELD_WORD},
	{"host", AT(obs_application, host), .type = FIELD_WORD},
	{"guessed", AT(obs_application, guessed), .type = FIELD_BOOL},
	{0},
};
