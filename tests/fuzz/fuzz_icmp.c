/* ICMP messages in IPv4, and what they quote. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_ip(1, data, size);
}
