#!/usr/bin/python3 -B
"""Differential test: names, leases and neighbours that `seep dissect` reads must equal tshark's.

Every frame in which tshark sees DNS, mDNS, LLMNR, NetBIOS names, DHCP, ARP, neighbour discovery,
NAT-PMP or PCP is compared, and every record of seep's must be in such a frame. What differs must be
in KNOWN.
"""
import collections
import ipaddress
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tshark  # noqa: E402
from exact import Exactness, Listed  # noqa: E402
from support import Tally, records, seep  # noqa: E402

ODD = re.compile(r"(?:\\x[0-9a-f]{2}|\\[0-7]{3}|\\.|[^\x20-\x7e])+")
COUNTS = [f"dns.count.{name}" for name in ("queries", "answers", "auth_rr", "add_rr", "zones",
                                           "prerequisites", "updates")]
TYPE_A, TYPE_NB, TYPE_AAAA = 1, 32, 28
RECORDS_MAX = 32  # seep tells so many of a message

CATEGORIES = {"name": "DNS names", "lease": "DHCP options", "neighbour": "neighbours",
              "router": "router advertisements", "external_address": "external addresses"}
LAYERS = ("dns", "mdns", "llmnr", "nbns", "dhcp", "dhcpv6", "arp", "icmpv6", "nat-pmp",
          "portcontrol")
OTHERS = ("sip", "upnp")  # tell external addresses too, not compared here
CAPWAP = ("an access point's way to its controller (RFC 5415 4.3) is not read",
          "test_carriers_udp.c: capwap_is_not_opened")
# (kind of difference or capture, category): what differs.
KNOWN = {
    ("malformed", "DNS names"): Listed(
        13, "tshark calls it malformed, too: broken messages prove nothing (RFC 1035 4.1)",
        "test_dns.c: broken_messages_prove_nothing"),
    ("port", "DNS names"): Listed(
        3, "an opcode nobody gave out (RFC 6895 2.2), or a name that points forward (RFC 1035"
        " 4.1.4: a prior occurrence): tshark goes by the port",
        "test_dns.c: broken_messages_prove_nothing"),
    ("pointer", "DNS names"): Listed(
        1, "a label of a kind that was never defined (RFC 6891 5)",
        "test_dns.c: broken_messages_prove_nothing"),
    ("part", "DNS names"): Listed(
        2, "in a link layer that is not read (FDDI, RFC 1188)",
        "test_link_layers.c: unknown_links_are_counted"),
    ("pcapplusplus__dns_over_tcp.pcapng", "DNS names"): Listed(
        1, "sent again years later, when its connection is long over (RFC 9293 3.4.1)",
        "test_flow.c: idle_flows_are_over"),
    ("CAPWAP", "DHCP options"): Listed(5, *CAPWAP),
    ("CAPWAP", "neighbours"): Listed(2, *CAPWAP),
}


def printed(name):
    """A name with "?" for bytes that the two print each in its own way."""
    return ODD.sub("?", name)


def address_list(texts):
    return [str(ipaddress.ip_address(text)) for text in texts]


def dns_sections(row):
    """How many records stand in the answers, and before the additional ones; of one message."""
    first = row.numbers("dns.count.answers") + row.numbers("dns.count.prerequisites")
    second = row.numbers("dns.count.auth_rr") + row.numbers("dns.count.updates")
    return sum(first), sum(first) + sum(second)


def dns_addresses(row, mdns):
    """The addresses that seep is to tell: those of answers, with mDNS of additional records."""
    answers, before = dns_sections(row)
    v4, v6 = iter(row["dns.a"]), iter(row["dns.aaaa"])
    found = []
    for index, kind in enumerate(row.numbers("dns.resp.type")):
        address = next({TYPE_A: v4, TYPE_AAAA: v6}.get(kind, iter(())), None)
        if address and (index < answers or (mdns and index >= before)):
            found.append(str(ipaddress.ip_address(address)))
    return found[:RECORDS_MAX]


