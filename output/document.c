/*
 * Text in markup: bytes that are no UTF-8 and control characters are shown as \xHH (clean.h), what
 * XML 1.0 §2.2 knows no character for is replaced, and what would be markup is escaped.
 */
#include "output/document.h"

#include "core/clean.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_PIECE 1024 /* bytes cleaned at a time */

void document_begin(struct document *d, struct sink *sink)
{
	*d = (struct document){.sink = sink};
	d->file = open_memstream(&d->bytes, &d->length);
}

void document_bytes(struct document *d, const void *bytes, size_t length)
{
	if (d->file)
		fwrite(bytes, 1, length, d->file);
}

void document_add(struct document *d, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	if (d->file)
		vfprintf(d->file, format, arguments);
	va_end(arguments);
}

static const char *escape_of(char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* U+FFFE and U+FFFF. */
static bool no_character(const char *at)
{
	return memcmp(at, "\xef\xbf", 2) == 0 && (at[2] == '\xbe' || at[2] == '\xbf');
}

/* Text that is clean already. */
static void put_escaped(struct document *d, const char *at)
{
	for (; *at; at++) {
		const char *escape = escape_of(*at);
		if (escape) {
			document_bytes(d, escape, strlen(escape));
		} else if (*at == '\xef' && no_character(at)) {
			document_bytes(d, "\xef\xbf\xbd", 3);
			at += 2;
		} else {
			document_bytes(d, at, 1);
		}
	}
}

/* How many bytes to take so that no character is cut in two. */
static size_t piece_length(const char *text)
{
	size_t length = strnlen(text, TEXT_PIECE);
	size_t back = length;
	while (length == TEXT_PIECE && back > length - 4 && ((uint8_t)text[back] & 0xc0) == 0x80)
		back--;
	return back ? back : length;
}

/* Lines stay lines: a line feed is none of the control characters that are shown. */
static void put_line(struct document *d, const char *text, size_t length)
{
	char clean[CLEAN_SIZE(TEXT_PIECE)];
	clean_text(clean, sizeof(clean), text, length, CLEAN_TERMINAL);
	put_escaped(d, clean);
}

void document_text(struct document *d, const char *text)
{
	while (*text) {
		size_t length = piece_length(text);
		const char *end = memchr(text, '\n', length);
		put_line(d, text, end ? (size_t)(end - text) : length);
		if (end)
			document_bytes(d, "\n", 1);
		text = end ? end + 1 : text + length;
	}
}

void document_end(struct document *d)
{
	if (!d->file || fclose(d->file) != 0)
		sink_fail(d->sink, "out of memory");
	else
		sink_write(d->sink, d->bytes, d->length);
	free(d->bytes);
}
