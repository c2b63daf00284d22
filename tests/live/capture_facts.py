#!/usr/bin/python3
"""Prints what tshark sees in the captures of a directory, as the last part of pcaps/README.md.

usage: capture_facts.py DIRECTORY

One row for each STUN request: the frames of the request and of its first answer, who asked whom,
and the reflexive address that the answer tells. Tests are written against this table, so it comes
from a program that shares no code with ours. Exit status 1 when a file holds no STUN message.
"""

import pathlib
import re
import subprocess
import sys

FIELDS = [
    "frame.number",
    "frame.interface_name",
    "ip.src",
    "ipv6.src",
    "udp.srcport",
    "ip.dst",
    "ipv6.dst",
    "udp.dstport",
    "stun.id",
    "classicstun.id",
    "classicstun.att.ipv4",
    "classicstun.att.port",
    "_ws.col.Info",
]
# Port 53 is DNS to tshark and 443 QUIC, unless told otherwise.
DECODE_AS = ["-d", "udp.port==53,stun", "-d", "udp.port==443,stun"]
TITLE = """## What is in them

Read by tshark, one row for each STUN request. This part is written by `tests/live/captures.sh`.

| file | interface | frames | request | client | server | tells |
|---|---|---|---|---|---|---|"""


def messages(path):
    command = ["tshark", "-n", "-r", path, *DECODE_AS, "-E", "occurrence=f", "-T", "fields"]
    for field in FIELDS:
        command += ["-e", field]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in out.splitlines():
        message = dict(zip(FIELDS, line.split("\t")))
        if message["stun.id"] or message["classicstun.id"]:
            yield message


def endpoint(message, end):
    address, port = message[f"ip.{end}"], message[f"udp.{end}port"]
    return f"{address}:{port}" if address else f"[{message[f'ipv6.{end}']}]:{port}"


def told(message):
    if message["classicstun.att.ipv4"]:
        return f"{message['classicstun.att.ipv4']}:{message['classicstun.att.port']}"
    mapped = re.search(r"XOR-MAPPED-ADDRESS: (\S+):(\d+)", message["_ws.col.Info"])
    if mapped:
        address, port = mapped.groups()
        return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    error = re.search(r"error-code: (\d+)", message["_ws.col.Info"])
    return f"error {error.group(1)}" if error else ""


def exchanges(path):
    found = {}
    for message in messages(path):
        key = message["stun.id"] or message["classicstun.id"]
        requests, answers = found.setdefault(key, ([], []))
        is_request = " Request" in message["_ws.col.Info"]
        (requests if is_request else answers).append(message)
    return found.values()


def row(path, requests, answers):
    first = (requests or answers)[0]
    what = first["_ws.col.Info"].removeprefix("Message: ").split(" Request")[0]
    frames = ", ".join(m["frame.number"] for m in requests)
    frames += " > " + (answers[0]["frame.number"] if answers else "none")
    cells = [
        f"`{path}`",
        first["frame.interface_name"],
        frames,
        what,
        endpoint(first, "src"),
        endpoint(first, "dst"),
        told(answers[0]) if answers else "nothing",
    ]
    return "| " + " | ".join(cells) + " |"


def main():
    print(TITLE)
    status = 0
    top = pathlib.Path(sys.argv[1])
    for path in sorted(top.glob("*/*.pcap*")):
        name = path.relative_to(top)
        rows = [row(name, requests, answers) for requests, answers in exchanges(path)]
        if not rows:
            print(f"{name}: no STUN message", file=sys.stderr)
            status = 1
        for line in rows:
            print(line)
    return status


sys.exit(main())
