#!/usr/bin/python3 -B
"""Command line tests: what people and scripts may rely on when they call seep.

Each module beside this one has functions test_*(tally, folder); each gets a folder of its own for
the captures it builds. `run.py NAME...` runs only the tests so named.
"""
import sys
import tempfile
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import bad_input  # noqa: E402
import ci  # noqa: E402
import collectors  # noqa: E402
import contrib  # noqa: E402
import dialects  # noqa: E402
import outputs  # noqa: E402
import policy  # noqa: E402
import proxies  # noqa: E402
import recorded  # noqa: E402
import report_html  # noqa: E402
import reports  # noqa: E402
import surface  # noqa: E402
import verdicts  # noqa: E402
from support import Tally, need_program  # noqa: E402


def tests():
    for module in (surface, outputs, dialects, collectors, reports, report_html, recorded, ci,
                   contrib, bad_input, verdicts, proxies, policy):
        for name, function in list(vars(module).items()):
            if name.startswith("test_"):
                yield name, function


def main():
    tally = Tally("cli")
    need_program(tally)
    for name, function in tests():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        with tempfile.TemporaryDirectory(prefix="seep-cli-") as folder:
            try:
                function(tally, Path(folder))
            except Exception:  # one broken test must not hide the others
                tally.check(False, name, traceback.format_exc())
    tally.finish()


if __name__ == "__main__":
    main()
