#!/usr/bin/python3
"""seeds.py OUT: takes the bundled captures apart into seeds for the fuzz targets.

OUT/<target>/ gets small files, each named by its hash: whole captures for the targets that read
savefiles, conversations for those that read streams, and of each frame the part that a layer's
target starts at. Only Ethernet, raw IP, IPv4 without options and plain IPv6 are understood: seeds
need not be complete.
"""
import gzip
import hashlib
import json
import struct
import sys
import zlib
from pathlib import Path
from urllib.parse import quote, quote_plus

ROOT = Path(__file__).resolve().parent.parent.parent
FRAMES_MAX = 60  # of one capture
SAVEFILE_MAX = 16384
ETHERNET, RAW = 1, 101
CANDIDATE = ("candidate:1 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 10.0.1.1 rport 8998 "
             "tcptype so generation 0 ufrag 8hhY network-id 1 network-cost 10")
SDP = ("v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\nc=IN IP6 2001:db8::1\r\na=ice-lite\r\n"
       "m=audio 9/2 RTP/AVP 0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=setup:actpass\r\n"
       f"a=ice-ufrag:8hhY\r\na={CANDIDATE}\r\na=end-of-candidates\r\n")
OFFER = json.dumps({"type": "offer", "sdp": SDP})
TRICKLE = json.dumps({"candidate": CANDIDATE, "sdpMid": "0", "usernameFragment": "8hhY"})
JINGLE = ("<?xml version='1.0'?><iq><!-- --><jingle action='session-initiate'>"
          "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='8h&lt;'>"
          "<candidate component='1' foundation='1' ip='10.0.1.1' port='8998' protocol='tcp' "
          "priority='1' rel-addr='::' rel-port='1' tcptype='so' type='host'/></transport>"
          "</jingle></iq>")
UPNP = ("<a:GetExternalIPAddressResponse><NewExternalIPAddress>192.0.2.1<![CDATA[1]]>"
        "</NewExternalIPAddress></a:GetExternalIPAddressResponse>")
TEXTS = {
    "sdp": [SDP, CANDIDATE, SDP.replace("\r", "")],
    "json": [OFFER, TRICKLE, f"42/a,7[{TRICKLE}]", json.dumps([OFFER, json.dumps(TRICKLE)]),
             "\"\\ud83d\\ude00\"", f"42[{TRICKLE}]\x1e451-[0]\x1ebdj0w", "4:45[]6:b4dj0w"],
    "xml": [JINGLE, UPNP, "<m><b>" + TRICKLE.replace('"', "&#34;") + "</b></m>"],
    "candidate": [CANDIDATE.removeprefix("candidate:"), "\x05" "8998", "\x06srflx"],
    "multipart": [f"--x\r\nContent-Type: application/sdp\r\n\r\n{SDP}\r\n--x\r\n"
                  f"Content-Type: multipart/mixed\r\n\r\n--y\r\n\r\n{OFFER}\r\n--y--\r\n--x--\r\n"],
    "event_stream": [f"event: a\ndata: {TRICKLE}\n\n: b\ndata:a={CANDIDATE}\n\n"],
    "form": ["type=offer&sdp=" + quote_plus(SDP), "a%5Bc%5D=" + quote(CANDIDATE),
             "d=42" + quote(OFFER)],
    "recorded": [line for file in sorted((ROOT / "tests/golden/expected").glob("*.jsonl"))[:8]
                 for line in file.read_text().splitlines()[:1]],
    "policy": [(ROOT / "docs/POLICY.md").read_text().split("```yaml\n")[1].split("```")[0],
               "clients: [{match: '::1', proxy: [[2001:db8::1]:1], egress: &a *a}]",
               "alerts: !!map {suppress: [{detection: exposure, count: 1, window: 1s}]}",
               "%YAML 1.1\n---\nlimits: {flows: 1024}\n...\n", "outputs:\n- ? eve\n  : |\n    x\n"],
    "options": ["192.0.2.1", "[2001:db8::1]:3478", "198.51.100.0/24", "2001:db8::/32", "tun0",
                "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:1", "192.0.2.1:65535", "fe80::1"],
}


