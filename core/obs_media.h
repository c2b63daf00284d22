/*
 * Media and the handshakes that protect it.
 */
#ifndef SEEP_CORE_OBS_MEDIA_H
#define SEEP_CORE_OBS_MEDIA_H

#include "core/obs_text.h"

enum media_protocol {
	MEDIA_RTP,          /* RFC 3550, or SRTP (RFC 3711): the header does not tell */
	MEDIA_RTCP,         /* or SRTCP */
	MEDIA_DTLS,         /* application data: data channels, or a VPN */
	MEDIA_QUIC,         /* short-header packets of a known QUIC connection */
	MEDIA_CHANNEL_DATA, /* RFC 8656 §12.4 */
};

enum media_event {
	MEDIA_STARTS,  /* a run of consistent packets was seen in this direction */
	MEDIA_GOES_ON, /* still flowing; said once in a while */
};

/* One direction of one kind of media in a flow. */
struct obs_media {
	uint8_t protocol;     /* enum media_protocol */
	uint8_t event;        /* enum media_event */
	uint8_t payload_type; /* RTP */
	uint32_t ssrc;        /* RTP, RTCP */
	uint32_t packets;     /* in this direction so far */
	uint64_t bytes;       /* payload of these */
};

/* Does a resolver stand behind it? DNS over TLS (RFC 7858), HTTPS (RFC 8484) or QUIC (RFC 9250). */
enum encrypted_dns {
	ENCRYPTED_DNS_NONE,
	ENCRYPTED_DNS_TLS,
	ENCRYPTED_DNS_HTTPS,
	ENCRYPTED_DNS_QUIC
};

enum hello_protocol { HELLO_TLS, HELLO_DTLS, HELLO_QUIC };

/* A ClientHello or ServerHello (RFC 8446, RFC 9147, RFC 9001), as far as it is in clear. */
struct obs_hello {
	uint8_t protocol; /* enum hello_protocol */
	bool server;
	bool ech;         /* encrypted_client_hello offered: `name` may be a cover */
	uint16_t version; /* the highest offered, or the one chosen: 0x0304, 0xfefc ... */
	uint32_t quic_version;
	struct obs_word name;  /* SNI */
	struct obs_word alpn;  /* protocols, comma between them */
	uint8_t dns;           /* enum encrypted_dns, as far as name, ALPN and port tell */
	uint8_t srtp_profiles; /* use_srtp offered or chosen: how many (RFC 5764) */
};

#endif
