"""A capture of loopback and of the way out together: which outer flow serves which client."""
import struct

import build_pcap as build
from support import records, seep

LO, ETH0 = 0, 1
LINKS = [(b"lo", build.ETHERNET), (b"eth0", build.ETHERNET)]


def tcp(source, source_port, to, port, sequence, payload=b"", flags=0x10):
    segment = struct.pack("!HHIIBBHHH", source_port, port, sequence, 0, 0x50, flags, 0, 0, 0) + payload
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0, 64, 6, 0)
    return head + build.ip(source) + build.ip(to) + segment


def client_hello(name):
    entry = struct.pack("!BH", 0, len(name)) + name
    extension = struct.pack("!HHH", 0, len(entry) + 2, len(entry)) + entry
    body = (b"\x03\x03" + bytes(range(32)) + b"\x00" + b"\x00\x02\x13\x01" + b"\x01\x00"
            + struct.pack("!H", len(extension)) + extension)
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack("!H", len(message)) + message


def test_loopback_proxy(tally, folder):
    """CONNECT on lo, the proxy's own connection on eth0: a record there names the client's flow."""
    ask = b"CONNECT relay.example:443 HTTP/1.1\r\n\r\n"
    frames = [
        (LO, 0, tcp("127.0.0.1", 50000, "127.0.0.1", 3128, 1, ask)),
        (ETH0, .1, tcp(build.CLIENT, 40000, build.SERVER, 443, 1, client_hello(b"relay.example"))),
        (ETH0, .2, tcp(build.CLIENT, 40001, build.SERVER, 443, 1, client_hello(b"else.example"))),
    ]
    path = folder / "lo.pcapng"
    path.write_bytes(build.pcapng_of(LINKS, frames))
    run = seep("dissect", path)
    said = [r for r in records(run.out) if r["event_type"] == "proxy"]
    asks = [r for r in said if r["proxy"]["event"] == "asks"]
    serves = [(r["in_iface"], r["pcap_cnt"], r["proxy"]["target_name"],
               r["proxy"]["served_flow_id"]) for r in said if r["proxy"]["event"] == "serves"]
    tally.check(len(asks) == 1 and serves == [("eth0", 2, "relay.example", asks[0]["flow_id"])],
                "a proxy on loopback", str(run))
