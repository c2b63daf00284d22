#!/usr/bin/python3 -B
"""`seep live` and `seep interfaces` in network namespaces: root only, skipped with the reason
otherwise. `run.py NAME...` runs only the tests so named.
"""
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lab import CLIENT, EGRESS, GATEWAY, REAL, SERVER, Lab, Seep, missing  # noqa: E402
from support import SANITIZED, SEEP, Schemas, Tally, need_program, records  # noqa: E402

SRFLX, OUTSIDE = "srflx-outside-egress", "stun-outside-tunnel"
ARGS = ["-o", "eve:-", "--egress", EGRESS]


def leak_seen(tally, case, run, interface="eth0"):
    """The alert about the real address comes while the run goes on."""
    came = run.wait(lambda: run.alerts(SRFLX))
    found = run.alerts(SRFLX)
    good = came and found[0]["in_iface"] == interface and found[0]["leak"]["leaked"] == [REAL] \
        and found[0]["leak"]["client"] == CLIENT
    return tally.check(good, f"{case}: alert on {interface}", str(run))


def test_named_interface(tally, lab, _folder):
    lab.server()
    run = Seep(lab, ["-i", "eth0", *ARGS])
    tally.check(lab.ask(), "the STUN server answers")
    leak_seen(tally, "named", run)
    status = run.end()
    tally.check(status == 1, "SIGINT ends it, with the verdict", str(run))
    whole = records(run.out)
    tally.check(whole[-1]["event_type"] == "stats", "statistics come last", str(run))
    alert = run.alerts(SRFLX)[0]
    tally.check("pcap_filename" not in alert and alert["host"] and alert["leak"]["path"] == "direct"
                and alert["leak"]["vantage"] == "physical", "named: record", str(alert))
    errors = [e for record in whole for e in Schemas().errors(record)]
    tally.check(not errors, "live records are as described", "\n".join(errors))


def test_last_packets(tally, lab, _folder):
    """What was on the wire before the signal is judged, though it was not read yet."""
    lab.server()
    run = Seep(lab, ARGS)
    run.wait(lambda: locked(status_of(run.child.pid)))
    run.send(signal.SIGSTOP)
    lab.ask()
    run.send(signal.SIGINT)  # waits, as the packets do
    run.send(signal.SIGCONT)
    tally.check(run.end() == 1 and run.alerts(SRFLX), "asked to end at once: alert", str(run))


def test_declared_role(tally, lab, _folder):
    lab.server()
    run = Seep(lab, ["-i", "wan:eth0", *ARGS, "--client", CLIENT])
    lab.ask()
    leak_seen(tally, "declared", run)
    tally.check({a["leak"]["vantage"] for a in run.alerts(SRFLX)} == {"wan"}, "the role said holds",
                str(run))
    run.end()


def test_any(tally, lab, _folder):
    lab.server()
    run = Seep(lab, ARGS)
    lab.ask()
    leak_seen(tally, "any", run)
    tally.check(run.end(signal.SIGTERM) == 1, "SIGTERM ends it, with the verdict", str(run))
    tally.check(b"watching eth0 as physical (default route (IPv4))" in run.err,
                "any: says what it watches and why", str(run))


def test_quiet(tally, lab, _folder):
    """Nothing leaks: nothing is said, and the status is 0."""
    lab.server(mapped=EGRESS)
    run = Seep(lab, ["-q", *ARGS[2:]], ready=None)
    tally.check(run.wait(lambda: lab.ask("--tries", "1")), "asked", str(run))
    status = run.end()
    tally.check(status == 0 and not run.out and not run.err, "-q: no leak, no word", str(run))


def test_interface_that_comes_later(tally, lab, _folder):
    lab.server()
    run = Seep(lab, ARGS)
    lab.cable("eth1", "192.168.88.10/24", ["192.168.88.1/24", "192.0.2.20/32"], 0x11)
    lab.run("net", f"ip route add {CLIENT}/32 dev eth1")
    lab.run("lap", "ip route add 192.0.2.20/32 via 192.168.88.1")
    lab.server(addr="192.0.2.20")
    tally.check(lab.ask("--source", CLIENT, addr="192.0.2.20"), "the other server answers")
    leak_seen(tally, "later", run, "eth1")
    run.end()


