"""What is said in packets: messages of STUN, DNS, DHCP and so on, as bytes."""
import json
import struct
import zlib

from .wire import is_v6, packed

COOKIE = 0x2112a442
BINDING, ALLOCATE, REFRESH, SEND, DATA, CREATE_PERMISSION, CHANNEL_BIND = 1, 3, 4, 6, 7, 8, 9
REQUEST, INDICATION, SUCCESS, ERROR = 0, 0x10, 0x100, 0x110


# STUN and TURN (RFC 8489, RFC 8656, RFC 8445)

def attribute(kind, value):
    return struct.pack(">HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def address(kind, endpoint):
    """An attribute with an address that is not XORed: MAPPED-ADDRESS and the like."""
    family = 2 if is_v6(endpoint[0]) else 1
    return attribute(kind, struct.pack(">BBH", 0, family, endpoint[1]) + packed(endpoint[0]))


def xor_address(kind, endpoint, txid):
    """XOR-MAPPED-ADDRESS (0x20), XOR-PEER-ADDRESS (0x12), XOR-RELAYED-ADDRESS (0x16)."""
    key = struct.pack(">I", COOKIE) + txid
    raw = packed(endpoint[0])
    family = 2 if len(raw) == 16 else 1
    hidden = bytes(a ^ b for a, b in zip(raw, key))
    return attribute(kind, struct.pack(">BBH", 0, family, endpoint[1] ^ COOKIE >> 16) + hidden)


def stun(method, kind, txid, *attributes):
    """`kind` is the class: REQUEST ..., `txid` twelve bytes."""
    body = b"".join(attributes)
    return struct.pack(">HHI", method | kind, len(body), COOKIE) + txid + body


def fingerprinted(message):
    """With a FINGERPRINT behind it (RFC 8489 §14.7)."""
    message = message[:2] + struct.pack(">H", len(message) - 20 + 8) + message[4:]
    return message + attribute(0x8028, struct.pack(">I", zlib.crc32(message) ^ 0x5354554e))


def binding_success(txid, mapped):
    return stun(BINDING, SUCCESS, txid, xor_address(0x20, mapped, txid))


def check(txid, ufrag, peer_ufrag, priority=0x6e7f1eff, controlling=True, nominate=False,
          network=None):
    """An ICE connectivity check (RFC 8445 §7.1); of its integrity only the length is right.
    `network`: number and cost, as Chromium tells them."""
    attributes = [attribute(6, f"{peer_ufrag}:{ufrag}".encode()),
                  attribute(0x24, struct.pack(">I", priority)),
                  attribute(0x802a if controlling else 0x8029, b"\1" * 8)]
    if network:
        attributes.append(attribute(0xc057, struct.pack(">HH", *network)))
    if nominate:
        attributes.append(attribute(0x25, b""))
    return fingerprinted(stun(BINDING, REQUEST, txid, *attributes, attribute(8, b"\2" * 20)))


def check_success(txid, mapped):
    return fingerprinted(stun(BINDING, SUCCESS, txid, xor_address(0x20, mapped, txid),
                              attribute(8, b"\2" * 20)))


def allocate(txid):
    return stun(ALLOCATE, REQUEST, txid, attribute(0x19, b"\x11\0\0\0"))


def allocate_success(txid, mapped, relayed):
    return stun(ALLOCATE, SUCCESS, txid, xor_address(0x16, relayed, txid),
                xor_address(0x20, mapped, txid), attribute(0x0d, struct.pack(">I", 600)))


def turn_peer(method, kind, txid, peer, *more):
    """CreatePermission and the like, naming a peer."""
    return stun(method, kind, txid, xor_address(0x12, peer, txid), *more)


def try_alternate(method, txid, alternate):
    """Error 300 (RFC 8489 §10)."""
    return stun(method, ERROR, txid, attribute(9, b"\0\0\3\0Try Alternate"),
                address(0x8023, alternate))


def change_request(flags):
    """Of a NAT test (RFC 5780 §7.2): 4 another address, 2 another port."""
    return attribute(3, struct.pack(">I", flags))


def software(name):
    return attribute(0x8022, name.encode())


# Routers that tell their address (RFC 6886, RFC 6887, UPnP)

def natpmp_ask():
    return b"\0\0"


def natpmp_external(address_, seconds=1000):
    return struct.pack(">BBHI", 0, 128, 0, seconds) + packed(address_)


def in_v6(address_):
    """IPv4-mapped IPv6 (RFC 4291 §2.5.5.2)."""
    return f"::ffff:{address_}"


# Media (RFC 3550, RFC 9147)

def rtp(sequence, ssrc=0x11223344, payload_type=111, size=120):
    return struct.pack(">BBHII", 0x80, payload_type, sequence & 0xffff, 960 * sequence, ssrc) + \
        bytes((sequence * 7 + i * 31) & 0xff for i in range(size))


def dtls_record(kind, body, sequence=0, epoch=0, version=0xfefd):
    return struct.pack(">BHHHIH", kind, version, epoch, 0, sequence, len(body)) + body


def dtls_data(counter, size=80):
    """Application data after the handshake (RFC 6347 §4.1)."""
    return dtls_record(23, bytes((counter * 11 + i * 37) & 0xff for i in range(size)), counter, 1)


def channel_data(number, data):
    """RFC 8656 §12.4, padded as TCP wants it and UDP may have it."""
    return struct.pack(">HH", number, len(data)) + data + b"\0" * (-len(data) % 4)


def quic_long(kind, to, own, size=1200):
    """A QUIC packet with a long header (RFC 9000 §17.2) that nobody can open. `kind`: 0 Initial, 2
    Handshake; connection ids are bytes."""
    body = bytes((7 + i * 41) & 0xff for i in range(size))
    token = b"\0" if kind == 0 else b""
    return struct.pack(">BI", 0xc3 | kind << 4, 1) + bytes([len(to)]) + to + bytes([len(own)]) + \
        own + token + struct.pack(">H", 0x4000 | len(body)) + body


def quic_short(to, counter, size=100):
    return b"\x43" + to + bytes((counter * 17 + i * 23) & 0xff for i in range(size))


# TLS hellos (RFC 8446 §4.1.2)

def extension(kind, body):
    return struct.pack(">HH", kind, len(body)) + body


def hello_body(name=None, alpn=(), more=b""):
    extensions = more
    if name:
        raw = name.encode()
        entry = b"\0" + struct.pack(">H", len(raw)) + raw
        extensions += extension(0, struct.pack(">H", len(entry)) + entry)
    if alpn:
        names = b"".join(bytes([len(p)]) + p.encode() for p in alpn)
        extensions += extension(16, struct.pack(">H", len(names)) + names)
    extensions += extension(43, b"\2\3\4") + extension(10, b"\0\2\0\x1d")
    body = b"\3\3" + bytes(range(32)) + b"\0" + b"\0\4\x13\1\x13\2" + b"\1\0"
    return body + struct.pack(">H", len(extensions)) + extensions


def tls_hello(name=None, alpn=()):
    body = hello_body(name, alpn)
    handshake = b"\1" + len(body).to_bytes(3, "big") + body
    return b"\x16\3\1" + struct.pack(">H", len(handshake)) + handshake


def dtls_hello(alpn=("webrtc",), srtp=True):
    use_srtp = extension(14, b"\0\2\0\1\0") if srtp else b""
    body = hello_body(None, alpn, use_srtp)
    body = b"\xfe\xfd" + body[2:35] + b"\0" + body[35:]  # an empty cookie behind the session id
    handshake = b"\1" + len(body).to_bytes(3, "big") + b"\0\0" + b"\0\0\0" + \
        len(body).to_bytes(3, "big") + body
    return dtls_record(22, handshake)


# Names (RFC 1035)

def dns_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def dns_query(number, name, kind=1, more=b"", additional=0):
    head = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, additional)
    return head + dns_name(name) + struct.pack(">HH", kind, 1) + more


