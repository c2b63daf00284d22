/* How observations of tunnels and proxies are rendered. */
#include "core/fields.h"

LABELS(tunnel_kind_name, "wireguard", "openvpn", "ike", "esp", "l2tp", "pptp", "sstp", "tailscale",
	"anyconnect", "ssh", "tor", "masque")
LABELS(tunnel_event_name, "asks", "answers", "data", "keepalive", "resets", "defers")
LABELS(proxy_kind_name, "http-connect", "http-absolute", "socks4", "socks5", "masque")
LABELS(proxy_event_name, "asks", "grants", "refuses", "udp", "serves")

const struct field tunnel_fields[] = {
	{"kind", AT(obs_tunnel, kind), .type = FIELD_LABEL8, .label = tunnel_kind_name},
	{"event", AT(obs_tunnel, event), .type = FIELD_LABEL8, .label = tunnel_event_name},
	{"message", AT(obs_tunnel, message), .type = FIELD_U8},
	{"repeated", AT(obs_tunnel, repeated), .type = FIELD_U8},
	{"packets", AT(obs_tunnel, packets), .type = FIELD_U32},
	{"bytes", AT(obs_tunnel, bytes), .type = FIELD_U64},
	{0},
};

const struct field proxy_fields[] = {
	{"kind", AT(obs_proxy, kind), .type = FIELD_LABEL8, .label = proxy_kind_name},
	{"event", AT(obs_proxy, event), .type = FIELD_LABEL8, .label = proxy_event_name},
	{"command", AT(obs_proxy, command), .type = FIELD_U8},
	{"status", AT(obs_proxy, status), .type = FIELD_U16},
	{"target_ip", AT(obs_proxy, target.addr), .type = FIELD_ADDR},
	{"target_name", AT(obs_proxy, target_name), .type = FIELD_WORD},
	{"target_port", AT(obs_proxy, target_port), .type = FIELD_U16},
	{"served_flow_id", AT(obs_proxy, served_flow), .type = FIELD_U64},
	{0},
};