SIP_BODY = b"--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--x--\r\n"
SIP_REQUEST = (b"INVITE sip:bob@192.0.2.4 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.5:5060\r\n"
               b"Contact: <sip:a@192.0.2.5>\r\nContent-Type: multipart/mixed;boundary=x\r\n"
               b"Content-Length: %d\r\n\r\n" % len(SIP_BODY) + SIP_BODY)
SIP_RESPONSE = b"SIP/2.0 200 OK\r\nv: SIP/2.0/UDP x;received=192.0.2.1;rport=99\r\nl: 0\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nContent-Type: message/sip\r\nContent-Encoding: %s\r\n" \
       b"Content-Length: %d\r\n\r\n"
GZIP = gzip.compress(SIP_RESPONSE, mtime=0)
BITTORRENT = b"\x13BitTorrent protocol" + bytes(8) + b"0123456789" * 2 + b"-TR2940-abcdefghijkl"
SNMP = bytes.fromhex("302602010104067075626c6963a01902040000000102010002010030"
                     "0b300906052b060102010500")
# What nDPI is asked about: IP protocol, port, and what is said in turn.
UNKNOWN = [
    (6, 6881, [(False, BITTORRENT), (True, BITTORRENT)]),
    (6, 25, [(True, b"220 mail.example.test ESMTP\r\n"), (False, b"EHLO a.example.test\r\n"),
             (True, b"250 STARTTLS\r\n"), (False, b"MAIL FROM:<a@example.test>\r\n")]),
    (6, 80, [(False, b"GET / HTTP/1.0\r\nHost: a.example.test\r\nUser-Agent: x\r\n\r\n")]),
    (17, 161, [(False, SNMP), (True, SNMP.replace(b"\xa0", b"\xa2"))]),
    (17, 123, [(False, b"\x23\0\x0a\xec" + bytes(44))]),
    (17, 51413, [(False, b"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe")]),
]
# What is said in turn, from the client (False) or back, for the targets that take conversations.
CONVERSATIONS = {
    "sip_stream": [[(False, SIP_REQUEST), (True, SIP_RESPONSE)]],
    "sip_content": [[(False, b"%x\r\n" % len(SIP_RESPONSE) + SIP_RESPONSE + b"\r\n0\r\n\r\n")]],
    "http": [
        [(False, b"GET / HTTP/1.1\r\nForwarded: for=192.0.2.9\r\n\r\n"),
         (True, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\nA: b\r\n\r\n")],
        [(False, b"CONNECT a:80 HTTP/1.1\r\n\r\n"), (True, b"HTTP/1.1 200 OK\r\n\r\n"),
         (False, b"GET http://a/ HTTP/1.1\r\n\r\n")],
        [(False, POST % (b"gzip", len(GZIP)) + GZIP)],
        [(False, b"SSTP_DUPLEX_POST /sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/ HTTP/1.1\r\n"
                 b"Content-Length: 18446744073709551615\r\n\r\n"),
         (True, b"HTTP/1.1 200\r\nContent-Length: 18446744073709551615\r\n\r\n"),
         (False, b"\x10\x01\x00\x0e")],
        [(False, b"CONNECT /CSCOSSLC/tunnel HTTP/1.1\r\n\r\n"), (True, b"HTTP/1.1 200 OK\r\n\r\n"),
         (True, b"STF\x01\x00\x00\x00\x00")],
        [(False, b"GET /masque/udp/2001%3adb8%3A%3A1/53/ HTTP/1.1\r\nUpgrade: connect-udp\r\n\r\n"),
         (True, b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")],
        [(False, POST % (b"br", 7) + b"\x0b\x01\x80abc\x03")],
    ],
    "http_tunnel": [
        [(False, b"\x00\x15\x00\x00\x01\x00\x00\x21\x12\xa4\x42" + bytes(12)),
         (True, b"\x17\x40\x02ab\x00\x02\x02a\x00\x00")],
    ],
    "websocket": [  # RFC 6455 section 5.7, RFC 7692 section 7.2.3
        [(False, bytes.fromhex("818537fa213d7f9f4d5158")),
         (True, bytes.fromhex("c107f248cdc9c90700c105f200110000")),
         (True, bytes.fromhex("010348656c890080026c6f"))],
    ],
    "mqtt_content": [
        [(False, bytes.fromhex("8292000000001010" "00044d5154540402003c000461626364")),
         (True, bytes.fromhex("82103209000161000a7b227d7d7d30050001617b7d"))],
    ],
    "mqtt": [
        [(False, bytes.fromhex("101000044d5154540402003c000461626364320700016100" "0a7b7d"))],
        [(False, bytes.fromhex("100f00044d5154540502003c0000026162320a000161000a0201017b7d"))],
    ],
    "xmpp": [[(False, b"<iq id='1'><a b=\"c\"/></iq><presence/></stream:stream>"),
              (True, b"<proceed/>")]],
}


def frames_pcap(data):
    order = "<" if data[0] in (0xD4, 0x4D) else ">"
    link = struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF
    at = 24
    while at + 16 <= len(data):
        size = struct.unpack_from(order + "I", data, at + 8)[0]
        yield link, data[at + 16:at + 16 + size]
        at += 16 + size


def frames_pcapng(data):
    links, at = [], 0
    while at + 12 <= len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if kind == 1:
            links.append(struct.unpack_from("<H", data, at + 8)[0])
        elif kind == 6:
            interface, captured = struct.unpack_from("<I8xI", data, at + 8)
            yield links[interface], data[at + 28:at + 28 + captured]
        at += max(size, 12)


def carriers(ethertype, packet, six):
    """(target, bytes) of a packet in each of its carriers."""
    addresses, snap = bytes([2, 0, 0, 0, 0, 2] * 2), b"\xaa\xaa\3\0\0\0" + ethertype
    framed = addresses + ethertype + packet
    ppp = (b"\0\x57" if six else b"\0\x21") + packet
    yield "vlan", b"\0\x2a" + ethertype + packet
    yield "llc", snap + packet
    yield "ppp", ppp
    yield "ppp_link", b"\xff\3" + ppp
    yield "pppoe", b"\x11\0\0\1" + struct.pack(">H", len(ppp)) + ppp
    yield "mpls", b"\0\1\0\x40\0\1\1\x40" + packet
    yield "gre", b"\x30\0" + ethertype + bytes(8) + packet
    yield "gre", b"\x30\1\x88\x0b" + struct.pack(">H", len(ppp)) + bytes(6) + ppp
    yield "erspan", b"\x10" + bytes(7) + framed
    yield "ip_in_ip", packet
    yield "vxlan", b"\x08" + bytes(7) + framed
    yield "geneve", b"\1\0\x65\x58" + bytes(8) + framed
    yield "gtp_u", b"\x30\xff" + struct.pack(">H", len(packet)) + bytes(4) + packet
    yield "ieee80211", b"\0\0\x08\0\0\0\0\0\x08\0\0\0" + addresses + bytes(8) + snap + packet
    family, tlv = (10 if six else 2), struct.pack("<HH", 4 + len(packet), 9)
    yield "nflog", bytes([family, 0, 0, 0]) + tlv + packet
    if six:
        yield "teredo", packet[:8] + bytes([0x20, 1, 0, 0]) + packet[12:]


def layers(link, frame):
    """(target, bytes) of each layer in a frame."""
    if link == ETHERNET:
        yield "ethernet", frame
        ethertype, packet = frame[12:14], frame[14:]
    else:
        packet = frame
        ethertype = b"\x86\xdd" if packet[:1] and packet[0] >> 4 == 6 else b"\x08\x00"
    if ethertype not in (b"\x08\x00", b"\x86\xdd"):
        return
    six = ethertype == b"\x86\xdd"
    yield "ipv6" if six else "ipv4", packet
    yield "raw_ip", packet
    yield "bsd_null", struct.pack("<I", 30 if six else 2) + packet
    yield "linux_sll", bytes(14) + ethertype + packet
    yield "linux_sll2", ethertype + bytes(18) + packet
    yield from carriers(ethertype, packet, six)
    protocol, size = (packet[6], 40) if six else (packet[9], 20)
    if protocol == 1:
        yield "icmp", packet[size:]
    if protocol in (6, 17):
        yield "udp" if protocol == 17 else "tcp", packet[size:]
    if protocol == 17:
        payload = packet[size + 8:]
        yield "stun", payload
        yield "stun_tcp", b"\xff" + payload
        yield "stun_tcp", b"\x0f" + struct.pack(">H", len(payload)) + payload
        first = payload[0] if payload else 0
        if 20 <= first < 64:
            yield "dtls", payload
        elif first >= 128 and first < 192:
            yield "rtp", payload
            yield "rtcp", payload


def messages():
    """(target, bytes) of messages that no bundled capture has."""
    name = b"\x07example\x03org\x00"
    record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc6\x33\x64\x17"
    subnet = bytes.fromhex("0000291000000000000b00080007000118 00c63364".replace(" ", ""))
    dns = bytes.fromhex("000181800001000200000001") + name + b"\0\x01\0\x01" + 2 * record + subnet
    yield "dns", dns
    yield "dns_content", dns
    yield "dns_tcp", 2 * (struct.pack(">H", len(dns)) + dns)
    yield "dhcp", bytes.fromhex("02010600") + bytes(232) + bytes.fromhex(
        "63825363 350105 340103 0104ffffff00 0304c0a80101 790608 0ac0a80101 0604c0000235 ff")
    duid, address = "0003000102000000000a", "20010db8000000000000000000000001"
    reply = bytes.fromhex(f"07000001 0001000a{duid} 00030028 {24 * '0'} 00050018 {address}"
                          f"00000e1000000e10 00170010{address} 00180005 036c616e00")
    yield "dhcpv6", reply
    yield "dhcpv6", b"\x0d" + bytes(33) + struct.pack(">HH", 9, len(reply)) + reply
    yield "arp", bytes.fromhex("0001080006040001 02000000000a c0a8000a 000000000000 c0a80001")
    yield "icmp", bytes.fromhex("0303000000000000")
    yield "icmpv6", bytes.fromhex(f"86000000 40c80708 {16 * '0'} 010102000000000a 030440c0"
                                  f"{24 * '0'}{address} 1801000000000258 190300000000 04b0{address}")
    yield "icmpv6", bytes.fromhex(f"8800000040000000 {address} 020102000000000a")
    yield "natpmp", bytes.fromhex("0080000000010000c6336417")
    yield "natpmp", bytes.fromhex("0081000000010000c350c35100000e10")
    yield "pcp", bytes.fromhex(f"0281000000000e1000010000 {24 * '0'} {24 * '1'} 11000000c350c351"
                               "00000000000000000000ffffc6336417")


def compressed():
    """(target, bytes) of what is compressed, in each coding."""
    body = OFFER.encode()
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = raw.compress(body) + raw.flush()
    stored = b"\x0b\x01\x80abc\x03"  # brotli, RFC 7932
    for coding, data in enumerate((body, gzip.compress(body, mtime=0), deflated, stored)):
        yield "inflate", bytes([coding, 40]) + data
        chunks = b"%x\r\n" % len(data) + data + b"\r\n0\r\n\r\n"
        yield "http_body", bytes([coding]) + struct.pack(">H", len(chunks)) + chunks


def zstd_stored(data):
    """A zstd frame (RFC 8878 §3.1.1) of one block as it is."""
    block = len(data) << 3 | 1
    return bytes.fromhex("28b52ffd0050") + block.to_bytes(3, "little") + data


def write(out, target, data):
    folder = out / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def main():
    out = Path(sys.argv[1])
    for target, texts in TEXTS.items():
        for text in texts:
            write(out, target, text.encode())
    for target, data in (*messages(), *compressed()):
        write(out, target, data)
    write(out, "sip", SIP_REQUEST)
    write(out, "sip", SIP_RESPONSE)
    for protocol, port, said in UNKNOWN:
        write(out, "ndpi", struct.pack(">BH", protocol == 6, port) + b"".join(
            struct.pack(">H", back << 15 | len(data)) + data for back, data in said))
    for target, conversations in CONVERSATIONS.items():
        for said in conversations:
            write(out, target, b"".join(struct.pack(">H", back << 15 | len(data)) + data
                                        for back, data in said))
    for capture in sorted((ROOT / "pcaps").rglob("*.pcap*")):
        data = capture.read_bytes()
        if len(data) <= SAVEFILE_MAX:
            write(out, "pipeline", data)
            for packed in (data, gzip.compress(data, mtime=0), zstd_stored(data)):
                write(out, "savefile", packed)
        read = frames_pcapng if data[:4] == b"\x0a\x0d\x0d\x0a" else frames_pcap
        for _, (link, frame) in zip(range(FRAMES_MAX), read(data)):
            if link in (ETHERNET, RAW):
                for target, part in layers(link, frame):
                    write(out, target, part)


if __name__ == "__main__":
    main()
