/* Jingle's and UPnP's messages. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_content(CONTENT_XML, data, size);
}