def dns_expected(row, layers):
    """tshark's view of a frame with one message."""
    queries = row.numbers("dns.count.queries") + row.numbers("dns.count.zones")
    facts = {
        "id": row.numbers("dns.id")[0],
        "response": bool(row.numbers("dns.flags.response")[0]),
        "opcode": row.numbers("dns.flags.opcode")[0],
        "questions": sum(queries),
        "ips": dns_addresses(row, "mdns" in layers),
    }
    if row["dns.flags.rcode"]:
        facts["rcode"] = row.numbers("dns.flags.rcode")[0]
    if row["dns.qry.name"]:
        facts["name"] = row["dns.qry.name"][0].replace("<Root>", "")
        facts["type"] = row.numbers("dns.qry.type")[0]
    return facts


def dns_got(record):
    body = record["name"]
    facts = {key: body.get(key, "") for key in ("id", "response", "opcode", "rcode", "questions",
                                                "name", "type")}
    facts["ips"] = [r["ip"] for r in body.get("records", []) if r["type"] != TYPE_NB]
    return facts


def dns_fault(row, layers):
    """Why a message that tshark reads may be missing, or None."""
    queries = row.numbers("dns.count.queries") + row.numbers("dns.count.zones")
    answers, _ = dns_sections(row)
    if row["_ws.malformed"]:
        return "malformed"
    if sum(queries) + answers == 0:
        return "nothing asked"
    if "tcp" in layers:
        return "part"
    known = [n for n in row["dns.qry.name"] if n != "<Unknown extended label>"]
    promised = sum(n for f in COUNTS for n in row.numbers(f))
    if len(row["dns.qry.type"]) + len(row["dns.resp.type"]) < promised:
        return "counts"
    if len(known) < len(row["dns.qry.name"]):
        return "pointer"
    return "port"


def compare_dns(row, layers, found):
    """(kind of difference or None, text) of a frame with DNS."""
    ids = row.numbers("dns.id")
    if not ids:
        return "malformed" if row["_ws.malformed"] else None, "no id"
    if len(ids) > 1:
        got = [r["name"]["id"] for r in found]
        return (None, "") if got == ids else ("part", f"tshark {ids}, seep {got}")
    same = [r for r in found if r["name"]["id"] == ids[0]]
    if not same:
        return dns_fault(row, layers), f"tshark reads {dns_expected(row, layers)}"
    wanted, got = dns_expected(row, layers), dns_got(same[0])
    if "nbns" in layers or same[0]["name"]["transport"] == "nbns":
        for facts in (wanted, got):
            facts.pop("name", None)
    elif "name" in wanted:
        wanted["name"], got["name"] = printed(wanted["name"]), printed(got["name"])
    wrong = [f"{key}: tshark {value!r}, seep {got[key]!r}" for key, value in wanted.items()
             if got[key] != value]
    if wrong and row["_ws.malformed"]:
        return "malformed", "\n".join(wrong)
    return ("differs" if wrong else None), "\n".join(wrong)


def routes_of(row):
    """Options 121 and 249 as (prefix, router): tshark shows their bytes."""
    data = bytes.fromhex("".join(row["dhcp.option.classless_static_route"]).replace(":", ""))
    found, at = [], 0
    while at < len(data):
        size = (data[at] + 7) // 8
        to = ipaddress.ip_network((data[at + 1:at + 1 + size].ljust(4, b"\0"), data[at]), False)
        found.append((str(to), str(ipaddress.ip_address(data[at + 1 + size:at + 5 + size]))))
        at += 5 + size
    return found


