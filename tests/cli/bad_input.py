"""Bad input: one line on stderr that says what and where, the right exit status, no crash."""
import gzip
import os

import build_pcap as build
from support import TIMEOUT, records, seep
from synthetic.world import World

USAGE, FAILED = 2, 3


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return path


def check_one_message(tally, case, run, status, *words):
    """Exit status, exactly one message, which names every one of `words`; stdout holds records."""
    tally.check(run.status == status, f"{case}: exit status", f"expected {status}\n{run}")
    tally.check(len(run.messages) == 1 and run.err.startswith(b"seep: "),
                f"{case}: one message", str(run))
    missing = [word for word in words if word not in run.err.decode("utf-8", "replace")]
    tally.check(not missing, f"{case}: what and where", f"not named: {missing}\n{run}")
    try:
        records(run.out)
    except ValueError as error:
        tally.check(False, f"{case}: records only", f"{error}\n{run}")


def check_file(tally, case, path, *words):
    """An unreadable file fails replay and dissect alike."""
    for command in (["replay", "-o", "eve:-"], ["dissect"]):
        run = seep(*command, path)
        check_one_message(tally, f"{command[0]} {case}", run, FAILED, os.path.basename(path),
                          *words)
        kinds = {r["event_type"] for r in records(run.out)}
        tally.check(not kinds - {"stats"}, f"{command[0]} {case}: no finding", str(run))


def test_unreadable_files(tally, folder):
    header = build.pcap_header()
    check_file(tally, "missing file", folder / "missing.pcap")
    check_file(tally, "directory", folder, "directory")
    check_file(tally, "empty file", write(folder, "empty.pcap", b""), "empty")
    check_file(tally, "text file", write(folder, "notes.pcap", b"dear diary, " * 40))
    check_file(tally, "a few zeroes", write(folder, "zeroes.pcap", bytes(300)))
    for size in (1, 3, 4, 23):
        check_file(tally, f"header of {size} bytes",
                   write(folder, f"short{size}.pcap", header[:size]))
    section = build.pcapng([], b"eth0")
    for size in (8, 20, 27):
        check_file(tally, f"section header of {size} bytes",
                   write(folder, f"short{size}.pcapng", section[:size]))
    if os.geteuid() != 0:
        secret = write(folder, "secret.pcap", header)
        secret.chmod(0)
        check_file(tally, "unreadable file", secret)


def test_no_frames_is_no_error(tally, folder):
    for name, content in (("bare.pcap", build.pcap([])), ("bare.pcapng", build.pcapng([], b"e"))):
        run = seep("replay", "-o", "eve:-", write(folder, name, content))
        tally.check(run.status == 0 and not run.err, f"{name}: nothing in it", str(run))


def test_unknown_link_type(tally, folder):
    path = write(folder, "usb.pcap", build.pcap([b"\0" * 64] * 3, build.USB))
    for command in (["replay", "-o", "eve:-"], ["dissect"]):
        run = seep(*command, path)
        check_one_message(tally, f"{command[0]} unknown link type", run, FAILED, "usb.pcap",
                          str(build.USB))


def test_zero_length_packets(tally, folder):
    path = write(folder, "zero.pcap", build.pcap([b""] * 5 + build.exchange()))
    run = seep("replay", "-o", "eve:-", "--egress", build.EGRESS, path)
    tally.check(run.status == 1 and not run.err, "zero-length packets", str(run))
    frames = [r["leak"]["frames"] for r in records(run.out) if r["event_type"] == "alert"]
    tally.check([6, 7] in frames, "zero-length packets are counted", str(frames))


def test_cut_off(tally, folder):
    """A leak in frames 1 and 2, then the file breaks off within frame 3."""
    whole = build.pcap(build.exchange() * 2)
    two = len(build.pcap(build.exchange()))
    for size in (two + 1, two + 15, two + 16, two + 30):
        path = write(folder, f"cut{size}.pcap", whole[:size])
        run = seep("replay", "-o", "eve:-", "--egress", build.EGRESS, path)
        check_one_message(tally, f"cut off at {size}", run, FAILED, path.name, "frame 3", "byte")
        found = [r for r in records(run.out) if r["event_type"] == "alert"]
        tally.check(found, f"cut off at {size}: judged up to there", str(run))
        check_one_message(tally, f"dissect cut off at {size}", seep("dissect", path), FAILED,
                          path.name, "frame 3")


