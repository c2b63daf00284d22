#!/usr/bin/python3 -B
"""Every real and every malformed capture goes through `seep replay` and `seep dissect`.

Each run must end by itself, with a status that seep documents, and never by a signal; run it with
SEEP=build/asan/seep for sanitizer reports. Without a policy nothing above info may be raised: no
capture can be a leak when nobody said what is expected.
"""
import collections
import concurrent.futures
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from support import CORPUS, SEVERITIES, Tally, corpus_or_skip, need_program  # noqa: E402
from support import records, seep  # noqa: E402

PROCESSES = 2
SECONDS = 120  # generous: a sanitizer build on a busy machine
STATUS = {"replay": {0, 1, 3}, "dissect": {0, 3}}
REPORTS = (b"AddressSanitizer", b"LeakSanitizer", b"runtime error:", b"MemorySanitizer")


def problems(command, run):
    """What is wrong with a run, as text."""
    if run.status is None:
        yield f"did not end within {SECONDS} s"
    elif run.status < 0:
        yield f"killed by signal {-run.status}"
    elif run.status not in STATUS[command]:
        yield f"exit {run.status}"
    if any(report in run.err for report in REPORTS):
        yield "a sanitizer's report"
    if run.status == 3 and not run.messages:
        yield "exit 3 without a message"
    if len(run.messages) > 2:  # one for where it broke off, one for a link type not known
        yield "a flood of messages"


def offences(found):
    """Alerts above info."""
    for record in found:
        leak = record.get("leak", {})
        if SEVERITIES.index(leak.get("severity", "info")) > 0:
            yield f"{leak['severity']} {leak['id']}: {leak['message']}"


def sweep_file(path):
    """One capture: (path, statuses, failures), run in a thread of its own."""
    failures, statuses = [], []
    for command, args in (("replay", ["-o", "eve:-", "--min-severity", "info"]), ("dissect", [])):
        run = seep(command, *args, path, timeout=SECONDS)
        statuses.append(f"{command} {run.status}")
        failures += [f"{command}: {text}\n{run.err[-3000:].decode('utf-8', 'replace')}"
                     for text in problems(command, run)]
        if run.status is None or run.status < 0:
            continue
        try:
            found = records(run.out)
        except ValueError as error:
            failures.append(f"{command}: {error}")
            continue
        if CORPUS / "dev" in path.parents:
            failures += [f"{command}: raised {text}" for text in offences(found)]
    return path, statuses, failures


def main():
    tally = Tally("sweep")
    if not corpus_or_skip(tally):
        tally.finish()
    need_program(tally)
    files = sorted(path for kind in ("dev", "malformed") for path in (CORPUS / kind).rglob("*")
                   if path.is_file())
    counts = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        for path, statuses, failures in pool.map(sweep_file, files):
            counts.update(statuses)
            tally.check(not failures, path.relative_to(CORPUS), "\n".join(failures))
    print(f"{len(files)} files: " + ", ".join(f"{n}x {s}" for s, n in sorted(counts.items())))
    tally.finish()


if __name__ == "__main__":
    main()