def compare_dhcp(row, _, found):
    if len(found) != 1:
        return ("malformed" if row["_ws.malformed"] else "differs"), f"{len(found)} leases"
    lease = found[0]["lease"]
    options = lease.get("options", [])

    def told(*codes):
        return [o for o in options if o["code"] in codes]

    pairs = {
        "type": (row.numbers("dhcp.option.dhcp") or [0], [lease["type"]]),
        "routers": (row["dhcp.option.router"], [o["ip"] for o in told(3)]),
        "resolvers": (row["dhcp.option.domain_name_server"], [o["ip"] for o in told(6)]),
        "host name": (row["dhcp.option.hostname"],
                      [lease["host_name"]] if "host_name" in lease else []),
        "static": (list(zip(row["dhcp.option.static_route.ip"],
                            row["dhcp.option.static_route.router"])),
                   [(o["prefix"].split("/")[0], o["ip"]) for o in told(33)]),
        "classless": (sorted(routes_of(row)),
                      sorted((o["prefix"] + ("" if "/" in o["prefix"] else "/32"), o["ip"])
                             for o in told(121, 249))),
        "your": ([a for a in row["dhcp.ip.your"] if a != "0.0.0.0"],
                 [lease["your_ip"]] if "your_ip" in lease else []),
        "server": (row["dhcp.option.dhcp_server_id"],
                   [lease["server_ip"]] if "server_ip" in lease else []),
        "lease": (row.numbers("dhcp.option.ip_address_lease_time") or [0], [lease["lease"]]),
    }
    wrong = [f"{key}: tshark {a!r}, seep {b!r}" for key, (a, b) in pairs.items() if a != b]
    return ("differs" if wrong else None), "\n".join(wrong)


def compare_dhcpv6(row, _, found):
    if len(found) != 1:
        return ("malformed" if row["_ws.malformed"] else "differs"), f"{len(found)} leases"
    lease = found[0]["lease"]
    told = [o["ip"] for o in lease.get("options", []) if o["code"] == 23]
    addresses = address_list(row["dhcpv6.iaaddr.ip"])[:1]
    wrong = []
    if lease["type"] != row.numbers("dhcpv6.msgtype")[-1]:
        wrong.append(f"type: tshark {row['dhcpv6.msgtype']}, seep {lease['type']}")
    if addresses != ([lease["your_ip"]] if "your_ip" in lease else []):
        wrong.append(f"address: tshark {addresses}, seep {lease.get('your_ip')}")
    if address_list(row["dhcpv6.dns_server"]) != told:
        wrong.append(f"resolvers: tshark {row['dhcpv6.dns_server']}, seep {told}")
    return ("differs" if wrong else None), "\n".join(wrong)


def compare_arp(row, _, found):
    if not row["arp.src.proto_ipv4"] or row.numbers("arp.opcode")[0] > 2:
        return None, ""
    wanted = {"request": row["arp.opcode"][0] == "1", "mac": row["arp.src.hw_mac"][0],
              "ip": row["arp.src.proto_ipv4"][0]}
    if wanted["ip"] == "0.0.0.0":
        del wanted["ip"]
    if wanted["request"]:
        wanted["target_ip"] = row["arp.dst.proto_ipv4"][0]
    got = [{k: r["neighbour"].get(k) for k in wanted} for r in found]
    return (None if got == [wanted] else "differs"), f"tshark {wanted}, seep {got}"


def compare_neighbour(row, _, found):
    target = row["icmpv6.nd.ns.target_address"] + row["icmpv6.nd.na.target_address"]
    got = [r["neighbour"]["target_ip" if r["neighbour"]["request"] else "ip"] for r in found]
    if not got and row.numbers("ipv6.hlim")[-1] != 255:
        return "hop limit", ""
    return (None if got == address_list(target) else "differs"), f"tshark {target}, seep {got}"


def compare_router(row, _, found):
    if not found and row.numbers("ipv6.hlim")[-1] != 255:
        return "hop limit", ""
    if len(found) != 1:
        return "differs", f"{len(found)} advertisements"
    router = found[0]["router"]
    told = router.get("router_options", [])
    prefixes = [str(ipaddress.ip_network((a, int(n)), False)) for a, n in
                zip(row["icmpv6.opt.prefix"], row["icmpv6.opt.prefix.length"])]
    pairs = [(row.numbers("icmpv6.nd.ra.router_lifetime"), [router["lifetime"]]),
             (prefixes, [o["prefix"] for o in told if o["type"] == 3]),
             (address_list(row["icmpv6.opt.rdnss"]),
              [o["resolver_ip"] for o in told if o["type"] == 25])]
    wrong = [f"tshark {a!r}, seep {b!r}" for a, b in pairs if a != b]
    return ("differs" if wrong else None), "\n".join(wrong)


