/*
 * Heads as HTTP/1.1 and SIP have them (RFC 9112 §2.1, RFC 3261 §7): a start line, fields, an empty
 * line. A bounded scanner: a head that is too long, or a flood of fields, is refused. Bare LF ends
 * a line too, as most receivers have it; a line that starts with a blank goes on with the field
 * before it (RFC 9112 §5.2).
 */
#ifndef SEEP_DISSECT_HEAD_H
#define SEEP_DISSECT_HEAD_H

#include "core/reader.h"

#define HEAD_BYTES_MAX  32768
#define HEAD_FIELDS_MAX 256

enum head_status { HEAD_PART, HEAD_WHOLE, HEAD_REFUSED };

/* Takes a head and the empty line behind it. `*searched` is where to look on when more bytes have
 * come; 0 at first, and after a whole head. */
enum head_status head_take(struct reader *r, uint32_t *searched, struct reader *head);

/* The next line, without its end; false when there is none. */
bool head_line(struct reader *head, struct reader *line);

/* The next field; false at the end. A line without a colon has an empty name. */
bool head_field(struct reader *head, struct reader *name, struct reader *value);

#endif