def test_tunnel_that_comes_up(tally, lab, _folder):
    """No policy: a default route into a tunnel says where traffic should go."""
    lab.server(mapped="-")
    run = Seep(lab, ["-o", "eve:-"])
    lab.ask("--tries", "1")
    tally.check(not run.alerts(), "before the tunnel", str(run))
    lab.tunnel("tun0")
    for half in ("0.0.0.0/1", "128.0.0.0/1"):
        lab.run("lap", f"ip route add {half} dev tun0")
    lab.run("lap", f"ip route add {SERVER}/32 via {GATEWAY}")
    tally.check(run.wait_message("tun0 leads out by now"), "the tunnel is watched", str(run))
    lab.ask("--tries", "1")
    # It is held back for a moment, and nothing else comes: time alone brings it out.
    tally.check(run.wait(lambda: run.alerts(OUTSIDE)), "beside the tunnel: alert", str(run))
    tally.check(run.end() == 1, "beside the tunnel: exit status", str(run))


def test_mesh_says_nothing(tally, lab, _folder):
    """A tunnel that no default route leads into makes no leak of ordinary traffic."""
    lab.server()
    lab.tunnel("tun0")
    run = Seep(lab, ["-o", "eve:-"])
    lab.ask()
    tally.check(run.end() == 0 and not run.alerts(), "a mesh beside it", str(run))
    tally.check(b"watching tun0 as tunnel (a tun device, without a default route)" in run.err,
                "the mesh is watched", str(run))


def test_bridge_and_member(tally, lab, _folder):
    """A packet on a bridge and on its port is one packet."""
    lab.run("lap", "ip addr flush dev eth0")
    lab.run("lap", "ip link add br0 type bridge")
    lab.run("lap", "ip link set eth0 master br0")
    lab.run("lap", "ip link set br0 up")
    lab.run("lap", f"ip addr add {CLIENT}/24 dev br0")
    lab.run("lap", f"ip route add default via {GATEWAY}")
    lab.server()
    run = Seep(lab, ARGS)
    lab.ask()
    leak_seen(tally, "bridge", run, "br0")
    run.end()
    tally.check(run.alerts(SRFLX)[-1]["leak"]["count"] == 1, "bridge: counted once", str(run))
    tally.check(b"watching eth0" not in run.err, "bridge: its port is not watched", str(run))


def test_bridge_and_member_named(tally, lab, _folder):
    lab.run("lap", "ip link add br0 type bridge")
    lab.run("lap", "ip link set eth0 master br0")
    lab.run("lap", "ip link set br0 up")
    lab.run("lap", "ip addr flush dev eth0")
    lab.run("lap", f"ip addr add {CLIENT}/24 dev br0")
    lab.run("lap", f"ip route add default via {GATEWAY}")
    lab.server()
    run = Seep(lab, ["-i", "physical:eth0", "-i", "physical:br0", *ARGS])
    lab.ask()
    leak_seen(tally, "bridge and port named", run, "br0")
    run.end()
    tally.check(run.alerts(SRFLX)[-1]["leak"]["count"] == 1, "bridge and port: counted once",
                str(run))
    tally.check(b"eth0: a port of br0, where its frames are read" in run.err,
                "bridge and port: said", str(run))


def test_two_interfaces(tally, lab, _folder):
    """Asked on one interface, answered on another: one story, in the order of time."""
    lab.cable("eth1", "192.168.88.10/24", ["192.168.88.1/24"], 0x11)
    for name in ("all", "eth0", "eth1"):
        lab.set("lap", f"ipv4/conf/{name}/rp_filter", 0)
    lab.run("net", f"ip route add {CLIENT}/32 via 192.168.88.10")
    lab.server()
    run = Seep(lab, ["-i", "eth0", "-i", "eth1", *ARGS])
    tally.check(lab.ask(), "answered by another way")
    came = run.wait(lambda: run.alerts(SRFLX))
    found = run.alerts(SRFLX)
    tally.check(came and found[0]["leak"]["path"] == "direct" and found[0]["in_iface"] == "eth1"
                and [e["in_iface"] for e in found[0]["leak"]["evidence"]] == ["eth0"],
                "two interfaces: one story", str(run))
    tally.check(run.end() == 1, "two interfaces: exit status", str(run))


