/* XMPP streams. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_stream("<stream:stream>", "<stream:stream>", data, size);
}
