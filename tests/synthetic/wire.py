"""Packets by hand, down to the checksums, and the pcapng that holds them.

A Scene has named interfaces and a clock; what is sent goes on one of them. Endpoints are (address,
port) pairs with addresses as text, IPv4 and IPv6 alike.
"""
import ipaddress
import struct

ETHERNET, RAW_IP = 1, 101
UDP, TCP, ICMP, ICMPV6 = 17, 6, 1, 58
SYN, ACK, FIN, RST, PSH = 2, 16, 1, 4, 8
HOPS = 64
BEGAN = 1_700_000_000  # seconds since 1970
SEGMENT = 1200


def packed(address):
    return ipaddress.ip_address(address).packed


def is_v6(address):
    return ipaddress.ip_address(address).version == 6


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def pseudo(source, to, protocol, length):
    if is_v6(source):
        return packed(source) + packed(to) + struct.pack(">II", length, protocol)
    return packed(source) + packed(to) + struct.pack(">HH", protocol, length)


def ip(source, to, protocol, payload, hops=HOPS):
    """An IP packet of either version."""
    if is_v6(source):
        head = struct.pack(">IHBB", 6 << 28, len(payload), protocol, hops)
        return head + packed(source) + packed(to) + payload
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, hops, protocol, 0)
    head += packed(source) + packed(to)
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def udp(source, to, payload):
    """A datagram, without its IP header; source and to are endpoints."""
    length = 8 + len(payload)
    head = struct.pack(">HHHH", source[1], to[1], length, 0)
    total = checksum(pseudo(source[0], to[0], UDP, length) + head + payload) or 0xffff
    return head[:6] + struct.pack(">H", total) + payload


def tcp(source, to, seq, ack, flags, payload=b""):
    head = struct.pack(">HHIIBBHHH", source[1], to[1], seq & 0xffffffff, ack & 0xffffffff, 5 << 4,
                       flags, 65000, 0, 0)
    total = checksum(pseudo(source[0], to[0], TCP, len(head) + len(payload)) + head + payload)
    return head[:16] + struct.pack(">H", total) + head[18:] + payload


def icmpv6(source, to, kind, body):
    """Of code 0; `body` is what follows the checksum."""
    message = bytes([kind, 0, 0, 0]) + body
    total = checksum(pseudo(source, to, ICMPV6, len(message)) + message)
    return message[:2] + struct.pack(">H", total) + message[4:]


def ethernet(source, to, kind, payload):
    """source and to are hardware addresses as text."""
    return bytes.fromhex(to.replace(":", "")) + bytes.fromhex(source.replace(":", "")) + \
        struct.pack(">H", kind) + payload


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


class Interface:
    """Where packets are seen; of an Ethernet's packets the hardware addresses are made up from the
    IP addresses' ends unless told."""

    def __init__(self, scene, number, name, link):
        self.scene, self.number, self.name, self.link = scene, number, name, link
        self.router = "00:00:5e:00:53:01"  # the other end of all that leaves the LAN (RFC 9542)
        self.macs = {}  # of addresses that are known

    def mac(self, address):
        if address in self.macs:
            return self.macs[address]
        where = ipaddress.ip_address(address)
        if where.is_global or not (where.is_private or where.is_link_local):
            return self.router
        return f"00:00:5e:00:53:{where.packed[-1]:02x}"

    def frame(self, data):
        """A frame as it is."""
        self.scene.frames.append((self.scene.now, len(self.scene.frames), self.number, data))

    def packet(self, source, to, protocol, payload, hops=HOPS, macs=None):
        data = ip(source, to, protocol, payload, hops)
        if self.link == ETHERNET:
            source_mac, to_mac = macs or (self.mac(source), self.mac(to))
            data = ethernet(source_mac, to_mac, 0x86dd if is_v6(source) else 0x0800, data)
        self.frame(data)

    def udp(self, source, to, payload, **more):
        """source and to are endpoints."""
        self.packet(source[0], to[0], UDP, udp(source, to, payload), **more)

    def tcp(self, source, to, seq, ack, flags, payload=b"", **more):
        self.packet(source[0], to[0], TCP, tcp(source, to, seq, ack, flags, payload), **more)


class Connection:
    """A TCP connection on one interface, opened when it is made unless it is `old`: then its
    beginning was before the capture."""

    def __init__(self, interface, client, server, old=False):
        self.interface, self.client, self.server = interface, client, server
        self.next = {True: 1000, False: 5000}
        if not old:
            self.flags(True, SYN)
            self.flags(False, SYN | ACK)
            self.flags(True, ACK)

    def flags(self, from_client, flags, payload=b""):
        ends = (self.client, self.server) if from_client else (self.server, self.client)
        self.interface.tcp(*ends, self.next[from_client], self.next[not from_client], flags,
                           payload)
        self.next[from_client] += len(payload) + bool(flags & (SYN | FIN))
        self.interface.scene.wait(0.005)

    def send(self, data):
        """From the client."""
        for at in range(0, len(data), SEGMENT):
            self.flags(True, PSH | ACK, data[at:at + SEGMENT])

    def reply(self, data):
        for at in range(0, len(data), SEGMENT):
            self.flags(False, PSH | ACK, data[at:at + SEGMENT])

    def close(self):
        self.flags(True, FIN | ACK)
        self.flags(False, FIN | ACK)
        self.flags(True, ACK)


class Scene:
    """A capture in the making."""

    def __init__(self):
        self.interfaces, self.frames, self.now = [], [], 0.0

    def interface(self, name, link=ETHERNET):
        self.interfaces.append(Interface(self, len(self.interfaces), name, link))
        return self.interfaces[-1]

    def wait(self, seconds):
        self.now += seconds

    def pcapng(self, comment):
        """The capture: frames in time order, nanoseconds; the comment stands in its section."""
        section = option(1, comment.encode()) + option(0, b"")
        out = block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1) + section)
        for face in self.interfaces:
            options = option(2, face.name.encode()) + option(9, b"\x09") + option(0, b"")
            out += block(1, struct.pack("<HHI", face.link, 0, 262144) + options)
        for when, _, number, data in sorted(self.frames, key=lambda frame: frame[:2]):
            ns = (BEGAN * 10**9) + round(when * 10**9)
            head = struct.pack("<IIIII", number, ns >> 32, ns & 0xffffffff, len(data), len(data))
            out += block(6, head + data)
        return out
