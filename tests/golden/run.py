#!/usr/bin/python3 -B
"""Golden tests: each row of cases.txt is replayed, its alerts compared with expected/<name>.jsonl.

Every line that the run writes is held against both schemas, every case is run twice, and the
bundled captures go through `seep dissect` as well. A golden holds alerts only: statistics belong
to no single case. `--update [NAME...]` writes the expected files anew; look at the diff.
"""
import difflib
import json
import re
import shlex
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from support import (PCAPS, SEVERITIES, Schemas, Tally, need_program, records,  # noqa: E402
                     seep)
from synthetic.play import load, play  # noqa: E402

EXPECTED = HERE / "expected"
ROLE = re.compile("^(physical|tunnel|lan|wan):")


class Case:
    """A row: name, exit status, worst severity, arguments. See the head of cases.txt."""

    def __init__(self, line):
        self.name, status, self.worst, *self.args = shlex.split(line)
        self.status = int(status)
        names = [ROLE.sub("", arg) for arg in self.args]
        self.captures = [name for name in names
                         if (PCAPS / name).is_file() and ".pcap" in name]
        self.expected = EXPECTED / (self.name.split(".")[0] + ".jsonl")

    def run(self):
        return seep("replay", *self.args, "-o", "eve:-", cwd=PCAPS)


def scene_case(row):
    """The row of a synthetic capture; by default a leak is what is medium or worse."""
    status = 1 if row.severity in SEVERITIES[2:] else 0
    arguments = " ".join(play(row)[0].arguments(row.arguments))
    if row.policy:
        arguments += f" -c {row.name}.yaml"
    return Case(f"{row.name.replace('/', '-')} {status} {row.severity} {row.name}.pcapng {arguments}")


def read_cases():
    lines = (HERE / "cases.txt").read_text().splitlines()
    cases = [Case(line) for line in lines if line.strip() and not line.startswith("#")]
    return cases + [scene_case(row) for _, row in sorted(load().items())]


def alerts_of(found):
    return [record for record in found if record["event_type"] == "alert"]


def pretty(jsonl):
    """Records as indented JSON, so that a diff names the member."""
    return [row for line in jsonl.splitlines()
            for row in json.dumps(json.loads(line), indent=1).splitlines()]


def diff(expected, got):
    rows = difflib.unified_diff(pretty(expected), pretty(got), "expected", "got", lineterm="", n=2)
    return "\n".join(list(rows)[:60])


def lines_of_alerts(out):
    """The alerts' lines as they were written, byte by byte."""
    lines = [line for line in out.splitlines() if json.loads(line)["event_type"] == "alert"]
    return "".join(line.decode() + "\n" for line in lines)


def check_schema(tally, schemas, name, found):
    errors = [f"line {number}: {error}" for number, record in enumerate(found, 1)
              for error in schemas.errors(record)]
    tally.check(not errors, f"{name}: schema", lambda: "\n".join(errors[:10]))


def check_verdicts(tally, case, alerts):
    """What a capture's name promises, whatever the expected file says."""
    standing = {a["leak"]["finding_id"]: a["leak"] for a in alerts}.values()
    standing = [leak for leak in standing if leak.get("state") != "withdrawn"]
    worst = max((SEVERITIES.index(leak["severity"]) for leak in standing), default=-1)
    worst = SEVERITIES[worst] if worst >= 0 else "-"
    tally.check(worst == case.worst, f"{case.name}: worst severity",
                f"{worst}, expected {case.worst}")
    raised = {leak["id"] for leak in standing}
    for capture in case.captures if len(case.captures) == 1 else []:
        detection, _, file = capture.partition("/")
        if file.startswith("miss-"):
            tally.check(detection not in raised, f"{case.name}: {capture} is a miss",
                        f"raised: {sorted(raised)}")
        # A hit is a hit under the policy it was made for: the row that is named after it.
        if file.startswith("hit-") and case.name.startswith(detection + "-hit"):
            tally.check(detection in raised, f"{case.name}: {capture} is a hit",
                        f"raised: {sorted(raised)}")


def check_case(tally, schemas, case, update):
    run = case.run()
    if not tally.check(run.status == case.status, f"{case.name}: exit status",
                       f"expected {case.status}\n{run}"):
        return
    try:
        found = records(run.out)
    except ValueError as error:
        tally.check(False, f"{case.name}: records", str(error))
        return
    check_schema(tally, schemas, case.name, found)
    check_verdicts(tally, case, alerts_of(found))
    tally.check(case.run().out == run.out, f"{case.name}: the same twice", "two runs differ")
    got = lines_of_alerts(run.out)
    if update and "." not in case.name:
        EXPECTED.mkdir(exist_ok=True)
        case.expected.write_text(got)
    expected = case.expected.read_text() if case.expected.exists() else None
    tally.check(got == expected, f"{case.name}: alerts",
                lambda: "no expected file" if expected is None else diff(expected, got))


def check_dissect(tally, schemas, capture):
    name = f"dissect {capture.relative_to(PCAPS)}"
    run = seep("dissect", capture.relative_to(PCAPS), cwd=PCAPS)
    if not tally.check(run.status == 0 and not run.err, name, str(run)):
        return
    try:
        found = records(run.out)
    except ValueError as error:
        tally.check(False, name, str(error))
        return
    tally.check(any(r["event_type"] != "link" for r in found), f"{name}: facts", "none found")
    tally.check(not alerts_of(found), f"{name}: no verdicts", "an alert")
    check_schema(tally, schemas, name, found)


def check_tables(tally, cases, captures):
    """Each hit and miss has a row, each row its captures, each expected file its row."""
    used = {capture for case in cases for capture in case.captures}
    named = {str(c.relative_to(PCAPS)) for c in captures}
    missing = sorted(c for c in named - used if Path(c).name.startswith(("hit-", "miss-")))
    tally.check(not missing, "every hit and miss has a case", "\n".join(missing))
    for case in cases:
        lost = [a for a in case.args if ".pcap" in a and ROLE.sub("", a) not in case.captures]
        tally.check(not lost, f"{case.name}: captures", f"not in pcaps/: {lost}")
    orphans = set(EXPECTED.glob("*.jsonl")) - {case.expected for case in cases}
    tally.check(not orphans, "every expected file has a case", "\n".join(map(str, orphans)))


def main():
    update = sys.argv[1:2] == ["--update"]
    wanted = sys.argv[2:] if update else sys.argv[1:]
    tally = Tally("golden")
    need_program(tally)
    schemas = Schemas()
    cases = read_cases()
    captures = sorted(c for c in PCAPS.rglob("*.pcap*") if c.is_file())
    tally.check(captures, "bundled captures", f"none in {PCAPS}")
    for case in cases:
        if not wanted or case.name in wanted:
            check_case(tally, schemas, case, update)
    if not wanted:
        check_tables(tally, cases, captures)
        for capture in captures:
            check_dissect(tally, schemas, capture)
    tally.finish()


if __name__ == "__main__":
    main()