def test_packed(tally, folder):
    """A packed capture gives what it gives unpacked; cut off or broken, it says so."""
    whole = build.pcap(build.exchange())
    packed = gzip.compress(whole)
    policy = ["-o", "eve:-", "--egress", build.EGRESS]
    run = seep("replay", *policy, write(folder, "leak.pcap.gz", packed))
    tally.check(run.status == 1 and not run.err, "gzip", str(run))
    run = seep("replay", *policy, "-", stdin=packed)
    tally.check(run.status == 1 and not run.err, "gzip on standard input", str(run))
    for case, content, word in (("cut", packed[:-6], "cut off"),
                                ("broken", packed[:-6] + b"broken", "corrupt")):
        path = write(folder, f"{case}.pcap.gz", content)
        run = seep("replay", *policy, path)
        check_one_message(tally, f"gzip {case}", run, FAILED, path.name, "frame 2", "byte", word)
        found = [r for r in records(run.out) if r["event_type"] == "alert"]
        tally.check(found, f"gzip {case}: judged up to there", str(run))


def test_cut_off_everywhere(tally, folder):
    """No prefix of a capture hangs, crashes, or passes for a whole one without a message."""
    for name, whole, bounds in (
            ("any.pcap", build.pcap(build.exchange()), {24, 24 + 16 + len(build.exchange()[0])}),
            ("any.pcapng", build.pcapng(build.exchange(), b"eth0"), None)):
        wrong = []
        for size in range(1, len(whole), 3):
            run = seep("dissect", write(folder, name, whole[:size]))
            quiet = run.status == 0 and not run.err
            told = run.status == FAILED and len(run.messages) == 1
            if not (told or quiet and (bounds is None or size in bounds)):
                wrong.append(f"{size} bytes: {run}")
        tally.check(not wrong, f"{name}: every prefix", "\n".join(wrong[:3]))


def test_absurd_record_length(tally, folder):
    huge = build.pcap([]) + b"\0" * 8 + b"\xff\xff\xff\x7f" * 2 + bytes(100)
    check_one_message(tally, "absurd record length",
                      seep("dissect", write(folder, "huge.pcap", huge)), FAILED, "huge.pcap",
                      "byte 24")


BAD_OPTIONS = [
    (["--egress", "203.0.113.300"], "203.0.113.300"),
    (["--egress", "203.0.113.7/33"], "203.0.113.7/33"),
    (["--egress", "203.0.113.7/24"], "203.0.113.7/24"),
    (["--egress", "2001:db8::/129"], "2001:db8::/129"),
    (["--egress", ""], "--egress"),
    (["--egress=vpn.example"], "vpn.example"),
    (["--tunnel", ""], "--tunnel"),
    (["--tunnel", "203.0.113.7:99999"], "203.0.113.7:99999"),
    (["--tunnel", "an-interface-name-that-is-far-too-long"], "an-interface-name"),
    (["--proxy", "203.0.113.99:http"], "203.0.113.99:http"),
    (["--proxy", "nowhere"], "nowhere"),
    (["--client", "192.168.77.10/8"], "192.168.77.10/8"),
    (["--client", "laptop"], "laptop"),
    (["--min-severity", "awful"], "awful"),
    (["--fail-on", "CRIT"], "CRIT"),
    (["--filter", "udp porst 3478"], "udp porst 3478"),
    (["-o", "telepathy"], "telepathy"),
    (["-o", ""], "-o"),
    (["-o", "eve", "-o", "text"], "stdout"),
    (["--json", "-o", "summary:-"], "stdout"),
    (["--colour-me-bad"], "--colour-me-bad"),
    (["-?"], "?"),
    (["--egress"], "--egress"),
]


