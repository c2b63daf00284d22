/* Datagrams between one client and one server, there and back. */
#ifndef SEEP_TESTS_UNIT_SUPPORT_EXCHANGE_H
#define SEEP_TESTS_UNIT_SUPPORT_EXCHANGE_H

#include "tests/unit/support/packet.h"
#include "tests/unit/support/watch.h"

#define TALK_CLIENT "192.168.77.10:50000"
#define TALK_SERVER "192.0.2.10:443"

/* `payload` becomes the IP packet. */
static inline void talk_wrap(struct bytes *payload, bool back)
{
	const struct endpoint client = end(TALK_CLIENT), server = end(TALK_SERVER);
	packet_ip_udp(payload, back ? &server : &client, back ? &client : &server);
}

static inline void talk(struct watch *w, const void *payload, size_t length, bool back)
{
	struct bytes b = {0};
	bytes_put(&b, payload, length);
	talk_wrap(&b, back);
	watch_frame(w, b.at, b.length);
}

static inline bool word_is(const struct obs_word *word, const char *text)
{
	return word->length == strlen(text) && memcmp(word->bytes, text, word->length) == 0;
}

#endif
