/* TLS records in a TCP segment. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define TCP_SIZE    20
#define SEGMENT_MAX 60000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t segment[TCP_SIZE + SEGMENT_MAX] = {0x10, 0, 0x10, 1, [12] = 0x50};
	if (size > SEGMENT_MAX)
		return 0;
	if (size)
		memcpy(segment + TCP_SIZE, data, size);
	return fuzz_ip(6, segment, TCP_SIZE + size);
}
