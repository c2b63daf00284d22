/* ARP messages behind an Ethernet header. */
#include "tests/fuzz/front.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t ethernet[] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x08, 0x06};
	return fuzz_front(LINK_ETHERNET, ethernet, sizeof(ethernet), data, size);
}
