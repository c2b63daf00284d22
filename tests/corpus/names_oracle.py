#!/usr/bin/python3 -B
"""Differential test: names, leases and neighbours that `seep dissect` reads must equal tshark's.

Every frame of the captures below in which tshark sees DNS, mDNS, LLMNR, NetBIOS names, DHCPv4, ARP,
neighbour discovery, NAT-PMP or PCP is compared. A frame may differ only for a reason of REASONS;
these are counted and printed, and may be no more than one in a hundred.
"""
import collections
import concurrent.futures
import ipaddress
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from support import CORPUS, Tally, need_tshark, records, seep  # noqa: E402

FOLDERS = ["dns", "mdns"]
# Captures elsewhere that have DHCP, router advertisements or port mapping.
OTHERS = ["*/ndpi__capwap.pcap", "*/ndpi__telegram.pcap", "*/ndpi__wa_voice.pcap",
          "*/ndpi__whatsapp_login_call.pcap", "*/nfstream__skype.pcap", "*/ndpi__alexa-app.pcapng",
          "*/suricata-verify__output-eve-ftp-data__input.pcap", "*/mercury__surfshark.pcap"]
PROCESSES = 2
DIFFER_MAX = 0.01
SEP = "\x01"
PRINTABLE = set(map(chr, range(0x21, 0x7F))) - {"\\"}
FIELDS = """frame.number frame.protocols frame.len frame.cap_len dns.id dns.flags.response
 dns.flags.opcode dns.flags.rcode dns.count.queries dns.count.answers dns.count.auth_rr
 dns.count.add_rr dns.count.zones dns.count.prerequisites dns.count.updates
 dns.qry.name dns.qry.type dns.resp.type dns.a dns.aaaa dns.flags.truncated _ws.malformed
 dhcp.option.dhcp dhcp.option.router dhcp.option.domain_name_server dhcp.option.hostname
 dhcp.option.static_route.ip dhcp.option.static_route.router
 dhcp.option.classless_static_route dhcp.ip.your dhcp.option.dhcp_server_id
 dhcp.option.ip_address_lease_time
 arp.opcode arp.src.hw_mac arp.src.proto_ipv4 arp.dst.proto_ipv4 icmpv6.type ipv6.hlim
 icmpv6.nd.ns.target_address icmpv6.nd.na.target_address icmpv6.opt.prefix
 icmpv6.opt.prefix.length icmpv6.opt.rdnss icmpv6.nd.ra.router_lifetime
 nat-pmp.external_ip portcontrol.map.rsp_assigned_ext_ip dhcpv6.msgtype dhcpv6.iaaddr.ip
 dhcpv6.dns_server dhcpv6.option.type""".split()
# Until they are read: layers that seep may not see through.
CARRIERS = {"vlan", "gre", "vxlan", "gtp", "teredo", "mpls", "pppoes", "erspan", "wlan", "ipip",
            "geneve", "l2tp", "radiotap", "wlan_radio", "capwap.data", "llc"}
TYPE_A, TYPE_NB, TYPE_AAAA = 1, 32, 28
RECORDS_MAX = 32  # seep tells so many of a message

# kind of difference: why it may be.
REASONS = {
    "quoted": "in an ICMP error: a packet quoted is no message of its flow",
    "carrier": "behind a carrier that is not read yet",
    "cut": "cut by the snap length: nothing is concluded from a part",
    "malformed": "tshark calls it malformed, too: nothing is concluded from what is broken",
    "nothing asked": "neither question nor answer (a bare header, RFC 8490): not told from noise",
    "part": "a TCP segment whose message is not whole in the capture, or was seen before",
    "bytes": "a name with bytes that tshark does not print as they are",
    "port": "read by tshark for its port: an opcode nobody gave out, or a pointer forward",
    "pointer": "a name points forward: RFC 1035 4.1.4 has prior occurrences only",
    "counts": "more records promised than there is room for (RFC 1035 4.1.1)",
    "hop limit": "neighbour discovery from beyond the link: RFC 4861 7.1 discards it",
    "no mapping": "a port mapping that was refused or deleted, or whose address was not seen",
}


def tshark_rows(path):
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "separator=/t", "-E",
               "occurrence=a", "-E", f"aggregator={SEP}", "-Y",
               "dns or mdns or llmnr or nbns or dhcp or dhcpv6 or arp or icmpv6 or nat-pmp"
               " or portcontrol"]
    for field in FIELDS:
        command += ["-e", field]
    run = subprocess.run(command, capture_output=True, check=False)
    for line in run.stdout.decode("utf-8", "replace").split("\n"):
        cells = line.split("\t")
        if len(cells) == len(FIELDS):
            yield {name: cell.split(SEP) if cell else [] for name, cell in zip(FIELDS, cells)}


