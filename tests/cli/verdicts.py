"""Small stories of laptops and gateways, built frame by frame, and what must be said of each."""
import gzip
import shutil
import subprocess

import build_pcap as build
from support import records, seep

LAPTOP, INSIDE, SERVER = build.CLIENT, "10.8.0.2", build.SERVER
ISP, EXIT = build.ISP, build.EGRESS
ETH0, TUN0 = 0, 1
LAPTOP_LINKS = [(b"eth0", build.ETHERNET), (b"tun0", build.RAW_IP)]


def ask(client, txid, server=SERVER, hops=64):
    return build.udp(client, 5000, server, 3478,
                     build.stun(build.BINDING_REQUEST, txid.to_bytes(12, "big")), hops)


def answer(client, txid, mapped, server=SERVER):
    txid = txid.to_bytes(12, "big")
    return build.udp(server, 3478, client, 5000, build.stun(
        build.BINDING_SUCCESS, txid, build.xor_mapped(mapped, 5000, txid)), 55)


def told(folder, links, frames, *args):
    """The alerts that stand at the end: id, severity, confidence, path, leaked."""
    path = folder / "story.pcapng"
    path.write_bytes(build.pcapng_of(links, frames))
    run = seep("replay", "--json", "--min-severity", "info", *args, path)
    leaks = [r["leak"] for r in records(run.out) if r["event_type"] == "alert"]
    closed = [k for k in leaks if k["state"] == "closed"]
    return run, [(k["id"], k["severity"], k["confidence"], k.get("path"), k.get("leaked"))
                 for k in closed], leaks


STORIES = [
    # name, links, [(interface, seconds, packet)], arguments, what stands in the end
    ("a leak before the tunnel's first packet", LAPTOP_LINKS, [
        (ETH0, 0, ask(LAPTOP, 1)), (ETH0, .02, answer(LAPTOP, 1, ISP)),
        (TUN0, 2, ask(INSIDE, 2)), (TUN0, 2.02, answer(INSIDE, 2, EXIT)),
    ], [], [("srflx-outside-egress", "critical", "high", "direct", [ISP])]),
    ("a tunnel's interface that stays silent", LAPTOP_LINKS, [
        (ETH0, 0, ask(LAPTOP, 1)), (ETH0, .02, answer(LAPTOP, 1, ISP)),
    ], [], [("srflx-outside-egress", "critical", "high", "direct", [ISP])]),
    ("the tunnel falls and the same request goes on outside", LAPTOP_LINKS, [
        (TUN0, 0, ask(INSIDE, 1)), (TUN0, .1, answer(INSIDE, 1, EXIT)),
        (TUN0, 10, ask(INSIDE, 2)), (ETH0, 10.5, ask(INSIDE, 2)),
        (ETH0, 10.6, answer(INSIDE, 2, ISP)),
    ], [], [("srflx-outside-egress", "critical", "high", "direct", [ISP]),
            ("egress-changed-in-session", "high", "high", "direct", [ISP, EXIT])]),
    ("a request that was tried outside, then answered inside", LAPTOP_LINKS, [
        (ETH0, 0, ask(LAPTOP, 1)), (TUN0, .5, ask(LAPTOP, 1)),
        (TUN0, .52, answer(LAPTOP, 1, EXIT)),
    ], [], [("stun-outside-tunnel", "high", "high", "direct", None)]),
    ("another's answer inside the tunnel teaches nothing", LAPTOP_LINKS, [
        (TUN0, 0, ask(INSIDE, 1)), (TUN0, .1, answer(INSIDE, 1, ISP, "192.0.2.99")),
        (ETH0, 1, ask(LAPTOP, 2)), (ETH0, 1.1, answer(LAPTOP, 2, ISP)),
    ], [], [("stun-answer-elsewhere", "low", "medium", "tunnel", None),
            ("srflx-outside-egress", "critical", "high", "direct", [ISP])]),
    ("IPv6 through a gateway, seen on both sides", [
        (b"br-lan", build.ETHERNET), (b"wan", build.ETHERNET), (b"wg0", build.RAW_IP)], [
        (0, 0, ask("2001:db8:77::10", 1, "2001:db8:5::10")),
        (1, .0001, ask("2001:db8:77::10", 1, "2001:db8:5::10", hops=63)),
        (1, .05, answer("2001:db8:77::10", 1, "2001:db8:77::10", "2001:db8:5::10")),
        (0, .0501, answer("2001:db8:77::10", 1, "2001:db8:77::10", "2001:db8:5::10")),
    ], ["--tunnel", "wg0"],
     [("srflx-outside-egress", "critical", "medium", "direct", ["2001:db8:77::10"])]),
    ("an exit of the other family inside the tunnel", LAPTOP_LINKS, [
        (TUN0, 0, ask("fd00:8::2", 1, "2001:db8:5::10")),
        (TUN0, .02, answer("fd00:8::2", 1, "2001:db8:113::7", "2001:db8:5::10")),
    ], ["--egress", EXIT], []),
    ("an adapter whose name says nothing", [
        (b"\\Device\\NPF_{A}", build.ETHERNET), (b"tun0", build.RAW_IP)], [
        (1, 0, ask(INSIDE, 1)), (1, .02, answer(INSIDE, 1, EXIT)),
        (0, 1, ask(INSIDE, 2)), (0, 1.02, answer(INSIDE, 2, EXIT)),
    ], [], []),
    ("a physical interface behind which a router has the VPN", LAPTOP_LINKS, [
        (ETH0, 0, ask(LAPTOP, 1)), (ETH0, .02, answer(LAPTOP, 1, EXIT)),
    ], ["--egress", EXIT, "--tunnel", "tun0"], []),
    ("a slow answer", LAPTOP_LINKS, [
        (TUN0, 0, ask(INSIDE, 1)), (TUN0, .02, answer(INSIDE, 1, EXIT)),
        (ETH0, 1, ask(LAPTOP, 2)), (ETH0, 1.5, ask(LAPTOP, 2)), (ETH0, 2.5, ask(LAPTOP, 2)),
        (ETH0, 2.6, answer(LAPTOP, 2, ISP)),
    ], [], [("srflx-outside-egress", "critical", "high", "direct", [ISP])]),
    ("a peer's check that comes in from nearby", [(b"eth0", build.ETHERNET)], [
        (0, 0, ask("198.51.100.60", 1, LAPTOP)),
        (0, .02, answer("198.51.100.60", 1, "198.51.100.60", LAPTOP)),
    ], ["--egress", EXIT], []),
]


