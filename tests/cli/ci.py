"""The recipe of docs/CI.md: a command, a capture, a verdict, in a network namespace of its own."""
import json
import os
import shutil
import subprocess
import xml.etree.ElementTree as ET

import build_pcap as build
from support import ROOT, SEEP, TIMEOUT, environment

CHECK = ROOT / "contrib/ci/leak-check"
# A STUN server that tells the ISP's address, and a client that asks it.
EXCHANGE = f"""
import os, socket, sys
sys.path.insert(0, {str(ROOT / "tests/cli")!r})
import build_pcap as build
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((build.SERVER, build.STUN_PORT))
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.bind((build.CLIENT, build.CLIENT_PORT))
txid = bytes(range(12))
client.sendto(build.stun(build.BINDING_REQUEST, txid), (build.SERVER, build.STUN_PORT))
_, who = server.recvfrom(2048)
server.sendto(build.stun(build.BINDING_SUCCESS, txid, build.xor_mapped(build.ISP, 4711, txid)), who)
client.recv(2048)
"""
NAMESPACE = f"""
ip link set lo up
ip address add {build.CLIENT}/32 dev lo
ip address add {build.SERVER}/32 dev lo
exec "$@"
"""


def inside(folder, *command):
    """Runs a command in a network namespace with our two addresses; its status and messages."""
    done = subprocess.run(["unshare", "--net", "bash", "-euc", NAMESPACE, "bash", *command],
                          capture_output=True, cwd=folder, timeout=TIMEOUT, check=False,
                          env=environment(SEEP=os.fspath(SEEP), LEAK_CHECK_LINGER="0.5"))
    return done.returncode, done.stdout + done.stderr


def namespace_or_skip(tally, folder):
    for tool in ("tcpdump", "unshare", "ip"):
        if not shutil.which(tool):
            tally.skip("leak-check", f"there is no {tool}")
            return False
    status, text = inside(folder, "timeout", "5", "tcpdump", "-i", "lo", "-c", "1", "-d")
    if status:
        tally.skip("leak-check", f"no network namespace to capture in: {text[-200:]!r}")
    return not status


def test_leak_check(tally, folder):
    if not namespace_or_skip(tally, folder):
        return
    (folder / "talk.py").write_text(EXCHANGE)
    talk = ["--", "python3", "-B", "talk.py"]
    for egress, expected in ((build.EGRESS, 1), (build.ISP, 0)):
        status, text = inside(folder, CHECK, "-i", "lo", "--egress", egress, *talk)
        tally.check(status == expected, f"leak-check, egress {egress}", f"exit {status}\n{text}")
        suite = ET.parse(folder / "leak-check/junit.xml").getroot().find("testsuite")
        told = [suite.get(word) for word in ("failures", "errors", "skipped")]
        tally.check(told == [str(expected), "0", "0"], "leak-check: junit.xml", f"{suite.attrib}")
        log = json.loads((folder / "leak-check/seep.sarif").read_text())
        tally.check(len(log["runs"][0]["results"]) == expected, "leak-check: seep.sarif")
    status, text = inside(folder, CHECK, "-i", "lo", "--", "false")
    tally.check(status == 3 and b"no test" in text, "leak-check: the command failed",
                f"exit {status}\n{text}")
    status, text = inside(folder, CHECK, "-i", "nosuch0", "--", "true")
    tally.check(status == 3 and b"tcpdump:" in text, "leak-check: no capture",
                f"exit {status}\n{text}")


def test_leak_check_usage(tally, folder):
    for args in ([], ["--egress", build.EGRESS], ["--"]):
        run = subprocess.run([CHECK, *args], capture_output=True, cwd=folder, check=False)
        tally.check(run.returncode == 2, f"leak-check {args}", str(run))