def test_interface_that_returns(tally, lab, _folder):
    """Named, gone, and back: the same run sees it again."""
    run = Seep(lab, ["-i", "eth0", *ARGS])
    lab.run("lap", "ip link set eth0 down")
    lab.run("lap", "ip link set eth0 up")
    lab.run("lap", "ip link del eth0")
    tally.check(run.wait_message("vanished"), "gone: said", str(run))
    lab.cable("eth0", f"{CLIENT}/24", [f"{GATEWAY}/24", f"{SERVER}/24"], 0x21)
    lab.run("lap", f"ip route add default via {GATEWAY}")
    tally.check(run.wait_message("is back"), "back: said", str(run))
    lab.server()
    lab.ask()
    leak_seen(tally, "returned", run)
    tally.check(run.end() == 1, "returned: exit status", str(run))


def test_signals(tally, lab, folder):
    lab.server()
    policy, eve = folder / "policy.yaml", folder / "eve.json"
    policy.write_text(f"clients:\n  - match: {CLIENT}\n    egress: [{REAL}]\n")
    run = Seep(lab, ["-c", policy, "-o", f"eve:{eve}"])
    lab.ask()

    def told():
        run.send(signal.SIGUSR1)  # the packets may not have come yet
        return b"decoder.pkts" in run.err

    tally.check(run.wait(told), "SIGUSR1: statistics", str(run))
    eve.rename(folder / "eve.json.1")
    run.send(signal.SIGHUP)
    tally.check(run.wait(eve.exists), "SIGHUP: outputs are opened anew", str(run))
    policy.write_text(policy.read_text().replace(REAL, EGRESS))
    run.send(signal.SIGUSR2)
    tally.check(run.wait_message("read again"), "SIGUSR2: the policy is read again", str(run))
    lab.ask()
    tally.check(run.wait(lambda: SRFLX.encode() in eve.read_bytes()), "the new policy holds",
                str(run))
    tally.check(run.end() == 1, "signals: exit status", str(run))
    tally.check((folder / "eve.json.1").read_bytes() == b"", "nothing went to the old file")


def test_filter(tally, lab, _folder):
    lab.server()
    run = Seep(lab, [*ARGS[2:], "-f", "udp port 9"])
    lab.ask()
    status = run.end()
    tally.check(status == 0 and b"captures with a filter" in run.out, "-f is told as not seen",
                str(run))
    for args in (["-f", "no such filter"], ["--buffer", "7"], ["-i", "any", "-i", "eth0"],
                 ["-i", "eth0", "-i", "lan:eth0"], ["file.pcap"]):
        run = Seep(lab, args, ready=None)
        status = run.end(signal.SIGCONT)
        tally.check(status == 2 and run.err.count(b"\n") == 1, f"usage: {args}", str(run))


