/* Targets, as SOCKS 5 writes them. */
#include "dissect/socks.h"

enum { ADDRESS_IPV4 = 1, ADDRESS_NAME = 3, ADDRESS_IPV6 = 4 };

#define IPV4_SIZE 4
#define IPV6_SIZE 16

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
