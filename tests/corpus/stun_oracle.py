#!/usr/bin/python3 -B
"""Differential test: what `seep dissect` reads of STUN must equal what tshark made of it.

oracle/stun/<capture>.tsv in the corpus holds tshark's view, a line a frame, several values of a
field joined with "|". Every STUN message in UDP and TCP there must be read by seep, in the same
frame, in the same order and with the same contents. tshark leaves attribute types that it does not
know out of stun.att.type, but not their lengths.

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
from support import CORPUS, Tally, corpus_or_skip, need_program, records, seep  # noqa: E402

ORACLES_KNOWN = 20  # files there were when this test was written
CLASSES = ["request", "indication", "success", "error"]
METHODS = {1: "binding", 3: "allocate", 4: "refresh", 6: "send", 7: "data",
           8: "create-permission", 9: "channel-bind", 0x80: "goog-ping"}
USERNAME, ERROR, CHANNEL, LIFETIME, REALM = 0x6, 0x9, 0xC, 0xD, 0x14
TRANSPORT, PRIORITY, SOFTWARE, FINGERPRINT = 0x19, 0x24, 0x8022, 0x8028
CONTROLLED, CONTROLLING, NETWORK = 0x8029, 0x802A, 0xC057
CRC_GOOD = "1"
# Quoted messages of WhatsApp's own methods (0x08..), with the cookie, which tshark calls data.
QUOTED_MORE = {"ndpi__stun_wa_call.pcapng": 1}
# Shown in hexadecimal by tshark: column, attribute types.
HEX_COLUMNS = {"stun.att.transp": {TRANSPORT}, "stun.att.channelnum": {CHANNEL}}
DECIMAL_COLUMNS = {"stun.att.lifetime": {LIFETIME}, "stun.att.priority": {PRIORITY}}
TEXT_COLUMNS = {"stun.att.username": {USERNAME}, "stun.att.software": {SOFTWARE},
                "stun.att.realm": {REALM}, "stun.att.error.reason": {ERROR}}


def split(row, column):
    return row[column].split("|") if row[column] else []


def type_parts(number):
    """Method and class out of the 14 bits of a message type (RFC 8489 section 5)."""
    method = number & 0xF | (number & 0xE0) >> 1 | (number & 0x3E00) >> 2
    return method, (number & 0x10) >> 4 | (number & 0x100) >> 7


def addresses(row, stem):
    """Address and port of each attribute that has one, in wire order."""
    v4, ports = split(row, f"{stem}.ipv4"), split(row, f"{stem}.port")
    v6 = [str(ipaddress.ip_address(a)) for a in row.get(f"{stem}.ipv6", "").split("|") if a]
    families = ["0x01" if v4 else "0x02"] * len(ports)
    if v4 and v6:
        families = split(row, "stun.att.family")
    by_family = {"0x01": iter(v4), "0x02": iter(v6)}
    return [(next(by_family[family]), int(port)) for family, port in zip(families, ports)]


def oracle_message(row):
    """tshark's line as the facts that seep is asked for."""
    classic = bool(row["classicstun.type"])
    stem = "classicstun" if classic else "stun"
    facts = {
        "type": [int(t, 16) for t in split(row, f"{stem}.type")],
        "txid": split(row, f"{stem}.id"),
        "cookie": not classic,
        "types": [int(t, 16) for t in split(row, f"{stem}.att.type")],
        "addresses": addresses(row, f"{stem}.att"),
    }
    if classic:
        return facts
    facts["lengths"] = [int(n) for n in split(row, "stun.att.length")]
    facts["errors"] = [int(c) * 100 + int(n) for c, n in
                       zip(split(row, "stun.att.error.class"), split(row, "stun.att.error"))]
    for column in HEX_COLUMNS:
        facts[column] = [int(v, 16) for v in split(row, column)]
    for column in DECIMAL_COLUMNS:
        facts[column] = [int(v) for v in split(row, column)]
    for column in TEXT_COLUMNS:
        facts[column] = row[column]
    facts["tie-breaker"] = [int(v, 16) for v in split(row, "stun.att.tie-breaker")]
    facts["fingerprint"] = [v == CRC_GOOD for v in split(row, "stun.att.crc32.status")]
    facts["network"] = [tuple(map(int, pair)) for pair in
                        zip(split(row, "stun.att.google.network_id"),
                            split(row, "stun.att.google.network_cost"))]
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
    """Whether seep's records are compared with this line, or its counters."""
    layers = row["frame.protocols"].split(":")
    if "icmp" in layers or "icmpv6" in layers:
        return "quoted_in_icmp"
    if row["stun.channel"] and not row["stun.type"]:
        return "channel_data"
    return "tcp" if "tcp" in layers else "udp"


