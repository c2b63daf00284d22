#!/usr/bin/python3
"""seeds.py OUT: takes the bundled captures apart into seeds for the fuzz targets.

OUT/<target>/ gets small files, each named by its hash: whole captures for the targets that read
savefiles, and of each frame the part that a layer's target starts at. Only Ethernet, raw IP, IPv4
without options and plain IPv6 are understood: seeds need not be complete.
"""
import hashlib
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FRAMES_MAX = 60  # of one capture
SAVEFILE_MAX = 16384
ETHERNET, RAW = 1, 101


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
                 "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:1", "192.0.2.1:65535", "fe80::1"):
        write(out, "options", text.encode())
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
