/* How observations of signalling are rendered. */
#include "core/fields.h"

LABELS(signalling_name, "unknown", "http", "websocket", "sip", "xmpp", "mqtt", "whip")
LABELS(sdp_role_name, "unknown", "offer", "answer")
LABELS(owner_name, "unknown", "sender", "beyond")
LABELS(candidate_type_name, "unknown", "host", "srflx", "prflx", "relay")
LABELS(candidate_transport_name, "udp", "tcp", "other")
LABELS(candidate_tcptype_name, "none", "active", "passive", "so")
LABELS(session_line_name, "connection", "rtcp")
LABELS(http_kind_name, "request", "response")
LABELS(http_protocol_name, "http", "sip")

const struct field candidate_fields[] = {
	{"type", AT(obs_candidate, type), .type = FIELD_LABEL8, .label = candidate_type_name},
	{"transport", AT(obs_candidate, transport), .type = FIELD_LABEL8,
		.label = candidate_transport_name},
	{"tcptype", AT(obs_candidate, tcptype), .type = FIELD_LABEL8,
		.label = candidate_tcptype_name},
	{"signalling", AT(obs_candidate, signalling), .type = FIELD_LABEL8,
		.label = signalling_name},
	{"role", AT(obs_candidate, role), .type = FIELD_LABEL8, .label = sdp_role_name},
	{"owner", AT(obs_candidate, owner), .type = FIELD_LABEL8, .label = owner_name},
	{"component", AT(obs_candidate, component), .type = FIELD_U16},
	{"priority", AT(obs_candidate, priority), .type = FIELD_U32},
	{"", AT(obs_candidate, address), .type = FIELD_ENDPOINT},
	{"name", AT(obs_candidate, name), .type = FIELD_WORD},
	{"mdns", AT(obs_candidate, mdns), .type = FIELD_BOOL},
	{"related_", AT(obs_candidate, related), .type = FIELD_ENDPOINT},
	{"foundation", AT(obs_candidate, foundation), .type = FIELD_WORD},
	{"ufrag", AT(obs_candidate, ufrag), .type = FIELD_WORD},
	{"generation", AT(obs_candidate, generation), .type = FIELD_U16},
	{"network_id", AT(obs_candidate, network_id), .type = FIELD_U16},
	{"network_cost", AT(obs_candidate, network_cost), .type = FIELD_U16},
	{0},
};

const struct field session_fields[] = {
	{"signalling", AT(obs_session, signalling), .type = FIELD_LABEL8, .label = signalling_name},
	{"role", AT(obs_session, role), .type = FIELD_LABEL8, .label = sdp_role_name},
	{"owner", AT(obs_session, owner), .type = FIELD_LABEL8, .label = owner_name},
	{"media", AT(obs_session, media), .type = FIELD_U8},
	{"candidates", AT(obs_session, candidates), .type = FIELD_U16},
	{"fragment", AT(obs_session, fragment), .type = FIELD_BOOL},
	{"end_of_candidates", AT(obs_session, end_of_candidates), .type = FIELD_BOOL},
	{"ice_lite", AT(obs_session, ice_lite), .type = FIELD_BOOL},
	{"origin_", AT(obs_session, origin), .type = FIELD_ENDPOINT},
	{"origin_name", AT(obs_session, origin_name), .type = FIELD_WORD},
	{"connection_", AT(obs_session, connection), .type = FIELD_ENDPOINT},
	{"rtcp_", AT(obs_session, rtcp), .type = FIELD_ENDPOINT},
	{"ufrag", AT(obs_session, ufrag), .type = FIELD_WORD},
	{"addresses_cut", AT(obs_session, addresses_cut), .type = FIELD_BOOL},
	{0},
};

const struct field session_address_fields[] = {
	{"line", AT(obs_session_address, line), .type = FIELD_LABEL8, .label = session_line_name},
	{"media", AT(obs_session_address, media), .type = FIELD_U8},
	{"", AT(obs_session_address, address), .type = FIELD_ENDPOINT},
	{"name", AT(obs_session_address, name), .type = FIELD_WORD},
	{0},
};

const struct field http_fields[] = {
	{"kind", AT(obs_http, kind), .type = FIELD_LABEL8, .label = http_kind_name},
	{"protocol", AT(obs_http, protocol), .type = FIELD_LABEL8, .label = http_protocol_name},
	{"method", AT(obs_http, method), .type = FIELD_WORD},
	{"status", AT(obs_http, status), .type = FIELD_U16},
	{"host", AT(obs_http, host), .type = FIELD_WORD},
	{"content_type", AT(obs_http, content_type), .type = FIELD_WORD},
	{"forwarded_", AT(obs_http, forwarded), .type = FIELD_ENDPOINT},
	{"contact_", AT(obs_http, contact), .type = FIELD_ENDPOINT},
	{"websocket", AT(obs_http, websocket), .type = FIELD_BOOL},
	{"proxied", AT(obs_http, proxied), .type = FIELD_BOOL},
	{0},
};
