#!/usr/bin/python3 -B
"""What each real capture costs: none may take more than FACTOR times the median's instructions per
byte, or whoever can send packets chooses what they cost.

Each capture is played over and over and goes through `seep replay` and `seep dissect`, the second
with every dissector asked and every observation printed. valgrind counts instructions, libraries
included, and is slow; so all captures are first ranked by the CPU time of a native run on RANKED
bytes. Counted are then, on COUNTED bytes, every EACH-th of dev/ for the median and the dearest,
which must stand the test. COST_ALL=1 counts all of them on 16 MiB: an hour or so. What a run on a
capture without frames takes is taken off. No verdict depends on time.
"""
import concurrent.futures
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from looped import looped  # noqa: E402
from support import CORPUS, SEEP, Tally, corpus_or_skip, need_program  # noqa: E402

FACTOR = 20
ALL = bool(os.environ.get("COST_ALL"))
RANKED = 2 << 20
COUNTED = 16 << 20 if ALL else 1 << 20
KINDS = ("dev", "malformed")
EACH, DEAREST = 4, 15
PROCESSES = 2
SECONDS = 1200
SHOWN = 5
COMMANDS = ("replay", "dissect")
COUNT = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]


def cpu_time(command, capture):
    """Seconds of `seep COMMAND CAPTURE` in user mode."""
    with subprocess.Popen([SEEP, command, capture], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as run:
        _, status, used = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode not in (0, 1, 3):
        raise RuntimeError(f"seep {command} on {capture}: exit {run.returncode}")
    return used.ru_utime


def instructions(command, capture):
    """Executed by `seep COMMAND CAPTURE`."""
    run = subprocess.run([*COUNT, SEEP, command, "--no-sandbox", capture], stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, timeout=SECONDS, check=False)
    counted = re.search(rb"Collected : (\d+)", run.stderr)
    if not counted:
        raise RuntimeError(run.stderr[-500:].decode("utf-8", "replace"))
    return int(counted[1])


class Bench:
    """Looped captures in a folder of its own, and what runs on them took."""

    def __init__(self, folder):
        self.folder = folder
        self.empty = {}  # by command: instructions without frames

    def prepared(self, path, size):
        """(name of a looped capture, its size), or None where there is no frame."""
        captures = looped(path.read_bytes(), size)
        if not captures:
            return None
        name = self.folder / f"{path.stat().st_ino}.cap"
        name.write_bytes(captures[1])
        return name, len(captures[1]), captures[0]

    def times(self, path):
        """(path, CPU seconds a byte by command), or None."""
        ready = self.prepared(path, RANKED)
        if not ready:
            return None
        found = {command: cpu_time(command, ready[0]) / ready[1] for command in COMMANDS}
        ready[0].unlink()
        return path, found

    def cost(self, command, path):
        """Instructions a byte."""
        name, size, head = self.prepared(path, COUNTED)
        if command not in self.empty:
            nothing = self.folder / "empty.cap"
            nothing.write_bytes(head)
            self.empty[command] = instructions(command, nothing)
        taken = instructions(command, name)
        name.unlink()
        return (taken - self.empty[command]) / size


def judge(tally, bench, pool, command, ranked):
    """Counts what the median is made of, and the dear end of what is ranked by time."""
    known = sorted(path for path in ranked if CORPUS / "dev" in path.parents)
    middle = known if ALL else known[::EACH]
    dearest = ranked if ALL else ranked[-DEAREST:]
    bench.cost(command, middle[0])  # before threads ask for what is the same for all
    asked = list(dict.fromkeys(middle + dearest))
    costs = dict(zip(asked, pool.map(lambda path: bench.cost(command, path), asked)))
    median = statistics.median(costs[path] for path in middle)
    print(f"{command}: {len(ranked)} captures ranked, {len(asked)} counted, median {median:.1f} "
          "instructions a byte, the dearest:")
    for path in sorted(asked, key=lambda path: -costs[path])[:SHOWN]:
        print(f"    {costs[path] / median:5.1f} x {path.relative_to(CORPUS)}")
    for path in dearest:
        tally.check(costs[path] <= FACTOR * median, f"{command} {path.relative_to(CORPUS)}",
                    f"{costs[path]:.1f} instructions a byte, the median is {median:.1f}")


def main():
    tally = Tally("cost")
    if not corpus_or_skip(tally):
        tally.finish()
    if not shutil.which("valgrind"):
        tally.skip(tally.name, "valgrind, which counts instructions, is not installed")
        tally.finish()
    need_program(tally)
    files = [path for kind in KINDS for path in sorted((CORPUS / kind).rglob("*"))
             if path.is_file()]
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=memory) as top, \
            concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        bench = Bench(Path(top))
        rows = [row for row in pool.map(bench.times, files) if row]
        for command in COMMANDS:
            rows.sort(key=lambda row, command=command: row[1][command])
            judge(tally, bench, pool, command, [path for path, _ in rows])
    tally.finish()


if __name__ == "__main__":
    main()
