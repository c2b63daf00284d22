/*
 * JSON text (RFC 8259). Whether a comma is due, the byte before tells. Text is cleaned first
 * (clean.h), so that every line is valid UTF-8 whatever the wire said; most text is plain ASCII and
 * is copied as it is.
 */
#include "output/json.h"

#include "core/clean.h"
#include "output/format.h"

#include <string.h>

#define U64_DIGITS 20
#define MAC_SIZE   6
#define LINE_END   2 /* what json_end adds */

/* Longest text of one hexadecimal value: its length is a uint8_t. */
#define HEX_TEXT_MAX 510

static const char hex_digits[] = "0123456789abcdef";

/* Room for n bytes, or NULL: from then on nothing fits. */
static char *json_room(struct json *j, size_t n)
{
	if (n > (size_t)(j->end - j->at)) {
		j->full = true;
		j->end = j->at;
		return NULL;
	}
	char *at = j->at;
	j->at += n;
	return at;
}

static void json_put(struct json *j, const void *bytes, size_t n)
{
	char *to = json_room(j, n);
	if (to)
		memcpy(to, bytes, n);
}

static void json_byte(struct json *j, char byte)
{
	json_put(j, &byte, 1);
}

static bool json_comma(const struct json *j)
{
	return j->at[-1] != '{' && j->at[-1] != '[';
}

/* What stands before a value. */
static void json_name(struct json *j, const char *name)
{
	size_t comma = json_comma(j), length = name ? strlen(name) : 0;
	char *to = json_room(j, comma + (name ? length + 3 : 0));
	if (!to)
		return;
	if (comma)
		*to++ = ',';
	if (!name)
		return;
	*to++ = '"';
	memcpy(to, name, length);
	memcpy(to + length, "\":", 2);
}

void json_begin(struct json *j, char *line, size_t size)
{
	*j = (struct json){.line = line, .at = line, .end = line + size - LINE_END};
	*j->at++ = '{';
}

size_t json_end(struct json *j)
{
	if (j->full)
		return 0;
	memcpy(j->at, "}\n", LINE_END);
	return (size_t)(j->at - j->line) + LINE_END;
}

void json_open(struct json *j, const char *name)
{
	json_name(j, name);
	json_byte(j, '{');
}

void json_close(struct json *j)
{
	json_byte(j, '}');
}

void json_open_list(struct json *j, const char *name)
{
	json_name(j, name);
	json_byte(j, '[');
}

void json_close_list(struct json *j)
{
	json_byte(j, ']');
}

void json_add_u64(struct json *j, const char *name, uint64_t value)
{
	char digits[U64_DIGITS];
	size_t at = sizeof(digits);
	do
		digits[--at] = (char)('0' + value % 10);
	while (value /= 10);
	json_name(j, name);
	json_put(j, digits + at, sizeof(digits) - at);
}

void json_add_i64(struct json *j, const char *name, int64_t value)
{
	char digits[U64_DIGITS + 1];
	size_t at = sizeof(digits);
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
	do
		digits[--at] = (char)('0' + left % 10);
	while (left /= 10);
	if (value < 0)
		digits[--at] = '-';
	json_name(j, name);
	json_put(j, digits + at, sizeof(digits) - at);
}

void json_add_bool(struct json *j, const char *name, bool value)
{
	json_name(j, name);
	json_put(j, value ? "true" : "false", value ? 4 : 5);
}

