/* ICMPv6 messages from a neighbour on the link. */
#include "tests/fuzz/front.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t header[FUZZ_IPV6_SIZE];
	fuzz_ipv6_header(header, 58, size);
	return fuzz_front(LINK_RAW, header, sizeof(header), data, size);
}
