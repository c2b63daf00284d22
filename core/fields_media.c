/* How observations of media and their handshakes are rendered. */
#include "core/fields.h"

LABELS(media_protocol_name, "rtp", "rtcp", "dtls", "quic", "channel_data")
LABELS(media_event_name, "starts", "goes_on")
LABELS(encrypted_dns_name, "none", "dot", "doh", "doq")
LABELS(hello_protocol_name, "tls", "dtls", "quic")

const struct field media_fields[] = {
	{"protocol", AT(obs_media, protocol), .type = FIELD_LABEL8, .label = media_protocol_name},
	{"event", AT(obs_media, event), .type = FIELD_LABEL8, .label = media_event_name},
	{"payload_type", AT(obs_media, payload_type), .type = FIELD_U8},
	{"ssrc", AT(obs_media, ssrc), .type = FIELD_U32},
	{"packets", AT(obs_media, packets), .type = FIELD_U32},
	{"bytes", AT(obs_media, bytes), .type = FIELD_U64},
	{0},
};

const struct field hello_fields[] = {
	{"protocol", AT(obs_hello, protocol), .type = FIELD_LABEL8, .label = hello_protocol_name},
	{"server", AT(obs_hello, server), .type = FIELD_BOOL},
	{"version", AT(obs_hello, version), .type = FIELD_U16},
	{"quic_version", AT(obs_hello, quic_version), .type = FIELD_U32},
	{"sni", AT(obs_hello, name), .type = FIELD_WORD},
	{"dns", AT(obs_hello, dns), .type = FIELD_LABEL8, .label = encrypted_dns_name},
	{"alpn", AT(obs_hello, alpn), .type = FIELD_WORD},
	{"ech", AT(obs_hello, ech), .type = FIELD_BOOL},
	{"srtp_profiles", AT(obs_hello, srtp_profiles), .type = FIELD_U8},
	{0},
};
