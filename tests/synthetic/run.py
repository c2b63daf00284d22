#!/usr/bin/python3 -B
"""Synthetic captures and their mutated twins.

Each scene of scenes/ is pcaps/<name>.pcapng as it stands, which the golden tests replay. Here it is
made again from TWINS other seeds: other addresses, ports, interface names and transaction ids. The
verdict must be the same. Then a hit loses one of the facts that its detection claims to need, one
at a time: without any of them the detection stays silent. `--write [NAME...]` writes pcaps/ anew.
"""
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from support import PCAPS, SEVERITIES, Tally, need_program, records, seep  # noqa: E402
from synthetic.play import load, play  # noqa: E402

TWINS = 4


def committed(row):
    return PCAPS / f"{row.name}.pcapng"


def write(rows):
    for row in rows:
        world, data = play(row)
        committed(row).parent.mkdir(exist_ok=True)
        committed(row).write_bytes(data)
        if row.policy:
            committed(row).with_suffix(".yaml").write_text(world.filled(row.policy))


class Verdict:
    """Of a replay: the detections that stand, and the worst severity of theirs."""

    def __init__(self, run):
        self.text = str(run)
        self.fine = run.status in (0, 1)
        alerts = [r["leak"] for r in records(run.out) if r["event_type"] == "alert"]
        last = {leak["finding_id"]: leak for leak in alerts}.values()
        standing = [leak for leak in last if leak.get("state") != "withdrawn"]
        self.raised = {leak["id"] for leak in standing}
        worst = max((SEVERITIES.index(leak["severity"]) for leak in standing), default=-1)
        self.worst = SEVERITIES[worst] if worst >= 0 else "-"


def judge(row, folder, seed, without=()):
    world, data = play(row, seed, without)
    capture = folder / "twin.pcapng"
    capture.write_bytes(data)
    options = world.arguments(row.arguments)
    if row.policy:
        policy = folder / "twin.yaml"
        policy.write_text(world.filled(row.policy))
        options += ["-c", policy]
    return world, Verdict(seep("replay", capture, *options, "-o", "eve:-"))


def check_twin(tally, row, folder, seed):
    _, verdict = judge(row, folder, seed)
    name = f"{row.name}: twin {seed}"
    tally.check(verdict.fine and (row.detection in verdict.raised) == row.hit, name, verdict.text)
    tally.check(verdict.worst == row.severity, f"{name}: worst severity",
                f"{verdict.worst}, expected {row.severity}\n{verdict.text}")


def check_facts(tally, row, folder):
    world, _ = judge(row, folder, 0)
    tally.check(world.facts, f"{row.name}: a hit names its facts")
    for fact in world.facts:
        _, verdict = judge(row, folder, 0, (fact,))
        tally.check(verdict.fine and row.detection not in verdict.raised,
                    f"{row.name}: silent without {fact!r}", verdict.text)


def check(tally, row, folder):
    world, data = play(row)
    kept = committed(row)
    tally.check(kept.exists() and kept.read_bytes() == data, f"{row.name}: as it is made",
                "run tests/synthetic/run.py --write")
    if row.policy:
        text = kept.with_suffix(".yaml").read_text()
        tally.check(text == world.filled(row.policy), f"{row.name}: its policy",
                    "run tests/synthetic/run.py --write")
    for seed in range(1, TWINS + 1):
        check_twin(tally, row, folder, seed)
    if row.hit:
        check_facts(tally, row, folder)


def main():
    writes = sys.argv[1:2] == ["--write"]
    wanted = sys.argv[2:] if writes else sys.argv[1:]
    rows = [row for name, row in sorted(load().items())
            if not wanted or name in wanted or row.detection in wanted]
    if writes:
        write(rows)
        return
    tally = Tally("synthetic")
    need_program(tally)
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            check(tally, row, Path(folder))
    tally.finish()


if __name__ == "__main__":
    main()
