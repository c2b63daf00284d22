/* PPP frames without a link layer. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_ethertype(0x880b, data, size);
}