static bool byte_plain(uint8_t byte)
{
	return byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\';
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Are these eight bytes plain? Sometimes no where it is yes, never yes where it is no: a carry only
 * comes out of a byte that is not plain itself. */
static bool eight_plain(const uint8_t *bytes)
{
	uint64_t x;
	memcpy(&x, bytes, sizeof(x));
	uint64_t quote = x ^ EACH('"'), backslash = x ^ EACH('\\');
	uint64_t odd = x | (x + EACH(1)) | (x - EACH(' ')) | (quote - EACH(1)) |
		(backslash - EACH(1));
	return !(odd & EACH(0x80));
}

static bool text_plain(const uint8_t *bytes, size_t length)
{
	size_t i = 0;
	while (length - i >= sizeof(uint64_t) && eight_plain(bytes + i))
		i += sizeof(uint64_t);
	while (i < length && byte_plain(bytes[i]))
		i++;
	return i == length;
}

/* What follows the backslash of an escape (RFC 8259 §7), 'u' when the code follows that. */
static char escape_letter(char byte)
{
	static const char controls[' '] = {
		['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
	if (byte == '"' || byte == '\\')
		return byte;
	return controls[(uint8_t)byte] ? controls[(uint8_t)byte] : 'u';
}

static void escape_put(struct json *j, char byte)
{
	char letter = escape_letter(byte);
	const char escape[] = {
		'\\', letter, '0', '0', hex_digits[(uint8_t)byte >> 4], hex_digits[byte & 15]};
	json_put(j, escape, letter == 'u' ? sizeof(escape) : 2);
}

/* Text that is clean already. */
static void text_escape(struct json *j, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"' || text[i] == '\\' || (uint8_t)text[i] < ' ')
			escape_put(j, text[i]);
		else
			json_byte(j, text[i]);
	}
}

/* Text that is known to need no cleaning and no escapes. */
static void json_add_plain(struct json *j, const char *name, const void *text, size_t length)
{
	json_name(j, name);
	char *to = json_room(j, length + 2);
	if (!to)
		return;
	to[0] = '"';
	memcpy(to + 1, text, length);
	to[length + 1] = '"';
}

void json_add_bytes(struct json *j, const char *name, const void *bytes, size_t length)
{
	char clean[CLEAN_SIZE(JSON_TEXT_MAX)];
	if (!length)
		return;
	if (length > JSON_TEXT_MAX)
		length = JSON_TEXT_MAX;
	if (text_plain(bytes, length)) {
		json_add_plain(j, name, bytes, length);
		return;
	}
	json_name(j, name);
	json_byte(j, '"');
	text_escape(j, clean, clean_text(clean, sizeof(clean), bytes, length, CLEAN_JSON));
	json_byte(j, '"');
}

void json_add_text(struct json *j, const char *name, const char *text)
{
	if (text)
		json_add_bytes(j, name, text, strlen(text));
}

void json_add_hex(struct json *j, const char *name, const uint8_t *bytes, size_t length)
{
	char text[HEX_TEXT_MAX];
	if (length > sizeof(text) / 2)
		length = sizeof(text) / 2;
	for (size_t i = 0; i < length; i++) {
		text[2 * i] = hex_digits[bytes[i] >> 4];
		text[2 * i + 1] = hex_digits[bytes[i] & 15];
	}
	if (length)
		json_add_plain(j, name, text, 2 * length);
}

void json_add_mac(struct json *j, const char *name, const uint8_t mac[MAC_SIZE])
{
	char text[3 * MAC_SIZE];
	for (size_t i = 0; i < MAC_SIZE; i++) {
		text[3 * i] = hex_digits[mac[i] >> 4];
		text[3 * i + 1] = hex_digits[mac[i] & 15];
		text[3 * i + 2] = ':';
	}
	json_add_plain(j, name, text, sizeof(text) - 1);
}

void json_add_time(struct json *j, const char *name, uint64_t ns)
{
	char text[TIME_TEXT_SIZE];
	time_record(ns, text);
	json_add_plain(j, name, text, strlen(text));
}

void json_add_addr(struct json *j, const char *name, const struct addr *a)
{
	char text[ADDR_TEXT_MAX];
	if (a->family != ADDR_NONE)
		json_add_text(j, name, addr_text(a, text));
}

void json_add_endpoint(struct json *j, const char *name, const struct endpoint *e)
{
	char text[ENDPOINT_TEXT_MAX];
	if (e->addr.family != ADDR_NONE)
		json_add_text(j, name, endpoint_text(e, text));
}

void json_add_members(struct json *j, const struct json *other)
{
	size_t length = (size_t)(other->at - other->line) - 1;
	j->full |= other->full;
	if (!length)
		return;
	if (json_comma(j))
		json_byte(j, ',');
	json_put(j, other->line + 1, length);
}

void json_add_texts(struct json *j, const char *name, const char *const *texts, size_t count)
{
	if (!count)
		return;
	json_open_list(j, name);
	for (size_t i = 0; i < count; i++)
		json_add_text(j, NULL, texts[i]);
	json_close_list(j);
}
