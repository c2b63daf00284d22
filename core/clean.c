/*
 * UTF-8 as RFC 3629 §4 has it: no overlong forms, no surrogates, nothing above U+10FFFF. NUL would
 * end a C string early, DEL and the C1 controls (U+0080 to U+009F) steer terminals and no JSON
 * printer escapes them: they are shown as \xHH, too. A backslash stays as it is, as in Suricata's
 * records, so the four characters of an escape cannot be told from the same four on the wire.
 */
#include "core/clean.h"

#include "core/reader.h"

#include <stdbool.h>
#include <string.h>

#define ESCAPE_LENGTH 4

/* Which second bytes may follow a lead byte: the table of RFC 3629 §4. */
static const struct utf8_row {
	uint8_t lead_low, lead_high, second_low, second_high, length;
} utf8_rows[] = {
	{0xc2, 0xdf, 0x80, 0xbf, 2},
	{0xe0, 0xe0, 0xa0, 0xbf, 3},
	{0xe1, 0xec, 0x80, 0xbf, 3},
	{0xed, 0xed, 0x80, 0x9f, 3},
	{0xee, 0xef, 0x80, 0xbf, 3},
	{0xf0, 0xf0, 0x90, 0xbf, 4},
	{0xf1, 0xf3, 0x80, 0xbf, 4},
	{0xf4, 0xf4, 0x80, 0x8f, 4},
};

static const struct utf8_row *utf8_row_find(uint8_t lead)
{
	for (size_t i = 0; i < sizeof(utf8_rows) / sizeof(utf8_rows[0]); i++) {
		if (lead >= utf8_rows[i].lead_low && lead <= utf8_rows[i].lead_high)
			return &utf8_rows[i];
	}
	return NULL;
}

/* Bytes of the character that the reader starts with, 0 when it is none to show. The reader is a
 * copy: this only looks ahead. */
static size_t character_length(struct reader ahead, enum clean_for reader)
{
	uint8_t lead = reader_u8(&ahead);
	if (lead < 0x20)
		return lead && reader == CLEAN_JSON;
	if (lead < 0x80)
		return lead != 0x7f;
	const struct utf8_row *row = utf8_row_find(lead);
	uint8_t second = reader_u8(&ahead);
	if (!row || second < row->second_low || second > row->second_high)
		return 0;
	if (lead == 0xc2 && second < 0xa0)
		return 0;
	for (size_t n = 2; n < row->length; n++) {
		if ((reader_u8(&ahead) & 0xc0) != 0x80)
			return 0;
	}
	return row->length;
}

static void escape_byte(char out[ESCAPE_LENGTH], uint8_t byte)
{
	static const char digits[] = "0123456789abcdef";
	memcpy(out, "\\x", 2);
	out[2] = digits[byte >> 4];
	out[3] = digits[byte & 15];
}

size_t clean_text(char *out, size_t size, const void *bytes, size_t length, enum clean_for reader)
{
	struct reader r = reader_make(bytes, length, false);
	size_t done = 0;
	while (reader_left(&r)) {
		size_t n = character_length(r, reader);
		size_t need = n ? n : ESCAPE_LENGTH;
		if (need >= size - done)
			break;
		if (n)
			reader_copy(&r, out + done, n);
		else
			escape_byte(out + done, reader_u8(&r));
		done += need;
	}
	out[done] = 0;
	return done;
}
