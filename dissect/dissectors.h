/*
 * The dissector table: a row for each proto_*.c. Included without an include guard wherever the
 * rows are wanted, with DISSECTOR(name) defined. Over UDP, the first whose shape fits is asked
 * first.
 */
DISSECTOR(ethernet)
DISSECTOR(linux_sll)
DISSECTOR(linux_sll2)
DISSECTOR(bsd_null)
DISSECTOR(raw_ip)
DISSECTOR(ipv4)
DISSECTOR(ipv6)
DISSECTOR(udp)
DISSECTOR(tcp)
DISSECTOR(stun)
DISSECTOR(http)
DISSECTOR(websocket)
DISSECTOR(sip)
DISSECTOR(sip_stream)
DISSECTOR(sip_content)
DISSECTOR(mqtt)
DISSECTOR(xmpp)
