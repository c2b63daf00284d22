"""The pinned surface: help, version, the catalogue, options, roles, exit statuses."""
import re
import signal
import struct
import subprocess
from pathlib import Path

import build_pcap as build
from support import ROOT, SANITIZED, SEEP, TIMEOUT, records, seep
from synthetic.world import World

HELP_COLUMNS, HELP_LINES = 80, 56
COMMANDS = ["live", "replay", "dissect", "interfaces", "report", "list", "explain", "check"]
POLICY = ROOT / "tests/golden/policies/home.yaml"
# Every long option of `replay` with an argument that it takes, or None.
OPTIONS = {
    "--egress": "203.0.113.7", "--tunnel": "tun0", "--proxy": "203.0.113.99:3128",
    "--resolver": "10.8.0.1", "--geo": World().geo(),
    "--client": "192.168.77.0/24", "--relay-only": None, "--policy": POLICY,
    "--filter": "udp", "--output": "eve:-", "--json": None,
    "--min-severity": "info", "--fail-on": "critical", "--no-color": None, "--no-ndpi": None,
    "--help": None, "--version": None,
}
SHORT = {"-c": POLICY, "-f": "udp", "-o": "eve:-", "-q": None, "-h": None, "-V": None}
DETECTIONS = ["srflx-outside-egress", "stun-outside-tunnel", "turn-outside-tunnel", "exposure",
              "tunnelvision", "tunnelcrack-localnet", "tunnelcrack-serverip", "rogue-router",
              "unsanctioned-tunnel"]


def leak(folder, name="leak.pcap"):
    path = folder / name
    path.write_bytes(build.pcap(build.exchange()))
    return path


def alerts(run):
    return [r for r in records(run.out) if r["event_type"] == "alert"]


def test_version(tally, _folder):
    for option in ("--version", "-V"):
        run = seep(option)
        tally.check(run.status == 0 and not run.err
                    and re.fullmatch(rb"seep \d+\.\d+\.\d+.*\n", run.out), option, str(run))


