/* Where a head ends, and its fields. */
#include "dissect/head.h"

#include "dissect/text.h"

/* Does an empty line follow a line's end? Part: the bytes end before that is known. */
static enum head_status line_empty(struct reader r, size_t *length)
{
	*length = 0;
	if (!reader_left(&r))
		return HEAD_PART;
	uint8_t c = reader_u8(&r);
	*length = 1;
	if (c == '\r') {
		if (!reader_left(&r))
			return HEAD_PART;
		c = reader_u8(&r);
		*length = 2;
	}
	return c == '\n' ? HEAD_WHOLE : HEAD_REFUSED;
}

/* Fields are counted by their lines. */
static bool head_flooded(struct reader head)
{
	struct reader line;
	unsigned lines = 0;
	while (lines <= HEAD_FIELDS_MAX && head_line(&head, &line))
		lines++;
	return lines > HEAD_FIELDS_MAX;
}

enum head_status head_take(struct reader *r, uint32_t *searched, struct reader *head)
{
	struct reader scan = *r;
	size_t empty, total = reader_left(r);
	reader_skip(&scan, *searched);
	while (!scan.failed && reader_left(&scan)) {
		reader_skip(&scan, reader_find(&scan, '\n'));
		size_t line_end = total - reader_left(&scan);
		if (line_end > HEAD_BYTES_MAX)
			return HEAD_REFUSED;
		*searched = (uint32_t)line_end;
		if (!reader_left(&scan))
			break;
		reader_skip(&scan, 1);
		enum head_status status = line_empty(scan, &empty);
		if (status == HEAD_PART)
			break;
		if (status == HEAD_WHOLE) {
			*searched = 0;
			*head = reader_sub(r, line_end + 1);
			reader_skip(r, empty);
			return head_flooded(*head) ? HEAD_REFUSED : HEAD_WHOLE;
		}
	}
	return HEAD_PART;
}

bool head_line(struct reader *head, struct reader *line)
{
	if (!reader_left(head))
		return false;
	*line = text_until(head, '\n');
	struct reader scan = *line;
	size_t length = reader_find(&scan, '\r');
	if (length + 1 == reader_left(line))
		reader_limit(line, length);
	return true;
}

/* How long the field at the start is, with the lines that go on with it. */
static size_t field_length(struct reader head)
{
	size_t total = reader_left(&head), length = 0;
	do {
		text_until(&head, '\n');
		length = total - reader_left(&head);
	} while (reader_left(&head) && (text_starts(head, " ") || text_starts(head, "\t")));
	return length;
}

bool head_field(struct reader *head, struct reader *name, struct reader *value)
{
	if (!reader_left(head))
		return false;
	struct reader field = reader_sub(head, field_length(*head));
	if (reader_find(&field, ':') == reader_left(&field))
		reader_limit(&field, 0);
	*name = text_trim(text_until(&field, ':'));
	*value = text_trim(field);
	return true;
}
