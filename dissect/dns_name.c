/*
 * Names in DNS messages (RFC 1035 §3.1, §4.1.4) and NetBIOS names within them (RFC 1001 §14.1).
 * Labels are any bytes; they are kept as on the wire.
 */
#include "dissect/dns.h"

#define NETBIOS_SIZE    16 /* name, padded with spaces, and a suffix that says what it is of */
#define NETBIOS_ENCODED (2 * NETBIOS_SIZE)

bool dns_name_skip(struct reader *r)
{
	size_t size = 1; /* the root's */
	for (uint8_t length = reader_u8(r); length; length = reader_u8(r)) {
		if (length >= DNS_POINTER) {
			reader_skip(r, 1);
			return true;
		}
		size += length + 1U;
		if (length > DNS_LABEL_MAX || size > DNS_NAME_MAX) {
			reader_fail(r);
			return false;
		}
		reader_skip(r, length);
	}
	return true;
}

/* Puts a label behind the first `length` bytes of a name, and returns how many it has then; 0 when
 * it cannot be. The text has a dot for each label's length byte but the first, and nothing for the
 * root. */
static size_t label_add(uint8_t *name, size_t length, struct reader *label)
{
	size_t dot = length ? 1 : 0, size = reader_left(label);
	if (label->failed || size > DNS_LABEL_MAX || length + dot + size > DNS_NAME_MAX - 2)
		return 0;
	if (dot)
		name[length] = '.';
	reader_copy(label, name + length + dot, size);
	return length + dot + size;
}

bool dns_name_read(const struct reader *whole, struct reader at, struct obs_text *out)
{
	size_t lowest = reader_left(whole) - reader_left(&at), length = 0;
	unsigned jumps = 0;
	out->length = 0;
	out->cut = false;
	for (uint8_t size = reader_u8(&at); size; size = reader_u8(&at)) {
		if (size < DNS_POINTER) {
			struct reader label = reader_sub(&at, size);
			length = label_add(out->bytes, length, &label);
			if (!length)
				return false;
			continue;
		}
		size_t target = (size & ~(size_t)DNS_POINTER) << 8 | reader_u8(&at);
		if (at.failed || target >= lowest || target < DNS_HEADER_SIZE ||
			++jumps > DNS_JUMPS_MAX)
			return false;
		lowest = target;
		at = *whole;
		reader_skip(&at, target);
	}
	out->length = (uint16_t)length;
	return !at.failed;
}

bool dns_name_is_netbios(const struct obs_text *name)
{
	if (name->length < NETBIOS_ENCODED ||
		(name->length > NETBIOS_ENCODED && name->bytes[NETBIOS_ENCODED] != '.'))
		return false;
	for (size_t i = 0; i < NETBIOS_ENCODED; i++) {
		if (name->bytes[i] < 'A' || name->bytes[i] > 'P')
			return false;
	}
	return true;
}

/* Two letters a byte, a nibble each; what follows is the scope, in plain labels. */
void dns_name_decode_netbios(struct obs_text *name)
{
	uint8_t plain[NETBIOS_SIZE];
	for (size_t i = 0; i < NETBIOS_SIZE; i++)
		plain[i] = (uint8_t)((name->bytes[2 * i] - 'A') << 4 |
			(name->bytes[2 * i + 1] - 'A'));
	size_t length = NETBIOS_SIZE - 1;
	while (length && (plain[length - 1] == ' ' || plain[length - 1] == 0))
		length--;
	size_t scope = name->length - (size_t)NETBIOS_ENCODED;
	memmove(name->bytes + length, name->bytes + NETBIOS_ENCODED, scope);
	memcpy(name->bytes, plain, length);
	name->length = (uint16_t)(length + scope);
}
