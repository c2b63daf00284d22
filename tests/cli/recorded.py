"""`seep report`: what was recorded is told again, and says the same."""
import json

import build_pcap as build
from report_html import page_of
from support import PCAPS, records, seep

LEAK_ARGS = ["--egress", build.EGRESS]
RUNS = [
    [*LEAK_ARGS, "srflx-outside-egress/hit-srflx-v4.pcap", "srflx-outside-egress/hit-srflx-v6.pcap"],
    ["srflx-outside-egress/hit-laptop-two-interfaces.pcapng"],
    [*LEAK_ARGS, "turn-outside-tunnel/hit-allocate.pcap"],
    ["--tunnel", "tun0", "stun-outside-tunnel/hit-unanswered.pcap"],
    ["--min-severity", "info", "exposure/hit-no-policy.pcap"],
    [*LEAK_ARGS, "mdns-candidate-malformed/hit-host-name.pcapng"],
    [*LEAK_ARGS, "forwarded-address/hit-x-forwarded-for.pcapng"],
    ["--tunnel", "203.0.113.7:51820", "tunnelcrack-serverip/hit-stun-declared.pcapng"],
    ["tunnelcrack-localnet/hit-arp.pcapng"],
    ["unsanctioned-tunnel/hit-6in4.pcapng"],
    ["rogue-router/hit-second-router.pcapng"],
    ["--tunnel", "tun0", "stun-outside-tunnel/hit-unanswered.pcap",
     "srflx-outside-egress/hit-laptop-two-interfaces.pcapng"],
]
# What an alert has of the observation that raised it, and no record says.
BEYOND = ("app_proto", "ether", "vlan")
BEYOND_LEAK = ("encapsulation", "depth", "outer_src_ip", "outer_dest_ip")


def alerts(out):
    found = [r for r in records(out) if r["event_type"] == "alert"]
    for record in found:
        for key in BEYOND_LEAK:
            record["leak"].pop(key, None)
    return [{key: value for key, value in r.items() if key not in BEYOND} for r in found]


def test_records_are_told_again(tally, folder):
    file = folder / "eve.json"
    for args in RUNS:
        file.write_bytes(seep("replay", *args, "--json", cwd=PCAPS).out)
        run = seep("report", "--json", file)
        first, again = alerts(file.read_bytes()), alerts(run.out)
        tally.check(run.status == 0 and not run.err and first and again == first,
                    f"told again: {args[-1]}", f"{run}\n{first}\n{again}")
        stats = [records(out)[-1]["stats"] for out in (file.read_bytes(), run.out)]
        tally.check(stats[0] == stats[1], f"counters: {args[-1]}")


def test_report_of_records(tally, folder):
    """The report of the records is that of the run, where the records know it."""
    file = folder / "eve.json"
    args = RUNS[0]
    file.write_bytes(seep("replay", *args, "--json", cwd=PCAPS).out)
    run = seep("report", file)
    pages = [page_of(tally, case, out) for case, out in (
        ("of records", run.out), ("of the run", seep("replay", *args, "-o", "report:-", cwd=PCAPS).out))]
    blocks = [{tag: page.count.get(tag) for tag in ("svg", "article", "tr", "dt")} for page in pages]
    tally.check(run.status == 0 and blocks[0] == blocks[1]
                and pages[0].text["h1"] == pages[1].text["h1"]
                and pages[0].text["dd"] == pages[1].text["dd"], "a report of records",
                f"{blocks}")
    junit = seep("report", "-o", "junit:-", file)
    tally.check(b"<failure" in junit.out, "JUnit of records", str(junit))


def test_names_and_strangers(tally, folder):
    """Detections this version has not, names, other programs' records; and what is broken."""
    eve = seep("replay", *RUNS[0], "--json", cwd=PCAPS).out.splitlines()
    alert = json.loads(eve[0])
    alert["leak"]["id"] = "of-tomorrow"
    alert["alert"]["signature"] = "<b>Tomorrow</b>"
    alert["leak"]["leaked"] = ["<script>alert(1)</script>", "198.51.100.23"]
    other = {"event_type": "alert", "timestamp": alert["timestamp"], "alert": {"signature": "x"}}
    file = folder / "eve.json"
    file.write_text(json.dumps(alert) + "\n" + json.dumps(other) + "\n")
    run = seep("report", file)
    page = page_of(tally, "a stranger", run.out)
    tally.check(run.status == 0 and "<b>Tomorrow</b>" in page.text["h3"]
                and "<script>alert(1)</script>" in page.text["dd"], "a stranger", str(run))
    tally.check(page.text["h1"] == "1 leak found, critical.", "a stranger counts", page.text["h1"])
    good = eve[0] + b"\n"
    for case, text in (("no JSON", b"nonsense\n"), ("no record", b"[1]\n"), ("cut off", eve[0][:-1]),
                       ("no newline", eve[0]), ("a number for a name", b'{"event_type":7}\n'),
                       ("no client", b'{"event_type":"alert","leak":{"id":"x"}}\n'),
                       ("too long", b'{"x":"' + b"x" * 600000 + b'"}\n'),
                       ("deep", b"[" * 5000 + b"\n"), ("zeros", bytes(100) + b"\n")):
        file.write_bytes(good + text + good)
        run = seep("report", "--json", file)
        tally.check(run.status == 3 and 1 <= len(run.messages) <= 2 and len(alerts(run.out)) >= 1,
                    f"broken: {case}", str(run))
    run = seep("report", folder / "nosuch")
    tally.check(run.status == 3 and len(run.messages) == 1, "no such file", str(run))
    tally.check(seep("report").status == 2, "no file named")


def test_no_alert_is_no_all_clear(tally, folder):
    file = folder / "eve.json"
    file.write_bytes(seep("replay", "--json", RUNS[0][-1], cwd=PCAPS).out)
    page = page_of(tally, "no alert", seep("report", file).out)
    tally.check(page.text["h1"] == "No leak is recorded here.", "no alert", page.text["h1"])
