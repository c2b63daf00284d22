#!/usr/bin/python3 -B
"""Differential test: the hellos of TLS, DTLS and QUIC that `seep dissect` reads, against tshark.

Compared in every capture as sets of (protocol, client's end, server's end, SNI, ALPN) of
ClientHellos: what is sent again is one hello to seep. What differs must be in KNOWN.
"""
import collections
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tshark  # noqa: E402
from exact import Exactness, Listed  # noqa: E402
from support import Tally, records, seep  # noqa: E402

SECONDS = 120
WORD_MAX = 64  # bytes of a name that an observation holds (core/obs_text.h)
CLIENT_HELLO = 1
CATEGORIES = {"tls": "TLS SNI", "dtls": "TLS SNI", "quic": "QUIC SNI"}
# (capture, category): what differs.
KNOWN = {
    ("ndpi__capwap.pcap", "TLS SNI"): Listed(
        1, "CAPWAP puts a header of its own before DTLS (RFC 5415 4.2)",
        "test_dtls.c: headers_before_it_hide_it"),
    ("ndpi__tls_invalid_reads.pcap", "TLS SNI"): Listed(
        1, "extensions longer than their list: a decode error (RFC 8446 6.2), nothing is told",
        "test_tls.c: broken_lists_tell_nothing"),
    ("mercury__quic-crypto-packets.pcap", "QUIC SNI"): Listed(
        3, "seen again behind a NAT: tshark goes by connection id, seep by addresses (RFC 9000 9)",
        "test_quic.c: addresses_make_the_flow"),
    ("ndpi__quic-forcing-vn-with-data.pcapng", "QUIC SNI"): Listed(
        1, "tshark expects keys of the connection that was negotiated away (RFC 9000 6.2)",
        "test_quic.c: reserved_versions_are_read"),
}


def cut(text):
    return text.encode()[:WORD_MAX].decode("utf-8", "ignore")


def left_out(row):
    """Why a frame's hello is nothing to compare, or None."""
    if row.quoted():
        return "quoted by an ICMP error (RFC 792), so no message of its flow"
    if row["tls.handshake.cipherspec"]:
        return "SSL 2 hellos, which have no extensions and so no name (RFC 5246 E.2)"
    if "openvpn" in row.layers:
        return "in OpenVPN's control channel, where the message is OpenVPN's (tunnel_oracle)"
    return None


def tshark_hellos(capture, without):
    """{(protocol, client, server, SNI, ALPN): number of the first frame}"""
    found = {}
    for row in tshark.rows(capture, "tls", "dtls"):
        stem = "dtls" if row["dtls.handshake.type"] else "tls"
        if CLIENT_HELLO not in row.numbers(f"{stem}.handshake.type"):
            continue
        why = left_out(row)
        if why:
            without[why] += 1
            continue
        layers = row.layers
        names = row[f"{stem}.handshake.extensions_server_name"] or [""]
        alpn = ",".join(row[f"{stem}.handshake.extensions_alpn_str"])
        key = ("quic" if "quic" in layers else stem,
               *row.ends("tcp" if "tcp" in layers else "udp"), cut(names[0]), cut(alpn))
        found.setdefault(key, row.number)
    return found


def seep_hellos(capture, without):
    """The same, or a run that failed."""
    run = seep("dissect", capture, timeout=SECONDS)
    if run.status not in (0, 3):
        return run
    found = {}
    for record in records(run.out):
        hello = record.get("hello")
        if not hello or hello["server"]:
            continue
        if "turn" in hello.get("encapsulation", []):
            without["read by seep in what TURN relays, where tshark does not look"] += 1
            continue
        ends = [(record[f"{end}_ip"], record[f"{end}_port"]) for end in ("src", "dest")]
        key = (hello["protocol"], *ends, hello.get("sni", ""), hello.get("alpn", ""))
        found.setdefault(key, record["pcap_cnt"])
    return found


def look(capture):
    without = collections.Counter()
    return capture, tshark_hellos(capture, without), seep_hellos(capture, without), without


def judge(tally, exact, capture, theirs, ours):
    if not tally.check(isinstance(ours, dict), f"{capture.name}: dissect", lambda: str(ours)):
        return
    for key in sorted(set(theirs) | set(ours)):
        category = CATEGORIES[key[0]]
        if key in theirs and key in ours:
            exact.equal(category)
            continue
        who, frame = ("tshark", theirs[key]) if key in theirs else ("seep", ours[key])
        exact.differs(category, capture.name, f"frame {frame}", f"only {who} reads {key}")


def main():
    tally = Tally("hello_oracle")
    tshark.need(tally)
    exact = Exactness(tally, KNOWN)
    without = collections.Counter()
    for capture, theirs, ours, more in tshark.each(look, tshark.captures()):
        judge(tally, exact, capture, theirs, ours)
        without += more
    exact.finish(*CATEGORIES.values())
    for why, count in sorted(without.items()):
        print(f"not compared: {count} {why}")
    tally.finish()


if __name__ == "__main__":
    main()
