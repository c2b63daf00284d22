/* How observations of traffic are rendered. */
#include "core/fields.h"

LABELS(traffic_event_name, "begins", "goes-on", "ends")

const struct field traffic_fields[] = {
	{"event", AT(obs_traffic, event), .type = FIELD_LABEL8, .label = traffic_event_name},
	{"mid_stream", AT(obs_traffic, mid_stream), .type = FIELD_BOOL},
	{"answered", AT(obs_traffic, answered), .type = FIELD_BOOL},
	{"reset", AT(obs_traffic, reset), .type = FIELD_BOOL},
	{"packets_from", AT(obs_traffic, packets_from), .type = FIELD_U32},
	{"packets_to", AT(obs_traffic, packets_to), .type = FIELD_U32},
	{"bytes_from", AT(obs_traffic, bytes_from), .type = FIELD_U64},
	{"bytes_to", AT(obs_traffic, bytes_to), .type = FIELD_U64},
	{"first_seen", AT(obs_traffic, first_ns), .type = FIELD_TIME},
	{"last_seen", AT(obs_traffic, last_ns), .type = FIELD_TIME},
	{0},
};
