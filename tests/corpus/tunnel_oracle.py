#!/usr/bin/python3 -B
"""Differential test: tunnels that `seep dissect` sees are those that tshark sees.

Each message that tshark names and that starts or answers a handshake must be a tunnel observation
of the same frame and type. Data is said once in a while, with how many messages there were in that
direction so far: that must be as many as tshark has up to the same frame, the last of them of the
same type; and where tshark sees enough data, some must be said. A tunnel that is down without a
message of its own must be so in a frame with a FIN, an RST or an ICMP error. What differs must be
in KNOWN. In captures of other protocols no tunnel and no proxy may be seen at all.
"""
import collections
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tshark  # noqa: E402
from exact import Exactness, Listed  # noqa: E402
from support import Tally, records, seep  # noqa: E402

UNCOUNTED = ("ike", "esp")
LAYERS = ("wg", "openvpn", "isakmp", "esp", "udpencap")
CATEGORIES = {"wireguard": "WireGuard messages", "openvpn": "OpenVPN messages",
              "ike": "IKE messages"}
QUIET = ("rtp", "dns", "quic", "stun", "dtls", "mdns", "sip-sdp", "websocket")
DATA_ENOUGH = 8  # messages of data that make a tunnel without its handshake, at most
WIREGUARD = {1: "asks", 2: "answers", 3: "defers"}
WIREGUARD_DATA = 4
OPENVPN = {1: "asks", 2: "answers", 7: "asks", 8: "answers", 10: "asks"}
OPENVPN_DATA = {6, 9}
UNREACHABLE = {"icmp.type": 3, "icmpv6.type": 1}
IKE_FIRST = {2, 4, 34}  # main mode, aggressive mode, IKE_SA_INIT
IKE_SA, IKE_SA_1, IKE_RESPONSE = 33, 1, 0x20

# (capture, category): what differs.
KNOWN = {
    ("arkime__openvpn_synthetic.pcap", "OpenVPN messages"): Listed(
        8, "on ports that tshark does not know; seep goes by shape (openvpn.net: OpenVPN protocol)",
        "test_tunnel_openvpn.c: pairs_of_resets"),
}
# (capture, kind): why its data is not seen.
NO_DATA = {
    ("arkime__ah-esp.pcap", "esp"): "behind AH in IPv4 (RFC 4302), which is not read",
    ("suricata-verify__eve-flow-esp__input.pcap", "esp"):
        "headers of 8 bytes and nothing behind them: no ESP packet (RFC 4303 2)",
}
# Protocols that really are in captures kept for something else.
EXPECTED = {
    "dns/arkime__v6.pcap": {"ssh"},
    "dns/suricata-verify__bypass-ssh-enabled__input.pcap": {"ssh"},
    "dns/suricata-verify__vxlan.pcap": {"ssh"},
    # DTLS of AnyConnect's own version; and a session resumed in a flow that never had one.
    "dtls/ndpi__dtls_old_version.pcapng": {"anyconnect"},
    "dtls/ndpi__dtls_session_id_and_coockie_both.pcap": {"anyconnect"},
    "mdns/zeek__var-services-std-ports.pcap": {"ssh"},
}


def ike_event(row):
    """What IKE's first exchanges should be seen as; None for the others."""
    exchange, version = int(row["isakmp.exchangetype"][0]), int(row["isakmp.version"][0], 16)
    if exchange not in IKE_FIRST:
        return None
    first = int((row["isakmp.nextpayload"] or ["0"])[0])
    responder = set(row["isakmp.rspi"][0]) - set("0")
    if version >> 4 == 1:
        if not responder:
            return exchange, "asks"
        return (exchange, "answers") if first == IKE_SA_1 else None
    if not int(row["isakmp.flags"][0], 16) & IKE_RESPONSE:
        return exchange, "asks"
    return exchange, "answers" if first == IKE_SA and responder else "defers"


def direction_of(row):
    """(source, port, destination, port), ports 0 where there are none."""
    layers = row.layers
    for transport in ("udp", "tcp"):
        if transport in layers:
            (src, sport), (dst, dport) = row.ends(transport)
            return src, sport, dst, dport
    src, dst = row.network()[-1]
    return src, 0, dst, 0


def messages_of(row):
    """(kind, type, event or None for data) of each message in a frame."""
    for kind in row.numbers("wg.type"):
        if kind in WIREGUARD or kind == WIREGUARD_DATA:
            yield "wireguard", kind, WIREGUARD.get(kind)
    for opcode in row.numbers("openvpn.opcode"):
        if opcode in OPENVPN or opcode in OPENVPN_DATA:
            yield "openvpn", opcode, OPENVPN.get(opcode)
    if row["isakmp.exchangetype"]:
        event = ike_event(row)
        if event:
            yield ("ike", *event)
    for _ in row["esp.spi"]:
        yield "esp", 0, None