def dns_answer(number, name, addresses, ttl=300):
    """An answer to a question for A or AAAA with these addresses; none: no such name."""
    kind = 28 if addresses and is_v6(addresses[0]) else 1
    flags = 0x8180 if addresses else 0x8183
    head = struct.pack(">HHHHHH", number, flags, 1, len(addresses), 0, 0)
    records = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, ttl, len(packed(a))) + packed(a)
                       for a in addresses)
    return head + dns_name(name) + struct.pack(">HH", kind, 1) + records


def client_subnet(prefix, bits):
    """The EDNS record with a client subnet (RFC 7871), to go behind a question."""
    raw = packed(prefix)[:(bits + 7) // 8]
    body = struct.pack(">HHHBB", 8, 4 + len(raw), 2 if is_v6(prefix) else 1, bits, 0) + raw
    return b"\0" + struct.pack(">HHIH", 41, 1232, 0, len(body)) + body


def dns_stream(message):
    """A message as it goes over TCP (RFC 1035 §4.2.2)."""
    return struct.pack(">H", len(message)) + message


def mdns_answer(name, address_, ttl=120):
    """An unsolicited announcement (RFC 6762 §8.3), with the cache-flush bit."""
    kind = 28 if is_v6(address_) else 1
    raw = packed(address_)
    return struct.pack(">HHHHHH", 0, 0x8400, 0, 1, 0, 0) + dns_name(name) + \
        struct.pack(">HHIH", kind, 0x8001, ttl, len(raw)) + raw


def nbns_query(number, name):
    """A NetBIOS name query to everybody (RFC 1002 §4.2.12)."""
    raw = name.upper().ljust(15).encode() + b"\0"
    coded = bytes(65 + half for byte in raw for half in (byte >> 4, byte & 15))
    head = struct.pack(">HHHHHH", number, 0x0110, 1, 0, 0, 0)
    return head + b"\x20" + coded + b"\0" + struct.pack(">HH", 32, 1)


# Leases and routes

def dhcp(kind, mac, yours="0.0.0.0", options=()):
    """A DHCPv4 message; options are (code, bytes). `kind`: 1 DISCOVER, 2 OFFER, 3 REQUEST, 5 ACK."""
    reply = kind in (2, 5, 6)
    head = struct.pack(">BBBBIHH", 2 if reply else 1, 1, 6, 0, 0x5ee95ee9, 0, 0)
    head += packed("0.0.0.0") + packed(yours) + packed("0.0.0.0") * 2
    head += bytes.fromhex(mac.replace(":", "")) + b"\0" * 10 + b"\0" * 192 + b"\x63\x82\x53\x63"
    body = b"".join(bytes([code, len(value)]) + value for code, value in ((53, bytes([kind])),
                                                                        *options))
    return head + body + b"\xff"


def classless_routes(*routes):
    """The value of option 121 (RFC 3442): (network, bits, router) each."""
    return b"".join(bytes([bits]) + packed(network)[:(bits + 7) // 8] + packed(router)
                    for network, bits, router in routes)


def router_advertisement(lifetime=1800, preference=0, options=b""):
    """The body behind the checksum of ICMPv6 type 134 (RFC 4861 §4.2)."""
    return struct.pack(">BBHII", 64, (preference & 3) << 3, lifetime, 0, 0) + options


def prefix_information(prefix, bits, flags=0xc0):
    return struct.pack(">BBBBIII", 3, 4, bits, flags, 86400, 14400, 0) + packed(prefix)


def route_information(prefix, bits, lifetime=1800, preference=1):
    return struct.pack(">BBBBI", 24, 3, bits, (preference & 3) << 3, lifetime) + packed(prefix)


def arp(kind, mac, address_, target_mac, target):
    return struct.pack(">HHBBH", 1, 0x0800, 6, 4, kind) + \
        bytes.fromhex(mac.replace(":", "")) + packed(address_) + \
        bytes.fromhex(target_mac.replace(":", "")) + packed(target)


# Tunnels and proxies

def wireguard_init(sender=0x11111111):
    return struct.pack("<II", 1, sender) + bytes(range(1, 109)) + b"\x55" * 16 + b"\0" * 16


def wireguard_response(sender=0x22222222, receiver=0x11111111):
    return struct.pack("<III", 2, sender, receiver) + bytes(range(1, 49)) + b"\x55" * 16 + b"\0" * 16


def wireguard_data(counter, receiver=0x22222222, size=112):
    return struct.pack("<IIQ", 4, receiver, counter) + bytes((counter * 13 + i * 29) & 0xff
                                                             for i in range(size))


def socks5_hello():
    return b"\5\1\0"


def socks5_accept():
    return b"\5\0"


def socks5_request(command, endpoint):
    kind = b"\4" if is_v6(endpoint[0]) else b"\1"
    return b"\5" + bytes([command]) + b"\0" + kind + packed(endpoint[0]) + \
        struct.pack(">H", endpoint[1])


def socks5_reply(endpoint=("0.0.0.0", 0)):
    return b"\5\0\0\1" + packed(endpoint[0]) + struct.pack(">H", endpoint[1])


def http_connect(name, port=443):
    return f"CONNECT {name}:{port} HTTP/1.1\r\nHost: {name}:{port}\r\n\r\n".encode()


def http_connect_udp(proxy, target):
    """Datagrams over HTTP/1.1 (RFC 9298 §3.2)."""
    return (f"GET /.well-known/masque/udp/{target[0]}/{target[1]}/ HTTP/1.1\r\nHost: {proxy}\r\n"
            "Connection: Upgrade\r\nUpgrade: connect-udp\r\nCapsule-Protocol: ?1\r\n\r\n").encode()


HTTP_UPGRADED = (b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                 b"Upgrade: connect-udp\r\nCapsule-Protocol: ?1\r\n\r\n")


def socks5_datagram(endpoint, data):
    """What a SOCKS proxy relays (RFC 1928 §7)."""
    return b"\0\0\0\1" + packed(endpoint[0]) + struct.pack(">H", endpoint[1]) + data


HTTP_CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def tailscale_disco(size=60):
    """Path discovery: magic, key, nonce, sealed box."""
    return b"TS\xf0\x9f\x92\xac" + bytes((i * 37 + 11) & 0xff for i in range(32 + 24 + size))


# Signalling

def http_post(host, path, kind, body):
    return (f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def http_answer(kind, body, status="200 OK"):
    return (f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
            ).encode() + body


def candidate(kind, endpoint, related=None, foundation="1", component=1, transport="udp",
              priority=2122260223, more=""):
    """The value of an a=candidate line (RFC 8839 §5.1). The endpoint's address may be a name."""
    text = f"candidate:{foundation} {component} {transport} {priority} {endpoint[0]} " \
        f"{endpoint[1]} typ {kind}"
    if related:
        text += f" raddr {related[0]} rport {related[1]}"
    return text + more


def sdp(candidates=(), connection="0.0.0.0", port=9, origin="127.0.0.1", ufrag="abcd", end=False):
    """A description with one m= line."""
    family = "IP6" if ":" in connection else "IP4"
    lines = ["v=0", f"o=- 4611731400430051336 2 IN IP4 {origin}", "s=-", "t=0 0",
             f"m=audio {port} UDP/TLS/RTP/SAVPF 111", f"c=IN {family} {connection}",
             f"a=ice-ufrag:{ufrag}", "a=ice-pwd:asd88fgpdd777uzjYhagZg", "a=mid:0",
             *(f"a={c}" for c in candidates)]
    if end:
        lines.append("a=end-of-candidates")
    return "".join(line + "\r\n" for line in lines)


def offer(text, kind="offer"):
    """A description in JSON, as pages send it."""
    return json.dumps({"type": kind, "sdp": text}).encode()


def trickle(text, mid="0"):
    return json.dumps({"candidate": {"candidate": text, "sdpMid": mid,
                                     "sdpMLineIndex": 0}}).encode()


def http_get(host, path="/", fields=()):
    more = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n".encode()


def websocket_upgrade(host, path="/"):
    return http_get(host, path, (("Connection", "Upgrade"), ("Upgrade", "websocket"),
                                 ("Sec-WebSocket-Version", "13"),
                                 ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")))


WEBSOCKET_UPGRADED = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                      b"Connection: Upgrade\r\n"
                      b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")


def websocket_text(data, mask=None):
    """A text frame (RFC 6455 §5.2); a client's has a mask of four bytes."""
    bit = 0x80 if mask else 0
    length = bytes([bit | len(data)]) if len(data) < 126 else \
        bytes([bit | 126]) + struct.pack(">H", len(data))
    if not mask:
        return b"\x81" + length + data
    return b"\x81" + length + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data))


def end_of_candidates(mid="0"):
    return trickle("", mid)


def sip_request(method, uri, via, contact=None, body=b"", call="a84b4c76e66710", more=""):
    """`via` is who sends it, host:port; one Via only."""
    lines = [f"{method} {uri} SIP/2.0", f"Via: SIP/2.0/UDP {via};branch=z9hG4bK{call[:8]};rport",
             "Max-Forwards: 70", "From: <sip:alice@example.com>;tag=1928301774",
             f"To: <{uri}>", f"Call-ID: {call}", f"CSeq: 1 {method}"]
    if contact:
        lines.append(f"Contact: <sip:alice@{contact}>")
    if body:
        lines.append("Content-Type: application/sdp")
    lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n" + more + "\r\n").encode() + body
