#!/usr/bin/python3 -B
"""Differential test: what `seep dissect` reads of SDP must equal what tshark makes of it.

Session descriptions of the real captures that SIP over UDP carries: origin, media, connection. The
corpus has no ICE candidates, so a capture is made of candidate lines as browsers and RFCs write
them, and lines that are none. Differences that are meant are counted, with their reasons.
"""
import collections
import ipaddress
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cli"))
from build_pcap import CLIENT, SERVER, ethernet_udp, pcap  # noqa: E402
from support import CORPUS, ROOT, Tally, corpus_or_skip, need_program, records, seep  # noqa: E402

FIELDS = ["frame.number", "frame.protocols", "sdp.owner.address", "sdp.connection_info.address",
          "sdp.media", "sdp.media.port", "sdp.ice_candidate.foundation",
          "sdp.ice_candidate.componentid", "sdp.ice_candidate.transport",
          "sdp.ice_candidate.priority", "sdp.ice_candidate.address", "sdp.ice_candidate.port",
          "sdp.ice_candidate.type"]
CANDIDATE = FIELDS[6:]
SEPARATOR = "\x1f"
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
6 1 udp 4294967295 192.0.2.1 0 typ host
7 1 udp 5 192.0.2.1 65536 typ host
8 1 udp 5 192.0.2.1 -1 typ host
9 1 udp 4294967296 192.0.2.1 5 typ host
10 1 udp 5 192.0.2.1 5 host
11 1 udp 5 999.0.2.1 5 typ host""".splitlines()


def tshark(path):
    """A dict of lists for each frame with SDP in it."""
    separated = [f"-e{field}" for field in FIELDS]
    done = subprocess.run(["tshark", "-n", "-r", path, "-Y", "sdp", "-T", "fields", *separated,
                           "-E", "separator=/t", "-E", f"aggregator={SEPARATOR}"],
                          capture_output=True, check=False)
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        values = [value.split(SEPARATOR) if value else [] for value in line.split("\t")]
        yield dict(zip(FIELDS, values + [[]] * (len(FIELDS) - len(values))))


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


def compare_corpus(tally, counts):
    for path in sorted((CORPUS / "dev/sip-sdp").glob("*")):
        rows, found = list(tshark(path)), None
        for row in rows:
            protocols = row["frame.protocols"][0].split(":")
            if "icmp" in protocols or "udp:sip" not in row["frame.protocols"][0]:
                counts["not SIP over UDP, or quoted in ICMP"] += 1
                continue
            found = found or observed(path)
            frame = int(row["frame.number"][0])
            sessions = found[frame][0]
            case = f"{path.name} frame {frame}"
            if not tally.check(len(sessions) == 1, case, f"{len(sessions)} sessions"):
                continue
            differences = session_differs(row, sessions[0]["session"])
            tally.check(not differences, case, "\n".join(differences))
            counts["descriptions read alike"] += not differences


def candidate_values(record):
    """A record of seep as tshark's strings."""
    ice = record["ice"]
    return [ice["foundation"], str(ice["component"]), ice["transport"], str(ice["priority"]),
            ice.get("ip") or ice["name"], str(ice.get("port", "")), ice["type"]]


def compare_candidates(tally, counts, folder):
    """One message for each line, so that a line that is refused shifts nothing."""
    path = folder / "candidates.pcap"
    frames = []
    for number, line in enumerate(LINES):
        body = SDP + f"a=candidate:{line}\r\n"
        message = SIP.format(number, len(body)) + body
        frames.append(ethernet_udp(CLIENT, 5060, SERVER, 5060, message.encode()))
    path.write_bytes(pcap(frames))
    found = observed(path)
    for row in tshark(path):
        number = int(row["frame.number"][0])
        line, ours = LINES[number - 1], found[number][1]
        theirs = [row[field][0] for field in CANDIDATE if row[field]]
        if not ours:
            tally.check(int(line.split()[0]) >= 7, line, "not read by seep")
            counts["candidates that only tshark takes: a number too large, no address or no typ "
                   "(RFC 8839 section 5.1)"] += len(theirs) == len(CANDIDATE)
            continue
        values = candidate_values(ours[0])
        if "name" in ours[0]["ice"]:  # a port is only shown beside an address
            values[5] = theirs[5]
        theirs[2], theirs[4] = theirs[2].lower(), canonical(theirs[4])
        values[4] = canonical(values[4])
        tally.check(values == theirs, line, f"tshark {theirs}\nseep   {values}")
        counts["candidates read alike"] += values == theirs


def main():
    tally, counts = Tally("tests/corpus/sdp_oracle.py"), collections.Counter()
    need_program(tally)
    if not shutil.which("tshark"):
        tally.skip(tally.name, "tshark is not installed")
    elif not (ROOT / "dissect/proto_sip.c").exists():
        tally.skip(tally.name, "nothing reads SIP, which carries the descriptions")
    elif corpus_or_skip(tally):
        compare_corpus(tally, counts)
        with tempfile.TemporaryDirectory() as folder:
            compare_candidates(tally, counts, Path(folder))
    for what, count in sorted(counts.items()):
        print(f"{count} {what}")
    tally.finish()


if __name__ == "__main__":
    main()
