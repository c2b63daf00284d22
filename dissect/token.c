/* Words, lines, numbers and addresses in text off the wire. */
#include "dissect/token.h"

void token_trim(struct reader *r)
{
	while (reader_left(r) && token_space(token_peek(*r)))
		reader_skip(r, 1);
}

struct reader token_until(struct reader *r, uint8_t stop)
{
	struct reader peek = *r;
	size_t length = 0;
	while (reader_left(&peek) && reader_u8(&peek) != stop)
		length++;
	struct reader token = reader_sub(r, length);
	if (reader_left(r))
		reader_skip(r, 1);
	return token;
}

struct reader token_line(struct reader *r)
{
	struct reader line = token_until(r, '\n');
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

struct reader token_next(struct reader *r)
{
	token_trim(r);
	struct reader peek = *r;
	size_t length = 0;
	while (reader_left(&peek) && !token_space(reader_u8(&peek)))
		length++;
	return reader_sub(r, length);
}

static uint8_t byte_lower(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

bool token_is(struct reader token, const char *word)
{
	size_t length = strlen(word);
	if (reader_left(&token) != length)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (byte_lower(reader_u8(&token)) != byte_lower((uint8_t)word[i]))
			return false;
	}
	return true;
}

bool token_start(struct reader *r, const char *start)
{
	struct reader peek = *r;
	size_t length = strlen(start);
	const uint8_t *bytes = reader_take(&peek, length);
	if (!bytes || memcmp(bytes, start, length) != 0)
		return false;
	*r = peek;
	return true;
}

bool token_number(struct reader token, uint32_t most, uint32_t *out)
{
	uint64_t value = 0;
	if (!reader_left(&token))
		return false;
	while (reader_left(&token)) {
		uint8_t byte = reader_u8(&token);
		if (byte < '0' || byte > '9')
			return false;
		value = value * 10 + (byte - '0');
		if (value > most)
			return false;
	}
	*out = (uint32_t)value;
	return true;
}

bool token_addr(struct reader token, struct addr *out)
{
	char text[ADDR_TEXT_MAX] = "";
	if (token_start(&token, "[")) {
		struct reader inside = token_until(&token, ']');
		if (reader_left(&token))
			return false;
		token = inside;
	}
	token = token_until(&token, '%');
	size_t length = reader_left(&token);
	if (length == 0 || length >= sizeof(text))
		return false;
	reader_copy(&token, text, length);
	return strlen(text) == length && addr_parse(text, out);
}
