/* MQTT packets in the messages of a WebSocket. */
#include "tests/fuzz/fuzz.h"

static const char ask[] = "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
static const char agree[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
			    "Sec-WebSocket-Protocol: mqtt\r\n\r\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_stream(ask, agree, data, size);
}
