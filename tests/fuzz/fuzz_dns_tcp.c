/* DNS over TCP: a segment in the middle of a stream, then the same once more. */
#include "tests/fuzz/front.h"

#define TCP_SIZE 20

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t tcp[TCP_SIZE] = {0x10, 0, 0, 53, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x18, 0x10};
	uint8_t header[FUZZ_IPV6_SIZE + TCP_SIZE];
	fuzz_ipv6_header(header, 6, TCP_SIZE + size);
	memcpy(header + FUZZ_IPV6_SIZE, tcp, sizeof(tcp));
	return fuzz_front(LINK_RAW, header, sizeof(header), data, size);
}
