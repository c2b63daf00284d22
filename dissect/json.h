/*
 * JSON text (RFC 8259) a token at a time, in place: no tree, no memory, one look at each byte. How
 * deep it goes is bounded; what is deeper is broken.
 */
#ifndef SEEP_DISSECT_JSON_H
#define SEEP_DISSECT_JSON_H

#include "core/reader.h"

#define JSON_DEPTH_MAX 64

enum json_token {
	JSON_END, /* the value is complete; what follows it is left in the reader */
	JSON_BROKEN,
	JSON_OPEN, /* of an object or an array */
	JSON_CLOSE,
	JSON_KEY,
	JSON_STRING,
	JSON_SCALAR, /* a number, true, false or null: not looked at */
};

struct json {
	struct reader r;
	unsigned depth; /* objects and arrays that are open */
	bool object[JSON_DEPTH_MAX];
	bool keyed; /* a key was read: its value comes next */
	bool after; /* behind a value: a comma or a close comes next */
	bool ended;
	bool deep; /* broken because it is too deep */
};

static inline struct json json_make(struct reader r)
{
	return (struct json){.r = r};
}

/* The next token; a key or string is in *text as it stands between its quotes. */
enum json_token json_next(struct json *j, struct reader *text);

/* A string with its escapes undone, as UTF-8, cut to `size`; its length. It is never longer than
 * the text was. Half of a surrogate pair becomes U+FFFD. */
size_t json_unescape(struct reader text, uint8_t *out, size_t size);

#endif
