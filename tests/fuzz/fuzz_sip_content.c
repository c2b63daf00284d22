/* SIP messages in bodies of HTTP, up to the next body. */
#include "tests/fuzz/fuzz.h"

static const char post[] = "POST / HTTP/1.1\r\nContent-Type: message/sip\r\n"
			   "Transfer-Encoding: chunked\r\n\r\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_stream(post, NULL, data, size);
}
