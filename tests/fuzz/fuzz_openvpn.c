/* OpenVPN over UDP: resets, then what follows them. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return talk_datagrams(17, data, size);
}
