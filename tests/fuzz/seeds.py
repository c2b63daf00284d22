#!/usr/bin/python3
"""seeds.py OUT: takes the bundled captures apart into seeds for the fuzz targets.

OUT/<target>/ gets small files, each named by its hash: whole captures for the targets that read
savefiles, conversations for those that read streams, and of each frame the part that a layer's
target starts at. Only Ethernet, raw IP, IPv4 without options and plain IPv6 are understood: seeds
need not be complete.
"""
import gzip
import hashlib
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FRAMES_MAX = 60  # of one capture
SAVEFILE_MAX = 16384
ETHERNET, RAW = 1, 101


SIP_BODY = b"--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--x--\r\n"
SIP_REQUEST = (b"INVITE sip:bob@192.0.2.4 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.5:5060\r\n"
               b"Contact: <sip:a@192.0.2.5>\r\nContent-Type: multipart/mixed;boundary=x\r\n"
               b"Content-Length: %d\r\n\r\n" % len(SIP_BODY) + SIP_BODY)
SIP_RESPONSE = b"SIP/2.0 200 OK\r\nv: SIP/2.0/UDP x;received=192.0.2.1;rport=99\r\nl: 0\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nContent-Type: message/sip\r\nContent-Encoding: %s\r\n" \
       b"Content-Length: %d\r\n\r\n"
GZIP = gzip.compress(SIP_RESPONSE, mtime=0)
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
        [(False, POST % (b"br", 7) + b"\x0b\x01\x80abc\x03")],
    ],
    "websocket": [  # RFC 6455 section 5.7, RFC 7692 section 7.2.3
        [(False, bytes.fromhex("818537fa213d7f9f4d5158")),
         (True, bytes.fromhex("c107f248cdc9c90700c105f200110000")),
         (True, bytes.fromhex("010348656c890080026c6f"))],
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
    protocol, size = (packet[6], 40) if six else (packet[9], 20)
    if protocol in (6, 17):
        yield "udp" if protocol == 17 else "tcp", packet[size:]
    if protocol == 17:
        yield "stun", packet[size + 8:]


def write(out, target, data):
    folder = out / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def main():
    out = Path(sys.argv[1])
    for text in ("192.0.2.1", "[2001:db8::1]:3478", "198.51.100.0/24", "2001:db8::/32", "tun0",
                 "::ffff:192.0.2.1", "192.0.2.1:65535", "fe80::1"):
        write(out, "options", text.encode())
    write(out, "sip", SIP_REQUEST)
    write(out, "sip", SIP_RESPONSE)
    for target, conversations in CONVERSATIONS.items():
        for said in conversations:
            write(out, target, b"".join(struct.pack(">H", back << 15 | len(data)) + data
                                        for back, data in said))
    for capture in sorted((ROOT / "pcaps").rglob("*.pcap*")):
        data = capture.read_bytes()
        if len(data) <= SAVEFILE_MAX:
            write(out, "pipeline", data)
            write(out, "savefile", data)
        read = frames_pcapng if data[:4] == b"\x0a\x0d\x0d\x0a" else frames_pcap
        for _, (link, frame) in zip(range(FRAMES_MAX), read(data)):
            if link in (ETHERNET, RAW):
                for target, part in layers(link, frame):
                    write(out, target, part)


if __name__ == "__main__":
    main()
