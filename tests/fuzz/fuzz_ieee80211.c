/* 802.11 frames behind a radiotap header. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_link(LINK_IEEE802_11_RADIOTAP, data, size);
}
