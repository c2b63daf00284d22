"""Small captures for the command line tests, built field by field; documentation addresses only."""
import ipaddress
import struct

COOKIE = 0x2112A442
BINDING_REQUEST, BINDING_SUCCESS = 0x0001, 0x0101
XOR_MAPPED, SOFTWARE = 0x0020, 0x8022
ETHERNET, RAW_IP, USB = 1, 101, 189
CLIENT, SERVER, ISP, EGRESS = "192.168.77.10", "192.0.2.10", "198.51.100.23", "203.0.113.7"
CLIENT_PORT, STUN_PORT = 50000, 3478
START = 1_780_000_000  # seconds since 1970


def ip(text):
    return ipaddress.ip_address(text).packed


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def stun(kind, txid, attributes=b""):
    return struct.pack("!HHI", kind, len(attributes), COOKIE) + txid + attributes


def xor_mapped(address, port, txid=bytes(12)):
    mask = struct.pack("!I", COOKIE) + txid
    value = bytes(a ^ m for a, m in zip(ip(address), mask))
    family = 1 if len(value) == 4 else 2
    return attribute(XOR_MAPPED, struct.pack("!BBH", 0, family, port ^ COOKIE >> 16) + value)


def udp(source, source_port, to, port, payload, hops=64):
    """An IP packet with a UDP datagram. Checksums are zero; nobody asks for them."""
    datagram = struct.pack("!HHHH", source_port, port, 8 + len(payload), 0) + payload
    if ":" in source:
        head = struct.pack("!IHBB", 6 << 28, len(datagram), 17, hops)
    else:
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(datagram), 0, 0, hops, 17, 0)
    return head + ip(source) + ip(to) + datagram


def ethernet(packet):
    macs = bytes.fromhex("02000000000a") + bytes.fromhex("020000000001")
    return macs + (b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00") + packet


def ethernet_udp(source, source_port, to, port, payload):
    return ethernet(udp(source, source_port, to, port, payload))


def exchange(number=0, software=b""):
    """A Binding request and its answer, which tells the ISP address: two frames."""
    txid = struct.pack("!III", 0x5EE9, 0, number)
    answer = xor_mapped(ISP, 40000) + (attribute(SOFTWARE, software) if software else b"")
    return [
        ethernet_udp(CLIENT, CLIENT_PORT, SERVER, STUN_PORT, stun(BINDING_REQUEST, txid)),
        ethernet_udp(SERVER, STUN_PORT, CLIENT, CLIENT_PORT, stun(BINDING_SUCCESS, txid, answer)),
    ]


def pcap_header(link=ETHERNET):
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)


def pcap(frames, link=ETHERNET):
    """A classic pcap file, a millisecond between frames."""
    out = pcap_header(link)
    for number, frame in enumerate(frames):
        seconds, rest = divmod(number, 1000)
        out += struct.pack("<IIII", START + seconds, rest * 1000, len(frame), len(frame)) + frame
    return out


def pcapng_block(kind, body):
    size = 12 + len(body)
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def pcapng(frames, name, link=ETHERNET):
    """A pcapng file of one section and one interface, which is called `name`."""
    return pcapng_blocks([(name, link)],
                         [(0, number / 1000, frame) for number, frame in enumerate(frames)])


def pcapng_of(links, packets):
    """The same of IP packets: (interface, seconds, packet)."""
    return pcapng_blocks(links, [
        (which, when, ethernet(packet) if links[which][1] == ETHERNET else packet)
        for which, when, packet in packets])


def pcapng_blocks(links, frames):
    out = pcapng_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    for name, link in links:
        option = struct.pack("<HH", 2, len(name)) + name + bytes(-len(name) % 4) + bytes(4)
        out += pcapng_block(1, struct.pack("<HHI", link, 0, 65535) + option)
    for which, when, frame in frames:
        when = START * 1_000_000 + round(when * 1_000_000)
        head = struct.pack("<IIIII", which, when >> 32, when & 0xFFFFFFFF, len(frame), len(frame))
        out += pcapng_block(6, head + frame + bytes(-len(frame) % 4))
    return out
