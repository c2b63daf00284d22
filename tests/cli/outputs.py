"""Where output goes: stdout, files, closed pipes, terminals; and that it steers no terminal."""
import os
import pty
import subprocess
import unicodedata

import build_pcap as build
from support import SEEP, TIMEOUT, environment, records, seep

HOSTILE = b"\x1b[31mred\x07\r\x9b2J\xff\xc2\x9b"
ESCAPE = b"\x1b"
LEAK_ARGS = ["--egress", build.EGRESS]


def leak(folder, name="leak.pcap", **more):
    path = folder / name
    path.write_bytes(build.pcap(build.exchange(**more)))
    return path


def raw_controls(text):
    """Control characters other than the newline; bytes that are no UTF-8 count as well."""
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        return [str(error)]
    return [repr(c) for c in decoded if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"]


def on_terminal(args, **changes):
    """What seep writes to a terminal, and its exit status."""
    master, slave = pty.openpty()
    child = subprocess.Popen([SEEP, *map(os.fspath, args)], stdin=subprocess.DEVNULL,
                             stdout=slave, stderr=slave,
                             env=environment(TERM="xterm-256color", **changes))
    os.close(slave)
    out = b""
    try:
        while block := os.read(master, 65536):
            out += block
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(master)
    return out, child.wait(TIMEOUT)


def test_text_tells_the_leak(tally, folder):
    run = seep("replay", *LEAK_ARGS, leak(folder))
    for word in (build.CLIENT, build.ISP, build.EGRESS, build.SERVER, "critical",
                 "srflx-outside-egress", "leak.pcap"):
        tally.check(word.encode() in run.out.lower(), f"text names {word}", str(run))
    tally.check(run.status == 1 and not run.err, "text: exit status, nothing on stderr", str(run))
    wide = [line for line in run.out.decode().splitlines() if len(line) > 100]
    tally.check(not wide, "text keeps to the page", "\n".join(wide))


def test_quiet(tally, folder):
    path = leak(folder)
    full, quiet = (seep("replay", *LEAK_ARGS, *more, path) for more in ([], ["-q"]))
    tally.check(build.ISP.encode() in quiet.out and len(quiet.out) < len(full.out),
                "-q: alerts and nothing else", str(quiet))
    none = seep("replay", "-q", "--egress", build.ISP, path)
    tally.check(none.status == 0 and not none.out and not none.err, "-q: no alert, no word",
                str(none))


def terminals_or_skip(tally, case):
    """A bare root file system has no /dev/pts."""
    try:
        for end in pty.openpty():
            os.close(end)
        return True
    except OSError as error:
        tally.skip(case, f"no terminal to be had: {error}")
        return False


def test_colour(tally, folder):
    if not terminals_or_skip(tally, "colour on a terminal"):
        return
    path = leak(folder)
    args = ["replay", *LEAK_ARGS, path]
    out, status = on_terminal(args)
    tally.check(ESCAPE in out and status == 1, "colour on a terminal", repr(out[:300]))
    out, _ = on_terminal(args, NO_COLOR="1")
    tally.check(out and ESCAPE not in out, "NO_COLOR", repr(out[:300]))
    out, _ = on_terminal([*args, "--no-color"])
    tally.check(out and ESCAPE not in out, "--no-color", repr(out[:300]))
    tally.check(ESCAPE not in seep(*args).out, "no colour in a pipe")
    out, _ = on_terminal([*args, "--json"])
    tally.check(out and ESCAPE not in out, "no colour in records", repr(out[:300]))


def test_hostile_names(tally, folder):
    """File, interface and wire bytes that would steer a terminal."""
    path = os.path.join(os.fsencode(folder), HOSTILE + b"\n.pcapng")
    with open(path, "wb") as file:
        file.write(build.pcapng(build.exchange(software=HOSTILE), HOSTILE[:20]))
    for args in ([], ["-o", "summary"], ["--json"]):
        run = seep("replay", *LEAK_ARGS, *args, path)
        case = f"hostile names {' '.join(args)}"
        tally.check(run.status == 1 and run.out, case, str(run))
        found = raw_controls(run.out) + raw_controls(run.err)
        tally.check(not found, f"{case}: no raw control bytes", f"{found}\n{run}")
    tally.check(len(records(run.out)) >= 2, "hostile names: records", str(run))
    run = seep("dissect", path)
    found = [a.get("text") for r in records(run.out)
             for a in r.get("stun", {}).get("attributes", []) if a.get("name") == "SOFTWARE"]
    tally.check(found and not raw_controls(run.out) and "\\x9b" in found[0].lower(),
                "hostile SOFTWARE is escaped", str(found))
    run = seep("replay", path + b"-missing")
    tally.check(run.status == 3 and len(run.messages) == 1 and not raw_controls(run.err),
                "hostile missing file: one clean line", str(run))
    if not terminals_or_skip(tally, "a hostile name on a terminal"):
        return
    out, _ = on_terminal(["replay", *LEAK_ARGS, "--no-color", path])
    tally.check(not raw_controls(out.replace(b"\r\n", b"\n")), "hostile names on a terminal",
                repr(out))


def test_json_is_eve_on_stdout(tally, folder):
    path = leak(folder)
    runs = [seep("replay", *LEAK_ARGS, *args, path).out for args in
            (["--json"], ["-o", "eve:-"], ["-o", "eve"], ["--output=eve:-"], ["--output", "eve"])]
    tally.check(runs[0] and len(set(runs)) == 1, "--json is -o eve:-", "\n".join(map(repr, runs)))
    found = records(runs[0])
    tally.check([r["event_type"] for r in found].count("stats") == 1
                and found[-1]["event_type"] == "stats", "statistics come once, last", repr(runs[0]))


def test_two_outputs(tally, folder):
    file = folder / "eve.json"
    run = seep("replay", *LEAK_ARGS, "-o", f"eve:{file}", "-o", "summary", leak(folder))
    tally.check(run.status == 1 and run.out and not run.err, "-o eve:FILE -o summary", str(run))
    found = records(file.read_bytes())
    tally.check(any(r["event_type"] == "alert" for r in found), "eve:FILE holds the alert")
    tally.check(file.stat().st_mode & 0o007 == 0, "eve:FILE is not for everybody",
                oct(file.stat().st_mode))
    before = file.read_bytes()
    seep("replay", *LEAK_ARGS, "-o", f"eve:{file}", leak(folder))
    tally.check(file.read_bytes() == before * 2, "a file is appended to")


def test_closed_pipe(tally, folder):
    """`seep ... | head -1` ends soon and says nothing."""
    path = folder / "many.pcap"
    path.write_bytes(build.pcap([f for n in range(5000) for f in build.exchange(n)]))
    for args in (["dissect", path], ["replay", "--json", *LEAK_ARGS, path]):
        child = subprocess.Popen([SEEP, *map(str, args)], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, env=environment())
        line = child.stdout.readline()
        child.stdout.close()
        error = child.stderr.read()
        child.stderr.close()
        status = child.wait(TIMEOUT)
        tally.check(line.startswith(b"{") and not error and status in (0, 1),
                    f"{args[0]} | head -1", f"exit {status}, {line!r}, stderr {error!r}")


def test_stdin(tally, folder):
    path = leak(folder)
    whole = path.read_bytes()
    from_file = records(seep("replay", "--json", *LEAK_ARGS, path).out)
    run = seep("replay", "--json", *LEAK_ARGS, "-", stdin=whole)
    from_pipe = records(run.out)
    for record in from_file + from_pipe:
        record.pop("pcap_filename", None)
    tally.check(run.status == 1 and from_pipe == from_file, "stdin is read like a file", str(run))
    run = seep("replay", "--json", "-", stdin=b"")
    tally.check(run.status == 3 and len(run.messages) == 1, "empty stdin", str(run))
    run = seep("dissect", "-", stdin=whole[:-10])
    tally.check(run.status == 3 and len(run.messages) == 1, "stdin cut off", str(run))
