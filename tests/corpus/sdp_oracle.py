#!/usr/bin/python3 -B
"""Differential test: what `seep dissect` reads of SDP must equal what tshark makes of it.

Session descriptions of the real captures, but those in RTSP, SAP, Megaco and MGCP: origin,
media, connection. The corpus has no ICE candidates, so a capture is made of candidate lines as
RFC 8839 and browsers write them, with every combination of the transports, types, addresses and
extensions that they have, and lines that are no candidates. What differs must be in KNOWN.
"""
import collections
import ipaddress
import itertools
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cli"))
from build_pcap import CLIENT, SERVER, ethernet_udp, pcap  # noqa: E402
import tshark  # noqa: E402
from exact import Exactness, Listed  # noqa: E402
from support import Tally, records, seep  # noqa: E402

CANDIDATE = [f"sdp.ice_candidate.{name}" for name in
             ("foundation", "componentid", "transport", "priority", "address", "port", "type")]
OTHERS = {"rtsp", "sap", "megaco", "mgcp"}  # carry SDP without ICE, and are not read
DESCRIPTIONS, CANDIDATES = "session descriptions", "SDP candidates"
SIP = "INVITE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKa\r\n" \
    "From: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\nCall-ID: {}\r\n" \
    "CSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContent-Type: application/sdp\r\n" \
    "Content-Length: {}\r\n\r\n"
SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n" \
    "m=audio 9 RTP/AVP 0\r\n"
LINES = """\
1 1 UDP 2130706431 203.0.113.141 8998 typ host
2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998
1 1 UDP 2130706431 fe80::6676:baff:fe9c:ee4a 8998 typ host
2896278100 1 udp 2113937151 1f4712db-ea17-4bcf-a596-105139dfd8bf.local 54596 typ host generation 0
842163049 2 udp 2122260223 192.168.77.10 50000 typ host generation 0 network-id 1 network-cost 10
1 1 TCP 2105458943 9b36eaac-bb2e-49bb-bb78-21c41c499900.local 9 typ host tcptype active
4 1 TCP 1015021823 192.0.2.1 40200 typ relay raddr 10.0.1.1 rport 8998 tcptype passive
5 1 udp 0 ::ffff:192.168.77.10 65535 typ prflx
6 1 udp 4294967295 192.0.2.1 0 typ host""".splitlines()
# No candidates (RFC 8839 5.1), though tshark takes most of them.
WRONG = """\
7 1 udp 5 192.0.2.1 65536 typ host
8 1 udp 5 192.0.2.1 -1 typ host
9 1 udp 4294967296 192.0.2.1 5 typ host
10 1 udp 5 192.0.2.1 5 host
11 1 udp 5 999.0.2.1 5 typ host""".splitlines()
# What a candidate is put together from: all of these with each other.
TRANSPORTS = ("UDP", "udp", "TCP", "tcp")
ADDRESSES = ("192.0.2.3", "192.168.77.10", "2001:db8:77::10", "fe80::6676:baff:fe9c:ee4a",
             "::ffff:192.168.77.10", "1f4712db-ea17-4bcf-a596-105139dfd8bf.local")
TYPES = ("typ host", "typ srflx raddr 203.0.113.141 rport 8998",
         "typ srflx raddr 0.0.0.0 rport 0", "typ prflx raddr 10.0.1.1 rport 8998",
         "typ relay raddr 2001:db8:77::10 rport 65535")
EXTENSIONS = ("", " tcptype active", " tcptype so generation 0",
              " generation 0 ufrag 8hhY network-id 1 network-cost 999")
# (case, category): what differs.
KNOWN = {
    ("no candidate", CANDIDATES): Listed(
        4, "a number out of its range, or no address (RFC 8839 5.1)", "test_sdp.c: lines_alone"),
}


def candidates():
    """The lines written down, and those put together; each with a foundation of its own."""
    yield from LINES + WRONG
    for number, parts in enumerate(itertools.product(TRANSPORTS, ADDRESSES, TYPES, EXTENSIONS)):
        transport, address, kind, more = parts
        priority = (number * 0x9E3779B1 + 1) % 2**31
        yield (f"{100 + number} {number % 256 + 1} {transport} {priority} {address} "
               f"{number * 137 % 65535 + 1} {kind}{more}")