def compare_external(row, _, found):
    wanted = [a for a in row["nat-pmp.external_ip"] +
              row["portcontrol.map.rsp_assigned_ext_ip"]
              if a not in ("0.0.0.0", "::")]
    got = [r["external_address"]["ip"] for r in found]
    if got == [str(a).removeprefix("::ffff:") for a in wanted]:
        return None, ""
    return "no mapping" if not got else "differs", f"tshark {wanted}, seep {got}"


# layer in frame.protocols, seep's event type, comparison
COMPARISONS = [
    (("dns", "mdns", "llmnr", "nbns"), "name", compare_dns),
    (("dhcp",), "lease", compare_dhcp),
    (("dhcpv6",), "lease", compare_dhcpv6),
    (("arp",), "neighbour", compare_arp),
    (("nat-pmp", "portcontrol"), "external_address", compare_external),
]


def comparison_of(row, layers):
    if "icmpv6" in layers:
        kinds = {"134": ("router", compare_router), "135": ("neighbour", compare_neighbour),
                 "136": ("neighbour", compare_neighbour)}
        return kinds.get(row["icmpv6.type"][0] if row["icmpv6.type"] else "", (None, None))
    for names, event, compare in COMPARISONS:
        if set(names) & set(layers):
            return event, compare
    return None, None


def frame_check(row, frames):
    """(category or None, kind of difference or None, text)"""
    layers = row.layers
    event, compare = comparison_of(row, layers)
    if not event:
        return None, None, ""
    found = [r for r in frames[row.number] if r["event_type"] == event]
    kind, text = compare(row, layers, found)
    if kind and not found and "capwap.data" in layers:
        kind = "CAPWAP"
    elif kind and not found and row["frame.cap_len"] != row["frame.len"]:
        kind = "cut"
    return CATEGORIES[event], kind, text


def look(path):
    """All of one capture: (path, checks, records of seep's in frames where tshark has nothing,
    how many frames quote a message)."""
    frames, checks, seen, quotes = collections.defaultdict(list), [], set(), 0
    for record in records(seep("dissect", path).out):
        if "pcap_cnt" in record:
            frames[record["pcap_cnt"]].append(record)
    for row in tshark.rows(path, *LAYERS):
        seen.add(row.number)
        if row.quoted():
            quotes += 1
        else:
            checks.append((row.number, *frame_check(row, frames)))
    more = [r for frame, found in frames.items() if frame not in seen for r in found
            if r["event_type"] in CATEGORIES and
            r.get("external_address", {}).get("protocol") not in OTHERS]
    return path, checks, more, quotes


def judge(exact, path, checks, more):
    for frame, category, kind, text in checks:
        if category and kind is None:
            exact.equal(category)
        elif category:
            known = (kind, category) in exact.known
            exact.differs(category, kind if known else path.name, f"frame {frame}: {kind}", text)
    for record in more:
        exact.differs(CATEGORIES[record["event_type"]], path.name, f"frame {record['pcap_cnt']}",
                      f"only seep reads {record}")


def main():
    tally = Tally("names_oracle")
    tshark.need(tally)
    exact, quoted = Exactness(tally, KNOWN), 0
    for path, checks, more, quotes in tshark.each(look, tshark.captures()):
        judge(exact, path, checks, more)
        quoted += quotes
    exact.finish(*CATEGORIES.values())
    print(f"not compared: {quoted} in ICMP errors: a packet quoted is no message of its flow")
    tally.finish()


if __name__ == "__main__":
    main()
