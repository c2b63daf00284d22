#!/usr/bin/python3 -B
"""Differential test: what seep reads of HTTP, WebSocket and SIP must equal what tshark reads.

Of each capture that has any of them: HTTP/1 requests and responses and WebSocket messages by their
number, what proxies are asked for and SIP start lines by frame. What differs must be in KNOWN.
tshark guesses HTTP by port, too, and counts a retransmission or a message quoted in ICMP again.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tshark  # noqa: E402
from exact import Exactness, Listed  # noqa: E402
from support import Tally, records, seep  # noqa: E402

SECONDS = 120
CATEGORIES = {"requests": "HTTP requests", "responses": "HTTP responses",
              "messages": "WebSocket messages", "connects": "HTTP CONNECT", "sip": "SIP messages"}
DATA_OPCODES = {0, 1, 2}
# (capture, category): what differs.
LISTED_MAX = 0.25  # the corpus has whole captures without the packets that bodies came in
REVERSE = ("a SOCKS proxy that says something else before its answers (RFC 1928 3)",
           "test_socks.c: dialogues_are_read")
HOLES = "bodies are missing: tshark waits for them, seep steps over holes (RFC 9112 8)"
PORTS = "tshark goes by the port and takes it for something else (RFC 9110 4.2.1: any port will do)"
GRAMMAR = ("start lines without a version, or with half of one (RFC 9112 3)",
           "test_http.c: others_are_no_requests")
BY_PORT = "inside Teredo on other ports than 3544 (RFC 4380 5.2.3), where tshark does not look"
KNOWN = {
    ("zeek__methods.pcap", "HTTP requests"): Listed(12, *GRAMMAR),
    ("zeek__methods.pcap", "HTTP CONNECT"): Listed(1, *GRAMMAR),
    ("suricata-verify__bug-5437-02__input.pcap", "HTTP requests"): Listed(
        2, "a space in the request target (RFC 9112 3.2)", "test_http.c: others_are_no_requests"),
    ("ndpi__http_on_sip_port.pcap", "HTTP responses"): Listed(
        1, PORTS, "test_http.c: conversations_are_read"),
    ("zeek__mapi.pcap", "HTTP responses"): Listed(
        1, HOLES, "test_http_hostile.c: gaps_are_survived"),
    ("mercury__capture2.pcap", "HTTP responses"): Listed(
        48, HOLES, "test_http_hostile.c: gaps_are_survived"),
    ("mercury__dns_packet.capture2.pcap", "HTTP responses"): Listed(
        48, HOLES, "test_http_hostile.c: gaps_are_survived"),
    ("zeek__gtp1_gn_normal_incl_fragmentation.pcap", "HTTP responses"): Listed(
        1, HOLES, "test_http_hostile.c: gaps_are_survived"),
    ("pcapplusplus__650HttpResponses.pcap", "HTTP responses"): Listed(
        93, HOLES, "test_http_hostile.c: gaps_are_survived"),
    ("zeek__teredo_bubble_with_payload.pcap", "HTTP requests"): Listed(
        2, BY_PORT, "test_carriers_udp.c: gtp_and_teredo"),
    ("zeek__teredo_bubble_with_payload.pcap", "HTTP responses"): Listed(
        2, BY_PORT, "test_carriers_udp.c: gtp_and_teredo"),
    ("arkime__socks5-reverse.pcap", "HTTP requests"): Listed(2, *REVERSE),
    ("arkime__socks5-reverse.pcap", "HTTP responses"): Listed(2, *REVERSE),
    ("pcapplusplus__sip_reqs.pcap", "SIP messages"): Listed(
        2, "heads without an end (RFC 3261 7.5)", "test_sip.c: prefixes_say_nothing"),
}


def sip_lines(row):
    """Start lines of a frame: a request has a method, a response a status."""
    return row["sip.Method"] + row["sip.Status-Code"]


def facts_tshark(capture):
    facts = {"requests": 0, "responses": 0, "messages": 0, "connects": [], "sip": []}
    for row in tshark.rows(capture, "http", "sip", "websocket"):
        if row.quoted() or "ssdp" in row.layers or row["tcp.analysis.retransmission"]:
            continue
        facts["requests"] += len(row["http.request.method"])
        facts["responses"] += len(row["http.response.code"])
        facts["messages"] += sum(fin for opcode, fin in
                                 zip(row.numbers("websocket.opcode"), row.numbers("websocket.fin"))
                                 if opcode in DATA_OPCODES)
        facts["connects"] += [row.number for method in row["http.request.method"]
                              if method == "CONNECT"]
        facts["sip"] += [(row.number, line) for line in sip_lines(row)]
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


def look(capture):
    return capture, facts_tshark(capture), facts_seep(capture)


def compare_count(exact, category, capture, theirs, ours):
    exact.equal(category, min(theirs, ours))
    if theirs != ours:
        exact.differs(category, capture.name, "count", f"tshark {theirs}, seep {ours}",
                      abs(theirs - ours))


def compare_list(exact, category, capture, theirs, ours):
    for item in sorted({*theirs, *ours}, key=str):
        a, b = theirs.count(item), ours.count(item)
        exact.equal(category, min(a, b))
        if a != b:
            exact.differs(category, capture.name, str(item), f"tshark {a}, seep {b}", abs(a - b))


def main():
    tally = Tally("web_tshark")
    tshark.need(tally)
    exact = Exactness(tally, KNOWN, LISTED_MAX)
    for capture, theirs, ours in tshark.each(look, tshark.captures()):
        for fact, value in theirs.items():
            compare = compare_count if isinstance(value, int) else compare_list
            compare(exact, CATEGORIES[fact], capture, value, ours[fact])
    exact.finish(*CATEGORIES.values())
    tally.finish()


if __name__ == "__main__":
    main()