def observed(path):
    """seep's sessions and candidates by frame."""
    found = collections.defaultdict(lambda: ([], []))
    for record in records(seep("dissect", path).out):
        if record["event_type"] in ("session", "ice"):
            found[record["pcap_cnt"]][record["event_type"] == "ice"].append(record)
    return found


def canonical(text):
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return text


def useful(addresses):
    """The connection that seep keeps: the first that is not 0.0.0.0, else the first."""
    addresses = [canonical(a) for a in addresses]
    return next((a for a in addresses if a not in ("0.0.0.0", "::")), (addresses or [""])[0])


def session_differs(row, session):
    """What differs between tshark's row and seep's session, as text."""
    origin = canonical(row["sdp.owner.address"][0]) if row["sdp.owner.address"] else ""
    pairs = [
        ("media", len(row["sdp.media"]), session["media"]),
        ("candidates", len(row[CANDIDATE[0]]), session["candidates"]),
        ("origin", origin, session.get("origin_ip", session.get("origin_name", ""))),
        ("connection", useful(row["sdp.connection_info.address"]),
         session.get("connection_ip", session.get("origin_name", ""))),
    ]
    if session.get("connection_port") and row["sdp.media.port"]:
        pairs.append(("port", True, str(session["connection_port"]) in row["sdp.media.port"]))
    return [f"{name}: tshark {a!r}, seep {b!r}" for name, a, b in pairs if a != b]


def sessions_of(path):
    """(case, tshark's row, seep's sessions) of each frame with SDP."""
    found, cases = None, []
    for row in tshark.rows(path, "sdp"):
        if not row.quoted() and not OTHERS & set(row.layers):
            found = found or observed(path)
            cases.append((f"frame {row.number}", row, found[row.number][0]))
    return path, cases


def compare_corpus(exact):
    for path, cases in tshark.each(sessions_of, tshark.captures()):
        for case, row, sessions in cases:
            wrong = session_differs(row, sessions[0]["session"]) if len(sessions) == 1 else \
                [f"{len(sessions)} sessions"]
            if wrong:
                exact.differs(DESCRIPTIONS, path.name, case, "\n".join(wrong))
            else:
                exact.equal(DESCRIPTIONS)


def candidate_values(record):
    """A record of seep as tshark's strings."""
    ice = record["ice"]
    return [ice["foundation"], str(ice["component"]), ice["transport"], str(ice["priority"]),
            ice.get("ip") or ice["name"], str(ice.get("port", "")), ice["type"]]


def compare_candidates(exact, folder):
    """One message for each line, so that a line that is refused shifts nothing."""
    path, lines, frames = folder / "candidates.pcap", list(candidates()), []
    for number, line in enumerate(lines):
        body = SDP + f"a=candidate:{line}\r\n"
        message = SIP.format(number, len(body)) + body
        frames.append(ethernet_udp(CLIENT, 5060, SERVER, 5060, message.encode()))
    path.write_bytes(pcap(frames))
    found = observed(path)
    for row in tshark.rows(path, "sdp"):
        line, ours = lines[row.number - 1], found[row.number][1]
        theirs = [row[field][0] for field in CANDIDATE if row[field]]
        if not ours and len(theirs) < len(CANDIDATE):
            exact.equal(CANDIDATES)  # both refuse it
            continue
        values = candidate_values(ours[0]) if ours else None
        if ours and "name" in ours[0]["ice"]:  # a port is only shown beside an address
            values[5] = theirs[5]
        theirs[2], theirs[4] = theirs[2].lower(), canonical(theirs[4])
        if ours:
            values[4] = canonical(values[4])
        exact.compare(CANDIDATES, "no candidate" if line in WRONG else line, f"line {line}",
                      theirs, values)


def main():
    tally = Tally("sdp_oracle")
    tshark.need(tally)
    exact = Exactness(tally, KNOWN)
    compare_corpus(exact)
    with tempfile.TemporaryDirectory() as folder:
        compare_candidates(exact, Path(folder))
    exact.finish(DESCRIPTIONS, CANDIDATES)
    tally.finish()


if __name__ == "__main__":
    main()
