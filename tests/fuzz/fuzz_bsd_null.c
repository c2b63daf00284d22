/* BSD loopback: the writer's byte order, then the network's. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_link(LINK_NULL, data, size) | fuzz_link(LINK_LOOP, data, size);
}
