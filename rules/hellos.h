/*
 * What the hellos of TLS, DTLS and QUIC say of who speaks.
 */
#ifndef SEEP_RULES_HELLOS_H
#define SEEP_RULES_HELLOS_H

#include "core/obs_media.h"

/* Is this protocol among those of the ALPN extension (RFC 7301)? */
bool hello_offers(const struct obs_hello *hello, const char *protocol);

/* DTLS of a call: it asks for SRTP keys (RFC 5764), or says so itself (RFC 8833). */
bool hello_is_webrtc(const struct obs_hello *hello);

#endif
