/* IPv6 packets. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_link(LINK_IPV6, data, size);
}