def test_bad_options(tally, folder):
    path = write(folder, "leak.pcap", build.pcap(build.exchange()))
    for options, word in BAD_OPTIONS:
        # An option without its argument must come last, or it takes the file for one.
        args = [path, *options] if options == ["--egress"] else [*options, path]
        run = seep("replay", *args)
        word = word if word not in ("stdout", "-o") else ""
        check_one_message(tally, f"replay {' '.join(options)}", run, USAGE, word)
        tally.check(not run.out, f"replay {' '.join(options)}: no record", str(run))


def test_bad_command_lines(tally, folder):
    run = seep()
    tally.check(run.status == USAGE and not run.out and b"replay" in run.err,
                "seep alone shows its usage on stderr", str(run))
    for args, word in ((["replay"], "capture"), (["dissect"], "capture"),
                       (["frobnicate"], "frobnicate"), (["--frobnicate"], "--frobnicate"),
                       (["explain"], "detection"), (["explain", "no-such-leak"], "no-such-leak"),
                       (["dissect", "--egress", "192.0.2.1", "x"], "--egress")):
        run = seep(*args)
        case = "seep " + " ".join(args)
        tally.check(run.status == USAGE and not run.out, f"{case}: usage error", str(run))
        tally.check(len(run.messages) == 1 and word in run.messages[0],
                    f"{case}: one message", str(run))


def test_bad_databases(tally, folder):
    leak = write(folder, "leak.pcap", build.pcap(build.exchange()))
    good = World().geo()
    data = good.read_bytes()
    for case, path in (("missing", folder / "missing.mmdb"), ("directory", folder),
                       ("text", write(folder, "notes.mmdb", b"dear diary, " * 40)),
                       ("no description", write(folder, "cut.mmdb", data[:len(data) // 2]))):
        run = seep("replay", "--geo", path, "-o", "eve:-", leak)
        check_one_message(tally, f"--geo: {case}", run, FAILED, str(path))
    # Its tree and data may say anything, where it calls itself a database.
    for at in range(0, len(data) - 200, 31):
        bent = write(folder, "bent.mmdb", data[:at] + b"\xff" + data[at + 1:])
        run = seep("replay", "--geo", bent, "--egress", build.EGRESS, "-o", "eve:-", leak)
        tally.check(run.status in (1, FAILED), f"--geo: bent at {at}", str(run))
    five = [word for _ in range(5) for word in ("--geo", good)]
    check_one_message(tally, "five databases", seep("replay", *five, leak), USAGE, "4")


def test_precedence(tally, folder):
    """2, then 3, then 1."""
    leak = write(folder, "leak.pcap", build.pcap(build.exchange()))
    policy = ["--egress", build.EGRESS, "-o", "eve:-"]
    missing = folder / "missing.pcap"
    tally.check(seep("replay", *policy, leak).status == 1, "a leak is 1")
    for files in ([missing, leak], [leak, missing]):
        run = seep("replay", *policy, *files)
        check_one_message(tally, "a leak and a missing file", run, FAILED, "missing.pcap")
    run = seep("replay", "--client", "laptop", *policy, missing)
    check_one_message(tally, "a usage error and a missing file", run, USAGE, "laptop")


def test_full_disk(tally, folder):
    leak = write(folder, "leak.pcap", build.pcap(build.exchange()))
    run = seep("replay", "--egress", build.EGRESS, "-o", "eve:/dev/full", leak)
    check_one_message(tally, "-o eve:/dev/full", run, FAILED, "/dev/full")
    run = seep("replay", "--egress", build.EGRESS, "-o", f"eve:{folder}/no/such/eve.json", leak)
    check_one_message(tally, "-o eve in a missing folder", run, FAILED, "eve.json")
    import subprocess  # the one place where stdout is a device
    from support import SEEP, environment
    for args in (["replay", "--egress", build.EGRESS, leak], ["replay", "--json", leak],
                 ["dissect", leak], ["list"], ["--help"], ["--version"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([SEEP, *map(str, args)], stdout=full, stderr=subprocess.PIPE,
                                  env=environment(), timeout=TIMEOUT, check=False)
        lines = done.stderr.splitlines()
        tally.check(done.returncode == FAILED and len(lines) == 1, f"{args[0]} >/dev/full",
                    f"exit {done.returncode}, stderr {done.stderr!r}")
