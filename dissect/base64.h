/* Base64 (RFC 4648 §4), as engine.io wraps binary messages in text. */
#ifndef SEEP_DISSECT_BASE64_H
#define SEEP_DISSECT_BASE64_H

#include "core/reader.h"

/* Undoes it up to its padding, cut to `size`; the length, 0 for what is none. It is never longer
 * than the text was. */
size_t base64_decode(struct reader text, uint8_t *out, size_t size);

#endif
