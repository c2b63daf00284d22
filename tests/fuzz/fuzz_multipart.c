/* A SIP message's body of several parts, each with headers of its own, parts within parts too. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_MAX 160

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *message = malloc(HEAD_MAX + size);
	if (!message)
		abort();
	int head = snprintf(message, HEAD_MAX,
		"INVITE sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2\r\n"
		"Content-Type: multipart/mixed;boundary=x\r\nContent-Length: %zu\r\n\r\n",
		size);
	if (size)
		memcpy(message + head, data, size);
	fuzz_udp((const uint8_t *)message, (size_t)head + size);
	free(message);
	return 0;
}
