#!/usr/bin/python3 -B
"""What seep says of real captures: verdicts.txt, each line looked at by hand.

The whole of dev/ is replayed with no policy: nothing above info may be raised but where a tunnel or
proxy really is bypassed. Then with an egress declared that nobody has, so that every client is
expected to come out elsewhere: what is raised must be a true word about that client's own address.
`--update` writes the file anew, and keeps the reasons of lines that stay.
"""
import concurrent.futures
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from support import (CORPUS, SEVERITIES, Tally, corpus_or_skip, need_program, records,  # noqa: E402
                     seep)

FILE = HERE / "verdicts.txt"
PROCESSES = 2
POLICIES = {"none": (), "egress": ("--egress", "203.0.113.7", "--egress", "2001:db8:113::7")}


def verdicts(case):
    """(policy, capture, lines about it, what went wrong)."""
    policy, path = case
    run = seep("replay", path, "--no-ndpi", "-o", "eve:-", *POLICIES[policy])
    name = str(path.relative_to(CORPUS / "dev"))
    if run.status not in (0, 1, 3):
        return policy, name, [], str(run)
    last = {}
    for record in records(run.out):
        if record["event_type"] == "alert":
            last[record["leak"]["finding_id"]] = record["leak"]
    standing = [leak for leak in last.values() if leak["state"] != "withdrawn" and
                SEVERITIES.index(leak["severity"]) > 0]
    lines = {f"{policy} {name} {leak['id']} {leak['severity']} {leak['confidence']} "
             f"{leak['client']} {','.join(leak.get('leaked', ['-']))}" for leak in standing}
    return policy, name, sorted(lines), ""


def read():
    """Verdicts and their reasons; a reason stands above the verdicts it is of, as "# ..."."""
    expected, reason = {}, ""
    for line in FILE.read_text().splitlines() if FILE.exists() else []:
        if line.startswith("#"):
            reason = line
        elif line:
            expected[line] = reason
    return expected


def write(found, expected):
    """By reason, so that it is said once; what is new has none."""
    rows = sorted((expected.get(line, "# LOOK"), line) for line in found)
    out, reason = [], None
    for why, line in rows:
        if why != reason:
            out += ["", why]
        reason = why
        out.append(line)
    FILE.write_text("\n".join(out[1:]) + "\n")


def main():
    tally = Tally("verdicts")
    if not corpus_or_skip(tally):
        tally.finish()
    need_program(tally)
    expected, found = read(), []
    cases = [(policy, path) for policy in POLICIES
             for path in sorted((CORPUS / "dev").rglob("*")) if path.is_file()]
    with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        for policy, name, lines, wrong in pool.map(verdicts, cases):
            found += lines
            known = {line for line in expected if line.startswith(f"{policy} {name} ")}
            differ = [f"more: {line}" for line in lines if line not in known] + \
                [f"gone: {line}" for line in sorted(known - set(lines))]
            tally.check(not wrong and not differ, f"{policy} {name}",
                        wrong or "\n".join(differ))
    reasons = set(expected.values())
    tally.check("# LOOK" not in reasons and "" not in reasons, "every verdict has its reason")
    if sys.argv[1:] == ["--update"]:
        write(found, expected)
    tally.finish()


if __name__ == "__main__":
    main()
