/*
 * A WebSocket after its handshake, and frames for it. A SIP message shows when it was read.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_WEBSOCKET_H
#define SEEP_TESTS_UNIT_SUPPORT_WEBSOCKET_H

#include "tests/unit/support/dialogue.h"

#define ASK     "GET /chat HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
#define AGREE   "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
#define DEFLATE "Sec-WebSocket-Extensions: permessage-deflate"

/* Upgraded, with permessage-deflate agreed on, and these parameters of it. */
static inline struct talk talk_upgraded(struct watch *w, uint16_t port, const char *parameters)
{
	char agree[256];
	struct talk t = talk_begin(w, port);
	snprintf(agree, sizeof(agree), AGREE DEFLATE "%s\r\n\r\n", parameters);
	talk_text(&t, false, ASK);
	talk_text(&t, true, agree);
	return t;
}

/* A message in a frame, masked; `flags` is the first byte. */
static inline void frame_put(struct bytes *b, uint8_t flags, const uint8_t *payload, size_t length)
{
	static const uint8_t mask[4] = {0xde, 0xad, 0xbe, 0xef};
	assert_true(length < 126);
	bytes_u8(b, flags);
	bytes_u8(b, 0x80 | (unsigned)length);
	bytes_put(b, mask, sizeof(mask));
	for (size_t i = 0; i < length; i++)
		bytes_u8(b, payload[i] ^ mask[i % 4]);
}

#endif
