/*
 * JSON tokens. Lenient where it harms nobody: control characters within strings and the spelling of
 * numbers are not looked at.
 */
#include "dissect/json.h"

#include "dissect/text.h"

#define REPLACEMENT 0xfffd /* U+FFFD */
#define UTF8_MAX    4
#define UNREADABLE  '?' /* for what no escape says: one byte, or the text would grow */
#define HEX_DIGITS  4

/* What is written so far. */
struct output {
	uint8_t *bytes;
	size_t length, size;
};

static enum json_token json_break(struct json *j)
{
	reader_fail(&j->r);
	return JSON_BROKEN;
}

static uint8_t next_byte(struct json *j)
{
	text_trim_start(&j->r);
	return reader_u8(&j->r);
}

/* Up to the closing quote; the opening one is taken. */
static struct reader string_take(struct reader *r)
{
	struct reader peek = *r;
	size_t length = 0;
	uint8_t byte = reader_u8(&peek);
	while (!peek.failed && byte != '"') {
		length++;
		if (byte == '\\') {
			reader_skip(&peek, 1);
			length++;
		}
		byte = reader_u8(&peek);
	}
	if (peek.failed)
		reader_fail(r);
	struct reader text = reader_sub(r, length);
	reader_skip(r, 1);
	return text;
}

static bool scalar_byte(uint8_t byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || byte == 'E' ||
		byte == '+' || byte == '-' || byte == '.';
}

static enum json_token value_end(struct json *j, enum json_token token)
{
	j->keyed = false;
	j->after = true;
	j->ended = j->depth == 0;
	return token;
}

static enum json_token json_open(struct json *j, bool object)
{
	if (j->depth == JSON_DEPTH_MAX) {
		j->deep = true;
		return json_break(j);
	}
	j->object[j->depth++] = object;
	j->keyed = false;
	j->after = false;
	return JSON_OPEN;
}

static enum json_token json_close(struct json *j, bool object)
{
	if (j->depth == 0 || j->object[j->depth - 1] != object || j->keyed)
		return json_break(j);
	j->depth--;
	return value_end(j, JSON_CLOSE);
}

static enum json_token key_read(struct json *j, uint8_t byte, struct reader *text)
{
	if (byte != '"')
		return json_break(j);
	*text = string_take(&j->r);
	if (next_byte(j) != ':' || j->r.failed)
		return json_break(j);
	j->keyed = true;
	return JSON_KEY;
}

static enum json_token value_read(struct json *j, uint8_t byte, struct reader *text)
{
	if (byte == '{' || byte == '[')
		return json_open(j, byte == '{');
	if (byte == '"') {
		*text = string_take(&j->r);
		return j->r.failed ? JSON_BROKEN : value_end(j, JSON_STRING);
	}
	if (!scalar_byte(byte))
		return json_break(j);
	while (scalar_byte(text_peek(j->r)))
		reader_skip(&j->r, 1);
	return value_end(j, JSON_SCALAR);
}

enum json_token json_next(struct json *j, struct reader *text)
{
	*text = (struct reader){0};
	if (j->ended)
		return JSON_END;
	uint8_t byte = next_byte(j);
	bool comma = j->after && byte == ',';
	if (comma) {
		j->after = false;
		byte = next_byte(j);
	}
	if (j->r.failed)
		return JSON_BROKEN;
	if ((byte == '}' || byte == ']') && !comma)
		return json_close(j, byte == '}');
	if (j->after)
		return json_break(j);
	if (j->depth && j->object[j->depth - 1] && !j->keyed)
		return key_read(j, byte, text);
	return value_read(j, byte, text);
}

/* A character, if all of it has room. */
static bool output_put(struct output *o, uint32_t c)
{
	uint8_t utf8[UTF8_MAX];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const uint8_t lead[UTF8_MAX] = {0, 0xc0, 0xe0, 0xf0};
	if (n > o->size - o->length)
		return false;
	for (size_t i = n; i-- > 1; c >>= 6)
		utf8[i] = (uint8_t)(0x80 | (c & 0x3f));
	utf8[0] = (uint8_t)(lead[n - 1] | c);
	memcpy(o->bytes + o->length, utf8, n);
	o->length += n;
	return true;
}

/* The four digits of a \u. */
static uint32_t hex_read(struct reader *r)
{
	uint32_t value = 0;
	for (unsigned i = 0; i < HEX_DIGITS; i++) {
		uint8_t byte = text_peek(*r);
		uint8_t low = byte | 0x20;
		if (byte >= '0' && byte <= '9')
			value = value << 4 | (uint32_t)(byte - '0');
		else if (low >= 'a' && low <= 'f')
			value = value << 4 | (uint32_t)(low - 'a' + 10);
		else
			return UNREADABLE;
		reader_skip(r, 1);
	}
	return value;
}

/* Behind "\u": one of the basic plane, or a pair (RFC 8259 §7). */
static uint32_t unicode_read(struct reader *r)
{
	uint32_t high = hex_read(r);
	if (high < 0xd800 || high > 0xdfff)
		return high;
	struct reader peek = *r;
	if (high > 0xdbff || !text_step(&peek, "\\u"))
		return REPLACEMENT;
	uint32_t low = hex_read(&peek);
	if (low < 0xdc00 || low > 0xdfff)
		return REPLACEMENT;
	*r = peek;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

static uint32_t escape_read(struct reader *r)
{
	uint8_t byte = reader_u8(r);
	switch (byte) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'u':
		return unicode_read(r);
	default: /* a quote, a slash, or what should not have been escaped */
		return byte < 0x80 ? byte : UNREADABLE;
	}
}

size_t json_unescape(struct reader text, uint8_t *out, size_t size)
{
	struct output o = {.bytes = out, .size = size};
	while (reader_left(&text)) {
		uint8_t byte = reader_u8(&text);
		if (byte == '\\') {
			if (!output_put(&o, escape_read(&text)))
				break;
		} else if (o.length < size) {
			o.bytes[o.length++] = byte;
		} else {
			break;
		}
	}
	return o.length;
}
