/* How STUN and TURN observations are rendered. */
#include "core/fields.h"
#include "core/stun_names.h"

const struct field stun_fields[] = {
	{"type", AT(obs_stun, type), .type = FIELD_U16},
	{"method", AT(obs_stun, method), .type = FIELD_LABEL16, .label = stun_method_name},
	{"class", AT(obs_stun, stun_class), .type = FIELD_LABEL8, .label = stun_class_name},
	{"length", AT(obs_stun, length), .type = FIELD_U16},
	{"cookie", AT(obs_stun, cookie), .type = FIELD_BOOL},
	{"txid", AT(obs_stun, transaction), .type = FIELD_HEX,
		.length_at = offsetof(struct obs_stun, transaction_length)},
	{"malformed", AT(obs_stun, malformed), .type = FIELD_BOOL},
	{"attributes_cut", AT(obs_stun, attributes_cut), .type = FIELD_BOOL},
	{0},
};

const struct field stun_attribute_fields[] = {
	{"type", AT(obs_stun_attribute, type), .type = FIELD_U16},
	{"name", AT(obs_stun_attribute, type), .type = FIELD_LABEL16, .label = stun_attribute_name},
	{"length", AT(obs_stun_attribute, length), .type = FIELD_U16},
	{"", AT(obs_stun_attribute, endpoint), .type = FIELD_ENDPOINT, .when = ATTRIBUTE_ENDPOINT},
	{"code", AT(obs_stun_attribute, code), .type = FIELD_U16, .when = ATTRIBUTE_CODE},
	{"text", AT(obs_stun_attribute, text), .type = FIELD_TEXT, .when = ATTRIBUTE_TEXT},
	{"value", AT(obs_stun_attribute, value), .type = FIELD_U64, .when = ATTRIBUTE_VALUE},
	{"network_id", AT(obs_stun_attribute, network_id), .type = FIELD_U16,
		.when = ATTRIBUTE_NETWORK},
	{"network_cost", AT(obs_stun_attribute, network_cost), .type = FIELD_U16,
		.when = ATTRIBUTE_NETWORK},
	{"valid", AT(obs_stun_attribute, valid), .type = FIELD_BOOL, .when = ATTRIBUTE_CHECKED},
	{"malformed", AT(obs_stun_attribute, malformed), .type = FIELD_BOOL,
		.when = ATTRIBUTE_MALFORMED},
	{0},
};

LABELS(ice_role_name, "none", "controlling", "controlled")

/* What a check says, in the request and in what answers it. */
#define ICE_FIELDS(of, ice)                                                       \
	{"role", AT(of, ice.role), .type = FIELD_LABEL8, .label = ice_role_name}, \
		{"consent", AT(of, ice.consent), .type = FIELD_BOOL},             \
		{"priority", AT(of, ice.priority), .type = FIELD_U32},            \
		{"network", AT(of, ice.has_network), .type = FIELD_BOOL},         \
		{"network_id", AT(of, ice.network_id), .type = FIELD_U16},        \
		{"network_cost", AT(of, ice.network_cost), .type = FIELD_U16},    \
		{"ufrag", AT(of, ice.ufrag), .type = FIELD_WORD},                 \
	{                                                                         \
		"peer_ufrag", AT(of, ice.peer_ufrag), .type = FIELD_WORD          \
	}

const struct field stun_request_fields[] = {
	{"method", AT(obs_stun_request, method), .type = FIELD_LABEL16, .label = stun_method_name},
	{"check", AT(obs_stun_request, check), .type = FIELD_BOOL},
	{"nominates", AT(obs_stun_request, nominates), .type = FIELD_BOOL},
	{"repeated", AT(obs_stun_request, repeated), .type = FIELD_BOOL},
	{"software", AT(obs_stun_request, software), .type = FIELD_WORD},
	ICE_FIELDS(obs_stun_request, ice),
	{0},
};

/* The rows that both kinds of answer have; the answer is their first member. */
#define ANSWER_FIELDS                                                                   \
	{"matched", AT(obs_stun_answer, matched), .type = FIELD_BOOL},                  \
		{"same_server", AT(obs_stun_answer, same_server), .type = FIELD_BOOL},  \
		{"check", AT(obs_stun_answer, check), .type = FIELD_BOOL},              \
		{"nominates", AT(obs_stun_answer, nominates), .type = FIELD_BOOL},      \
		{"elsewhere", AT(obs_stun_answer, elsewhere), .type = FIELD_BOOL},      \
		{"request_cnt", AT(obs_stun_answer, request_frame), .type = FIELD_U64}, \
		{"client_", AT(obs_stun_answer, client), .type = FIELD_ENDPOINT},       \
		{"server_", AT(obs_stun_answer, server), .type = FIELD_ENDPOINT},       \
		ICE_FIELDS(obs_stun_answer, ice)

_Static_assert(offsetof(struct obs_binding_result, answer) == 0, "ANSWER_FIELDS count from it");
_Static_assert(offsetof(struct obs_allocation, answer) == 0, "ANSWER_FIELDS count from it");
_Static_assert(offsetof(struct obs_redirect, answer) == 0, "ANSWER_FIELDS count from it");

const struct field binding_result_fields[] = {
	ANSWER_FIELDS,
	{"mapped_", AT(obs_binding_result, mapped), .type = FIELD_ENDPOINT},
	{"disputed", AT(obs_binding_result, disputed), .type = FIELD_BOOL},
	{"altered", AT(obs_binding_result, altered), .type = FIELD_BOOL},
	{0},
};

const struct field redirect_fields[] = {
	ANSWER_FIELDS,
	{"code", AT(obs_redirect, code), .type = FIELD_U16},
	{"alternate_", AT(obs_redirect, alternate), .type = FIELD_ENDPOINT},
	{0},
};

const struct field allocation_fields[] = {
	ANSWER_FIELDS,
	{"mapped_", AT(obs_allocation, mapped), .type = FIELD_ENDPOINT},
	{"relayed_", AT(obs_allocation, relayed), .type = FIELD_ENDPOINT},
	{"lifetime", AT(obs_allocation, lifetime), .type = FIELD_U32},
	{0},
};

const struct field turn_peer_fields[] = {
	{"method", AT(obs_turn_peer, method), .type = FIELD_LABEL16, .label = stun_method_name},
	{"class", AT(obs_turn_peer, stun_class), .type = FIELD_LABEL8, .label = stun_class_name},
	{"channel", AT(obs_turn_peer, channel), .type = FIELD_U16},
	{"connection", AT(obs_turn_peer, connection), .type = FIELD_U32},
	{"peer_", AT(obs_turn_peer, peer), .type = FIELD_ENDPOINT},
	{0},
};