class View:
    """Handshakes: Counter of (frame, kind, type, event). Data: {(kind, direction): [(frame, type,
    messages so far), ...]}. Ends without a message: [(frame, kind), ...]."""

    def __init__(self):
        self.events = collections.Counter()
        self.data = collections.defaultdict(list)
        self.ends = []
        self.proxies = set()


def tshark_view(capture):
    view = View()
    for row in tshark.rows(capture, *LAYERS):
        if row.quoted():
            continue
        for kind, message, event in messages_of(row):
            if event:
                view.events[row.number, kind, message, event] += 1
                continue
            said = view.data[kind, direction_of(row)]
            said.append((row.number, message, len(said) + 1))
    return view


def seep_view(capture):
    view = View()
    run = seep("dissect", capture)
    for record in records(run.out):
        frame = record.get("pcap_cnt")
        if record["event_type"] == "proxy":
            view.proxies.add(record["proxy"]["kind"])
        if record["event_type"] != "tunnel":
            continue
        tunnel = record["tunnel"]
        kind, message, event = tunnel["kind"], tunnel["message"], tunnel["event"]
        if (message, event) == (0, "resets"):
            view.ends.append((frame, kind))
            continue
        if event not in ("data", "keepalive"):
            view.events[frame, kind, message, event] += 1
            continue
        direction = (record["src_ip"], record.get("src_port", 0),
                     record["dest_ip"], record.get("dest_port", 0))
        view.data[kind, direction].append((frame, message, tunnel["packets"]))
    return view, run


def look(capture):
    return capture, tshark_view(capture), *seep_view(capture)


def ends_connection(row):
    unreachable = any(code in row.numbers(field) for field, code in UNREACHABLE.items())
    return unreachable or any(row.numbers("tcp.flags.fin") + row.numbers("tcp.flags.reset"))


def check_ends(tally, capture, ends):
    frames = {row.number for row in tshark.rows(capture) if ends_connection(row)} if ends else ()
    for frame, kind in ends:
        tally.check(frame in frames, f"{capture.name}: frame {frame}",
                    f"seep has the end of {kind}, and nothing ends there")


def compare_events(exact, capture, theirs, ours):
    for event in sorted(set(theirs) | set(ours)):
        category = CATEGORIES.get(event[1])
        if not category:  # tunnels that tshark does not tell
            continue
        exact.equal(category, min(theirs[event], ours[event]))
        if theirs[event] != ours[event]:
            exact.differs(category, capture.name, f"frame {event[0]}",
                          f"{event[1:]}: tshark {theirs[event]}, seep {ours[event]}",
                          abs(theirs[event] - ours[event]))


def compare_counts(exact, capture, kind, theirs, ours):
    """`theirs` has an entry for each message of a direction, `ours` for some, with their count."""
    counted = 0
    for said in ours:
        if said in theirs:
            exact.equal(CATEGORIES[kind], max(said[2] - counted, 0))
        else:
            nearest = [one for one in theirs if one[0] == said[0]]
            exact.differs(CATEGORIES[kind], capture.name, f"frame {said[0]}",
                          f"{kind} data: tshark {nearest}, seep {said}")
        counted = said[2]


def compare_data(tally, exact, capture, theirs, ours):
    """Of ESP only whether it is seen at all."""
    for kind, direction in sorted(set(theirs.data) | set(ours.data)):
        if kind in CATEGORIES and kind not in UNCOUNTED:
            compare_counts(exact, capture, kind, theirs.data[kind, direction],
                           ours.data[kind, direction])
    for kind in ("wireguard", "openvpn", "esp"):
        has = sum(len(found) for key, found in theirs.data.items() if key[0] == kind)
        said = sum(len(found) for key, found in ours.data.items() if key[0] == kind)
        few = has < DATA_ENOUGH and not any(event[1] == kind for event in ours.events)
        case = f"{capture.name}: {kind} data"
        tally.check(said or not has or few or (capture.name, kind) in NO_DATA, case,
                    f"tshark has {has} messages, seep none")
        tally.check(has or not said, case, f"seep has {said}, tshark none")


def check_quiet(tally, capture, ours):
    seen = {key[1] for key in ours.events} | {key[0] for key in ours.data} | ours.proxies
    name = f"{capture.parent.name}/{capture.name}"
    allowed = EXPECTED.get(name, set())
    tally.check(seen <= allowed, name, f"{seen - allowed} seen, and nothing of it is there")


def main():
    tally = Tally("tunnel_oracle")
    tshark.need(tally)
    exact = Exactness(tally, KNOWN)
    for capture, theirs, ours, run in tshark.each(look, tshark.captures()):
        tally.check(run.status in (0, 3), f"{capture.name}: dissect", str(run))
        if capture.parent.name in QUIET:
            check_quiet(tally, capture, ours)
        check_ends(tally, capture, ours.ends)
        compare_events(exact, capture, theirs.events, ours.events)
        compare_data(tally, exact, capture, theirs, ours)
    exact.finish(*CATEGORIES.values())
    tally.finish()


if __name__ == "__main__":
    main()
