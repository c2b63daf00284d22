/* IPv4 and IPv6 in IPv4. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_ip(4, data, size) + fuzz_ip(41, data, size);
}
