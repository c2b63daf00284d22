#!/usr/bin/python3 -B
"""Differential test: what `seep dissect` reads of STUN must equal what tshark makes of it.

Every STUN message that tshark sees, over UDP or TCP, must be read by seep in the same frame, in the
same order and with the same contents. The corpus has tshark's view of its STUN captures in
oracle/stun/<capture>.tsv, too; where a tshark of another version says something else, both are
compared. tshark leaves attribute types that it does not know out of stun.att.type, but not their
lengths.

Of ChannelData and of messages quoted in ICMP errors seep counts how many there are, and that number
must be tshark's; their frames and channels are not compared. Nor is what a TURN server relays: in
DATA and in ChannelData tshark sees bytes only. What seep reads there, and what else it reads beyond
tshark, is counted.
"""
import collections
import csv
import ipaddress
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tshark  # noqa: E402
from exact import Exactness  # noqa: E402
from support import CORPUS, Tally, records, seep  # noqa: E402

ORACLES_KNOWN = 20  # files there were when this test was written
CLASSES = ["request", "indication", "success", "error"]
METHODS = {1: "binding", 3: "allocate", 4: "refresh", 6: "send", 7: "data",
           8: "create-permission", 9: "channel-bind", 0x80: "goog-ping"}
USERNAME, ERROR, CHANNEL, LIFETIME, REALM = 0x6, 0x9, 0xC, 0xD, 0x14
TRANSPORT, PRIORITY, SOFTWARE, FINGERPRINT = 0x19, 0x24, 0x8022, 0x8028
CONTROLLED, CONTROLLING, NETWORK = 0x8029, 0x802A, 0xC057
CRC_GOOD = "1"
TURN = {3, 4, 6, 7, 8, 9, 10, 11, 12}  # RFC 8656, RFC 6062
# STUN over TCP is compared by stun_tcp.py: the corpus has only TURN there.
CATEGORIES = ("STUN over UDP", "TURN over UDP", "TURN over TCP", "ChannelData")
# Quoted messages of WhatsApp's own methods (0x08..), with the cookie, which tshark calls data.
QUOTED_MORE = {"ndpi__stun_wa_call.pcapng": 1}
KNOWN = {}  # nothing differs
# Shown in hexadecimal by tshark: column, attribute types.
HEX_COLUMNS = {"stun.att.transp": {TRANSPORT}, "stun.att.channelnum": {CHANNEL}}
DECIMAL_COLUMNS = {"stun.att.lifetime": {LIFETIME}, "stun.att.priority": {PRIORITY}}
TEXT_COLUMNS = {"stun.att.username": {USERNAME}, "stun.att.software": {SOFTWARE},
                "stun.att.realm": {REALM}, "stun.att.error.reason": {ERROR}}


class OracleRow(tshark.Row):
    """A line of a file of the corpus, which is a dict of texts."""

    __slots__ = ()

    def __getitem__(self, field):
        return self.cells[field].split("|") if self.cells.get(field) else []

    @property
    def number(self):
        return int(self.cells["frame.number"])

    @property
    def layers(self):
        return self.cells["frame.protocols"].split(":")


def type_parts(number):
    """Method and class out of the 14 bits of a message type (RFC 8489 section 5)."""
    method = number & 0xF | (number & 0xE0) >> 1 | (number & 0x3E00) >> 2
    return method, (number & 0x10) >> 4 | (number & 0x100) >> 7


def addresses(row, stem):
    """Address and port of each attribute that has one, in wire order."""
    v4, ports = row[f"{stem}.ipv4"], row[f"{stem}.port"]
    v6 = row["stun.att.ipv6"] if stem == "stun.att" else []
    v6 = [str(ipaddress.ip_address(address)) for address in v6]
    families = ["0x01" if v4 else "0x02"] * len(ports)
    if v4 and v6:
        families = row["stun.att.family"]
    by_family = {"0x01": iter(v4), "0x02": iter(v6)}
    return [(next(by_family[family]), int(port)) for family, port in zip(families, ports)]