def test_help(tally, _folder):
    pages = [seep(*args) for args in (["--help"], ["-h"], ["replay", "--help"], ["dissect", "-h"])]
    for run in pages:
        tally.check(run.status == 0 and run.out and not run.err, "help", str(run))
        lines = run.out.decode().splitlines()
        wide = [line for line in lines if len(line.expandtabs()) > HELP_COLUMNS]
        tally.check(not wide, f"help in {HELP_COLUMNS} columns", "\n".join(wide))
        tally.check(len(lines) <= HELP_LINES, f"help in {HELP_LINES} lines", f"{len(lines)} lines")
    whole = pages[0].out.decode() + pages[2].out.decode()
    for word in [*COMMANDS, *OPTIONS, *SHORT]:
        tally.check(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", whole), f"help has {word}")
    strangers = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", pages[2].out.decode())) - set(OPTIONS)
    for option in sorted(strangers):
        tally.check("unknown" not in str(seep("replay", option, "x").err),
                    f"help tells of {option}, which there is")


def test_every_option(tally, folder):
    path = leak(folder)
    for option, value in {**OPTIONS, **SHORT}.items():
        run = seep("replay", option, *([value] if value else []), path)
        tally.check(run.status in (0, 1) and not run.err, f"replay {option}", str(run))
        if value and option.startswith("--"):
            same = seep("replay", f"{option}={value}", path)
            tally.check(same.out == run.out, f"replay {option}={value}", str(same))


def test_options_anywhere(tally, folder):
    path = leak(folder)
    first = seep("replay", "--json", "--egress", build.EGRESS, path)
    last = seep("replay", path, "--egress", build.EGRESS, "--json")
    tally.check(first.out == last.out and first.status == last.status == 1,
                "options before and behind files", f"{first}\n{last}")
    dashed = folder / "-odd.pcap"
    dashed.write_bytes(path.read_bytes())
    run = seep("replay", "--json", "--", "-odd.pcap", cwd=folder)
    tally.check(run.status == 0 and not run.err, "-- ends the options", str(run))


def test_catalogue(tally, _folder):
    run = seep("list")
    tally.check(run.status == 0 and not run.err, "list", str(run))
    for name in DETECTIONS:
        tally.check(name.encode() in run.out, f"list has {name}")
        page = seep("explain", name)
        text = page.out.decode()
        tally.check(page.status == 0 and not page.err and name in text, f"explain {name}",
                    str(page))
        tally.check(len(text.splitlines()) >= 6 and "RFC" in text, f"explain {name}: substance",
                    text)
        wide = [line for line in text.splitlines() if len(line) > 100]
        tally.check(not wide, f"explain {name}: width", "\n".join(wide))


def test_interfaces(tally, _folder):
    """Every host that runs tests has a loopback interface; tests/live looks at others."""
    run = seep("interfaces")
    tally.check(run.status == 0 and not run.err
                and re.search(rb"^lo +.*not: +traffic within this host$", run.out, re.M),
                "interfaces", str(run))
    tally.check(seep("interfaces", "eth0").status == 2, "interfaces takes no arguments")


def test_exit_status(tally, folder):
    path = leak(folder)
    policy = ["--egress", build.EGRESS]
    for args, status in ((policy, 1), (["--egress", build.ISP], 0), ([], 0),
                         ([*policy, "--fail-on", "critical"], 1),
                         ([*policy, "--client", "10.0.0.0/8"], 0),
                         ([*policy, "-f", "udp port 9"], 0),
                         ([*policy, "--min-severity", "critical"], 1),
                         (["--fail-on", "info"], 1)):
        run = seep("replay", *args, path)
        tally.check(run.status == status and not run.err, f"replay {' '.join(args)}",
                    f"expected {status}\n{run}")
    tally.check(seep("dissect", path).status == 0, "dissect never judges")


def test_ndpi(tally, folder):
    """What seep does not read nDPI names, unless it is told not to."""
    ask = bytes.fromhex("302602010104067075626c6963a019020400000001020100020100"
                        "300b300906052b060102010500")  # SNMP, RFC 1157
    ends = (build.CLIENT, 5000, build.SERVER, 161)
    path = folder / "snmp.pcap"
    path.write_bytes(build.pcap([build.ethernet_udp(*ends, ask), build.ethernet_udp(
        *ends[2:], *ends[:2], ask.replace(b"\xa0", b"\xa2"))]))
    run = seep("dissect", "-v", path)
    said = [r for r in records(run.out) if r["event_type"] == "application"]
    expected = {"protocol": "SNMP", "category": "Network", "guessed": False}
    tally.check(len(said) == 1 and said[0]["application"] == expected
                and said[0]["pcap_cnt"] == 2, "nDPI names a flow", str(run))
    tally.check(re.search(rb"ndpi\.named +1 ", run.err), "nDPI is counted", str(run))
    run = seep("dissect", "-v", "--no-ndpi", path)
    kinds = {r["event_type"] for r in records(run.out)}
    tally.check(run.status == 0 and "application" not in kinds and b"ndpi." not in run.err,
                "--no-ndpi", str(run))


def test_roles(tally, folder):
    path = leak(folder)
    for role in ("physical", "tunnel", "lan", "wan"):
        run = seep("replay", "--json", "--min-severity", "info", "--egress", build.EGRESS,
                   f"{role}:{path}")
        found = {a["leak"]["vantage"] for a in alerts(run)}
        tally.check(run.status in (0, 1) and found <= {role}, f"role {role}", str(run))
    named = leak(folder, "lan:x")
    run = seep("replay", "--json", "--egress", build.EGRESS, "./lan:x", cwd=folder)
    names = {a["pcap_filename"] for a in alerts(run)}
    tally.check(named.exists() and names == {"./lan:x"}, "./lan:x names a file", str(run))
    tally.check(seep("replay", "lan:x", cwd=folder).status == 3, "lan:x is the file x in the LAN")


def test_several_captures(tally, folder):
    """Requests in one file and answers in another are one story, in whichever order named."""
    request, answer = build.exchange()
    other = build.pcap([b"", answer])  # its frame 2 has the time of the whole exchange's second
    (folder / "out.pcap").write_bytes(build.pcap([request]))
    (folder / "in.pcap").write_bytes(other)
    runs = [seep("replay", "--json", "--egress", build.EGRESS, *files, cwd=folder)
            for files in (["out.pcap", "in.pcap"], ["in.pcap", "out.pcap"])]
    for run in runs:
        found = {a["leak"]["finding_id"]: a["leak"] for a in alerts(run)}.values()
        ids = [leak["id"] for leak in found if leak["leaked"] == [build.ISP]]
        tally.check(run.status == 1 and "srflx-outside-egress" in ids, "two captures, one leak",
                    str(run))


def test_strict(tally, folder):
    """What had to be forgotten, or was dropped, is 4 with --strict, and nothing without."""
    frames = []
    for number in range(17):  # one exit more than are remembered
        txid = number.to_bytes(12, "big")
        ask = build.stun(build.BINDING_REQUEST, txid)
        answer = build.stun(build.BINDING_SUCCESS, txid,
                            build.xor_mapped(f"203.0.113.{number + 1}", 5000))
        frames += [build.ethernet_udp(build.CLIENT, 5000, build.SERVER, 3478, ask),
                   build.ethernet_udp(build.SERVER, 3478, build.CLIENT, 5000, answer)]
    exits = build.pcapng(frames, b"tun0")
    drops = build.pcapng(frames[:2], b"tun0")
    option = struct.pack("<HHQ", 7, 8, 1)  # isb_osdrop of one frame
    drops += struct.pack("<IIIII", 5, 36, 0, 0, 0) + option + struct.pack("<I", 36)
    for name, capture in (("exits forgotten", exits), ("frames dropped", drops)):
        path = folder / "lost.pcapng"
        path.write_bytes(capture)
        for args, status in (([], 0), (["--strict"], 4)):
            run = seep("replay", *args, path)
            tally.check(run.status == status and b"not seen" in run.out,
                        f"{name} {' '.join(args)}", str(run))


def test_signals(tally, folder):
    """SIGTERM and SIGINT end a run with its summary and verdict; SIGUSR1 prints statistics."""
    for number in (signal.SIGTERM, signal.SIGINT):
        child = subprocess.Popen([SEEP, "replay", "--egress", build.EGRESS, "-"],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
        child.stdin.write(leak(folder).read_bytes())
        child.stdin.flush()
        child.stdout.readline()  # the alert is out, and the pipe stays open
        child.send_signal(signal.SIGUSR1)
        child.send_signal(number)
        out, err = child.communicate(timeout=TIMEOUT)
        tally.check(child.returncode == 1 and b"Summary" in out, f"{number.name} ends the run",
                    f"exit {child.returncode}\n{out}\n{err}")


def test_locked_down(tally, folder):
    """Files are read without rights, whoever started it; --no-sandbox keeps them."""
    for args, seccomp in (([], "2"), (["--no-sandbox"], "0")):
        child = subprocess.Popen([SEEP, "replay", "--egress", build.EGRESS, *args, "-"],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        child.stdin.write(leak(folder).read_bytes())
        child.stdin.flush()
        child.stdout.readline()  # the alert is out, and the pipe stays open
        lines = Path(f"/proc/{child.pid}/status").read_text().splitlines()
        child.communicate(timeout=TIMEOUT)
        status = {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}
        rights = int(status["CapEff"], 16) | int(status["CapPrm"], 16)
        if args:
            tally.check(status["Seccomp"] == seccomp, "--no-sandbox", str(status))
            continue
        tally.check(status["NoNewPrivs"] == "1" and not rights and "0" not in status["Uid"].split(),
                    "replay gives up its rights", str(status))
        if SANITIZED:
            tally.skip("replay is locked down", "a sanitizer's build has no sandbox")
        else:
            tally.check(status["Seccomp"] == seccomp, "replay is locked down", str(status))


def test_unread_capture_is_not_listed(tally, folder):
    run = seep("replay", "-o", "summary", folder / "nosuch.pcap", leak(folder))
    tally.check(b"nosuch" not in run.out and run.status == 3, "summary lists what was read",
                str(run))
