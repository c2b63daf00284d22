/* QUIC: datagrams as they are and, when the first byte is odd, the rest as frames in an Initial
 * whose protection is right. */
#include "tests/fuzz/fuzz.h"
#include "tests/unit/support/quic_seal.h"

#define FRAMES_MIN 4 /* so that there is a sample */
#define FRAMES_MAX 4000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t id[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	uint8_t packet[FRAMES_MAX + SEAL_ROOM];
	if (size <= FRAMES_MIN || size > FRAMES_MAX || data[0] % 2 == 0)
		return fuzz_udp(data, size);
	return fuzz_udp(packet, quic_seal(packet, QUIC_V1, id, id, 0, data + 1, size - 1));
}