def status_of(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {key: value.split() for key, _, value in (line.partition(":") for line in lines)}


def locked(status):
    """No right is left, and none can be had."""
    seccomp = ["0"] if SANITIZED else ["2"]
    return (not any(int(status[f"Cap{which}"][0], 16) for which in ("Eff", "Prm", "Inh", "Amb", "Bnd"))
            and status["NoNewPrivs"] == ["1"] and status["Seccomp"] == seccomp)


def ended(pid):
    """It is gone, or waits for a parent that never asks, before long."""
    for _ in range(100):
        try:
            if status_of(pid)["State"][0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.1)
    return False


def test_locked_down(tally, lab, folder):
    """The first packet finds a process without rights, which goes on working."""
    eve = folder / "eve.json"
    for args, user in ((["-o", f"eve:{eve}"], 65534), (["-Z", "daemon", "-i", "eth0"], 1)):
        run = Seep(lab, args)
        run.wait(lambda: locked(status_of(run.child.pid)))
        status = status_of(run.child.pid)
        tally.check(locked(status) and set(status["Uid"]) == {str(user)} == set(status["Gid"])
                    and not status["Groups"], f"locked: {args}", str(status))
        helpers = Path(f"/proc/{run.child.pid}/task/{run.child.pid}/children").read_text().split()
        tally.check(len(helpers) == len([a for a in args if a.startswith("eve:")]),
                    f"a helper where files are written: {args}", str(helpers))
        for helper in map(status_of, helpers):
            tally.check(helper["NoNewPrivs"] == ["1"] and (SANITIZED or helper["Seccomp"] == ["2"])
                        and int(helper["CapEff"][0], 16) & (1 << 13 | 1 << 21) == 0,
                        "the helper has no right beyond files", str(helper))
        # Killed, it leaves nobody behind.
        run.child.kill()
        run.child.wait()
        tally.check(all(map(ended, helpers)), "the helper ends with it", str(helpers))
    run = Seep(lab, ["-Z", "nosuchuser"], ready=None)
    tally.check(run.end(signal.SIGCONT) == 2 and run.err.count(b"\n") == 1, "-Z nosuchuser", str(run))


def test_capability_alone(tally, lab, folder):
    """Not root, with the one capability that capturing takes."""
    program = folder / "seep"
    program.write_bytes(SEEP.read_bytes())
    program.chmod(0o755)
    folder.chmod(0o755)
    lab.server()
    run = Seep(lab, ARGS, program=["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                                   "--inh-caps=-all,+net_raw", "--ambient-caps=-all,+net_raw", program])
    run.wait(lambda: status_of(run.child.pid)["NoNewPrivs"] == ["1"])
    status = status_of(run.child.pid)
    tally.check(int(status["CapPrm"][0], 16) == 0,
                "a capability alone: given up", str(status))
    lab.ask()
    leak_seen(tally, "a capability alone", run)
    tally.check(run.end() == 1, "a capability alone: exit status", str(run))


def test_no_such_interface(tally, lab, _folder):
    run = Seep(lab, ["-i", "eth9"], ready=None)
    status = run.end(signal.SIGCONT)
    tally.check(status == 3 and run.err.count(b"\n") == 1 and b"eth9" in run.err,
                "no such interface", str(run))


def test_no_permission(tally, lab, folder):
    """One sentence with the command that helps."""
    program = folder / "seep"
    program.write_bytes(SEEP.read_bytes())
    program.chmod(0o755)
    folder.chmod(0o755)
    for args in (["-i", "eth0"], []):
        done = subprocess.run(lab.inside("lap", "setpriv", "--reuid=65534", "--regid=65534",
                                         "--clear-groups", "--inh-caps=-all", program, "live", *args),
                              capture_output=True, check=False)
        tally.check(done.returncode == 3 and done.stderr.count(b"\n") == 1
                    and f"setcap cap_net_raw,cap_net_admin=ep {program}".encode() in done.stderr,
                    f"no permission {args}", f"exit {done.returncode}\n{done.stderr}")


def test_nothing_to_watch_yet(tally, lab, _folder):
    """A laptop that is off line is watched from the moment it is not."""
    lab.run("lap", "ip link set eth0 down")
    lab.server()
    run = Seep(lab, ARGS, ready="no way out and no tunnel yet")
    lab.run("lap", "ip link set eth0 up")
    lab.run("lap", f"ip route add default via {GATEWAY}")
    tally.check(run.wait_message("watching eth0 as physical"), "on line: said", str(run))
    lab.ask()
    leak_seen(tally, "on line", run)
    run.end()


def test_interfaces(tally, lab, _folder):
    lab.tunnel("tun0")
    lab.run("lap", "ip link add br0 type bridge")
    said = lab.run("lap", f"{SEEP} interfaces")
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in said.splitlines()
            if not line.startswith(" ")}
    expected = {
        "lo": "- up - not: traffic within this host",
        "eth0": "veth up physical watched: default route (IPv4)",
        "tun0": "tun up tunnel watched: a tun device, without a default route",
        "br0": "bridge down - not: no way out leads there",
    }
    tally.check(rows == expected and f"    {CLIENT}/24\n" in said, "interfaces", said)


def main():
    tally = Tally("live")
    need_program(tally)
    tests = {name: function for name, function in globals().items() if name.startswith("test_")}
    chosen = [name for name in tests if not sys.argv[1:] or name in sys.argv[1:]]
    why = missing()
    if why:
        tally.skip("live", why, len(chosen))
        tally.finish()
    for name in chosen:
        with tempfile.TemporaryDirectory(prefix="seep-live-") as folder:
            try:
                with Lab() as lab:
                    tests[name](tally, lab, Path(folder))
            except Exception:  # one broken test must not hide the others
                tally.check(False, name, traceback.format_exc())
    tally.finish()


main()