def number(text):
    return int(text, 0) if text not in ("True", "False") else int(text == "True")


def numbers(row, field):
    return [number(text) for text in row[field]]


def plain(name):
    """Can a name be compared as printed?"""
    return set(name) <= PRINTABLE


def address_list(texts):
    return [str(ipaddress.ip_address(text)) for text in texts]


def dns_sections(row):
    """How many records stand in the answers, and before the additional ones; of one message."""
    first = numbers(row, "dns.count.answers") + numbers(row, "dns.count.prerequisites")
    second = numbers(row, "dns.count.auth_rr") + numbers(row, "dns.count.updates")
    return sum(first), sum(first) + sum(second)


def dns_addresses(row, mdns):
    """The addresses that seep is to tell: those of answers, with mDNS of additional records."""
    answers, before = dns_sections(row)
    v4, v6 = iter(row["dns.a"]), iter(row["dns.aaaa"])
    found = []
    for index, kind in enumerate(numbers(row, "dns.resp.type")):
        address = next({TYPE_A: v4, TYPE_AAAA: v6}.get(kind, iter(())), None)
        if address and (index < answers or (mdns and index >= before)):
            found.append(str(ipaddress.ip_address(address)))
    return found[:RECORDS_MAX]


def dns_expected(row, layers):
    """tshark's view of a frame with one message."""
    queries = numbers(row, "dns.count.queries") + numbers(row, "dns.count.zones")
    facts = {
        "id": numbers(row, "dns.id")[0],
        "response": bool(number(row["dns.flags.response"][0])),
        "opcode": numbers(row, "dns.flags.opcode")[0],
        "questions": sum(queries),
        "ips": dns_addresses(row, "mdns" in layers),
    }
    if row["dns.flags.rcode"]:
        facts["rcode"] = numbers(row, "dns.flags.rcode")[0]
    if row["dns.qry.name"]:
        facts["name"] = row["dns.qry.name"][0].replace("<Root>", "")
        facts["type"] = numbers(row, "dns.qry.type")[0]
    return facts


def dns_got(record):
    body = record["name"]
    facts = {key: body.get(key, "") for key in ("id", "response", "opcode", "rcode", "questions", "name",
                                        "type")}
    facts["ips"] = [r["ip"] for r in body.get("records", []) if r["type"] != TYPE_NB]
    return facts


def dns_fault(row, layers):
    """Why a message that tshark reads may be missing, or None."""
    queries = numbers(row, "dns.count.queries") + numbers(row, "dns.count.zones")
    answers, _ = dns_sections(row)
    if row["_ws.malformed"]:
        return "malformed"
    if sum(queries) + answers == 0:
        return "nothing asked"
    if "tcp" in layers:
        return "part"
    known = [n for n in row["dns.qry.name"] if n != "<Unknown extended label>"]
    promised = sum(n for f in FIELDS if f.startswith("dns.count.") for n in numbers(row, f))
    if len(row["dns.qry.type"]) + len(row["dns.resp.type"]) < promised:
        return "counts"
    if len(known) < len(row["dns.qry.name"]):
        return "pointer"
    return None


def compare_dns(row, layers, found):
    """(kind of difference or None, text) of a frame with DNS."""
    ids = numbers(row, "dns.id")
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
    elif not plain(wanted.get("name", "")) or not plain(got["name"]):
        wanted.pop("name", None)
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
        return ("malformed" if row["_ws.malformed"] else None), f"{len(found)} leases"
    lease = found[0]["lease"]
    options = lease.get("options", [])

    def told(*codes):
        return [o for o in options if o["code"] in codes]

    pairs = {
        "type": (numbers(row, "dhcp.option.dhcp") or [0], [lease["type"]]),
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
        "lease": (numbers(row, "dhcp.option.ip_address_lease_time") or [0], [lease["lease"]]),
    }
    wrong = [f"{key}: tshark {a!r}, seep {b!r}" for key, (a, b) in pairs.items() if a != b]
    return ("differs" if wrong else None), "\n".join(wrong)


