/*
 * The field lists that core/observation.c collects, and what they are written with. Private to
 * core/.
 */
#ifndef SEEP_CORE_FIELDS_H
#define SEEP_CORE_FIELDS_H

#include "core/observation.h"

#define AT(type, member) .offset = offsetof(struct type, member)

/* A function that names the values of an enum, from 0 on without gaps. */
#define LABELS(function, ...)                                                          \
	static const char *function(unsigned value)                                    \
	{                                                                              \
		static const char *const names[] = {__VA_ARGS__};                      \
		return value < sizeof(names) / sizeof(names[0]) ? names[value] : NULL; \
	}

#define KIND(kind, type, member, part) extern const struct field member##_fields[];
OBSERVATION_KINDS(KIND)
#undef KIND

#endif
