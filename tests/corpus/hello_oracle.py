#!/usr/bin/python3 -B
"""Differential test: the hellos of TLS, DTLS and QUIC that `seep dissect` reads, against tshark.

Compared per capture as sets of (protocol, client's end, server's end, SNI, ALPN) of ClientHellos:
what is sent again is one hello to seep. What differs must be in KNOWN, with its reason.
"""
import collections
import concurrent.futures
import csv
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from support import CORPUS, Tally, need_tshark, records, seep  # noqa: E402

PROCESSES = 2
SECONDS = 120
WORD_MAX = 64  # bytes of a name that an observation holds (core/obs_text.h)
FOLDERS = ["quic", "dtls", "http-proxy", "tunnel", "socks"]
STEMS = ["tls", "dtls"]
COMMON = ["frame.number", "frame.protocols", "ip.src", "ipv6.src", "ip.dst", "ipv6.dst",
          "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport"]
HELLO = ["handshake.type", "handshake.extensions_server_name", "handshake.extensions_alpn_str"]
CLIENT_HELLO = "1"
# Layers of a frame behind which seep may not look yet; their hellos are compared where it does.
CARRIERS = {"vlan", "gtp", "ppp", "mpls", "gre", "vxlan", "socks"}
# (capture, protocol, who reads it alone): why. At most this, and no other captures.
KNOWN = {
    ("ndpi__capwap.pcap", "dtls", "tshark"):
        "CAPWAP puts a header of its own before DTLS (RFC 5415 4.2)",
    ("ndpi__tls_invalid_reads.pcap", "tls", "tshark"):
        "no compression method: the least is one (RFC 5246 7.4.1.2); broken hellos tell nothing",
    ("ndpi__quic_t50.pcap", "quic", "tshark"): "gQUIC T050: not RFC 9000, keys of its own",
    ("mercury__quic-crypto-packets.pcap", "quic", "seep"):
        "seen again behind a NAT: tshark goes by connection id, seep by addresses (RFC 9000 9)",
    ("ndpi__quic-forcing-vn-with-data.pcapng", "quic", "seep"):
        "tshark expects keys of the connection that was negotiated away (RFC 9000 6.2)",
    ("ndpi__ookla.pcap", "tls", "seep"): "tshark takes port 8080 for HTTP; seep goes by shape",
    ("ndpi__KakaoTalk_talk.pcap", "tls", "seep"):
        "tshark takes port 8080 for HTTP; seep goes by shape",
    ("ndpi__tls_heur__vmess-tcp-tls.pcapng", "tls", "tshark"): "inside SOCKS",
    ("arkime__socks-https-example.pcap", "tls", "tshark"): "inside SOCKS",
}


def tshark_rows(capture):
    """A dict for each frame with a handshake message."""
    fields = COMMON + [f"{stem}.{field}" for stem in STEMS for field in HELLO]
    command = ["tshark", "-n", "-r", str(capture), "-T", "fields", "-E", "separator=/t",
               "-E", "occurrence=a", "-E", "aggregator=|", "-Y",
               "tls.handshake.type == 1 || dtls.handshake.type == 1"]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    for values in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        yield dict(zip(fields, values))


def cut(text):
    return text.encode()[:WORD_MAX].decode("utf-8", "ignore")


def tshark_hellos(capture):
    """{(protocol, client, server, SNI, ALPN): (number of the first frame, its carriers)}"""
    found = {}
    for row in tshark_rows(capture):
        layers = row["frame.protocols"].split(":")
        stem = "dtls" if row["dtls.handshake.type"] else "tls"
        if CLIENT_HELLO not in row[f"{stem}.handshake.type"].split("|"):
            continue
        protocol = "quic" if "quic" in layers else stem
        transport = "tcp" if "tcp" in layers else "udp"
        ends = []
        for end, port in (("src", "srcport"), ("dst", "dstport")):
            address = (row[f"ip.{end}"] + "|" + row[f"ipv6.{end}"]).strip("|").split("|")[-1]
            ends.append((address, row[f"{transport}.{port}"].split("|")[-1]))
        name = row[f"{stem}.handshake.extensions_server_name"].split("|")[0]
        alpn = ",".join(filter(None, row[f"{stem}.handshake.extensions_alpn_str"].split("|")))
        key = (protocol, *ends, cut(name), cut(alpn))
        found.setdefault(key, (int(row["frame.number"]), CARRIERS & set(layers)))
    return found


def seep_hellos(capture):
    """The same, or a run that failed."""
    run = seep("dissect", capture, timeout=SECONDS)
    if run.status not in (0, 3):
        return run
    found = {}
    for record in records(run.out):
        hello = record.get("hello")
        if not hello or hello["server"]:
            continue
        ends = [(record[f"{end}_ip"], str(record[f"{end}_port"])) for end in ("src", "dest")]
        key = (hello["protocol"], *ends, hello.get("sni", ""), hello.get("alpn", ""))
        found.setdefault(key, (record["pcap_cnt"], set()))
    return found


def compare(capture):
    return capture, tshark_hellos(capture), seep_hellos(capture)


def judge(tally, counts, reasons, capture, theirs, ours):
    if not tally.check(isinstance(ours, dict), f"{capture.name}: dissect", lambda: str(ours)):
        return
    for key in sorted(set(theirs) | set(ours)):
        both = key in theirs and key in ours
        frame, carriers = theirs.get(key) or ours[key]
        who = "tshark" if key in theirs else "seep"
        reason = KNOWN.get((capture.name, key[0], who))
        if carriers and not reason:
            reason = "inside " + ", ".join(sorted(carriers)) + ", not read yet"
        if not both and reason:
            reasons[reason] += 1
            continue
        counts[key[0]] += both
        case = f"{capture.name}: {key[0]} {key[1][0]}:{key[1][1]} > {key[2][0]}:{key[2][1]}"
        tally.check(both, case, f"frame {frame}, {key[3]!r} {key[4]!r}: read by {who} only")


def main():
    tally = Tally("hello_oracle")
    need_tshark(tally)
    captures = sorted(path for folder in FOLDERS for path in (CORPUS / "dev" / folder).iterdir())
    counts, reasons = collections.Counter(), collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        for capture, theirs, ours in pool.map(compare, captures):
            judge(tally, counts, reasons, capture, theirs, ours)
    print("read alike: " + ", ".join(f"{n} {protocol}" for protocol, n in sorted(counts.items())))
    for reason, count in sorted(reasons.items()):
        print(f"differs: {count:4} {reason}")
    tally.finish()


if __name__ == "__main__":
    main()
