#!/usr/bin/python3 -B
"""Differential test: tunnels that `seep dissect` sees are those that tshark sees.

In the WireGuard, OpenVPN and IPsec captures each message that tshark names and that starts or
answers a handshake must be a tunnel observation of the same frame and type; data must be seen in
the captures in which tshark sees enough of it, in frames where tshark sees the same type, and
nothing where tshark sees none. A tunnel that is down without a message of its own must be so in a
frame with a FIN, an RST or an ICMP error. What differs is listed below with its reason, and only
that may differ. In captures of other protocols no tunnel and no proxy may be seen at all.
"""
import collections
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from support import CORPUS, Tally, corpus_or_skip, need_program, records, seep  # noqa: E402

FOLDERS = ("wireguard", "openvpn", "ipsec")
QUIET = ("rtp", "dns", "quic", "stun", "dtls", "mdns", "sip-sdp", "websocket")
DATA_ENOUGH = 8  # messages of data that make a tunnel without its handshake, at most
FIELDS = ["frame.number", "wg.type", "openvpn.opcode", "isakmp.exchangetype", "isakmp.version",
          "isakmp.flags", "isakmp.rspi", "isakmp.nextpayload", "esp.spi", "_ws.malformed"]
WIREGUARD = {1: "asks", 2: "answers", 3: "defers"}
WIREGUARD_DATA = 4
OPENVPN = {1: "asks", 2: "answers", 7: "asks", 8: "answers", 10: "asks"}
OPENVPN_DATA = {6, 9}
ENDS = "tcp.flags.fin == 1 or tcp.flags.reset == 1 or icmp.type == 3 or icmpv6.type == 1"
IKE_FIRST = {2, 4, 34}  # main mode, aggressive mode, IKE_SA_INIT
IKE_SA, IKE_SA_1, IKE_RESPONSE = 33, 1, 0x20

