#!/usr/bin/python3 -B
"""Differential test: what stands behind tags, labels and tunnels is what tshark finds there.

For every capture, the headers that seep counted of each kind must be as many as tshark has, those
inside tunnels included: that many VLAN tags, GRE headers, IPv4, IPv6 ... And each STUN message (and
DNS message, once seep reads DNS) that tshark sees inside an encapsulation must be seen by seep in
the same frame between the same inner addresses, with the same outer ones.

Where the two differ on purpose, DIFFER says why. tshark is slow, so it is asked only about captures
in which seep found a carrier or a link layer that it does not read, and about all of dev/tunnel.
"""
import collections
import concurrent.futures
import ipaddress
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from support import CORPUS, Tally, need_tshark, records, seep  # noqa: E402

PROCESSES = 2
SECONDS = 300
CAPTURES_KNOWN = 40  # that hold carriers, when this test was written
FIELDS = ["frame.number", "frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst"]
# seep's counter, what tshark calls it.
LAYERS = {"vlan": "vlan", "pppoe": "pppoes", "mpls": "mpls", "gre": "gre", "vxlan": "vxlan",
          "geneve": "geneve", "teredo": "teredo", "ipv4": "ip", "ipv6": "ipv6"}
SPOKEN = {"stun": "stun", "name": "dns"}  # seep's event type, tshark's layer
NETWORK = ("ip", "ipv6")
FOUND = ("vlan", "pppoe", "mpls", "gre", "ip_in_ip", "vxlan", "geneve", "gtp_u", "teredo",
         "wlan_protected", "wlan_unread", "unknown_link")
BY_PORT = "Teredo between peers on other ports than 3544; both addresses are in 2001::/32 or one is"
# capture: (what seep has more or less of, why)
DIFFER = {
    "dns/zeek__dns-inverse-query.pcap": ({"ipv4": -11}, "LINKTYPE_FDDI is not read"),
    "dtls/ndpi__capwap.pcap": ({"ipv4": -6, "ipv6": -5}, "802.11 in CAPWAP is not read"),
    "tunnel/mercury__capture2.pcap": ({"teredo": 20, "ipv6": 20}, BY_PORT),
    "tunnel/mercury__dns_packet.capture2.pcap": ({"teredo": 20, "ipv6": 20}, BY_PORT),
    "tunnel/zeek__teredo_bubble_with_payload.pcap": ({"teredo": 25, "ipv6": 25}, BY_PORT),
    "tunnel/zeek__gtp_control_prime.pcap": (
        {"ipv4": -2}, "GTP' (3GPP TS 32.295) carries charging records, not packets"),
}
QUOTING = ("icmp", "icmpv6")  # what follows is a quotation, no packet
WRAPPERS = {"vlan", "pppoes", "mpls", "gre", "vxlan", "geneve", "gtp", "teredo"}


def tshark(capture):
    """The frames of a capture as tshark sees them, each a list of FIELDS. It exits with an error
    when the capture is cut off, after all that is whole."""
    command = ["tshark", "-n", "-r", capture, "-T", "fields", "-E", "separator=/t",
               "-E", "aggregator=|"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    return [line.split("\t") for line in done.stdout.decode("utf-8", "replace").splitlines()]


def unquoted(protocols):
    """The layers of a frame up to where it quotes another."""
    layers = protocols.split(":")
    quotes = [layers.index(q) for q in QUOTING if q in layers]
    return layers[:min(quotes)] if quotes else layers


def addresses(layers, frame):
    """(source, destination) of each network layer, from the outside."""
    values = {"ip": zip(*(frame[i].split("|") for i in (2, 3))),
              "ipv6": zip(*(frame[i].split("|") for i in (4, 5)))}
    pairs = []
    for layer in layers:
        if layer in NETWORK:
            pair = next(values[layer], None)
            pairs.append(tuple(str(ipaddress.ip_address(a)) for a in pair) if pair else None)
    return pairs


def wrapped(layers):
    return WRAPPERS & set(layers) or sum(layer in NETWORK for layer in layers) > 1


def count(frames):
    counts = collections.Counter()
    for frame in frames:
        layers = unquoted(frame[1])
        for ours, theirs in LAYERS.items():
            counts[ours] += layers.count(theirs)
    return counts


def spoken_inside(frames):
    """{(frame number, event type): (inner pair, outer pair or None)} of what is in a tunnel."""
    found = {}
    for frame in frames:
        layers = unquoted(frame[1])
        pairs = addresses(layers, frame)
        for ours, theirs in SPOKEN.items():
            if theirs in layers and pairs and wrapped(layers) and "tcp" not in layers:
                outer = pairs[0] if len(pairs) > 1 else None
                found[int(frame[0]), ours] = pairs[-1], outer
    return found


def seep_counts(capture):
    """seep's counters by name; None where it cannot read the file."""
    run = seep("replay", "-o", "eve:-", capture, timeout=SECONDS)
    stats = [r["stats"]["decoder"] for r in records(run.out) if r["event_type"] == "stats"]
    return stats[-1] if stats and run.status in (0, 1) else None


def seep_spoken(capture):
    """{(frame number, event type): {(inner pair, outer pair or None)}}, and the kinds seen."""
    found = collections.defaultdict(set)
    for record in records(seep("dissect", capture, timeout=SECONDS).out):
        kind = record["event_type"]
        if kind in SPOKEN:
            outer = record[kind].get("outer_src_ip"), record[kind].get("outer_dest_ip")
            found[record["pcap_cnt"], kind].add(
                ((record["src_ip"], record["dest_ip"]), outer if outer[0] else None))
    return found


def look(capture):
    """What seep and tshark make of one capture, run in a thread of its own; None if not asked."""
    stats = seep_counts(capture)
    if not stats or not (capture.parent.name == "tunnel" or any(stats.get(c) for c in FOUND)):
        return capture, None
    frames = tshark(capture)
    return capture, (stats, count(frames), spoken_inside(frames), seep_spoken(capture))


def compare(tally, name, view, counts):
    stats, theirs, inside, ours = view
    more, why = DIFFER.get(name, ({}, ""))
    for counter in LAYERS:
        got, expected = stats[counter], theirs[counter] + more.get(counter, 0)
        tally.check(got == expected, f"{name}: {counter}", f"tshark {expected}, seep {got} {why}")
        counts["headers"] += theirs[counter]
    for (frame, kind), pairs in inside.items():
        if not any(key[1] == kind for key in ours):
            counts[f"{kind} not read"] += 1
            continue
        counts[kind] += 1
        tally.check(pairs in ours[frame, kind], f"{name}: frame {frame}: {kind}",
                    f"tshark {pairs}, seep {ours[frame, kind]}")


def main():
    tally = Tally("carriers_oracle")
    need_tshark(tally)
    captures = sorted(p for p in (CORPUS / "dev").rglob("*") if p.is_file())
    counts = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        for capture, view in pool.map(look, captures):
            if view:
                counts["captures"] += 1
                compare(tally, str(capture.relative_to(CORPUS / "dev")), view, counts)
    tally.check(counts["captures"] >= CAPTURES_KNOWN, "captures", f"{counts['captures']} compared")
    print(", ".join(f"{n} {what}" for what, n in sorted(counts.items())))
    for name, (more, why) in DIFFER.items():
        print(f"{name}: {more}: {why}")
    tally.finish()


if __name__ == "__main__":
    main()
