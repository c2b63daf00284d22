/*
 * Which bodies are worth reading, by their Content-Type (RFC 9110 §8.3): those in which a session
 * description, a candidate or an address may stand.
 */
#ifndef SEEP_DISSECT_MEDIA_TYPE_H
#define SEEP_DISSECT_MEDIA_TYPE_H

#include "dissect/dissector.h"

/* False for a body that is of no interest. CONTENT_UNKNOWN: to be told by its shape. */
bool media_type_content(struct reader type, enum content *content);

/* A script, as SockJS calls its messages when they are fetched by POST. */
bool media_type_script(struct reader type);

/* A parameter of a Content-Type or the like: name=value behind a semicolon, quotes taken off. */
bool media_type_parameter(struct reader type, const char *name, struct reader *value);

#endif