def oracle_message(row):
    """tshark's line as the facts that seep is asked for."""
    classic = bool(row["classicstun.type"])
    stem = "classicstun" if classic else "stun"
    facts = {
        "type": [int(t, 16) for t in row[f"{stem}.type"]],
        "txid": row[f"{stem}.id"],
        "cookie": not classic,
        "types": [int(t, 16) for t in row[f"{stem}.att.type"]],
        "addresses": addresses(row, f"{stem}.att"),
    }
    if classic:
        return facts
    facts["lengths"] = [int(n) for n in row["stun.att.length"]]
    facts["errors"] = [int(c) * 100 + int(n) for c, n in
                       zip(row["stun.att.error.class"], row["stun.att.error"])]
    for column in HEX_COLUMNS:
        facts[column] = [int(v, 16) for v in row[column]]
    for column in DECIMAL_COLUMNS:
        facts[column] = [int(v) for v in row[column]]
    for column in TEXT_COLUMNS:
        facts[column] = "|".join(row[column])
    facts["tie-breaker"] = [int(v, 16) for v in row["stun.att.tie-breaker"]]
    facts["fingerprint"] = [v == CRC_GOOD for v in row["stun.att.crc32.status"]]
    facts["network"] = [tuple(map(int, pair)) for pair in
                        zip(row["stun.att.google.network_id"],
                            row["stun.att.google.network_cost"])]
    return facts


def seep_message(messages, known, classic):
    """The same facts out of seep's records; only of attribute types that tshark knows."""
    every = [a for stun in messages for a in stun.get("attributes", [])]
    named = [a for a in every if a["type"] in known]

    def values(types, member="value"):
        return [a[member] for a in every if a["type"] in types and member in a]

    facts = {
        "type": [stun["type"] for stun in messages],
        "txid": [stun["txid"] for stun in messages],
        "cookie": all(stun["cookie"] for stun in messages),
        "types": [a["type"] for a in named],
        "addresses": [(a["ip"], a["port"]) for a in named if "ip" in a],
    }
    if classic:
        return facts
    facts["lengths"] = [a["length"] for a in every]
    facts["errors"] = values({ERROR}, "code")
    for column, types in {**HEX_COLUMNS, **DECIMAL_COLUMNS}.items():
        facts[column] = values(types)
    for column, types in TEXT_COLUMNS.items():
        # tshark's texts end at a NUL, which some senders count in.
        facts[column] = "|".join(re.split(r"\0|\\x00", t)[0] for t in values(types, "text"))
    facts["tie-breaker"] = values({CONTROLLED, CONTROLLING})
    facts["fingerprint"] = values({FINGERPRINT}, "valid")
    facts["network"] = list(zip(values({NETWORK}, "network_id"), values({NETWORK}, "network_cost")))
    return facts


def kind_of(row):
    """Whether seep's records are compared with this row, or its counters."""
    if row.quoted():
        return "quoted_in_icmp"
    if row["stun.channel"] and not row["stun.type"]:
        return "channel_data"
    return "tcp" if "tcp" in row.layers else "udp"


def category_of(row, kind):
    methods = {type_parts(int(t, 16))[0] for t in row["stun.type"]}
    return f"{'TURN' if methods & TURN else 'STUN'} over {kind.upper()}"


def differences(row, kind, found, known):
    """What differs between a row and seep's records of its messages, a line each."""
    messages = [record["stun"] for record in found]
    got = seep_message(messages, known, bool(row["classicstun.type"]))
    wrong = [f"{fact}: tshark {value!r}, seep {got[fact]!r}"
             for fact, value in oracle_message(row).items() if got[fact] != value]
    for stun in messages:
        method, number = type_parts(stun["type"])
        names = METHODS.get(method), CLASSES[number]
        if names[0] and names != (stun["method"], stun["class"]):
            wrong.append(f"{names} is named {stun['method']} {stun['class']}")
    ends = tuple(map(str, (*row.ends(kind)[0], *row.ends(kind)[1])))
    for record in found:
        ours = tuple(str(record[k]) for k in ("src_ip", "src_port", "dest_ip", "dest_port"))
        if ends != ours or record["proto"] != kind.upper():
            wrong.append(f"from and to: tshark {kind} {ends}, seep {record['proto']} {ours}")
    return wrong


