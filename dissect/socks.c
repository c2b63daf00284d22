/* Greetings, SOCKS 4 requests, and targets as SOCKS 5 writes them. */
#include "dissect/socks.h"

enum { ADDRESS_IPV4 = 1, ADDRESS_NAME = 3, ADDRESS_IPV6 = 4 };

#define METHODS_MAX 16
#define METHOD_LAST 0x09 /* assigned by IANA; from 0x80 on they are private */
#define METHOD_OWN  0x80
#define METHOD_NONE 0xff
#define USER_MAX    255
#define NAME_MAX    255
#define PART_4_MIN  16 /* of a request to be known by: a name is in it, most likely */
#define DELETE      0x7f
#define IPV4_SIZE   4
#define IPV6_SIZE   16

/* Every method is one of those assigned, and only once. */
static bool methods_shape(struct reader r)
{
	uint32_t seen = 0;
	while (reader_left(&r)) {
		uint8_t method = reader_u8(&r);
		if (method > METHOD_LAST && (method < METHOD_OWN || method == METHOD_NONE))
			return false;
		if (method <= METHOD_LAST && (seen & 1U << method))
			return false;
		seen |= method <= METHOD_LAST ? 1U << method : 0;
	}
	return true;
}

bool socks_greeting_shape(struct reader r)
{
	reader_skip(&r, 1);
	uint8_t count = reader_u8(&r);
	struct reader methods = reader_sub(&r, count);
	if (r.failed || count == 0 || count > METHODS_MAX || !methods_shape(methods))
		return false;
	if (reader_left(&r) == 0)
		return true;
	uint8_t next = reader_u8(&r);
	return next == SOCKS_5 || next == SOCKS_AUTHENTICATION;
}

/* Printable bytes, the NUL behind them read, too. The reader fails where the NUL is not there yet;
 * `bad` tells that it never can be. */
static struct reader text_take(struct reader *r, size_t most, bool *bad)
{
	struct reader text = *r;
	size_t length = 0;
	uint8_t byte = reader_u8(r);
	for (; byte >= ' ' && byte != DELETE && length < most; length++)
		byte = reader_u8(r);
	*bad |= byte != 0;
	return reader_sub(&text, r->failed || *bad ? 0 : length);
}

/* 0.0.0.x, x not 0: a name follows (SOCKS 4a). */
static bool address_names(const struct addr *a)
{
	return a->bytes[0] == 0 && a->bytes[1] == 0 && a->bytes[2] == 0 && a->bytes[3] != 0;
}

enum verdict socks_request4_read(struct reader *r, struct socks_target *target, uint8_t *command)
{
	bool bad = false;
	*target = (struct socks_target){0};
	uint8_t version = reader_u8(r);
	*command = reader_u8(r);
	target->port = reader_u16(r);
	uint8_t bytes[IPV4_SIZE];
	reader_copy(r, bytes, sizeof(bytes));
	struct addr address = addr_v4(bytes);
	if (version != SOCKS_4 || (*command != SOCKS_CONNECT && *command != SOCKS_BIND))
		return NOT_MINE;
	text_take(r, USER_MAX, &bad);
	if (address_names(&address))
		obs_word_set(&target->name, text_take(r, NAME_MAX, &bad));
	else
		target->address = (struct endpoint){.addr = address, .port = target->port};
	if (r->failed)
		return bad ? NOT_MINE : MORE;
	bool usable = target->name.length || addr_scope(&address) != SCOPE_SPECIAL;
	return !bad && target->port && usable ? DONE : NOT_MINE;
}

bool socks_request4_shape(struct reader r)
{
	size_t size = reader_left(&r);
	struct socks_target target;
	uint8_t command;
	enum verdict verdict = socks_request4_read(&r, &target, &command);
	if (verdict == DONE)
		return reader_left(&r) == 0;
	return verdict == MORE && size >= PART_4_MIN;
}

bool socks_target_starts(struct reader r)
{
	uint8_t reserved = reader_u8(&r);
	uint8_t type = reader_u8(&r);
	uint8_t length = reader_u8(&r);
	return reserved == 0 &&
		(type == ADDRESS_IPV4 || (type == ADDRESS_NAME && length) || type == ADDRESS_IPV6);
}

static void address_read(struct reader *r, struct addr *address, size_t size)
{
	const uint8_t *bytes = reader_take(r, size);
	if (!bytes)
		return;
	if (size == IPV4_SIZE)
		*address = addr_v4(bytes);
	else
		*address = addr_v6(bytes);
}

void socks_target_read(struct reader *r, struct socks_target *target)
{
	*target = (struct socks_target){0};
	uint8_t length;
	switch (reader_u8(r)) {
	case ADDRESS_IPV4:
		address_read(r, &target->address.addr, IPV4_SIZE);
		break;
	case ADDRESS_IPV6:
		address_read(r, &target->address.addr, IPV6_SIZE);
		break;
	case ADDRESS_NAME:
		length = reader_u8(r);
		if (length == 0)
			reader_fail(r);
		obs_word_set(&target->name, reader_sub(r, length));
		break;
	default:
		reader_fail(r);
		break;
	}
	target->port = reader_u16(r);
	if (target->address.addr.family != ADDR_NONE)
		target->address.port = target->port;
}
