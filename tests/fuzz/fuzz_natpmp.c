/* NAT-PMP answers, from the gateway's port. */
#include "tests/fuzz/front.h"

#define UDP_SIZE 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t length = UDP_SIZE + size;
	const uint8_t udp[UDP_SIZE] = {
		0x14, 0xe7, 0x14, 0xe6, (uint8_t)(length >> 8), (uint8_t)length, 0, 0};
	uint8_t header[FUZZ_IPV6_SIZE + UDP_SIZE];
	fuzz_ipv6_header(header, 17, length);
	memcpy(header + FUZZ_IPV6_SIZE, udp, sizeof(udp));
	return fuzz_front(LINK_RAW, header, sizeof(header), data, size);
}
