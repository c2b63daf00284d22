"""Policy files: what `seep check` says, what `-c` does, and how both refuse."""
import json
import os
import re
import signal
import subprocess

import build_pcap as build
from support import PCAPS, ROOT, SEEP, TIMEOUT, environment, records, seep
from verdicts import ETH0, LAPTOP, LAPTOP_LINKS, answer, ask, told

HIT = PCAPS / "srflx-outside-egress/hit-srflx-v4.pcap"
HOME = "clients: [{match: 192.168.77.0/24, egress: 203.0.113.7}]\n"
EXAMPLE = re.compile("```yaml\n(.*?)```", re.S)


def policy(folder, text, name="policy.yaml"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_documented_example(tally, folder):
    """The example of the documentation has every key, is right, and is explained."""
    document = (ROOT / "docs/POLICY.md").read_text()
    example = EXAMPLE.search(document).group(1)
    run = seep("check", policy(folder, example))
    tally.check(run.status == 0 and not run.err, "the documented example", str(run))
    for words in ("no mistakes", "192.168.77.0/24\n", "tunnel tun0 or 203.0.113.7:1194",
                  "out of 203.0.113.7 or 2001:db8:113::/48", "10.8.0.1", "office phones",
                  "02:00:5e:00:53:0a", "proxy 192.168.77.1:8080 or [2001:db8:77::1]:8080",
                  "severity low", "20 in 300 s", "exposure: none", "5 in 3600 s",
                  "every other client", "text:-", "eve:seep-alerts.json", "1000000 flows"):
        tally.check(words in run.out.decode(), f"check says {words.strip()}", str(run))
    run = seep("replay", "-c", policy(folder, example), HIT, cwd=folder)
    wrote = [json.loads(line) for line in (folder / "seep-alerts.json").read_text().splitlines()]
    tally.check(run.status == 0 and b"1 allowed by the policy" in run.out and not run.err
                and [r["event_type"] for r in wrote] == ["stats"], "the example in use", str(run))


def test_every_key_is_documented(tally, folder):
    """Each key that a mistake calls known is in the documented example."""
    example = EXAMPLE.search((ROOT / "docs/POLICY.md").read_text()).group(1)
    places = ["x: 1", "clients: [{x: 1}]", "clients: [{match: self, allow: [{x: 1}]}]",
              "alerts: {x: 1}", "alerts: {threshold: {x: 1}}", "alerts: {suppress: [{x: 1}]}",
              "limits: {x: 1}"]
    for place in places:
        run = seep("check", policy(folder, place))
        known = re.search(rb"known here: ([^)]*)\)", run.err)
        tally.check(known, f"{place}: known keys", str(run))
        for key in known.group(1).decode().split(", ") if known else []:
            tally.check(re.search(rf"\b{key}:", example), f"docs/POLICY.md: {key}")


def test_mistakes(tally, folder):
    """A file with a mistake is told of with its place, is not used, and is 2."""
    text = "clients:\n  - match: self\n    egress: [203.0.113.300]\n  - match: self\nx: y\n"
    path = policy(folder, text)
    expected = [f"seep: {path}:3:14: egress 203.0.113.300: not an address or prefix "
                "(ADDR or ADDR/LEN, no host bits set)",
                f"seep: {path}:4:12: match self: duplicate client",
                f"seep: {path}:5:1: unknown key x (known here: clients, alerts, outputs, limits)"]
    for args in (["check", path], ["replay", "-c", path, HIT], ["replay", HIT, f"--policy={path}"],
                 ["replay", "-c", path, folder / "nosuch.pcap"]):
        run = seep(*args)
        tally.check(run.status == 2 and not run.out and run.messages == expected,
                    f"{args[0]}: mistakes", str(run))
    run = seep("replay", "--help", "-c", path)
    tally.check(run.status == 0 and not run.err, "help comes first", str(run))


def test_files(tally, folder):
    big = policy(folder, b"#" * (1 << 20) + b"\n", "big.yaml")
    whole = policy(folder, b"{}" + b" " * ((1 << 20) - 2), "whole.yaml")
    hostile = policy(folder, b"\x1b[31m: \x80", "hostile.yaml")
    for path, words in ((folder / "nosuch.yaml", b"No such file"), (folder, b"Is a directory"),
                        (big, b"larger than 1048576 bytes"), (hostile, b"no YAML"),
                        (HIT, b"no YAML"), ("/dev/null", b"there is nothing in it")):
        for command in (["check"], ["replay", HIT, "-c"]):
            run = seep(*command, path)
            tally.check(run.status == 2 and words in run.err and not run.out
                        and b"\x1b" not in run.err, f"{command[0]} {path}", str(run))
    tally.check(seep("check", whole).status == 0, "as large as may be")


def test_usage(tally, folder):
    path = policy(folder, HOME)
    for args in (["check"], ["check", path, path], ["check", "--egress", "203.0.113.7", path],
                 ["replay", "-c", path, "-c", path, HIT], ["replay", HIT, "-c"],
                 ["dissect", "-c", path, HIT]):
        run = seep(*args)
        tally.check(run.status == 2 and not run.out and b"--help" in run.err,
                    f"{' '.join(str(a) for a in args)}: usage", str(run))


def test_outputs(tally, folder):
    """A policy's outputs are written unless the command line names any."""
    path = policy(folder, HOME + "outputs: [{eve: a.json}, {summary: '-'}]\n")
    run = seep("replay", "-c", path, HIT, cwd=folder)
    alerts = [r for r in records((folder / "a.json").read_bytes()) if r["event_type"] == "alert"]
    tally.check(run.status == 1 and run.out.startswith(b"Summary") and alerts and not run.err,
                "outputs of the policy", str(run))
    (folder / "a.json").unlink()
    run = seep("replay", "-c", path, "--json", HIT, cwd=folder)
    tally.check(run.status == 1 and not (folder / "a.json").exists() and records(run.out),
                "-o replaces them", str(run))
    path = policy(folder, HOME + "outputs: [{kafka: 'localhost:9092/seep'}]\n")
    run = seep("replay", "-c", path, HIT)
    tally.check(run.status == 1 and run.out.startswith(b"CRITICAL")
                and b"output kafka:localhost:9092/seep: not in this version, left out" in run.err,
                "an output to come", str(run))
    run = seep("check", path)
    tally.check(run.status == 0 and b"not in this version" in run.out, "check tells of it",
                str(run))
    path = policy(folder, HOME + "outputs: [{text: '-'}, {eve: '-'}]\n")
    tally.check(seep("replay", "-c", path, HIT).status == 2, "two on standard output")
    path = policy(folder, HOME + "outputs: [{eve: nosuch/a.json}]\n")
    tally.check(seep("replay", "-c", path, HIT, cwd=folder).status == 3, "one that fails")


def test_held_back_is_told(tally, folder):
    terms = "{match: 192.168.77.0/24, tunnel: tun9, egress: 203.0.113.7"
    story = [(ETH0, 0, ask(LAPTOP, 1)), (ETH0, .02, answer(LAPTOP, 1, build.ISP)),
             (ETH0, 1, ask(LAPTOP, 2)), (ETH0, 1.02, answer(LAPTOP, 2, "198.51.100.24")),
             (ETH0, 2, ask(LAPTOP, 3)), (ETH0, 2.02, answer(LAPTOP, 3, "198.51.100.25"))]
    for rest, status, counter, count, words in (
            ("}]", 1, "alerts_limited", None, None),
            (", allow: [{to: 192.0.2.0/24, why: x}]}]", 0, "allowed", 3, b"3 allowed by"),
            ("}]\nalerts: {suppress: [{address: 198.51.100.23}]}", 1, "alerts_suppressed", 1,
             b"1 suppressed by"),
            ("}]\nalerts: {suppress: [{client: 192.168.77.10}]}", 0, "alerts_suppressed", 3,
             b"3 suppressed by"),
            ("}]\nalerts: {threshold: {count: 1}}", 1, "alerts_limited", 2,
             b"2 of them not printed: beyond the policy's threshold")):
        path = policy(folder, f"clients: [{terms}{rest}\n")
        run, found, _ = told(folder, LAPTOP_LINKS, story, "-c", path)
        stats = [r for r in records(run.out) if r["event_type"] == "stats"][-1]["stats"]["detect"]
        tally.check(run.status == status and stats.get(counter, 0) == (count or 0)
                    and len(found) == 3 - (count or 0), f"{rest}: counted", f"{run}\n{stats}")
        run = seep("replay", "-o", "summary", "-c", path, folder / "story.pcapng")
        tally.check(words is None or words in run.out, f"{rest}: told", str(run))


def test_limits(tally, folder):
    """As many flows as the policy says are remembered, no more."""
    frames = [build.ethernet_udp(build.CLIENT, 5000 + n, build.SERVER, 3478, build.stun(
        build.BINDING_REQUEST, n.to_bytes(12, "big"))) for n in range(1100)]
    capture = folder / "flows.pcap"
    capture.write_bytes(build.pcap(frames))
    for flows, evicted in ((1024, b"76"), (2048, None)):
        path = policy(folder, f"limits: {{flows: {flows}}}\n")
        run = seep("replay", "-v", "-c", path, capture)
        found = re.search(rb"flow\.evicted +(\d+)", run.err)
        tally.check((found and found.group(1)) == evicted, f"limits: flows {flows}", str(run))


def exchanges(count):
    """A capture in pieces: its header, and Binding transactions that tell 198.51.100.1, .2 ..."""
    pieces = [build.pcap([])]
    for number in range(1, count + 1):
        txid = number.to_bytes(12, "big")
        ends = (build.CLIENT, 5000, build.SERVER, 3478)
        tells = build.xor_mapped(f"198.51.100.{number}", 5000)
        pieces.append(build.pcap([
            build.ethernet_udp(*ends, build.stun(build.BINDING_REQUEST, txid)),
            build.ethernet_udp(*ends[2:], *ends[:2], build.stun(build.BINDING_SUCCESS, txid, tells)),
        ])[len(pieces[0]):])
    return pieces


def test_nobody_of_the_policy(tally, folder):
    """A policy about others says nothing of who was seen."""
    for match, words in (("192.168.77.99", b"Nothing says where"), ("self", b"No leak seen.")):
        path = policy(folder, f"clients: [{{match: {match}, egress: {build.ISP}}}]\n")
        run = seep("replay", "-c", path, HIT)
        tally.check(run.status == 0 and words in run.out, f"a policy about {match}", str(run))


def test_reload(tally, folder):
    """SIGUSR2 reads the policy again; while there is a mistake in it, the old one stays."""
    header, *pieces = exchanges(3)
    path = policy(folder, HOME)
    child = subprocess.Popen([SEEP, "replay", "--json", "-c", path, "-"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    leaked = []
    os.write(child.stdin.fileno(), header + pieces[0])
    leaked.append(json.loads(child.stdout.readline())["leak"]["leaked"])
    path.write_text("clients: [{match: nobody}]\n")
    child.send_signal(signal.SIGUSR2)
    os.write(child.stdin.fileno(), pieces[1])
    leaked.append(json.loads(child.stdout.readline())["leak"]["leaked"])
    path.write_text(HOME + "alerts: {suppress: [{address: 198.51.100.3}]}\n")
    child.send_signal(signal.SIGUSR2)
    os.write(child.stdin.fileno(), pieces[2])
    out, err = child.communicate(timeout=TIMEOUT)
    leaked += [r["leak"]["leaked"] for r in records(out)
               if r["event_type"] == "alert" and r["leak"]["state"] == "open"]
    tally.check(child.returncode == 1 and leaked == [["198.51.100.1"], ["198.51.100.2"]],
                "SIGUSR2", f"exit {child.returncode}, {leaked}\n{out}\n{err}")
    said = err.decode().splitlines()
    tally.check(len(said) == 3 and f"{path}:1:19: match nobody" in said[0]
                and said[1:] == ["seep: the policy stays as it was", f"seep: {path}: read again"],
                "SIGUSR2 says what it did", str(said))
