"""A capture played over and over until it has a given size, so that what a start costs is lost in it.

Its frames come again later by the time that one round takes; what can't be read as a capture's
frame, and all behind it, is left out.
"""
import struct

PCAP = {b"\xd4\xc3\xb2\xa1": ("<", 10**6), b"\xa1\xb2\xc3\xd4": (">", 10**6),
        b"\x4d\x3c\xb2\xa1": ("<", 10**9), b"\xa1\xb2\x3c\x4d": (">", 10**9)}
PCAP_HEADER, RECORD_HEADER = 24, 16
SECTION, INTERFACE, PACKET, SIMPLE, ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
STAMP_AT = {PACKET: 12, ENHANCED: 12}  # high and low half, behind the block's type
BLOCK_MIN, BLOCK_MAX = 12, 1 << 24


def pcap_frames(data):
    """The file's header, and its frames as [stamp, how to write one with another stamp]."""
    order, second = PCAP[data[:4]]
    frames, at = [], PCAP_HEADER
    while at + RECORD_HEADER <= len(data):
        high, low, captured, wire = struct.unpack_from(order + "IIII", data, at)
        body = data[at + RECORD_HEADER:at + RECORD_HEADER + captured]
        if len(body) < captured:
            break

        def write(stamp, captured=captured, wire=wire, body=body):
            return struct.pack(order + "IIII", stamp // second & 0xFFFFFFFF, stamp % second,
                               captured, wire) + body
        frames.append((high * second + low, write))
        at += RECORD_HEADER + captured
    return data[:PCAP_HEADER], frames, second


def pcapng_frames(data):
    """The same; one section's blocks, those that are no frames once and first."""
    order = "<" if data[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
    head, frames, at = b"", [], 0
    while at + BLOCK_MIN <= len(data):
        kind, length = struct.unpack_from(order + "II", data, at)
        if not BLOCK_MIN <= length <= BLOCK_MAX or at + length > len(data):
            break
        block = data[at:at + length]
        at += length
        if kind == SECTION and head:
            break
        if kind in (SECTION, INTERFACE):
            head += block
        elif kind == SIMPLE:
            frames.append((0, lambda stamp, block=block: block))
        elif kind in STAMP_AT and length >= 32:
            where = STAMP_AT[kind]
            high, low = struct.unpack_from(order + "II", block, where)

            def write(stamp, block=block, where=where):
                return block[:where] + struct.pack(
                    order + "II", stamp >> 32 & 0xFFFFFFFF, stamp & 0xFFFFFFFF) + block[where + 8:]
            frames.append((high << 32 | low, write))
    return head, frames, 10**6


def looped(data, size):
    """(a capture without frames, one of at least `size` bytes); None where there is no frame."""
    if data[:4] in PCAP and len(data) >= PCAP_HEADER:
        head, frames, second = pcap_frames(data)
    elif data[:4] == b"\x0a\x0d\x0d\x0a":
        head, frames, second = pcapng_frames(data)
    else:
        return None
    if not frames:
        return None
    stamps = [stamp for stamp, _ in frames]
    round_time = max(stamps) - min(stamps) + second
    parts, length, turn = [head], len(head), 0
    while length < size:
        part = b"".join(write(stamp + turn * round_time) for stamp, write in frames)
        parts.append(part)
        length += len(part)
        turn += 1
    return head, b"".join(parts)
