"""Small captures for the command line tests, built field by field; documentation addresses only."""
import ipaddress
import struct

COOKIE = 0x2112A442
BINDING_REQUEST, BINDING_SUCCESS = 0x0001, 0x0101
XOR_MAPPED, SOFTWARE = 0x0020, 0x8022
ETHERNET, USB = 1, 189
CLIENT, SERVER, ISP, EGRESS = "192.168.77.10", "192.0.2.10", "198.51.100.23", "203.0.113.7"
CLIENT_PORT, STUN_PORT = 50000, 3478
START = 1_780_000_000  # seconds since 1970


def ip(text):
    return ipaddress.ip_address(text).packed


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def stun(kind, txid, attributes=b""):
    return struct.pack("!HHI", kind, len(attributes), COOKIE) + txid + attributes


def xor_mapped(address, port):
    value = int(ipaddress.ip_address(address)) ^ COOKIE
    return attribute(XOR_MAPPED, struct.pack("!BBHI", 0, 1, port ^ COOKIE >> 16, value))


def ethernet_udp(source, source_port, to, port, payload):
    """An Ethernet frame of a UDP datagram over IPv4. Checksums are zero; nobody asks for them."""
    udp = struct.pack("!HHHH", source_port, port, 8 + len(payload), 0) + payload
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0)
    macs = bytes.fromhex("02000000000a") + bytes.fromhex("020000000001")
    return macs + b"\x08\x00" + head + ip(source) + ip(to) + udp


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
    option = struct.pack("<HH", 2, len(name)) + name + bytes(-len(name) % 4) + bytes(4)
    out = pcapng_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += pcapng_block(1, struct.pack("<HHI", link, 0, 65535) + option)
    for number, frame in enumerate(frames):
        when = START * 1_000_000 + number * 1000
        head = struct.pack("<IIIII", 0, when >> 32, when & 0xFFFFFFFF, len(frame), len(frame))
        out += pcapng_block(6, head + frame + bytes(-len(frame) % 4))
    return out