def compare(tally, case, row, kind, found, known):
    expected = oracle_message(row)
    messages = [record["stun"] for record in found]
    got = seep_message(messages, known, bool(row["classicstun.type"]))
    wrong = [f"{fact}: tshark {value!r}, seep {got[fact]!r}"
             for fact, value in expected.items() if got[fact] != value]
    for stun in messages:
        method, number = type_parts(stun["type"])
        names = METHODS.get(method), CLASSES[number]
        if names[0] and names != (stun["method"], stun["class"]):
            wrong.append(f"{names} is named {stun['method']} {stun['class']}")
    version = "ip" if row["ip.src"] else "ipv6"
    ends = (row[f"{version}.src"], row[f"{kind}.srcport"],
            row[f"{version}.dst"], row[f"{kind}.dstport"])
    for record in found:
        ours = tuple(str(record[k]) for k in ("src_ip", "src_port", "dest_ip", "dest_port"))
        if ends != ours or record["proto"] != kind.upper():
            wrong.append(f"from and to: tshark {kind} {ends}, seep {record['proto']} {ours}")
    tally.check(not wrong, case, lambda: "\n".join(wrong))


def read_oracle(path):
    with path.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def relayed(record):
    return "turn" in record["stun"].get("encapsulation", [])


def stun_by_frame(tally, capture):
    """seep's STUN records of a capture by frame number, and its counters; None if not read."""
    run = seep("dissect", capture)
    judged = seep("replay", "-o", "eve:-", capture)
    if not tally.check(run.status == 0, f"{capture.name}: dissect", str(run)):
        return None, None
    frames = collections.defaultdict(list)
    for record in records(run.out):
        if record["event_type"] == "stun":
            frames[record["pcap_cnt"]].append(record)
    stats = [r["stats"]["stun"] for r in records(judged.out) if r["event_type"] == "stats"]
    return frames, stats[-1]


def check_counters(tally, capture, rows, stats, counts):
    for counter in ("channel_data", "quoted_in_icmp"):
        expected = sum(kind_of(row) == counter for row in rows)
        counts[counter] += expected
        if counter == "quoted_in_icmp":
            expected += QUOTED_MORE.get(capture.name, 0)
        tally.check(stats[counter] == expected, f"{capture.name}: {counter}",
                    f"tshark's number is {expected}, seep's {stats[counter]}")


def check_capture(tally, capture, rows, known, counts):
    frames, stats = stun_by_frame(tally, capture)
    if frames is None:
        return
    for row in rows:
        kind = kind_of(row)
        if kind not in ("udp", "tcp"):
            continue
        number = int(row["frame.number"])
        case = f"{capture.name}: frame {number}"
        ids = split(row, "stun.id") or split(row, "classicstun.id")
        counts[kind] += len(ids)
        same = [r for r in frames[number] if r["stun"]["txid"] in ids and not relayed(r)]
        if tally.check(len(same) == len(ids), case, f"{len(same)} messages {ids} in seep"):
            for record in same:
                frames[number].remove(record)
            compare(tally, case, row, kind, same, known)
    if rows:
        check_counters(tally, capture, rows, stats, counts)
    for record in (r for left in frames.values() for r in left):
        why = "relayed" if relayed(record) else "more"
        counts[f"{why}: {capture.name} {record['stun']['type']:#06x}"] += 1


def print_counts(counts):
    print("read alike or failed above: " + ", ".join(
        f"{counts[kind]} {text}" for kind, text in
        (("udp", "messages over UDP"), ("tcp", "messages over TCP"))))
    print("counted alike or failed above: " + ", ".join(
        f"{counts[kind]} {text}" for kind, text in
        (("channel_data", "ChannelData"), ("quoted_in_icmp", "messages quoted in ICMP"))))
    for why, text in (("relayed", "in what TURN relays, where tshark does not look"),
                      ("more", "with the cookie, not called STUN by tshark")):
        more = {kind: n for kind, n in counts.items() if kind.startswith(f"{why}: ")}
        print(f"read by seep and not by tshark, {text}: {sum(more.values())} messages")
        for kind, n in sorted(more.items()):
            print(f"    {n:5} {kind[len(why) + 2:]}")


def main():
    tally = Tally("stun_oracle")
    if not corpus_or_skip(tally):
        tally.finish()
    need_program(tally)
    oracles = {path.name.removesuffix(".tsv"): read_oracle(path)
               for path in sorted((CORPUS / "oracle/stun").glob("*.tsv"))}
    tally.check(len(oracles) >= ORACLES_KNOWN, "oracle files",
                f"{len(oracles)} in {CORPUS}/oracle/stun, at least {ORACLES_KNOWN} expected")
    known = {int(t, 16) for rows in oracles.values() for row in rows
             for stem in ("stun", "classicstun") for t in split(row, f"{stem}.att.type")}
    counts = collections.Counter()
    for name, rows in oracles.items():
        capture = CORPUS / "dev/stun" / name
        tally.check(rows, f"{name}: oracle", "empty")
        if tally.check(capture.is_file(), f"{name}: capture", "missing"):
            check_capture(tally, capture, rows, known, counts)
    for capture in sorted((CORPUS / "dev/stun").iterdir()):
        if capture.name not in oracles:
            check_capture(tally, capture, [], known, counts)
    print_counts(counts)
    tally.finish()


if __name__ == "__main__":
    main()
