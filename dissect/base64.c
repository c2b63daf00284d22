/* Base64: six bits a letter, what is left over at the end is padding. */
#include "dissect/base64.h"

#define LETTER_BITS 6
#define NO_LETTER   64

static unsigned letter_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - (unsigned)'A';
	if (c >= 'a' && c <= 'z')
		return c - (unsigned)'a' + 26;
	if (c >= '0' && c <= '9')
		return c - (unsigned)'0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : NO_LETTER;
}

size_t base64_decode(struct reader text, uint8_t *out, size_t size)
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t length = 0;
	while (reader_left(&text) && length < size) {
		uint8_t c = reader_u8(&text);
		unsigned value = letter_value(c);
		if (c == '=')
			break;
		if (value == NO_LETTER)
			return 0;
		bits = bits << LETTER_BITS | value;
		held += LETTER_BITS;
		if (held >= 8) {
			held -= 8;
			out[length++] = (uint8_t)(bits >> held);
		}
	}
	return length;
}
