/* Chunks of a body that is of interest, as they are sent; the first byte says how it is compressed.
 */
#include "tests/fuzz/fuzz.h"

#define POST "POST / HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const heads[] = {POST "\r\n", POST "Content-Encoding: gzip\r\n\r\n",
		POST "Content-Encoding: deflate\r\n\r\n", POST "Content-Encoding: br\r\n\r\n"};
	return size ? fuzz_stream(heads[data[0] % 4], NULL, data + 1, size - 1) : 0;
}
