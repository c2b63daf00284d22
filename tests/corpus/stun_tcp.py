#!/usr/bin/python3 -B
"""Differential test: STUN and TURN in TCP streams, as tshark puts them together.

The messages of a bundled TURN session over UDP are sent again over TCP: with ChannelData padded, or
each behind its length (RFC 4571), cut into segments of several sizes. seep must read the same
messages in the same frames as tshark, and as much ChannelData. tshark is needed.
"""
import collections
import itertools
import struct
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tshark  # noqa: E402
from exact import Exactness  # noqa: E402
from support import PCAPS, Tally, records, seep  # noqa: E402

SOURCE = PCAPS / "formats" / "turn-channel.pcap"
SIZES = [1, 7, 64, 100, 333, 1400]  # of segments
# tshark 4.0 says framed messages again and again when their headers are cut: not compared then.
FRAMED_LEAST = 64
CLIENT, SERVER = bytes([192, 168, 77, 10]), bytes([192, 0, 2, 10])
PORT = 3478


def session():
    """(from the client, payload) of the last flow in the capture: one TURN session."""
    data, at, found = SOURCE.read_bytes(), 24, []
    while at < len(data):
        size = struct.unpack_from("<I", data, at + 8)[0]
        frame = data[at + 16:at + 16 + size]
        at += 16 + size
        ports = struct.unpack_from(">HH", frame, 34)
        found.append((ports, frame[42:42 + struct.unpack_from(">H", frame, 38)[0] - 8]))
    ports = set(found[-1][0])
    return [(p[1] == PORT, payload) for p, payload in found if set(p) == ports]


def framed(payload):
    return struct.pack(">H", len(payload)) + payload


def padded(payload):
    return payload + bytes(-len(payload) % 4)


def runs(messages):
    """Messages that follow one another in one direction, joined."""
    for by_client, group in itertools.groupby(messages, key=lambda m: m[0]):
        yield by_client, b"".join(payload for _, payload in group)


def segment(by_client, sequence, flags, payload):
    ports = (40000, PORT) if by_client else (PORT, 40000)
    ends = (CLIENT, SERVER) if by_client else (SERVER, CLIENT)
    tcp = struct.pack(">HHIIBBHHH", *ports, *sequence, 0x50, flags, 65535, 0, 0)
    head = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(payload), 0, 0, 64, 6, 0)
    return head + b"".join(ends) + tcp + payload


def capture_write(path, messages, size):
    """The messages as a TCP stream whose segments have at most `size` bytes."""
    sent, frames = {True: 1000, False: 5000}, []

    def say(by_client, flags, payload):
        sequence = sent[by_client], sent[not by_client]
        frames.append(segment(by_client, sequence, flags, payload))
        sent[by_client] = (sequence[0] + len(payload) + (flags & 2) // 2) % 2**32

    say(True, 2, b"")
    say(False, 18, b"")
    for by_client, stream in runs(messages):
        for at in range(0, len(stream), size):
            say(by_client, 24, stream[at:at + size])
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for number, frame in enumerate(frames):
            file.write(struct.pack("<IIII", 1000, number, len(frame), len(frame)) + frame)


def tshark_view(path):
    """Message ids by frame, and how many ChannelData there are."""
    rows = list(tshark.rows(path, "stun"))
    ids = {row.number: row["stun.id"] for row in rows if row["stun.id"]}
    return ids, sum(len(row["stun.channel"]) for row in rows)


def seep_view(path):
    ids = collections.defaultdict(list)
    for record in records(seep("dissect", path).out):
        if record["event_type"] == "stun" and "encapsulation" not in record["stun"]:
            ids[record["pcap_cnt"]].append(record["stun"]["txid"])
    stats = [r["stats"] for r in records(seep("replay", "-o", "eve:-", path).out)
             if r["event_type"] == "stats"]
    return dict(ids), stats[-1]["stun"]["channel_data"]


def judge(exact, case, theirs, ours):
    for frame in sorted(set(theirs[0]) | set(ours[0])):
        exact.compare("STUN and TURN over TCP", case, f"frame {frame}", theirs[0].get(frame),
                      ours[0].get(frame))
    exact.compare("ChannelData over TCP", case, "count", theirs[1], ours[1])


def main():
    tally = Tally("stun_tcp")
    tshark.need(tally, corpus=False)
    exact = Exactness(tally, {})
    messages = session()
    stun = [m for m in messages if m[1][0] < 0x40]
    cases = {"plain": [(c, padded(p)) for c, p in messages],
             "RFC 4571": [(c, framed(p)) for c, p in stun]}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stream.pcap"
        for name, case in cases.items():
            for size in SIZES:
                capture_write(path, case, size)
                got = seep_view(path)
                known = sum(map(len, got[0].values())) == len(stun)
                tally.check(known, f"{name}, segments of {size}: all {len(stun)} messages",
                            f"seep {got}")
                if name != "plain" and size < FRAMED_LEAST:
                    continue
                judge(exact, f"{name}, segments of {size}", tshark_view(path), got)
    exact.finish("STUN and TURN over TCP", "ChannelData over TCP")
    tally.finish()


if __name__ == "__main__":
    main()
