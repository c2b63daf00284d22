/* DNS messages as bodies. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_content(CONTENT_DNS, data, size);
}
