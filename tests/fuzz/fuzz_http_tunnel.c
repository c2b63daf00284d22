/* MASQUE's capsules, behind a handshake that agrees on them. */
#include "tests/fuzz/fuzz.h"

static const char ask[] =
	"GET /.well-known/masque/udp/192.0.2.1/3478/ HTTP/1.1\r\nUpgrade: connect-udp\r\n\r\n";
static const char agree[] = "HTTP/1.1 101 Yes\r\nUpgrade: connect-udp\r\n\r\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_stream(ask, agree, data, size);
}
