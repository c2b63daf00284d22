/* Datagrams relayed by a SOCKS proxy: behind a UDP ASSOCIATE that announces them. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return talk_associated(data, size);
}