def compare_dhcpv6(row, _, found):
    if len(found) != 1:
        return ("malformed" if row["_ws.malformed"] else None), f"{len(found)} leases"
    lease = found[0]["lease"]
    told = [o["ip"] for o in lease.get("options", []) if o["code"] == 23]
    addresses = address_list(row["dhcpv6.iaaddr.ip"])[:1]
    wrong = []
    if lease["type"] != numbers(row, "dhcpv6.msgtype")[-1]:
        wrong.append(f"type: tshark {row['dhcpv6.msgtype']}, seep {lease['type']}")
    if addresses != ([lease["your_ip"]] if "your_ip" in lease else []):
        wrong.append(f"address: tshark {addresses}, seep {lease.get('your_ip')}")
    if address_list(row["dhcpv6.dns_server"]) != told:
        wrong.append(f"resolvers: tshark {row['dhcpv6.dns_server']}, seep {told}")
    return ("differs" if wrong else None), "\n".join(wrong)


def compare_arp(row, _, found):
    if not row["arp.src.proto_ipv4"] or numbers(row, "arp.opcode")[0] > 2:
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
    if not got and numbers(row, "ipv6.hlim")[-1] != 255:
        return "hop limit", ""
    return (None if got == address_list(target) else "differs"), f"tshark {target}, seep {got}"


def compare_router(row, _, found):
    if not found and numbers(row, "ipv6.hlim")[-1] != 255:
        return "hop limit", ""
    if len(found) != 1:
        return "differs", f"{len(found)} advertisements"
    router = found[0]["router"]
    told = router.get("router_options", [])
    prefixes = [str(ipaddress.ip_network((a, number(n)), False)) for a, n in
                zip(row["icmpv6.opt.prefix"], row["icmpv6.opt.prefix.length"])]
    pairs = [(numbers(row, "icmpv6.nd.ra.router_lifetime"), [router["lifetime"]]),
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


def quoted(layers):
    """A message in an ICMP error."""
    for icmp in ("icmp", "icmpv6"):
        if icmp in layers and set(layers[layers.index(icmp) + 1:]) & {"ip", "ipv6"}:
            return True
    return False


def frame_check(row, frames):
    """(event, kind of difference or None, text)"""
    layers = row["frame.protocols"][0].split(":")
    if quoted(layers):
        return "quoted", "quoted", ""
    event, compare = comparison_of(row, layers)
    if not event:
        return None, None, ""
    found = [r for r in frames[number(row["frame.number"][0])] if r["event_type"] == event]
    kind, text = compare(row, layers, found)
    if kind is None and not text:
        return event, None, ""
    if not found and set(layers) & CARRIERS:
        return event, "carrier", text
    if not found and row["frame.cap_len"] != row["frame.len"]:
        return event, "cut", text
    return event, kind or ("port" if not found and event == "name" else kind), text


def check_file(path):
    """All of one capture: (path, checks, records of seep's that tshark has nothing for)."""
    run = seep("dissect", path)
    frames = collections.defaultdict(list)
    for record in records(run.out):
        if "pcap_cnt" in record:
            frames[record["pcap_cnt"]].append(record)
    checks = []
    seen = set()
    for row in tshark_rows(path):
        seen.add(number(row["frame.number"][0]))
        checks.append((row["frame.number"][0], *frame_check(row, frames)))
    more = collections.Counter(
        r["event_type"] for frame, found in frames.items() if frame not in seen for r in found
        if r["event_type"] in ("name", "lease", "neighbour", "router", "external_address"))
    return path, checks, more


def main():
    tally = Tally("names_oracle")
    need_tshark(tally)
    files = [p for kind in FOLDERS for p in sorted((CORPUS / "dev" / kind).iterdir())]
    files += [p for pattern in OTHERS for p in sorted((CORPUS / "dev").glob(pattern))]
    events, reasons, more = (collections.Counter() for _ in range(3))
    with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        for path, checks, extra in pool.map(check_file, files):
            more.update({f"{path.name} {event}": n for event, n in extra.items()})
            for frame, event, kind, text in checks:
                if event is None:
                    continue
                events[event] += 1
                if kind in REASONS:
                    reasons[kind] += 1
                    continue
                tally.check(kind is None, f"{path.name}: frame {frame}", text)
    total = sum(events.values()) - events["quoted"]
    print(f"compared in {len(files)} captures: " +
          ", ".join(f"{n} {event}" for event, n in sorted(events.items())))
    for kind, n in sorted(reasons.items()):
        print(f"    {n:5} {kind}: {REASONS[kind]}")
    print(f"read by seep and not by tshark: {sum(more.values())}")
    for what, n in sorted(more.items()):
        print(f"    {n:5} {what}")
    listed = sum(n for kind, n in reasons.items() if kind not in ("quoted", "carrier", "cut"))
    tally.check(listed <= DIFFER_MAX * total, "differences with a reason",
                f"{listed} of {total}")
    tally.finish()


if __name__ == "__main__":
    main()
