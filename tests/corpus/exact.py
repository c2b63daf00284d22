"""What a comparison with tshark says at its end: by category how many messages were compared, how
many of them were equal, and how many differ for a reason that is written down.

A difference is listed with how often it occurs, why, and the unit test that holds what seep does
there. Whatever else differs fails; so do an entry that occurs less or more often than it says, a
reason that names no specification, a test that does not exist, a category in which nothing was
compared, and one in which more than LISTED_MAX is listed.
"""
import collections
import re
import sys
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from support import ROOT  # noqa: E402

LISTED_MAX = 0.01
SPECIFICATION = re.compile(r"RFC \d+|TS \d+|openvpn\.net")


class Listed(NamedTuple):
    count: int  # messages
    why: str  # citing the specification
    test: str  # "test_x.c: function", of tests/unit


class Exactness:
    """Counts by category; `known` is {(capture or case, category): Listed}."""

    def __init__(self, tally, known, listed_max=LISTED_MAX):
        self.tally, self.known, self.listed_max = tally, known, listed_max
        self.same, self.listed = collections.Counter(), collections.Counter()
        self.wrong, self.met = collections.Counter(), collections.Counter()

    def equal(self, category, count=1):
        """Both read the same."""
        self.same[category] += count
        self.tally.passed += count

    def differs(self, category, capture, case, text, count=1):
        """They do not: listed, or a failure."""
        if (capture, category) in self.known:
            self.listed[category] += count
            self.met[capture, category] += count
        else:
            self.wrong[category] += count
            self.tally.check(False, f"{category}: {capture}: {case}", text)

    def compare(self, category, capture, case, theirs, ours):
        """One message."""
        if theirs == ours:
            self.equal(category)
        else:
            self.differs(category, capture, case, f"tshark {theirs!r}\nseep   {ours!r}")

    def finish(self, *categories):
        """The lines, and what has to be true of the list; `categories` must have occurred."""
        for category in sorted({*categories, *self.same, *self.listed, *self.wrong}):
            self._close(category)
        for key, entry in sorted(self.known.items()):
            self._hold(key, entry)

    def _close(self, category):
        same, listed = self.same[category], self.listed[category]
        total = same + listed + self.wrong[category]
        share = listed / total if total else 0
        print(f"{category}: {total} compared, {same} equal, {listed} listed ({share:.2%})")
        self.tally.check(same, f"{category}: compared", "no message")
        self.tally.check(share <= self.listed_max, f"{category}: listed",
                         f"{share:.2%}, at most {self.listed_max:.0%}")

    def _hold(self, key, entry):
        case = f"listed: {key[1]}: {key[0]}"
        count = self.met[key]
        self.tally.check(count == entry.count, case, f"occurs {count} times, not {entry.count}")
        self.tally.check(SPECIFICATION.search(entry.why), case, f"cites nothing: {entry.why}")
        file, _, name = entry.test.partition(": ")
        path = ROOT / "tests" / "unit" / file
        self.tally.check(name and path.is_file() and
                         re.search(rf"\b{name}\b", path.read_text(encoding="utf-8")),
                         case, f"no test {entry.test}")
        print(f"  {key[0]}: {count} {key[1]}: {entry.why}")
