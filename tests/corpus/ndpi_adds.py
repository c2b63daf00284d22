#!/usr/bin/python3 -B
"""nDPI adds and takes nothing away: `seep dissect` says the same with it and with --no-ndpi, apart
from `application` records, over all captures within reach, several in a run.

Flow numbers are not compared: they count from a flow's first packet, and with nDPI a flow may be
known a packet earlier. What is named must have been worth naming: one end is a global address, and
no flow is named twice.
"""
import collections
import concurrent.futures
import ipaddress
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from support import CORPUS, PCAPS, Tally, corpus_or_skip, need_program  # noqa: E402
from support import records, seep  # noqa: E402

PROCESSES = 2
TOGETHER = 25  # captures in a run
SECONDS = 300
# The documentation networks stand for the Internet here, as they do in seep.
LOCAL = [ipaddress.ip_network(n) for n in (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.168.0.0/16", "224.0.0.0/3", "::/128", "::1/128", "fc00::/7", "fe80::/10", "ff00::/8")]


def inside(address):
    address = ipaddress.ip_address(address)
    return any(address in network for network in LOCAL if network.version == address.version)


# A flow that nDPI is asked about is known from its first packet on, not only from the first that a
# dissector knows: it may have got another number, and its opener is known better.
OF_THE_FLOW = ("flow_id", "direction")


def plain(record):
    return {name: value for name, value in record.items() if name not in OF_THE_FLOW}


def compare(paths):
    """What is wrong with these captures, and what was named in them."""
    with_it, without = (seep("dissect", *args, *paths, timeout=SECONDS)
                        for args in ([], ["--no-ndpi"]))
    if with_it.status != without.status or with_it.err != without.err:
        return ["ends in another way"], []
    said, own = records(with_it.out), [plain(r) for r in records(without.out)]
    named = [r for r in said if r["event_type"] == "application"]
    rest = [plain(r) for r in said if r["event_type"] != "application"]
    wrong = [f"{a}\n    without nDPI {b}" for a, b in zip(rest, own) if a != b][:3]
    if len(rest) != len(own):
        wrong.append(f"{len(rest)} records, {len(own)} without nDPI")
    wrong += [f"local: {r}" for r in named if inside(r["src_ip"]) and inside(r["dest_ip"])]
    flows = collections.Counter((r["flow_id"], r["pcap_filename"]) for r in named)
    wrong += [f"named {n} times: flow {flow}" for flow, n in flows.items() if n > 1]
    return wrong, named


def main():
    tally = Tally("ndpi_adds")
    need_program(tally)
    files = sorted(PCAPS.rglob("*.pcap*"))
    if corpus_or_skip(tally):
        files += sorted(path for path in (CORPUS / "dev").rglob("*") if path.is_file())
    runs = [files[i:i + TOGETHER] for i in range(0, len(files), TOGETHER)]
    names = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        for paths, (wrong, named) in zip(runs, pool.map(compare, runs)):
            tally.check(not wrong, f"{paths[0].name} ... {paths[-1].name}", "\n".join(wrong))
            names.update(r["application"]["protocol"] for r in named)
    print(f"{len(files)} files, {sum(names.values())} flows named: "
          + ", ".join(f"{n}x {name}" for name, n in names.most_common(12)))
    tally.finish()


if __name__ == "__main__":
    main()
