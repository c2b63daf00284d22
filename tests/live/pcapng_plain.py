#!/usr/bin/python3
"""Takes the name of the machine out of a pcapng file, in place.

dumpcap writes processor, kernel and program into the section header, the kernel again into each
interface, and statistics of the run at the end. None of it belongs into a capture that is given
away. Interface names, filters and clock resolution stay, frames are not touched.
"""

import struct
import sys

SECTION_HEADER = 0x0A0D0D0A
INTERFACE = 1
STATISTICS = 5
FIXED_BYTES = {SECTION_HEADER: 16, INTERFACE: 8}
OPTION_END = 0
KEPT = {SECTION_HEADER: set(), INTERFACE: {2, 9, 11}}  # if_name, if_tsresol, if_filter


def blocks(data):
    at = 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        yield kind, data[at + 8 : at + length - 4]
        at += length


def options_kept(data, kept):
    out, at = b"", 0
    while at + 4 <= len(data):
        code, length = struct.unpack_from("<HH", data, at)
        if code == OPTION_END:
            break
        size = 4 + (length + 3) // 4 * 4
        if code in kept:
            out += data[at : at + size]
        at += size
    return out + bytes(4) if out else b""


def block(kind, body):
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def plain(data):
    for kind, body in blocks(data):
        if kind == STATISTICS:
            continue
        if kind in KEPT:
            fixed = FIXED_BYTES[kind]
            body = body[:fixed] + options_kept(body[fixed:], KEPT[kind])
        yield block(kind, body)


def main():
    with open(sys.argv[1], "rb") as file:
        out = b"".join(plain(file.read()))
    with open(sys.argv[1], "wb") as file:
        file.write(out)


main()
