/* Reading hellos. */
#include "rules/hellos.h"

#include <string.h>

bool hello_offers(const struct obs_hello *hello, const char *protocol)
{
	const uint8_t *at = hello->alpn.bytes, *end = at + hello->alpn.length;
	size_t length = strlen(protocol);
	while (at < end) {
		const uint8_t *comma = memchr(at, ',', (size_t)(end - at));
		const uint8_t *stop = comma ? comma : end;
		if ((size_t)(stop - at) == length && memcmp(at, protocol, length) == 0)
			return true;
		at = comma ? comma + 1 : end;
	}
	return false;
}

bool hello_is_webrtc(const struct obs_hello *hello)
{
	return hello->protocol == HELLO_DTLS &&
		(hello->srtp_profiles || hello_offers(hello, "webrtc") ||
			hello_offers(hello, "c-webrtc"));
}
