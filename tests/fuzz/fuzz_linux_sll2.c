/* Linux cooked captures, version 2. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_link(LINK_LINUX_SLL2, data, size);
}
