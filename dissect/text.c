/* Words, numbers and addresses in text off the wire. */
#include "dissect/text.h"

#define NUMBER_BITS 63

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

bool text_same_letter(uint8_t a, uint8_t b)
{
	return lower(a) == lower(b);
}

bool text_starts(struct reader r, const char *word)
{
	for (; *word; word++) {
		if (!text_same_letter(reader_u8(&r), (uint8_t)*word))
			return false;
	}
	return true;
}

bool text_ends(struct reader r, const char *word)
{
	size_t length = strlen(word), left = reader_left(&r);
	if (left < length)
		return false;
	reader_skip(&r, left - length);
	return text_starts(r, word);
}

bool text_step(struct reader *r, const char *start)
{
	struct reader peek = *r;
	size_t length = strlen(start);
	const uint8_t *bytes = reader_take(&peek, length);
	if (!bytes || memcmp(bytes, start, length) != 0)
		return false;
	*r = peek;
	return true;
}

void text_trim_start(struct reader *r)
{
	while (reader_left(r) && text_space(text_peek(*r)))
		reader_skip(r, 1);
}

struct reader text_trim(struct reader r)
{
	text_trim_start(&r);
	while (text_space(reader_last(&r)))
		reader_limit(&r, reader_left(&r) - 1);
	return reader_sub(&r, reader_left(&r));
}

struct reader text_unquote(struct reader r)
{
	size_t length = reader_left(&r);
	if (length < 2 || !text_starts(r, "\"") || !text_ends(r, "\""))
		return r;
	reader_skip(&r, 1);
	return reader_sub(&r, length - 2);
}

struct reader text_until(struct reader *r, uint8_t delimiter)
{
	struct reader before = reader_sub(r, reader_find(r, delimiter));
	if (reader_left(r))
		reader_skip(r, 1);
	return before;
}

struct reader text_item(struct reader *r, uint8_t delimiter)
{
	struct reader scan = *r;
	size_t length = 0;
	bool quoted = false;
	while (reader_left(&scan)) {
		uint8_t c = reader_u8(&scan);
		quoted ^= c == '"';
		if (c == delimiter && !quoted)
			break;
		length++;
	}
	struct reader item = reader_sub(r, length);
	if (reader_left(r))
		reader_skip(r, 1);
	return text_trim(item);
}

struct reader text_line(struct reader *r)
{
	struct reader line = text_until(r, '\n');
	struct reader peek = line;
	size_t length = 0, text = 0;
	while (reader_left(&peek)) {
		length++;
		if (reader_u8(&peek) != '\r')
			text = length;
	}
	reader_limit(&line, text);
	return line;
}

struct reader text_word(struct reader *r)
{
	text_trim_start(r);
	struct reader peek = *r;
	size_t length = 0;
	while (reader_left(&peek) && !text_space(reader_u8(&peek)))
		length++;
	return reader_sub(r, length);
}

/* The value of a digit; 16 or more when it is none. */
static unsigned digit(uint8_t c)
{
	c = lower(c);
	if (c >= '0' && c <= '9')
		return c - (unsigned)'0';
	return c >= 'a' && c <= 'f' ? c - (unsigned)'a' + 10 : 16;
}

static bool number_read(struct reader r, unsigned base, uint64_t *value)
{
	const uint64_t max = (UINT64_C(1) << NUMBER_BITS) - 1;
	*value = 0;
	if (!reader_left(&r))
		return false;
	while (reader_left(&r)) {
		unsigned next = digit(reader_u8(&r));
		if (next >= base || *value > (max - next) / base)
			return false;
		*value = *value * base + next;
	}
	return true;
}

bool text_number(struct reader r, uint64_t *value)
{
	return number_read(r, 10, value);
}

bool text_hex(struct reader r, uint64_t *value)
{
	return number_read(r, 16, value);
}

bool text_u32(struct reader r, uint32_t most, uint32_t *value)
{
	uint64_t number;
	if (!text_number(r, &number) || number > most)
		return false;
	*value = (uint32_t)number;
	return true;
}

bool text_addr(struct reader r, struct addr *out)
{
	char text[ADDR_TEXT_MAX] = "";
	if (text_step(&r, "[")) {
		struct reader inside = text_until(&r, ']');
		if (reader_left(&r))
			return false;
		r = inside;
	}
	r = text_until(&r, '%');
	size_t length = reader_left(&r);
	if (length == 0 || length >= sizeof(text))
		return false;
	reader_copy(&r, text, length);
	return strlen(text) == length && addr_parse(text, out);
}

bool text_endpoint(struct reader r, struct endpoint *out)
{
	char text[ENDPOINT_TEXT_MAX];
	size_t length = reader_left(&r);
	*out = (struct endpoint){0};
	if (!length || length >= sizeof(text) || reader_find(&r, 0) != length)
		return false;
	reader_copy(&r, text, length);
	text[length] = '\0';
	struct endpoint parsed;
	if (!endpoint_parse(text, &parsed))
		return false;
	*out = parsed;
	return true;
}

struct reader text_authority(struct reader r, uint16_t *port)
{
	struct reader host, rest = r;
	uint64_t value;
	if (text_starts(r, "[")) {
		reader_skip(&rest, 1);
		host = text_until(&rest, ']');
		if (text_starts(rest, ":"))
			reader_skip(&rest, 1);
	} else {
		host = text_until(&rest, ':');
	}
	if (text_number(rest, &value) && value <= UINT16_MAX)
		*port = (uint16_t)value;
	return host;
}
