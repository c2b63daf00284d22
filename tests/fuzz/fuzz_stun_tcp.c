/* STUN over TCP: the bytes are cut into segments, there and back. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_segments(data, size);
}
