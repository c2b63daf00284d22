/* SSH, the version lines. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return talk_stream(data, size);
}
