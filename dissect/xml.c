/*
 * XML pieces. Whether tags match is not looked at; that they end is.
 */
#include "dissect/xml.h"

#include "dissect/text.h"

#define ASCII_END 0x80U

/* Steps behind `end`, two or three bytes; what is before it. Without it the reader fails. */
static struct reader take_to(struct reader *r, const char *end)
{
	uint32_t last = 0, wanted = 0, mask = 0;
	size_t length = 0, size = strlen(end);
	struct reader peek = *r;
	for (size_t i = 0; i < size; i++) {
		wanted = wanted << 8 | (uint8_t)end[i];
		mask = mask << 8 | 0xff;
	}
	while ((length < size || (last & mask) != wanted) && !peek.failed) {
		last = last << 8 | reader_u8(&peek);
		length++;
	}
	if (peek.failed)
		reader_fail(r);
	struct reader before = reader_sub(r, peek.failed ? 0 : length - size);
	reader_skip(r, size);
	return before;
}

/* Up to the '>' of a tag: one in quotes does not end it. */
static struct reader tag_take(struct reader *r)
{
	struct reader peek = *r;
	size_t length = 0;
	uint8_t quote = 0, byte = reader_u8(&peek);
	while (!peek.failed && (byte != '>' || quote)) {
		if (byte == quote)
			quote = 0;
		else if (!quote && (byte == '"' || byte == '\''))
			quote = byte;
		length++;
		byte = reader_u8(&peek);
	}
	if (peek.failed)
		reader_fail(r);
	struct reader tag = reader_sub(r, length);
	reader_skip(r, 1);
	return tag;
}

/* A tag's name: up to a blank or the '/' of an empty tag. The prefix is the writer's choice. */
static struct reader name_take(struct reader *tag, struct reader *prefix)
{
	struct reader peek = *tag, local;
	size_t length = 0;
	while (reader_left(&peek) && !text_space(text_peek(peek)) && text_peek(peek) != '/') {
		reader_skip(&peek, 1);
		length++;
	}
	struct reader name = reader_sub(tag, length);
	local = name;
	*prefix = text_until(&local, ':');
	if (reader_left(&local))
		return local;
	*prefix = (struct reader){0};
	return name;
}

static bool ends_in_slash(struct reader tag)
{
	size_t length = reader_left(&tag);
	reader_skip(&tag, length ? length - 1 : 0);
	return text_peek(tag) == '/';
}

static enum xml_token xml_break(struct xml *x)
{
	reader_fail(&x->r);
	return XML_BROKEN;
}

/* Behind '<', not of a comment or the like. */
static enum xml_token tag_read(struct xml *x)
{
	bool closes = text_step(&x->r, "/");
	struct reader tag = tag_take(&x->r);
	x->name = name_take(&tag, &x->prefix);
	if (x->r.failed || reader_left(&x->name) == 0)
		return xml_break(x);
	if (closes)
		return XML_CLOSE;
	x->empty = ends_in_slash(tag);
	reader_limit(&tag, reader_left(&tag) - x->empty);
	x->attributes = tag;
	return XML_OPEN;
}

static enum xml_token text_read(struct xml *x)
{
	struct reader peek = x->r;
	size_t length = 0;
	while (reader_left(&peek) && reader_u8(&peek) != '<')
		length++;
	x->text = reader_sub(&x->r, length);
	return XML_TEXT;
}

enum xml_token xml_next(struct xml *x)
{
	if (x->empty) {
		x->empty = false;
		return XML_CLOSE;
	}
	while (reader_left(&x->r)) {
		if (!text_step(&x->r, "<"))
			return text_read(x);
		if (text_step(&x->r, "![CDATA[")) {
			x->text = take_to(&x->r, "]]>");
			return x->r.failed ? XML_BROKEN : XML_TEXT;
		}
		if (text_step(&x->r, "!--"))
			(void)take_to(&x->r, "-->");
		else if (text_step(&x->r, "?"))
			(void)take_to(&x->r, "?>");
		else if (text_step(&x->r, "!"))
			return xml_break(x);
		else
			return tag_read(x);
	}
	return x->r.failed ? XML_BROKEN : XML_END;
}

/* Up to '=' or a blank. */
static struct reader attribute_name(struct reader *r)
{
	struct reader peek = *r;
	size_t length = 0;
	while (reader_left(&peek) && text_peek(peek) != '=' && !text_space(text_peek(peek))) {
		reader_skip(&peek, 1);
		length++;
	}
	return reader_sub(r, length);
}

bool xml_attribute(struct reader *attributes, struct reader *name, struct reader *value)
{
	text_trim_start(attributes);
	*name = attribute_name(attributes);
	text_trim_start(attributes);
	if (!text_step(attributes, "="))
		return false;
	text_trim_start(attributes);
	uint8_t quote = text_peek(*attributes);
	if (quote != '"' && quote != '\'')
		return false;
	reader_skip(attributes, 1);
	*value = text_until(attributes, quote);
	return true;
}

static unsigned digit(uint8_t byte)
{
	uint8_t lower = byte | 0x20;
	if (byte >= '0' && byte <= '9')
		return byte - (unsigned)'0';
	return lower >= 'a' && lower <= 'f' ? lower - (unsigned)'a' + 10 : ASCII_END;
}

/* Behind "&#": a character by its number. What is not ASCII stands in no address. */
static uint8_t number_read(struct reader *r)
{
	struct reader digits = text_until(r, ';');
	unsigned base = text_step(&digits, "x") ? 16 : 10;
	unsigned value = 0;
	while (reader_left(&digits) && value < ASCII_END)
		value = value * base + digit(reader_u8(&digits));
	return value && value < ASCII_END ? (uint8_t)value : '?';
}

/* Behind '&': the character of an entity that is known; else '&' itself, and nothing is taken. */
static uint8_t entity_read(struct reader *r)
{
	static const struct {
		const char *name;
		uint8_t byte;
	} entities[] = {{"lt;", '<'}, {"gt;", '>'}, {"amp;", '&'}, {"quot;", '"'}, {"apos;", '\''}};
	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		if (text_step(r, entities[i].name))
			return entities[i].byte;
	}
	return text_step(r, "#") ? number_read(r) : '&';
}

size_t xml_unescape(struct reader text, uint8_t *out, size_t size)
{
	size_t length = 0;
	while (reader_left(&text) && length < size) {
		uint8_t byte = reader_u8(&text);
		out[length++] = byte == '&' ? entity_read(&text) : byte;
	}
	return length;
}