def test_stories(tally, folder):
    for name, links, frames, args, expected in STORIES:
        run, found, _ = told(folder, links, frames, *args)
        status = 1 if any(k[1] in ("medium", "high", "critical") for k in expected) else 0
        tally.check(found == expected and run.status == status, name,
                    f"expected {expected}\ngot {found}\n{run}")


def test_one_leak_one_alert(tally, folder):
    """A slow answer takes the first alert back: it does not count twice."""
    *_, (_, links, frames, args, _) = [s for s in STORIES if s[0] == "a slow answer"]
    _, _, leaks = told(folder, links, frames, *args)
    states = [(k["id"], k["state"], k.get("provisional", False)) for k in leaks]
    tally.check(states == [("stun-outside-tunnel", "open", True),
                           ("srflx-outside-egress", "open", False),
                           ("stun-outside-tunnel", "withdrawn", True),
                           ("srflx-outside-egress", "closed", False)], "taken back", str(states))


def test_file_order(tally, folder):
    """Equal times and any order of the files: the same findings under the same names."""
    outside = [(0, 0, ask(LAPTOP, 1)), (0, .5, answer(LAPTOP, 1, ISP))]
    inside = [(0, 0, ask(INSIDE, 2)), (0, .5, answer(INSIDE, 2, EXIT))]
    (folder / "e.pcapng").write_bytes(build.pcapng_of([(b"", build.ETHERNET)], outside))
    (folder / "u.pcapng").write_bytes(build.pcapng_of([(b"", build.RAW_IP)], inside))
    seen = set()
    for files in (["physical:e.pcapng", "tunnel:u.pcapng"], ["tunnel:u.pcapng", "physical:e.pcapng"]):
        run = seep("replay", "--json", *files, cwd=folder)
        seen.add(tuple((r["leak"]["id"], r["leak"]["finding_id"], str(r["leak"].get("expected")))
                       for r in records(run.out) if r["event_type"] == "alert"))
    tally.check(len(seen) == 1 and len(next(iter(seen))) == 2, "file order", str(seen))


# One file of a laptop: the same exchange, which tells the ISP's address, on one interface or the
# other. Only the interface's name says which is the tunnel.
LAPTOP_FILES = [
    ("eth0", b"tun0", build.RAW_IP), ("eth0", b"wg0", build.RAW_IP),
    ("en0", b"utun3", build.RAW_IP), ("eth0", b"tap0", build.ETHERNET),
]
PACKERS = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": lambda plain: subprocess.run(["zstd", "-qc"], input=plain, stdout=subprocess.PIPE,
                                         check=True).stdout,
}


def laptop_file(physical, tunnel, kind, leaks):
    """Exchange 1 inside the tunnel; exchange 2 outside it when it `leaks`, else inside as well."""
    out = 0 if leaks else 1
    return build.pcapng_of([(physical.encode(), build.ETHERNET), (tunnel, kind)], [
        (1, 0, ask(INSIDE, 1)), (1, .02, answer(INSIDE, 1, EXIT)),
        (out, 1, ask(LAPTOP if leaks else INSIDE, 2)),
        (out, 1.02, answer(LAPTOP if leaks else INSIDE, 2, ISP if leaks else EXIT)),
    ])


def test_laptop_in_one_file(tally, folder):
    """A capture of several interfaces is judged by their names, packed or not."""
    for physical, tunnel, kind in LAPTOP_FILES:
        for suffix, pack in PACKERS.items():
            for leaks in (True, False):
                if suffix == ".zst" and not shutil.which("zstd"):
                    tally.skip("laptop.pcapng.zst", "no zstd program")
                    continue
                path = folder / f"laptop.pcapng{suffix}"
                path.write_bytes(pack(laptop_file(physical, tunnel, kind, leaks)))
                run = seep("replay", "--json", "--min-severity", "info", path)
                alerts = [r for r in records(run.out) if r["event_type"] == "alert"
                          and r["leak"]["state"] == "closed"]
                found = [(r["leak"]["id"], r["in_iface"], r["leak"]["leaked"], r["leak"]["path"])
                         for r in alerts]
                wanted = [("srflx-outside-egress", physical, [ISP], "direct")] if leaks else []
                tally.check(found == wanted and run.status == bool(leaks),
                            f"{physical} and {tunnel.decode()}{suffix}, leaks: {leaks}", f"{found}\n{run}")
