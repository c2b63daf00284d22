"""The configuration of contrib/: its syntax, and that it knows what seep writes."""
import json
import re
import shutil
import subprocess

import build_pcap as build
from support import PCAPS, ROOT, records, seep

CONTRIB = ROOT / "contrib"
LEAK_ARGS = ["--egress", build.EGRESS]
RUNS = [
    [*LEAK_ARGS, "srflx-outside-egress/hit-srflx-v4.pcap"],
    [*LEAK_ARGS, "srflx-outside-egress/hit-srflx-v6.pcap"],
    ["srflx-outside-egress/hit-laptop-two-interfaces.pcapng"],
    ["--tunnel", "tun0", "stun-outside-tunnel/hit-unanswered.pcap"],
    ["--min-severity", "info", "--sensor", "s", "exposure/hit-no-policy.pcap"],
    [*LEAK_ARGS, "mdns-candidate-malformed/hit-host-name.pcapng"],
    [*LEAK_ARGS, "forwarded-address/hit-x-forwarded-for.pcapng"],
    ["--tunnel", "203.0.113.7:51820", "tunnelcrack-serverip/hit-stun-declared.pcapng"],
    ["tunnelcrack-localnet/hit-arp.pcapng"],
    ["unsanctioned-tunnel/hit-6in4.pcapng"],
    ["rogue-router/hit-second-router.pcapng"],
]


def yaml_or_skip(tally, case):
    try:
        import yaml
        return yaml
    except ImportError:
        tally.skip(case, "there is no python3-yaml")
        return None


def unmapped(value, mapping, path=""):
    """Fields of a document that the template has no type for."""
    if isinstance(value, list):
        return [name for item in value for name in unmapped(item, mapping, path)]
    if not isinstance(value, dict):
        return [] if "type" in mapping else [path]
    properties = mapping.get("properties", {})
    return [name for key, item in value.items()
            for name in (unmapped(item, properties[key], f"{path}.{key}") if key in properties
                         else [f"{path}.{key}"])]


def test_elastic_template(tally, _folder):
    template = json.loads((CONTRIB / "elastic/index-template.json").read_text())
    mapping = template["template"]["mappings"]
    for args in RUNS:
        found = records(seep("replay", *args, "-o", "ecs", cwd=PCAPS).out)
        missing = {name for record in found for name in unmapped(record, mapping)}
        tally.check(found and not missing, f"the template knows: {args[-1]}", str(missing))
    schema = json.loads((ROOT / "docs/alert.schema.json").read_text())
    known = set(mapping["properties"]["seep"]["properties"]["leak"]["properties"])
    leak = schema["properties"]["leak"]
    if "$ref" in leak:
        leak = schema["definitions"][leak["$ref"].rsplit("/", 1)[1]]
    missing = set(leak["properties"]) - known - {"process"}
    tally.check(not missing, "the template knows all of leak", str(missing))


def holds(record, condition):
    """A Sigma selection of plain values against a record."""
    for field, wanted in condition.items():
        value = record
        for name in field.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    return True


def sigma_says(rule, record):
    detection = dict(rule["detection"])
    words = re.findall(r"[a-z]+|[()]", detection.pop("condition"))
    values = {name: holds(record, part) for name, part in detection.items()}
    grammar = {"and", "or", "not", "(", ")"}
    return eval(" ".join(w if w in grammar else str(values[w]) for w in words))  # our own words only


def test_sigma(tally, _folder):
    yaml = yaml_or_skip(tally, "Sigma rules")
    if not yaml:
        return
    rules = {path.name: yaml.safe_load(path.read_text()) for path in CONTRIB.glob("sigma/*.yml")}
    tally.check(len(rules) > 1 and len({r["id"] for r in rules.values()}) == len(rules),
                "Sigma rules have ids of their own")
    for name, rule in rules.items():
        needed = {"title", "id", "status", "logsource", "detection", "level"}
        tally.check(needed <= set(rule) and "condition" in rule["detection"], f"{name}: its parts")
    for args in RUNS:
        for record in records(seep("replay", *args, "--json", cwd=PCAPS).out):
            said = {name for name, rule in rules.items() if sigma_says(rule, record)}
            leak = record.get("leak", {})
            due = set()
            if leak.get("state") != "withdrawn":
                if leak.get("severity") in ("critical", "high"):
                    due.add("seep_leak_critical.yml")
                if leak.get("severity") == "medium" or leak.get("provisional"):
                    due.add("seep_leak_suspected.yml")
            tally.check(said == due, f"Sigma: {args[-1]}", f"{said}, due {due}: {leak}")


def test_yaml(tally, _folder):
    yaml = yaml_or_skip(tally, "YAML of contrib/")
    for path in [*CONTRIB.glob("fluent-bit/*"), *CONTRIB.glob("filebeat/*")] if yaml else []:
        tally.check(isinstance(yaml.safe_load(path.read_text()), dict), f"{path.name} is YAML")


def test_logrotate(tally, folder):
    if not shutil.which("logrotate"):
        tally.skip("logrotate", "there is no logrotate")
        return
    done = subprocess.run(["logrotate", "-d", "-s", folder / "state", CONTRIB / "logrotate/seep"],
                          capture_output=True, check=False)
    tally.check(done.returncode == 0 and b"error" not in done.stderr, "logrotate takes it",
                done.stderr.decode())


def test_everything_is_listed(tally, _folder):
    """Each file says how it was tried."""
    text = (CONTRIB / "README.md").read_text()
    for path in sorted(p for p in CONTRIB.rglob("*") if p.is_file() and p.name != "README.md"):
        name = str(path.relative_to(CONTRIB))
        listed = f"`{name}`" in text or f"`{name.split('/')[0]}/*.yml`" in text
        tally.check(listed, f"contrib/README.md lists {name}")
