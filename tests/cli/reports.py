"""Outputs that are one document: JUnit and SARIF, held against what their readers demand."""
import json
import os
import xml.etree.ElementTree as ET

import build_pcap as build
from support import ROOT, seep

LEAK_ARGS = ["--egress", build.EGRESS]
HOSTILE = b"<b>&\"'\x1b[2J\xff\xef\xbf\xbf]]>"
# Which attributes and children an element of a report has, and which it must have.
JUNIT = {
    "testsuites": ({"name", "tests", "failures", "errors", "time"}, ["testsuite"]),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time", "timestamp",
                   "hostname"}, ["properties", "testcase", "system-err"]),
    "properties": (set(), ["property"]),
    "property": ({"name", "value"}, []),
    "testcase": ({"classname", "name", "time"}, ["failure", "error", "skipped", "system-out"]),
    "failure": ({"type", "message"}, []),
    "error": ({"message"}, []),
    "skipped": ({"message"}, []),
    "system-out": (set(), []),
    "system-err": (set(), []),
}


def leak(folder, name="leak.pcap"):
    path = os.path.join(os.fsencode(folder), os.fsencode(name))
    with open(path, "wb") as file:
        file.write(build.pcap(build.exchange()))
    return path


def junit_errors(element):
    """What is wrong with this element and those in it; children in the order of the table."""
    attributes, children = JUNIT.get(element.tag, (None, []))
    if attributes is None:
        return [f"no element {element.tag}"]
    found = [] if set(element.attrib) == attributes else [f"{element.tag}: {element.attrib}"]
    tags = [child.tag for child in element]
    if any(tag not in children for tag in tags) or tags != sorted(tags, key=children.index):
        found.append(f"{element.tag}: children {tags}")
    return found + [error for child in element for error in junit_errors(child)]


def junit_of(tally, case, text):
    """The test cases of a report, by name; its counts are checked."""
    root = ET.fromstring(text)
    errors = junit_errors(root)
    tally.check(not errors, f"{case}: the format", "\n".join(errors))
    suite = root.find("testsuite")
    cases = suite.findall("testcase")
    counts = {"tests": len(cases), **{word: sum(c.find(tag) is not None for c in cases) for word, tag in
                                      (("failures", "failure"), ("errors", "error"),
                                       ("skipped", "skipped"))}}
    told = {word: int(suite.get(word)) for word in counts}
    tally.check(counts == told, f"{case}: the counts", f"{told}, there are {counts}")
    return {c.get("name"): c for c in cases}



def outcomes(cases):
    return {name: next((e.tag for e in case if e.tag != "system-out"), "passed")
            for name, case in cases.items()}


def test_junit(tally, folder):
    path = leak(folder)
    run = seep("replay", *LEAK_ARGS, "-o", "junit:-", path)
    cases = junit_of(tally, "junit", run.out)
    failed = [name for name, outcome in outcomes(cases).items() if outcome != "passed"]
    tally.check(run.status == 1 and failed == ["srflx-outside-egress"], "junit: what fails",
                f"{failed}\n{run}")
    ids = {name for name in cases if name not in ("captures-read", "expectation-known")}
    text = seep("list").out.decode()
    tally.check(len(ids) > 3 and all(name in text for name in ids), "junit: the catalogue", f"{ids}")
    failure = cases["srflx-outside-egress"].find("failure")
    for word in (build.CLIENT, build.ISP, build.EGRESS, "frames 1, 2"):
        tally.check(word in failure.text, f"junit names {word}", failure.text)


def test_junit_follows_fail_on(tally, folder):
    """A finding below --fail-on is told and is no failure."""
    path = leak(folder)
    for severity, expected in (("critical", "failure"), ("info", "failure")):
        run = seep("replay", *LEAK_ARGS, "--fail-on", severity, "-o", "junit:-", path)
        found = outcomes(junit_of(tally, f"--fail-on {severity}", run.out))
        tally.check(found["srflx-outside-egress"] == expected, f"junit --fail-on {severity}",
                    f"{found}")
    args = ["--min-severity", "info", path]
    for severity, expected, status in (("low", "passed", 0), ("info", "failure", 1)):
        run = seep("replay", "--fail-on", severity, "-o", "junit:-", *args)
        cases = junit_of(tally, f"exposure, --fail-on {severity}", run.out)
        told = "".join(cases["exposure"].itertext())
        tally.check(run.status == status and outcomes(cases)["exposure"] == expected
                    and build.ISP in told, f"junit: exposure with --fail-on {severity}", str(run))


