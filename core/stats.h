/*
 * Every counter of a run, one row each. Nothing is dropped silently: what is not read, evicted, cut
 * or failed is counted here, and printed with the name it has here. Names that Suricata's EVE
 * defines are spelt and meant as there.
 */
#ifndef SEEP_CORE_STATS_H
#define SEEP_CORE_STATS_H

#include <stddef.h>
#include <stdint.h>

/* Member, name in records ("object.counter"), what it counts. STAT: an amount. MISS: something that
 * could not be seen or judged, which a verdict has to say. LOST: the same, for want of room or
 * speed: the run is degraded. */
#define STATS(STAT, MISS, LOST)                                                                    \
	STAT(packets, "decoder.pkts", "frames read")                                               \
	STAT(bytes, "decoder.bytes", "bytes of those frames, as on the wire")                      \
	MISS(filtered, "capture.filtered", "frames that the capture filter left out")              \
	LOST(kernel_drops, "capture.kernel_drops", "frames that the capturing system dropped")     \
	LOST(kernel_ifdrops, "capture.kernel_ifdrops", "frames that the interface dropped")        \
	MISS(kernel_filters, "capture.kernel_filters",                                             \
		"captures with a filter: what it leaves out is neither seen nor counted")          \
	STAT(unwatched, "capture.unwatched", "frames of interfaces that are not watched")          \
	MISS(unknown_interface, "capture.unknown_interface",                                       \
		"frames of interfaces that were gone before they could be looked at")              \
	LOST(interfaces_refused, "capture.interfaces_refused",                                     \
		"interfaces and routing tables not looked at for want of room")                    \
	MISS(host_unknown, "capture.host_unknown",                                                 \
		"times that the kernel did not tell of its interfaces")                            \
	STAT(secrets, "capture.secrets", "blocks of decryption secrets in the captures")           \
	LOST(secrets_refused, "capture.secrets_refused",                                           \
		"blocks of decryption secrets not kept for want of room")                          \
	MISS(truncated, "capture.truncated", "captures cut off in mid-packet")                     \
	MISS(late, "capture.late", "frames older than one before them, judged at that one's time") \
	MISS(cut, "decoder.cut", "frames shorter than on the wire (snap length)")                  \
	MISS(invalid, "decoder.invalid", "frames with a malformed header")                         \
	STAT(truncated_packets, "decoder.truncated",                                               \
		"frames whose headers the snap length cut off")                                    \
	MISS(unknown_link, "decoder.unknown_link", "frames of a link type not read")               \
	MISS(unknown_ethertype, "decoder.unknown_ethertype",                                       \
		"frames that carry neither IPv4, IPv6 nor ARP")                                    \
	MISS(unknown_protocol, "decoder.unknown_protocol",                                         \
		"IP packets of a protocol that is not read")                                       \
	LOST(too_many_layers, "decoder.too_many_layers", "packets nested deeper than is followed") \
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
	MISS(wlan_protected, "decoder.wlan_protected", "802.11 frames that are encrypted")         \
	MISS(wlan_unread, "decoder.wlan_unread",                                                   \
		"802.11 frames not read to the end: fragments, aggregates, damaged ones")          \
	STAT(defrag_done, "defrag.reassembled", "IP packets put together from fragments")          \
	MISS(defrag_unfinished, "defrag.unfinished", "IP packets of which fragments were missing") \
	STAT(defrag_overlap, "defrag.overlap", "fragments that overlapped others")                 \
	MISS(defrag_invalid, "defrag.invalid",                                                     \
		"IP fragments that no host takes: empty, torn, too long, contradicting others")    \
	LOST(defrag_evicted, "defrag.max_trackers_reached",                                        \
		"packets in fragments that made way for others")                                   \
	LOST(defrag_refused, "defrag.memcap_drop", "IP fragments dropped for want of memory")      \
	STAT(streams, "tcp.sessions", "TCP streams followed")                                      \
	MISS(streams_unread, "tcp.unread", "TCP streams in a protocol that is not read")           \
	MISS(stream_gaps, "tcp.reassembly_gap", "holes in TCP streams, stepped over")              \
	STAT(stream_overlap, "tcp.overlap", "TCP segments that repeated bytes")                    \
	MISS(stream_overlap_differs, "tcp.overlap_diff_data",                                      \
		"TCP segments that repeated bytes with others than before")                        \
	MISS(stream_outside, "tcp.segment_outside",                                                \
		"TCP segments left out, far away from all others of their stream")                 \
	LOST(stream_refused, "tcp.segment_memcap_drop",                                            \
		"times that bytes of a TCP stream made way for want of buffers")                   \
	LOST(streams_refused, "tcp.ssn_memcap_drop", "TCP streams not followed for want of room")  \
	LOST(state_refused, "flow.state_memcap_drop",                                              \
		"flows a dissector could not remember for want of room")                           \
	STAT(expected, "flow.expected", "endpoints that a flow announced datagrams for")           \
	LOST(expected_evicted, "flow.expected_evicted",                                            \
		"announced endpoints that made way because the table was full")                    \
	STAT(flows, "flow.total",                                                                  \
		"flows that a dissector knows by a payload's shape, or nDPI may know")             \
	STAT(flows_active, "flow.active", "flows in the table at the end")                         \
	LOST(flows_evicted, "flow.evicted", "flows that made way because the table was full")      \
	STAT(flow_memory, "flow.memuse", "bytes of memory the flow table uses")                    \
	STAT(conversations, "traffic.total",                                                       \
		"conversations of two hosts on an interface, where these are wanted")              \
	STAT(conversations_active, "traffic.active", "conversations in the table at the end")      \
	LOST(conversations_evicted, "traffic.evicted",                                             \
		"conversations ended early because the table was full")                            \
	STAT(conversation_memory, "traffic.memuse",                                                \
		"bytes of memory the table of conversations uses")                                 \
	STAT(ndpi_flows, "ndpi.flows", "flows that nDPI was asked about")                          \
	STAT(ndpi_packets, "ndpi.pkts", "packets of those that it was given")                      \
	STAT(ndpi_named, "ndpi.named", "of the flows, named by it")                                \
	STAT(ndpi_unnamed, "ndpi.unnamed", "of the flows, not known to it either")                 \
	STAT(ndpi_claimed, "ndpi.claimed", "of the flows, read by a dissector after all")          \
	LOST(ndpi_evicted, "ndpi.evicted",                                                         \
		"flows that nDPI was no longer asked about, for want of room")                     \
	STAT(dns, "names.dns", "DNS, mDNS, LLMNR and NBNS messages read")                          \
	MISS(dns_malformed, "names.dns_malformed", "messages that look like DNS and are broken")   \
	STAT(dhcp, "names.dhcp", "DHCP and DHCPv6 messages read")                                  \
	MISS(dhcp_malformed, "names.dhcp_malformed",                                               \
		"messages that look like DHCP and are broken")                                     \
	STAT(external, "names.external", "NAT-PMP and PCP answers that tell an external address")  \
	STAT(stun, "stun.messages", "STUN messages read")                                          \
	STAT(stun_classic, "stun.classic", "of these, without a magic cookie (RFC 3489)")          \
	MISS(stun_malformed, "stun.malformed", "messages that look like STUN and are broken")      \
	MISS(stun_truncated, "stun.truncated", "STUN messages that the snap length cut off")       \
	LOST(stun_attributes_cut, "stun.attributes_cut",                                           \
		"STUN messages with more attributes than are kept")                                \
	MISS(stun_unmatched, "stun.unmatched", "STUN answers whose request was not seen")          \
	LOST(stun_evicted, "stun.evicted",                                                         \
		"open STUN transactions that made way because the table was full")                 \
	STAT(stun_tcp, "stun.over_tcp", "of the messages, over TCP")                               \
	MISS(stun_lost, "stun.tcp_resyncs",                                                        \
		"times that no STUN message started where one should in a TCP stream")             \
	STAT(stun_channel_data, "stun.channel_data", "ChannelData messages unwrapped (TURN)")      \
	STAT(stun_indications, "stun.relayed_indications",                                         \
		"Send and Data indications unwrapped (TURN)")                                      \
	LOST(stun_channels_evicted, "stun.channels_evicted",                                       \
		"TURN channels of a flow beyond those kept")                                       \
	STAT(stun_quoted, "stun.quoted_in_icmp", "STUN messages quoted by ICMP errors")            \
	STAT(hellos, "hello.read", "ClientHellos and ServerHellos of TLS, DTLS and QUIC read")     \
	LOST(hello_evicted, "hello.evicted",                                                       \
		"hellos in pieces that made way because there was no room")                        \
	MISS(hello_undecrypted, "hello.undecrypted",                                               \
		"QUIC Initials that the keys of their connection do not open")                     \
	STAT(sdp, "content.sdp", "session descriptions and parts of them read")                    \
	STAT(candidates, "content.candidates", "ICE candidates read")                              \
	MISS(candidates_malformed, "content.candidates_malformed",                                 \
		"ICE candidates that break their grammar")                                         \
	MISS(content_malformed, "content.malformed", "bodies that are not what they are called")   \
	LOST(content_cut, "content.cut",                                                           \
		"bodies too long, too deep or with more in them than is read")                     \
	STAT(http_requests, "http.requests", "HTTP/1.1 request heads read")                        \
	STAT(http_responses, "http.responses", "HTTP/1.1 response heads read")                     \
	MISS(http_malformed, "http.malformed", "HTTP/1.1 streams given up for broken framing")     \
	STAT(http_bodies, "http.bodies", "bodies read for what they say")                          \
	MISS(http_bodies_dropped, "http.bodies_dropped",                                           \
		"HTTP bodies not read: too large, broken or incomplete")                           \
	LOST(http_evicted, "http.memcap_drop", "unfinished HTTP bodies that made way")             \
	STAT(websocket_messages, "websocket.messages", "WebSocket messages read")                  \
	MISS(websocket_dropped, "websocket.messages_dropped",                                      \
		"WebSocket messages not read: too large, or deflated and the start missing")       \
	MISS(websocket_malformed, "websocket.malformed",                                           \
		"WebSocket directions given up for broken framing")                                \
	LOST(websocket_evicted, "websocket.memcap_drop",                                           \
		"WebSocket messages and decompressors that made way")                              \
	STAT(sip, "sip.messages", "SIP messages read")                                             \
	MISS(sip_malformed, "sip.malformed", "SIP messages with broken framing")                   \
	STAT(mqtt, "mqtt.messages", "MQTT messages read (PUBLISH)")                                \
	LOST(mqtt_dropped, "mqtt.messages_dropped", "MQTT messages larger than is read")           \
	MISS(mqtt_malformed, "mqtt.malformed", "MQTT directions given up for broken framing")      \
	STAT(xmpp, "xmpp.stanzas", "XMPP stanzas read")                                            \
	MISS(xmpp_malformed, "xmpp.malformed", "XMPP directions given up for broken framing")      \
	STAT(clients, "seep.clients", "clients seen")                                              \
	LOST(clients_evicted, "seep.clients_evicted",                                              \
		"clients forgotten because the table was full")                                    \
	STAT(servers, "seep.servers", "STUN and TURN servers seen")                                \
	LOST(servers_evicted, "seep.servers_evicted",                                              \
		"servers forgotten because the table was full")                                    \
	LOST(sockets_evicted, "seep.sockets_evicted",                                              \
		"tunnels' own sockets forgotten because the table was full")                       \
	MISS(not_judged, "seep.not_judged",                                                        \
		"STUN requests of hosts that are no clients here (--client names one)")            \
	LOST(egresses_forgotten, "seep.egresses_forgotten",                                        \
		"learned egress addresses beyond those kept")                                      \
	MISS(path_unknown, "seep.path_unknown",                                                    \
		"STUN requests on an interface whose role is not known (tunnel:FILE tells)")       \
	LOST(hosts_evicted, "seep.hosts_evicted",                                                  \
		"hosts whose addresses are joined no longer, for want of room")                    \
	LOST(tunnels_forgotten, "seep.tunnels_forgotten",                                          \
		"tunnels seen outside and forgotten for want of room")                             \
	LOST(hidden_hosts_evicted, "seep.hidden_hosts_evicted",                                    \
		"names that hide a candidate, forgotten because the table was full")               \
	LOST(resolvers_evicted, "seep.resolvers_evicted",                                          \
		"resolvers forgotten because the table was full")                                  \
	LOST(proxies_forgotten, "seep.proxies_forgotten",                                          \
		"proxies in use forgotten for want of room")                                       \
	LOST(lan_forgotten, "seep.lan_forgotten",                                                  \
		"leases, routers and their routes forgotten for want of room")                     \
	LOST(outings_evicted, "seep.outings_evicted",                                              \
		"conversations outside a tunnel forgotten because the table was full")             \
	LOST(ways_forgotten, "seep.ways_forgotten",                                                \
		"lives of tunnels and ways of calls forgotten for want of room")                   \
	LOST(outings_early, "seep.outings_early",                                                  \
		"conversations outside a tunnel judged early for want of room")                    \
	STAT(findings, "detect.alert", "findings")                                                 \
	LOST(memories_evicted, "detect.memories_evicted",                                          \
		"clients that a detection forgot for want of room")                                \
	LOST(findings_evicted, "detect.findings_evicted",                                          \
		"findings closed early because the table was full")                                \
	STAT(held_early, "detect.held_early",                                                      \
		"findings told before their moment, for want of room")                             \
	STAT(withdrawn, "detect.withdrawn",                                                        \
		"findings taken back because a graver one says it all")                            \
	STAT(below_severity, "detect.below_severity",                                              \
		"findings below the least severity reported")                                      \
	STAT(suppressed, "detect.alerts_suppressed", "findings that the policy suppresses")        \
	STAT(limited, "detect.alerts_limited",                                                     \
		"findings beyond as many as the policy wants reported")                            \
	STAT(allowed, "detect.allowed", "findings that the policy allows")                         \
	STAT(collector_lost, "output.collector_lost",                                              \
		"times that a collector was not there or went away")                               \
	MISS(write_errors, "output.write_errors", "records that could not be written")

struct stats {
#define STAT(member, name, help) uint64_t member;
	STATS(STAT, STAT, STAT)
#undef STAT
};

enum stat_class { STAT_AMOUNT, STAT_MISSED, STAT_LOST };

struct stat_info {
	const char *name, *help;
	size_t offset; /* of the uint64_t in struct stats */
	enum stat_class class;
};

/* A row for each counter, ended by a NULL name. */
extern const struct stat_info stat_info[];

static inline uint64_t stat_value(const struct stats *s, const struct stat_info *info)
{
	return *(const uint64_t *)(const void *)((const char *)s + info->offset);
}

#endif
