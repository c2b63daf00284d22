"""Other dialects of the same alerts: ECS, OCSF and CEF say what the EVE records say."""
import json
import re

import build_pcap as build
from support import PCAPS, ROOT, SEVERITIES, records, seep

LEAK_ARGS = ["--egress", build.EGRESS]
# Captures whose alerts differ in what they have: IPv6, interface names, states, TURN, names.
RUNS = [
    [*LEAK_ARGS, "srflx-outside-egress/hit-srflx-v4.pcap"],
    [*LEAK_ARGS, "srflx-outside-egress/hit-srflx-v6.pcap"],
    ["srflx-outside-egress/hit-laptop-two-interfaces.pcapng"],
    [*LEAK_ARGS, "turn-outside-tunnel/hit-allocate.pcap"],
    ["--tunnel", "tun0", "stun-outside-tunnel/hit-unanswered.pcap"],
    ["--min-severity", "info", "--sensor", "sensor-7", "exposure/hit-no-policy.pcap"],
    [*LEAK_ARGS, "mdns-candidate-malformed/hit-host-name.pcapng"],
    [*LEAK_ARGS, "forwarded-address/hit-x-forwarded-for.pcapng"],
    ["--tunnel", "203.0.113.7:51820", "tunnelcrack-serverip/hit-stun-declared.pcapng"],
    ["tunnelcrack-localnet/hit-arp.pcapng"],
    ["unsanctioned-tunnel/hit-6in4.pcapng"],
    ["rogue-router/hit-second-router.pcapng"],
]
ECS_RISK = {"info": 1, "low": 21, "medium": 47, "high": 73, "critical": 99}
OCSF_SEVERITY = {word: number for number, word in enumerate(SEVERITIES, 1)}
CEF_SEVERITY = {"info": 1, "low": 3, "medium": 5, "high": 8, "critical": 10}
OCSF_ACTIVITY = {"open": 1, "updated": 2, "closed": 3, "withdrawn": 3}
# Of the dictionary of CEF's implementation standard, what we write.
CEF_KEYS = {"rt", "start", "end", "cnt", "externalId", "cat", "src", "dst", "spt", "dpt", "smac",
            "dmac", "proto", "deviceDirection", "dvchost", "deviceInboundInterface", "msg",
            *(f"cs{n}{rest}" for n in range(1, 7) for rest in ("", "Label")),
            *(f"c6a{n}{rest}" for n in (2, 3) for rest in ("", "Label")),
            *(f"flexString{n}{rest}" for n in (1, 2) for rest in ("", "Label"))}