def test_junit_says_what_a_pass_is_worth(tally, folder):
    run = seep("replay", "-o", "junit:-", leak(folder))
    found = outcomes(junit_of(tally, "without a policy", run.out))
    tally.check(found["expectation-known"] == "skipped", "junit: no expectation", f"{found}")
    torn = folder / "torn.pcap"
    torn.write_bytes(build.pcap(build.exchange())[:-5])
    run = seep("replay", *LEAK_ARGS, "-o", "junit:-", torn)
    found = outcomes(junit_of(tally, "a torn capture", run.out))
    tally.check(run.status == 3 and found["captures-read"] == "error", "junit: torn", f"{found}")
    empty = folder / "empty.pcap"
    empty.write_bytes(build.pcap([]))
    run = seep("replay", *LEAK_ARGS, "-o", "junit:-", empty)
    found = outcomes(junit_of(tally, "an empty capture", run.out))
    tally.check(found["captures-read"] == "skipped", "junit: empty", f"{found}")


def sarif_validator():
    import jsonschema
    schema = json.loads((ROOT / "tests/schemas/sarif.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def sarif_of(tally, case, text):
    log = json.loads(text)
    errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}"
              for e in sarif_validator().iter_errors(log)]
    tally.check(not errors, f"{case}: the schema", "\n".join(errors))
    run = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    wrong = [r for r in run["results"] if rules[r["ruleIndex"]] != r["ruleId"]]
    tally.check(not wrong and len(rules) == len(set(rules)), f"{case}: rules", f"{wrong}")
    return run


def test_sarif(tally, folder):
    leak(folder)
    run = seep("replay", *LEAK_ARGS, "-o", "sarif:-", "leak.pcap", cwd=folder)
    log = sarif_of(tally, "sarif", run.out)
    tally.check(run.status == 1 and len(log["results"]) == 1, "sarif: one result", str(run))
    result = log["results"][0]
    where = result["locations"][0]["physicalLocation"]
    tally.check(where == {"artifactLocation": {"uri": "leak.pcap"}, "region": {"startLine": 1}},
                "sarif: the place is the capture", f"{where}")
    eve = json.loads(seep("replay", *LEAK_ARGS, "--json", "leak.pcap", cwd=folder).out.splitlines()[0])
    tally.check(result["partialFingerprints"] == {"findingId/v1": eve["leak"]["finding_id"]},
                "sarif: the fingerprint is the finding_id", f"{result}")
    tally.check(result["level"] == "error" and build.ISP in result["message"]["text"],
                "sarif: level and message", f"{result}")
    tally.check(log["invocations"][0]["executionSuccessful"], "sarif: all was read")


def test_sarif_names(tally, folder):
    """Places are URIs whatever the file is called; stdin has one, too."""
    hostile = leak(folder, HOSTILE.replace(b"/", b"_") + b".pcap")
    run = seep("replay", *LEAK_ARGS, "-o", "sarif:-", hostile)
    where = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
             for r in sarif_of(tally, "sarif, hostile name", run.out)["results"]]
    tally.check(len(where) == 1 and where[0].startswith("file:///") and "%1B%5B2J%FF" in where[0],
                "sarif: hostile name", f"{where}")
    run = seep("replay", *LEAK_ARGS, "-o", "sarif:-", "-", stdin=build.pcap(build.exchange()))
    log = sarif_of(tally, "sarif, stdin", run.out)
    tally.check(len(log["results"]) == 1 and log["artifacts"][0]["location"]["uri"] == "stdin",
                "sarif: stdin", str(run))


def test_sarif_torn(tally, folder):
    torn = folder / "torn.pcap"
    torn.write_bytes(build.pcap(build.exchange())[:-5])
    run = seep("replay", *LEAK_ARGS, "-o", "sarif:-", torn)
    log = sarif_of(tally, "sarif, torn", run.out)
    tally.check(run.status == 3 and not log["invocations"][0]["executionSuccessful"],
                "sarif: a torn capture is no success", str(run))


def test_hostile_names_in_reports(tally, folder):
    """What somebody else chose the name of is text in a report, not markup."""
    path = leak(folder, HOSTILE.replace(b"/", b"_") + b".pcap")
    run = seep("replay", *LEAK_ARGS, "-o", "junit:-", path)
    cases = junit_of(tally, "junit, hostile name", run.out)
    told = cases["srflx-outside-egress"].find("failure").text
    tally.check("<b>&\"'\\x1b[2J\\xff\ufffd]]>" in told, "junit: hostile name", told)


def test_documents_replace(tally, folder):
    """A document's file is written anew, and is empty where there was no result."""
    path = leak(folder)
    for name in ("junit", "sarif"):
        file = folder / name
        file.write_text("what was here before")
        seep("replay", *LEAK_ARGS, "-o", f"{name}:{file}", path)
        once = file.read_bytes()
        seep("replay", *LEAK_ARGS, "-o", f"{name}:{file}", path)
        tally.check(once[:1] in b"<{" and file.read_bytes() == once, f"{name} replaces", repr(once[:80]))
        run = seep("replay", "-o", f"{name}:{file}", folder / "nosuch.pcap")
        tally.check(run.status == 3 and not file.read_bytes(), f"{name}: no result, no report", str(run))
