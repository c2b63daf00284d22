"""A MaxMind database by hand: which country, and which network, addresses are in.

https://maxmind.github.io/MaxMind-DB/: a binary tree over 128 bits with IPv4 in ::/96, the data it
points to, and a description of both.
"""
from .wire import packed

STRING, UINT16, UINT32, MAP, UINT64, ARRAY, BOOLEAN = 2, 5, 6, 7, 9, 11, 14
SEPARATOR = 16  # zero bytes between tree and data
V4_BITS = 96


def control(kind, size):
    return bytes([kind << 5 | size]) if kind < 8 else bytes([size, kind - 7])


def text(value):
    return control(STRING, len(value)) + value.encode()


def number(kind, value):
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return control(kind, len(raw)) + raw


def mapping(**members):
    return control(MAP, len(members)) + b"".join(text(k) + v for k, v in members.items())


def bits(address):
    raw = packed(address)
    raw = bytes(V4_BITS // 8) + raw if len(raw) == 4 else raw
    return [byte >> (7 - i) & 1 for byte in raw for i in range(8)]


def place(country, network, *anycast):
    return mapping(country=mapping(iso_code=text(country)),
                   traits=mapping(is_anycast=control(BOOLEAN, len(anycast))),
                   autonomous_system_number=number(UINT32, network))


def database(places):
    """`places`: address to (country, number of the network), and "anycast" where it is."""
    nodes, data, leaves = [[None, None]], b"", []
    for address, where in places.items():
        node, path = 0, bits(address)
        for bit in path[:-1]:
            if nodes[node][bit] is None:
                nodes.append([None, None])
                nodes[node][bit] = len(nodes) - 1
            node = nodes[node][bit]
        leaves.append((node, path[-1], len(data)))
        data += place(*where)
    for node, bit, at in leaves:
        nodes[node][bit] = len(nodes) + SEPARATOR + at
    tree = b"".join((len(nodes) if side is None else side).to_bytes(3, "big")
                    for node in nodes for side in node)
    about = mapping(node_count=number(UINT32, len(nodes)), record_size=number(UINT16, 24),
                    ip_version=number(UINT16, 6), database_type=text("seep-test"),
                    languages=control(ARRAY, 0), binary_format_major_version=number(UINT16, 2),
                    binary_format_minor_version=number(UINT16, 0),
                    build_epoch=number(UINT64, 1700000000), description=mapping())
    return tree + bytes(SEPARATOR) + data + b"\xab\xcd\xefMaxMind.com" + about