# (capture, what): why tshark and seep differ there.
TSHARK_ONLY = {
    ("mercury__openvpn_tcp_single.pcap", "wireguard"):
        "quoted in an ICMP error (RFC 792): no message of this frame's flow",
    ("arkime__ah-esp.pcap", "esp data"): "behind AH in IPv4 (RFC 4302), which is not read",
    ("suricata-verify__eve-flow-esp__input.pcap", "esp data"):
        "headers of 8 bytes and nothing behind them: no ESP packet (RFC 4303 2)",
}
SEEP_ONLY = {
    ("arkime__openvpn_synthetic.pcap", "openvpn"):
        "on ports that tshark does not know: read by shape",
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


def tshark_rows(capture):
    """One dict a frame, each field a list of texts."""
    command = ["tshark", "-r", capture, "-Y", "wg or openvpn or isakmp or esp", "-T", "fields",
               "-E", "occurrence=a", "-E", "aggregator=|"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, check=False)
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        columns = line.split("\t")
        yield {field: [v for v in column.split("|") if v]
               for field, column in zip(FIELDS, columns)}


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


def tshark_view(capture):
    """What tshark sees: Counter of (frame, kind, message, event), and of data alike."""
    events, data = collections.Counter(), collections.Counter()
    for row in tshark_rows(capture):
        frame = int(row["frame.number"][0])
        for kind in map(int, row["wg.type"]):
            if kind in WIREGUARD:
                events[frame, "wireguard", kind, WIREGUARD[kind]] += 1
            data[frame, "wireguard", kind] += kind == WIREGUARD_DATA
        for opcode in (int(text, 0) for text in row["openvpn.opcode"]):
            if opcode in OPENVPN:
                events[frame, "openvpn", opcode, OPENVPN[opcode]] += 1
            data[frame, "openvpn", opcode] += opcode in OPENVPN_DATA
        if row["isakmp.exchangetype"]:
            event = ike_event(row)
            if event:
                events[(frame, "ike", *event)] += 1
        data[frame, "esp", 0] += len(row["esp.spi"])
    return events, +data


def check_ends(tally, capture, ours, counts):
    """Takes the tunnels that went down without a message out of `ours`."""
    down = [event for event in ours if event[2:] == (0, "resets")]
    if not down:
        return
    done = subprocess.run(["tshark", "-r", capture, "-Y", ENDS, "-T", "fields",
                           "-e", "frame.number"], capture_output=True, check=False)
    ends = set(map(int, done.stdout.split()))
    for event in down:
        counts["connections ended"] += ours.pop(event)
        tally.check(event[0] in ends, f"{capture.name}: frame {event[0]}",
                    f"seep has {event[1:]}, and nothing ends there")


def seep_view(tally, capture):
    """The same of seep; and the kinds of its proxies."""
    run = seep("dissect", capture)
    if not tally.check(run.status in (0, 3), f"{capture.name}: dissect", str(run)):
        return None
    events, data, proxies = collections.Counter(), collections.Counter(), collections.Counter()
    for record in records(run.out):
        if record["event_type"] == "proxy":
            proxies[record["proxy"]["kind"]] += 1
        if record["event_type"] != "tunnel":
            continue
        tunnel = record["tunnel"]
        if tunnel["event"] in ("data", "keepalive"):
            data[record["pcap_cnt"], tunnel["kind"], tunnel["message"]] += 1
        else:
            events[record["pcap_cnt"], tunnel["kind"], tunnel["message"], tunnel["event"]] += 1
    return events, data, proxies


def listed(known, capture, what, used):
    reason = known.get((capture.name, what))
    if reason:
        used.add((capture.name, what, reason))
    return bool(reason)


def compare(tally, capture, used, counts):
    view = seep_view(tally, capture)
    if view is None:
        return
    theirs, their_data = tshark_view(capture)
    ours, our_data, _ = view
    check_ends(tally, capture, ours, counts)
    counts["handshake messages alike"] += sum((theirs & ours).values())
    for event, n in (theirs - ours).items():
        counts["of tshark only"] += n
        tally.check(listed(TSHARK_ONLY, capture, event[1], used),
                    f"{capture.name}: frame {event[0]}", f"tshark has {event[1:]}, seep not")
    for event, n in (ours - theirs).items():
        counts["of seep only"] += n
        tally.check(listed(SEEP_ONLY, capture, event[1], used),
                    f"{capture.name}: frame {event[0]}", f"seep has {event[1:]}, tshark not")
    tally.check(True, capture.name)
    compare_data(tally, capture, their_data, our_data, ours, used, counts)


def compare_data(tally, capture, theirs, ours, events, used, counts):
    for frame, kind, message in set(ours) - set(theirs):
        if kind != "ike":
            tally.check(listed(SEEP_ONLY, capture, f"{kind} data", used),
                        f"{capture.name}: frame {frame}",
                        f"seep has {kind} data of type {message}, tshark not")
    for kind in {key[1] for key in set(theirs) | set(ours)} - {"ike"}:
        has = sum(n for key, n in theirs.items() if key[1] == kind)
        said = [key for key in ours if key[1] == kind]
        counts["data messages said, of the same type"] += len(set(said) & set(theirs))
        counts["data messages of tshark"] += has
        few = has < DATA_ENOUGH and not any(event[1] == kind for event in events)
        tally.check(said or few or listed(TSHARK_ONLY, capture, f"{kind} data", used),
                    f"{capture.name}: {kind} data", f"tshark has {has} messages, seep none")


def check_quiet(tally, capture):
    view = seep_view(tally, capture)
    if view is None:
        return
    events, data, proxies = view
    seen = {key[1] for key in events | data} | set(proxies)
    allowed = EXPECTED.get(f"{capture.parent.name}/{capture.name}", set())
    tally.check(seen <= allowed, f"{capture.parent.name}/{capture.name}",
                f"{seen - allowed} seen, and nothing of it is there")


def main():
    tally = Tally("tunnel_oracle")
    if not corpus_or_skip(tally):
        tally.finish()
    need_program(tally)
    used, counts = set(), collections.Counter()
    for folder in QUIET:
        for capture in sorted((CORPUS / "dev" / folder).iterdir()):
            check_quiet(tally, capture)
    if shutil.which("tshark"):
        for folder in FOLDERS:
            for capture in sorted((CORPUS / "dev" / folder).iterdir()):
                compare(tally, capture, used, counts)
    else:
        tally.skip("against tshark", "tshark is not installed")
    for what, n in sorted(counts.items()):
        print(f"{n:5} {what}")
    for name, what, reason in sorted(used):
        print(f"      {name}: {what}: {reason}")
    tally.finish()


if __name__ == "__main__":
    main()