def validator(name):
    import jsonschema
    schema = json.loads((ROOT / f"tests/schemas/{name}.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def check_schema(tally, name, case, found):
    errors = [f"{n}: {'/'.join(map(str, e.absolute_path))}: {e.message[:200]}"
              for n, record in enumerate(found) for e in validator(name).iter_errors(record)]
    tally.check(not errors, f"{case}: schema", "\n".join(errors))


def alerts_and(tally, dialect):
    """For each run its arguments, its EVE alerts, and what the dialect made of them."""
    for args in RUNS:
        run = seep("replay", *args, "-o", f"{dialect}:-", cwd=PCAPS)
        eve = [r for r in records(seep("replay", *args, "--json", cwd=PCAPS).out)
               if r["event_type"] == "alert"]
        case = f"{dialect} {args[-1]}"
        lines = run.out.splitlines()
        if tally.check(eve and len(lines) == len(eve), f"{case}: as many alerts", str(run)):
            yield case, eve, lines


def client_first(alert):
    """The two ends of an EVE record, the client's first."""
    ends = [(alert.get("src_ip"), alert.get("src_port")), (alert.get("dest_ip"), alert.get("dest_port"))]
    client = alert["leak"]["client"]
    if client in (ends[0][0], ends[1][0]):
        return ends if ends[0][0] == client else ends[::-1]
    server = re.fullmatch(r"\[?(.*?)\]?(?::(\d+))?", alert["leak"].get("server", ""))
    return [(client, None), (server[1] or None, int(server[2]) if server[2] else None)]


def end_of(record, name):
    """An end of an ECS or OCSF record."""
    return record.get(name, {}).get("ip"), record.get(name, {}).get("port")


def test_ecs(tally, _folder):
    for case, eve, lines in alerts_and(tally, "ecs"):
        found = records(b"".join(line + b"\n" for line in lines))
        check_schema(tally, "ecs", case, found)
        for alert, ecs in zip(eve, found):
            leak = alert["leak"]
            ends = [end_of(ecs, end) for end in ("source", "destination")]
            facts = {
                "leak": ecs["seep"]["leak"] == leak,
                "time": ecs["@timestamp"][:-1] == alert["timestamp"].split("+")[0],
                "severity": ecs["event"]["severity"] == ECS_RISK[leak["severity"]],
                "ends": ends == client_first(alert),
                "community": ecs["network"].get("community_id") == alert.get("community_id"),
                "rule": ecs["rule"]["id"] == str(alert["alert"]["signature_id"]),
                "related": {leak["client"], *leak.get("leaked", [])} <= {
                    *ecs["related"]["ip"], *ecs["related"].get("hosts", [])},
                "host": ecs["observer"].get("hostname") == alert.get("host"),
            }
            wrong = [name for name, good in facts.items() if not good]
            tally.check(not wrong, f"{case}: says what EVE says", f"{wrong}\n{ecs}\n{alert}")


def test_ocsf(tally, _folder):
    for case, eve, lines in alerts_and(tally, "ocsf"):
        found = records(b"".join(line + b"\n" for line in lines))
        check_schema(tally, "ocsf", case, found)
        for alert, ocsf in zip(eve, found):
            leak = alert["leak"]
            evidence = ocsf["evidences"][0]
            ends = [end_of(evidence, end) for end in ("src_endpoint", "dst_endpoint")]
            facts = {
                "leak": ocsf["unmapped"]["leak"] == leak,
                "uid": ocsf["finding_info"]["uid"] == leak["finding_id"],
                "severity": ocsf["severity_id"] == OCSF_SEVERITY[leak["severity"]],
                "activity": ocsf["activity_id"] == OCSF_ACTIVITY[leak["state"]],
                "ends": ends == client_first(alert),
                "community": evidence["connection_info"].get("community_uid") == alert.get(
                    "community_id"),
            }
            wrong = [name for name, good in facts.items() if not good]
            tally.check(not wrong, f"{case}: says what EVE says", f"{wrong}\n{ocsf}\n{alert}")


def cef_parts(line):
    """Header fields and extension of one event; ValueError when it is none."""
    text = line.decode("utf-8")
    if not re.fullmatch(r"[^\x00-\x1f\x7f-\x9f]*", text):
        raise ValueError("a control character")
    fields = re.split(r"(?<!\\)\|", text, maxsplit=7)
    if len(fields) != 8 or fields[0] != "CEF:0":
        raise ValueError(f"a header of {len(fields)} fields")
    header = [re.sub(r"\\([\\|])", r"\1", field) for field in fields[1:7]]
    places = list(re.finditer(r"(?:^| )([A-Za-z0-9]+)=", fields[7]))
    extension = {}
    for place, after in zip(places, [*places[1:], None]):
        value = fields[7][place.end():after.start() if after else None]
        if place[1] in extension or re.search(r"(?<!\\)(\\\\)*=", value):
            raise ValueError(f"{place[1]}: twice, or with a bare =")
        extension[place[1]] = re.sub(r"\\([\\=])", r"\1", value)
    return header, extension


def port_of(extension, key):
    return int(extension[key]) if key in extension else None


def test_cef(tally, _folder):
    for case, eve, lines in alerts_and(tally, "cef"):
        for alert, line in zip(eve, lines):
            leak = alert["leak"]
            header, extension = cef_parts(line)
            custom = {extension[key]: extension[key[:-5]] for key in extension if key.endswith("Label")}
            client = extension.get("src", custom.get("Source IPv6 Address"))
            server = extension.get("dst", custom.get("Destination IPv6 Address"))
            facts = {
                "keys": set(extension) <= CEF_KEYS,
                "header": header[:2] == ["seep", "seep"] and header[3:] == [
                    str(alert["alert"]["signature_id"]), alert["alert"]["signature"],
                    str(CEF_SEVERITY[leak["severity"]])],
                "ends": [(client, port_of(extension, "spt")), (server, port_of(extension, "dpt"))]
                == client_first(alert),
                "families": ":" not in extension.get("src", "") + extension.get("dst", ""),
                "leaked": custom.get("leaked", "") == ", ".join(leak.get("leaked", [])),
                "finding": extension["externalId"] == leak["finding_id"],
                "message": extension["msg"] == leak["message"],
                "remedy": custom["remedy"] == leak["remedy"],
                "state": custom["state"] == leak["state"],
                "host": extension.get("dvchost") == alert.get("host"),
            }
            wrong = [name for name, good in facts.items() if not good]
            tally.check(not wrong, f"{case}: says what EVE says", f"{wrong}\n{line}\n{alert}")


def test_hostile_names_in_dialects(tally, folder):
    """A file name that would end a value, a header or a line."""
    name = "a|b=c\\d cs1=fake\nCEF:0|x\x1b[2J.pcap"
    (folder / name).write_bytes(build.pcap(build.exchange()))
    for dialect in ("ecs", "ocsf", "cef"):
        run = seep("replay", *LEAK_ARGS, "-o", f"{dialect}:-", name, cwd=folder)
        lines = run.out.splitlines()
        tally.check(run.status == 1 and len(lines) >= 1, f"hostile name, {dialect}", str(run))
        for line in lines:
            if dialect == "cef":
                _, extension = cef_parts(line)
                told = extension["cs6"]
                tally.check(extension["cs1"] == build.ISP, "hostile name, cef: leaked", told)
                expected = "a|b=c\\d cs1=fake\\x0aCEF:0|x\\x1b[2J.pcap"
                tally.check(told.startswith(expected), "hostile name, cef", told)
            else:
                json.loads(line)
