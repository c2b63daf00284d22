"""What the test scripts in Python share: the program under test, its records, and a tally.

Every script runs from anywhere, prints failures as they come, and ends with one line
"<name>: N passed, N failed, N skipped". SEEP names another program to test, SEEP_CORPUS another
place of the real captures, which are no part of this project and may be absent.
"""
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEEP = Path(os.environ.get("SEEP", "build/seep"))
if not SEEP.is_absolute():
    SEEP = ROOT / SEEP
CORPUS = ROOT / os.environ.get("SEEP_CORPUS", "../shared/corpus")
PCAPS = ROOT / "pcaps"
SEVERITIES = ["info", "low", "medium", "high", "critical"]
# Event types of EVE itself; any other event type is ours and names our own object.
EVE_TYPES = {"alert", "stats", "flow"}
TIMEOUT = 60
# A sanitizer's report must not look like one of seep's own exit statuses.
SANITIZER = {
    "ASAN_OPTIONS": "exitcode=99:detect_leaks=1",
    "UBSAN_OPTIONS": "exitcode=99:halt_on_error=1:print_stacktrace=1",
}


class Tally:
    """Counts what passed; prints what did not."""

    def __init__(self, name):
        self.name = name
        self.passed = self.failed = self.skipped = 0

    def check(self, ok, case, text=""):
        """One check. `text` may be a function, so that a diff is only made when needed."""
        if ok:
            self.passed += 1
            return True
        self.failed += 1
        text = text() if callable(text) else text
        print(f"FAILED {case}" + "".join(f"\n    {line}" for line in text.splitlines()), flush=True)
        return False

    def skip(self, case, why, count=1):
        self.skipped += count
        print(f"skipped {case}: {why}", flush=True)

    def finish(self):
        print(f"{self.name}: {self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        sys.exit(1 if self.failed else 0)


class Run:
    """What a run of seep left behind."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    @property
    def messages(self):
        return self.err.decode("utf-8", "replace").splitlines()

    def __str__(self):
        return f"exit {self.status}\nstdout: {self.out[:400]!r}\nstderr: {self.err[-1500:]!r}"


# A sanitizer's build has no sandbox; tests/sanitize says which it is.
SANITIZED = "asan" in SEEP.parts


def environment(**changes):
    plain = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "LC_ALL", "LANG")}
    return {**plain, **SANITIZER, **changes}


def seep(*args, stdin=b"", cwd=ROOT, timeout=TIMEOUT, env=None):
    """Runs seep to its end. A signal's status is negative; None means it did not end in time."""
    try:
        done = subprocess.run([SEEP, *map(os.fspath, args)], input=stdin, capture_output=True,
                              cwd=cwd, timeout=timeout, env=env or environment(), check=False)
    except subprocess.TimeoutExpired as late:
        return Run(None, late.stdout or b"", late.stderr or b"")
    return Run(done.returncode, done.stdout, done.stderr)


def need_program(tally):
    if not os.access(SEEP, os.X_OK):
        tally.check(False, "program", f"{SEEP} is not there: run make first")
        tally.finish()


def _unique(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError(f"a member twice: {keys}")
    return dict(pairs)


def _no_constant(name):
    raise ValueError(f"{name} is no JSON")


def parse_record(line):
    """One record, strictly: UTF-8, an object, no member twice, no NaN, no null, no raw control."""
    record = json.loads(line.decode("utf-8"), object_pairs_hook=_unique,
                        parse_constant=_no_constant)
    if not isinstance(record, dict):
        raise ValueError("not an object")
    return record


def records(out):
    """All records of a run's stdout; ValueError when it is not complete JSON lines."""
    if out and not out.endswith(b"\n"):
        raise ValueError(f"the last line is not complete: {out[-80:]!r}")
    return [parse_record(line) for line in out.splitlines()]


def without_ours(record):
    """What is left of a record for EVE's own schema."""
    ours = {"leak"}
    if record.get("event_type") not in EVE_TYPES:
        ours.add(record.get("event_type"))
    return {key: value for key, value in record.items() if key not in ours}


class Schemas:
    """docs/alert.schema.json for whole records, docs/eve.schema.json for what EVE defines."""

    def __init__(self):
        import jsonschema
        self.whole, self.eve = (
            jsonschema.Draft7Validator(json.loads((ROOT / "docs" / name).read_text()))
            for name in ("alert.schema.json", "eve.schema.json"))
        for validator in (self.whole, self.eve):
            validator.check_schema(validator.schema)

    def errors(self, record):
        """What is wrong with one record, a line each."""
        found = []
        for name, validator, value in (("alert.schema.json", self.whole, record),
                                       ("eve.schema.json", self.eve, without_ours(record))):
            for error in validator.iter_errors(value):
                where = "/".join(map(str, error.absolute_path)) or "(top)"
                found.append(f"{name}: {where}: {error.message[:300]}")
        return found


def corpus_or_skip(tally):
    """True when the real captures are there."""
    if (CORPUS / "dev").is_dir():
        return True
    tally.skip(tally.name, f"no captures at {CORPUS} (set SEEP_CORPUS)")
    return False
