#!/usr/bin/python3 -B
"""Differential test: what seep reads of HTTP, WebSocket and SIP must equal what tshark reads.

Of each capture that has any of them: HTTP/1 requests and responses and WebSocket messages by their
number, what proxies are asked for and SIP start lines by frame. What differs for a known reason is
listed in DIFFERENT and counted; anything else fails. tshark guesses HTTP by port, too, and counts a
retransmission or a message quoted in ICMP again.
"""
import collections
import concurrent.futures
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from support import CORPUS, Tally, need_tshark, records, seep  # noqa: E402

PROCESSES = 2
SECONDS = 120
KINDS = ("http-proxy", "websocket", "sip-sdp")
FILTER = "(http || sip || websocket) && !icmp && !icmpv6 && !ssdp && !tcp.analysis.retransmission"
FIELDS = ("frame.number", "http.request.method", "http.response.code", "http.request.uri",
          "websocket.opcode", "websocket.fin", "sip.Method", "sip.Status-Code", "sip.CSeq.method")
DATA_OPCODES = {0, 1, 2}
# Capture and what is compared: why the two differ.
GRAMMAR = "start lines that are no HTTP/1 (RFC 9112 section 3: no version, unknown methods)"
CARRIER = "inside GTP, PPPoE or IP in IP, where seep does not read these"
HOLES = "the capture lacks bodies; tshark waits for them, seep steps over holes"
DIFFERENT = {
    "http-proxy/zeek__methods.pcap: requests": GRAMMAR,
    "http-proxy/zeek__methods.pcap: connects": GRAMMAR,
    "sip-sdp/arkime__gtp-iphone.pcap: sip": CARRIER,
    "sip-sdp/sngrep__ipip.pcap: sip": CARRIER,
    "websocket/ndpi__http_origin_different_than_host.pcap: requests": CARRIER,
    "websocket/ndpi__http_origin_different_than_host.pcap: responses": CARRIER,
    "sip-sdp/pcapplusplus__sip_reqs.pcap: sip":
        CARRIER + "; one head has no end (RFC 3261 section 7.5)",
    "sip-sdp/ndpi__http_on_sip_port.pcap: requests": "tshark goes by the port and calls it SIP",
    "sip-sdp/ndpi__http_on_sip_port.pcap: responses": "tshark goes by the port and calls it SIP",
    "websocket/pcapplusplus__650HttpResponses.pcap: responses": HOLES,
}


def tshark(capture):
    """tshark's view: a row of lists for each frame."""
    command = ["tshark", "-n", "-r", capture, "-Y", FILTER, "-T", "fields", "-E", "aggregator=|"]
    for field in FIELDS:
        command += ["-e", field]
    out = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False).stdout
    rows = []
    for line in out.decode("utf-8", "replace").splitlines():
        values = [value.split("|") if value else [] for value in line.split("\t")]
        rows.append(dict(zip(FIELDS, values)))
    return rows


def sip_lines(row):
    """Start lines of a frame: a request has a method, a response a status."""
    return row["sip.Method"] + row["sip.Status-Code"]


def facts_tshark(rows):
    facts = {"requests": 0, "responses": 0, "messages": 0, "connects": [], "sip": []}
    for row in rows:
        frame = int(row["frame.number"][0])
        facts["requests"] += len(row["http.request.method"])
        facts["responses"] += len(row["http.response.code"])
        facts["messages"] += sum(int(fin in ("1", "True")) for opcode, fin in
                                 zip(row["websocket.opcode"], row["websocket.fin"])
                                 if int(opcode) in DATA_OPCODES)
        facts["connects"] += [frame for method in row["http.request.method"]
                              if method == "CONNECT"]
        facts["sip"] += [(frame, line) for line in sip_lines(row)]
    return facts


def facts_seep(capture):
    dissected = records(seep("dissect", capture, timeout=SECONDS).out)
    stats = [r["stats"] for r in records(seep("replay", "-o", "eve:-", capture).out)
             if r["event_type"] == "stats"][-1]
    sip = [(r["pcap_cnt"], r["web"].get("method") or str(r["web"]["status"])) for r in dissected
           if r["event_type"] == "web" and r["web"]["protocol"] == "sip"]
    connects = [r["pcap_cnt"] for r in dissected if r["event_type"] == "proxy" and
                (r["proxy"]["kind"], r["proxy"]["event"]) == ("http-connect", "asks")]
    return {"requests": stats["http"]["requests"], "responses": stats["http"]["responses"],
            "messages": stats["websocket"]["messages"] + stats["websocket"]["messages_dropped"],
            "connects": connects, "sip": sip}


def compare_capture(capture):
    rows = tshark(capture)
    return capture, facts_tshark(rows), facts_seep(capture)


def size(value):
    return value if isinstance(value, int) else len(value)


def main():
    tally = Tally("web_tshark")
    need_tshark(tally)
    captures = sorted(path for kind in KINDS for path in (CORPUS / "dev" / kind).iterdir())
    same, different = collections.Counter(), collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        for capture, theirs, ours in pool.map(compare_capture, captures):
            for fact, value in theirs.items():
                case = f"{capture.parent.name}/{capture.name}: {fact}"
                if case in DIFFERENT and value != ours[fact]:
                    different[f"{DIFFERENT[case]}"] += 1
                    continue
                same[fact] += size(value)
                tally.check(value == ours[fact], case, f"tshark {value}, seep {ours[fact]}")
    print("read alike or failed above: " + ", ".join(f"{n} {f}" for f, n in sorted(same.items())))
    for reason, n in sorted(different.items()):
        print(f"{n} differ: {reason}")
    tally.finish()


if __name__ == "__main__":
    main()
