/*
 * HTML forms as they are posted (WHATWG URL §5.1): what scripts send that give a library an object
 * and no type, and engine.io where it works by JSONP. Each value is handed on, told by its shape; a
 * field "type" of "offer" or "answer" gives the role. Emits nothing itself.
 *
 * curl calls anything that it is given a form: what has blanks, quotes or tags in it is none, and
 * told by its shape as a whole.
 */
#include "dissect/dissector.h"
#include "dissect/text.h"

#include <stdlib.h>

#define BYTES_MAX  262144 /* of one form */
#define FIELDS_MAX 64     /* of one form */
#define ESCAPE     2      /* digits behind a '%' */

/* Form data is percent-encoded: of these nothing is left. */
static bool form_shape(struct reader r)
{
	bool field = false;
	while (reader_left(&r)) {
		uint8_t byte = reader_u8(&r);
		if (byte <= ' ' || byte >= 0x7f || byte == '"' || byte == '<' || byte == '>')
			return false;
		field |= byte == '=';
	}
	return field;
}

/* Behind a '%': the byte; or '%' itself, and nothing is taken. */
static uint8_t escape_read(struct reader *r)
{
	uint64_t byte;
	struct reader peek = *r;
	struct reader digits = reader_sub(&peek, ESCAPE);
	if (digits.failed || !text_hex(digits, &byte))
		return '%';
	*r = peek;
	return (uint8_t)byte;
}

/* `out` has room for all of the value. */
static struct reader value_decode(struct reader value, uint8_t *out)
{
	size_t length = 0;
	while (reader_left(&value)) {
		uint8_t byte = reader_u8(&value);
		out[length++] = byte == '+' ? ' ' : byte == '%' ? escape_read(&value) : byte;
	}
	return reader_make(out, length, false);
}

static uint8_t form_role(struct reader form)
{
	for (unsigned i = 0; i < FIELDS_MAX && reader_left(&form); i++) {
		struct reader value = text_until(&form, '&');
		if (!text_is(text_until(&value, '='), "type"))
			continue;
		if (text_is(value, "offer"))
			return SDP_OFFER;
		if (text_is(value, "answer"))
			return SDP_ANSWER;
	}
	return SDP_ROLE_UNKNOWN;
}

static enum verdict form_dissect(struct dissection *d, struct reader *r)
{
	if (r->cut)
		return TRUNCATED;
	if (reader_left(r) > BYTES_MAX) {
		d->stats->content_cut++;
		return NOT_MINE;
	}
	if (!form_shape(*r)) {
		dissection_content(d, CONTENT_UNKNOWN, r);
		return DONE;
	}
	struct dissection inside = *d;
	uint8_t role = form_role(*r);
	inside.sdp_role = role ? role : d->sdp_role;
	for (unsigned i = 0; i < FIELDS_MAX && reader_left(r); i++) {
		struct reader value = text_until(r, '&');
		(void)text_until(&value, '=');
		value = value_decode(value, d->state);
		if (reader_left(&value))
			dissection_content(&inside, CONTENT_UNKNOWN, &value);
	}
	d->stats->content_cut += reader_left(r) != 0;
	return DONE;
}

static void *memory_open(const struct dissect_options *options)
{
	(void)options;
	return malloc(BYTES_MAX);
}

static void memory_close(void *state)
{
	free(state);
}

extern const struct dissector dissector_form;
const struct dissector dissector_form = {
	.info = {"form", "WHATWG URL"},
	.carrier = CARRIER_CONTENT,
	.numbers = {CONTENT_FORM},
	.number_count = 1,
	.open = memory_open,
	.close = memory_close,
	.dissect = form_dissect,
};
