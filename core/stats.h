/*
 * Every counter of a run, one row each. Nothing is dropped silently: what is not read, evicted, cut
 * or failed is counted here, and printed with the name it has here. Names that Suricata's EVE
 * defines are spelt and meant as there.
 */
#ifndef SEEP_CORE_STATS_H
#define SEEP_CORE_STATS_H

#include <stddef.h>
#include <stdint.h>

/* member, name in records ("object.counter"), what it counts */
#define STATS(STAT)                                                                                \
	STAT(packets, "decoder.pkts", "frames read")                                               \
	STAT(bytes, "decoder.bytes", "bytes of those frames, as on the wire")                      \
	STAT(filtered, "capture.filtered", "frames that the capture filter left out")              \
	STAT(kernel_drops, "capture.kernel_drops", "frames that the capturing system dropped")     \
	STAT(kernel_ifdrops, "capture.kernel_ifdrops", "frames that the interface dropped")        \
	STAT(secrets, "capture.secrets", "blocks of decryption secrets in the captures")           \
	STAT(secrets_refused, "capture.secrets_refused", "of these, not kept for want of room")    \
	STAT(truncated, "capture.truncated", "captures cut off in mid-packet")                     \
	STAT(late, "capture.late", "frames older than one before them, judged at that one's time") \
	STAT(cut, "decoder.cut", "frames shorter than on the wire (snap length)")                  \
	STAT(invalid, "decoder.invalid", "frames with a malformed header")                         \
	STAT(truncated_packets, "decoder.truncated",                                               \
		"frames whose headers the snap length cut off")                                    \
	STAT(unknown_link, "decoder.unknown_link", "frames of a link type not read")               \
	STAT(unknown_ethertype, "decoder.unknown_ethertype",                                       \
		"frames that carry neither IPv4, IPv6 nor ARP")                                    \
	STAT(unknown_protocol, "decoder.unknown_protocol",                                         \
		"IP packets of a protocol that is not read")                                       \
	STAT(too_many_layers, "decoder.too_many_layers", "packets nested deeper than is followed") \
	STAT(fragments, "decoder.fragments", "IP fragments")                                       \
	STAT(ipv4, "decoder.ipv4", "IPv4 packets")                                                 \
	STAT(ipv6, "decoder.ipv6", "IPv6 packets")                                                 \
	STAT(icmp, "decoder.icmpv4", "ICMP messages")                                              \
	STAT(icmpv6, "decoder.icmpv6", "ICMPv6 messages")                                          \
	STAT(icmp_quotes, "decoder.icmp_quotes", "of both, errors that quote another packet")      \
	STAT(arp, "decoder.arp", "ARP messages")                                                   \
	STAT(udp, "decoder.udp", "UDP datagrams")                                                  \
	STAT(tcp, "decoder.tcp", "TCP segments")                                                   \
	STAT(vlan, "decoder.vlan", "VLAN tags")                                                    \
	STAT(pppoe, "decoder.pppoe", "PPPoE session frames")                                       \
	STAT(mpls, "decoder.mpls", "MPLS label stacks")                                            \
	STAT(gre, "decoder.gre", "GRE headers")                                                    \
	STAT(ip_in_ip, "decoder.ip_in_ip", "IP packets directly in IP packets")                    \
	STAT(vxlan, "decoder.vxlan", "VXLAN datagrams")                                            \
	STAT(geneve, "decoder.geneve", "Geneve datagrams")                                         \
	STAT(gtp_u, "decoder.gtp_u", "GTP-U datagrams that carry a packet")                        \
	STAT(teredo, "decoder.teredo", "Teredo datagrams")                                         \
	STAT(wlan_protected, "decoder.wlan_protected", "802.11 frames that are encrypted")         \
	STAT(wlan_unread, "decoder.wlan_unread",                                                   \
		"802.11 frames not read to the end: fragments, aggregates, damaged ones")          \
	STAT(defrag_done, "defrag.reassembled", "IP packets put together from fragments")          \
	STAT(defrag_overlap, "defrag.overlap", "fragments that overlapped others")                 \
	STAT(defrag_invalid, "defrag.invalid",                                                     \
		"fragments that no host takes: empty, torn, too long, contradicting others")       \
	STAT(defrag_evicted, "defrag.max_trackers_reached", "unfinished packets that made way")    \
	STAT(defrag_refused, "defrag.memcap_drop", "fragments dropped for want of memory")         \
	STAT(streams, "tcp.sessions", "TCP streams followed")                                      \
	STAT(streams_unread, "tcp.unread", "TCP streams in a protocol that is not read")           \
	STAT(stream_gaps, "tcp.reassembly_gap", "holes in TCP streams, stepped over")              \
	STAT(stream_overlap, "tcp.overlap", "TCP segments that repeated bytes")                    \
	STAT(stream_overlap_differs, "tcp.overlap_diff_data",                                      \
		"of these, with other bytes than before")                                          \
	STAT(stream_outside, "tcp.segment_outside",                                                \
		"TCP segments left out, far away from all others of their stream")                 \
	STAT(stream_refused, "tcp.segment_memcap_drop",                                            \
		"times that bytes of a TCP stream made way for want of buffers")                   \
	STAT(streams_refused, "tcp.ssn_memcap_drop", "TCP streams not followed for want of room")  \
	STAT(state_refused, "flow.state_memcap_drop",                                              \
		"flows a dissector could not remember for want of room")                           \
	STAT(expected, "flow.expected", "endpoints that a flow announced datagrams for")           \
	STAT(expected_evicted, "flow.expected_evicted",                                            \
		"of these, those that made way because the table was full")                        \
	STAT(flows, "flow.total",                                                                  \
		"flows that a dissector knows by a payload's shape, or nDPI may know")             \
	STAT(flows_active, "flow.active", "flows in the table at the end")                         \
	STAT(flows_evicted, "flow.evicted", "flows that made way because the table was full")      \
	STAT(flow_memory, "flow.memuse", "bytes of memory the flow table uses")                    \
	STAT(ndpi_flows, "ndpi.flows", "flows that nDPI was asked about")                          \
	STAT(ndpi_packets, "ndpi.pkts", "packets of those that it was given")                      \
	STAT(ndpi_named, "ndpi.named", "of the flows, named by it")                                \
	STAT(ndpi_unnamed, "ndpi.unnamed", "of the flows, not known to it either")                 \
	STAT(ndpi_claimed, "ndpi.claimed", "of the flows, read by a dissector after all")          \
	STAT(ndpi_evicted, "ndpi.evicted", "of the flows, dropped because the table was full")     \
	STAT(dns, "names.dns", "DNS, mDNS, LLMNR and NBNS messages read")                          \
	STAT(dns_malformed, "names.dns_malformed", "messages that look like DNS and are broken")   \
	STAT(dhcp, "names.dhcp", "DHCP and DHCPv6 messages read")                                  \
	STAT(dhcp_malformed, "names.dhcp_malformed",                                               \
		"messages that look like DHCP and are broken")                                     \
	STAT(external, "names.external", "NAT-PMP and PCP answers that tell an external address")  \
	STAT(stun, "stun.messages", "STUN messages read")                                          \
	STAT(stun_classic, "stun.classic", "of these, without a magic cookie (RFC 3489)")          \
	STAT(stun_malformed, "stun.malformed", "messages that look like STUN and are broken")      \
	STAT(stun_truncated, "stun.truncated", "messages that the snap length cut off")            \
	STAT(stun_attributes_cut, "stun.attributes_cut",                                           \
		"messages with more attributes than are kept")                                     \
	STAT(stun_unmatched, "stun.unmatched", "answers whose request was not seen")               \
	STAT(stun_evicted, "stun.evicted",                                                         \
		"open transactions that made way because the table was full")                      \
	STAT(stun_tcp, "stun.over_tcp", "of the messages, over TCP")                               \
	STAT(stun_lost, "stun.tcp_resyncs",                                                        \
		"times that no message started where one should in a TCP stream")                  \
	STAT(stun_channel_data, "stun.channel_data", "ChannelData messages unwrapped (TURN)")      \
	STAT(stun_indications, "stun.relayed_indications",                                         \
		"Send and Data indications unwrapped (TURN)")                                      \
	STAT(stun_channels_evicted, "stun.channels_evicted",                                       \
		"TURN channels of a flow beyond those kept")                                       \
	STAT(stun_quoted, "stun.quoted_in_icmp", "STUN messages quoted by ICMP errors")            \
	STAT(hellos, "hello.read", "ClientHellos and ServerHellos of TLS, DTLS and QUIC read")     \
	STAT(hello_evicted, "hello.evicted",                                                       \
		"hellos in pieces that made way because there was no room")                        \
	STAT(hello_undecrypted, "hello.undecrypted",                                               \
		"QUIC Initials that the keys of their connection do not open")                     \
	STAT(sdp, "content.sdp", "session descriptions and parts of them read")                    \
	STAT(candidates, "content.candidates", "ICE candidates read")                              \
	STAT(candidates_malformed, "content.candidates_malformed",                                 \
		"ICE candidates that break their grammar")                                         \
	STAT(content_malformed, "content.malformed", "bodies that are not what they are called")   \
	STAT(content_cut, "content.cut",                                                           \
		"bodies too long, too deep or with more in them than is read")                     \
	STAT(http_requests, "http.requests", "HTTP/1.1 request heads read")                        \
	STAT(http_responses, "http.responses", "HTTP/1.1 response heads read")                     \
	STAT(http_malformed, "http.malformed", "HTTP/1.1 streams given up for broken framing")     \
	STAT(http_bodies, "http.bodies", "bodies read for what they say")                          \
	STAT(http_bodies_dropped, "http.bodies_dropped",                                           \
		"bodies not read: too large, broken or incomplete")                                \
	STAT(http_evicted, "http.memcap_drop", "unfinished bodies that made way")                  \
	STAT(websocket_messages, "websocket.messages", "WebSocket messages read")                  \
	STAT(websocket_dropped, "websocket.messages_dropped",                                      \
		"messages not read: too large, or compressed and the beginning missing")           \
	STAT(websocket_malformed, "websocket.malformed",                                           \
		"WebSocket directions given up for broken framing")                                \
	STAT(websocket_evicted, "websocket.memcap_drop",                                           \
		"messages and decompressors that made way")                                        \
	STAT(sip, "sip.messages", "SIP messages read")                                             \
	STAT(sip_malformed, "sip.malformed", "SIP messages with broken framing")                   \
	STAT(mqtt, "mqtt.messages", "MQTT messages read (PUBLISH)")                                \
	STAT(mqtt_dropped, "mqtt.messages_dropped", "MQTT messages larger than is read")           \
	STAT(mqtt_malformed, "mqtt.malformed", "MQTT directions given up for broken framing")      \
	STAT(xmpp, "xmpp.stanzas", "XMPP stanzas read")                                            \
	STAT(xmpp_malformed, "xmpp.malformed", "XMPP directions given up for broken framing")      \
	STAT(clients, "seep.clients", "clients seen")                                              \
	STAT(clients_evicted, "seep.clients_evicted",                                              \
		"clients forgotten because the table was full")                                    \
	STAT(servers, "seep.servers", "STUN and TURN servers seen")                                \
	STAT(servers_evicted, "seep.servers_evicted",                                              \
		"servers forgotten because the table was full")                                    \
	STAT(not_judged, "seep.not_judged", "STUN requests of hosts that are no clients here")     \
	STAT(egresses_forgotten, "seep.egresses_forgotten",                                        \
		"learned egress addresses beyond those kept")                                      \
	STAT(path_unknown, "seep.path_unknown",                                                    \
		"STUN requests on an interface whose role is not known")                           \
	STAT(findings, "detect.alert", "findings")                                                 \
	STAT(findings_evicted, "detect.findings_evicted",                                          \
		"findings closed early because the table was full")                                \
	STAT(held_early, "detect.held_early",                                                      \
		"findings told before their moment, for want of room")                             \
	STAT(withdrawn, "detect.withdrawn",                                                        \
		"findings taken back because a graver one says it all")                            \
	STAT(below_severity, "detect.alerts_suppressed",                                           \
		"findings below the least severity reported")                                      \
	STAT(write_errors, "output.write_errors", "records that could not be written")

struct stats {
#define STAT(member, name, help) uint64_t member;
	STATS(STAT)
#undef STAT
};

struct stat_info {
	const char *name, *help;
	size_t offset; /* of the uint64_t in struct stats */
};

/* A row for each counter, ended by a NULL name. */
extern const struct stat_info stat_info[];

static inline uint64_t stat_value(const struct stats *s, const struct stat_info *info)
{
	return *(const uint64_t *)(const void *)((const char *)s + info->offset);
}

#endif
