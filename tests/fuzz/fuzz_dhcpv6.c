/* DHCPv6 messages in UDP in IPv6. */
#include "tests/fuzz/front.h"

#define UDP_SIZE 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t length = UDP_SIZE + size;
	const uint8_t udp[UDP_SIZE] = {
		0x02, 0x22, 0x02, 0x23, (uint8_t)(length >> 8), (uint8_t)length, 0, 0};
	uint8_t header[FUZZ_IPV6_SIZE + UDP_SIZE];
	fuzz_ipv6_header(header, 17, length);
	memcpy(header + FUZZ_IPV6_SIZE, udp, sizeof(udp));
	return fuzz_front(LINK_RAW, header, sizeof(header), data, size);
}
