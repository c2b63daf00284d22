/* Packets from Linux's netfilter log. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_link(LINK_NFLOG, data, size);
}
