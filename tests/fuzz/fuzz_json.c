/* JSON messages, and what their strings hold. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_content(CONTENT_JSON, data, size);
}