def read_oracle(path):
    with path.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        return [OracleRow(line) for line in
                csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def views(capture):
    """tshark's rows, and those of the corpus where they differ."""
    live = list(tshark.rows(capture, "stun", "classicstun"))
    path = CORPUS / "oracle/stun" / f"{capture.name}.tsv"
    if capture.parent.name != "stun" or not path.is_file():
        return [live]
    kept = read_oracle(path)
    same = len(live) == len(kept) and all(
        a[field] == b[field] for a, b in zip(live, kept)
        for field in b.cells if field in tshark.COLUMN)
    return [live] if same else [live, kept]


def relayed(record):
    return "turn" in record["stun"].get("encapsulation", [])


def look(capture):
    """tshark's views of a capture, seep's STUN records by frame number, and its counters."""
    rows = views(capture)
    run = seep("dissect", capture)
    judged = seep("replay", "-o", "eve:-", capture) if any(rows) else None
    frames = collections.defaultdict(list)
    for record in records(run.out):
        if record["event_type"] == "stun":
            frames[record["pcap_cnt"]].append(record)
    stats = [r["stats"]["stun"] for r in records(judged.out if judged else b"")
             if r["event_type"] == "stats"]
    return capture, rows, frames, stats[-1] if stats else None, run


def check_counters(tally, exact, capture, rows, stats):
    channels = sum(kind_of(row) == "channel_data" for row in rows)
    if channels == stats["channel_data"]:
        exact.equal("ChannelData", channels)
    else:
        exact.differs("ChannelData", capture.name, "count",
                      f"tshark has {channels}, seep {stats['channel_data']}")
    quotes = sum(kind_of(row) == "quoted_in_icmp" for row in rows)
    quotes += QUOTED_MORE.get(capture.name, 0)
    tally.check(quotes == stats["quoted_in_icmp"], f"{capture.name}: quoted in ICMP",
                f"tshark has {quotes}, seep {stats['quoted_in_icmp']}")


def check_rows(exact, capture, rows, frames, known):
    """Each message of tshark's; returns what seep has beyond them."""
    left = {number: list(found) for number, found in frames.items()}
    for row in rows:
        kind = kind_of(row)
        if kind not in ("udp", "tcp"):
            continue
        category, case = category_of(row, kind), f"frame {row.number}"
        ids = row["stun.id"] or row["classicstun.id"]
        same = [r for r in left.get(row.number, []) if r["stun"]["txid"] in ids and
                not relayed(r)]
        wrong = [f"{len(same)} messages {ids} in seep"] if len(same) != len(ids) else \
            differences(row, kind, same, known)
        if wrong:
            exact.differs(category, capture.name, case, "\n".join(wrong), len(ids))
        else:
            exact.equal(category, len(ids))
        for record in same:
            left[row.number].remove(record)
    return [record for found in left.values() for record in found]


def print_more(counts):
    for why, text in (("relayed", "in what TURN relays, where tshark does not look"),
                      ("more", "with the cookie, not called STUN by tshark")):
        more = {kind: n for kind, n in counts.items() if kind.startswith(f"{why}: ")}
        print(f"read by seep and not by tshark, {text}: {sum(more.values())} messages")
        for kind, n in sorted(more.items()):
            print(f"    {n:5} {kind[len(why) + 2:]}")


def main():
    tally = Tally("stun_oracle")
    tshark.need(tally)
    oracles = list((CORPUS / "oracle/stun").glob("*.tsv"))
    tally.check(len(oracles) >= ORACLES_KNOWN, "oracle files",
                f"{len(oracles)} in {CORPUS}/oracle/stun, at least {ORACLES_KNOWN} expected")
    exact, counts = Exactness(tally, KNOWN), collections.Counter()
    looks = list(tshark.each(look, tshark.captures()))
    known = {int(t, 16) for _, views, *_ in looks for rows in views for row in rows
             for stem in ("stun", "classicstun") for t in row[f"{stem}.att.type"]}
    for capture, views, frames, stats, run in looks:
        tally.check(run.status in (0, 3), f"{capture.name}: dissect", str(run))
        for rows in views:
            more = check_rows(exact, capture, rows, frames, known)
            if rows:
                check_counters(tally, exact, capture, rows, stats)
        for record in more:
            why = "relayed" if relayed(record) else "more"
            counts[f"{why}: {capture.name} {record['stun']['type']:#06x}"] += 1
    exact.finish(*CATEGORIES)
    print_more(counts)
    tally.finish()


if __name__ == "__main__":
    main()
