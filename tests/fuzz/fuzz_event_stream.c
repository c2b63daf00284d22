/* Events that a server sends. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_content(CONTENT_EVENTS, data, size);
}
