/*
 * Bodies of several parts (RFC 2046 §5.1), in HTTP, SIP and in each other: each part is handed on
 * by its own Content-Type; one that names none is told by its shape (RFC 7578 §4.4 makes it text).
 * Emits nothing itself.
 *
 * The boundary is taken from the first line that can be one, not from the Content-Type: that is
 * long gone when the body of an HTTP message is complete, and a preamble has no such line. Parts
 * in a transfer encoding (base64, quoted-printable) are left alone: neither protocol has them.
 */
#include "dissect/head.h"
#include "dissect/media_type.h"
#include "dissect/text.h"

#define PARTS_MAX    16
#define BOUNDARY_MAX 70 /* RFC 2046 §5.1.1 */

/* The fields of a part, an empty line, and its bytes. A part without fields starts with that. */
static void part_read(struct dissection *d, struct reader part)
{
	struct reader head = {0}, name, value, type = {0};
	enum content content = CONTENT_UNKNOWN;
	uint32_t searched = 0;
	bool plain = text_starts(part, "\r\n") || text_starts(part, "\n");
	if (plain)
		text_until(&part, '\n');
	else if (head_take(&part, &searched, &head) != HEAD_WHOLE)
		return;
	while (head_field(&head, &name, &value)) {
		if (text_is(name, "content-type") || text_is(name, "c"))
			type = value;
	}
	if (reader_left(&part) && (!reader_left(&type) || media_type_content(type, &content)))
		dissection_content(d, content, &part);
}

/* "--" and the boundary, or the boundary and "--" behind the last part; blanks may follow. */
static bool line_is_boundary(struct reader line, struct reader boundary)
{
	if (!text_starts(line, "--"))
		return false;
	reader_skip(&line, 2);
	while (reader_left(&boundary)) {
		if (reader_u8(&line) != reader_u8(&boundary))
			return false;
	}
	struct reader rest = text_trim(line);
	return !line.failed && (!reader_left(&rest) || text_is(rest, "--"));
}

/* The first line that can be one, without its dashes; empty when there is none. */
static struct reader boundary_find(struct reader body)
{
	struct reader line;
	while (head_line(&body, &line)) {
		line = text_trim(line);
		if (!text_starts(line, "--") || reader_left(&line) > BOUNDARY_MAX + 2)
			continue;
		reader_skip(&line, 2);
		if (reader_left(&line))
			return line;
	}
	return (struct reader){0};
}

static enum verdict multipart_dissect(struct dissection *d, struct reader *r)
{
	struct reader scan = *r, line, boundary = boundary_find(*r);
	size_t total = reader_left(r), at = 0, start = 0;
	unsigned parts = 0;
	if (r->cut)
		return TRUNCATED;
	if (!reader_left(&boundary))
		return NOT_MINE;
	while (parts <= PARTS_MAX && head_line(&scan, &line)) {
		size_t end = at;
		at = total - reader_left(&scan);
		if (!line_is_boundary(line, boundary))
			continue;
		struct reader part = *r;
		reader_skip(&part, start);
		if (parts++)
			part_read(d, reader_sub(&part, end - start));
		start = at;
	}
	return DONE;
}

extern const struct dissector dissector_multipart;
const struct dissector dissector_multipart = {
	.info = {"multipart", "RFC 2046"},
	.carrier = CARRIER_CONTENT,
	.numbers = {CONTENT_MULTIPART},
	.number_count = 1,
	.dissect = multipart_dissect,
};
