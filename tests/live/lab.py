"""A small network in namespaces for tests of `seep live`, made and removed by the test itself.

    lap 192.168.77.10 eth0 ── eth0 192.168.77.1, 192.0.2.10 (STUN server) net

Names of namespaces carry the process id, so that two runs never meet. What was started is ended by
its own process id, and everything is removed even when a test fails.
"""
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from support import SEEP, environment  # noqa: E402

CLIENT, GATEWAY, SERVER, REAL, EGRESS = \
    "192.168.77.10", "192.168.77.1", "192.0.2.10", "198.51.100.23", "203.0.113.7"
WAIT = 20  # seconds until something that should come is given up


def missing():
    """Why there can be no namespaces here, or None."""
    if os.geteuid() != 0:
        return "needs root"
    name = f"seep{os.getpid()}-try"
    try:
        done = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False)
    except FileNotFoundError:
        return "there is no ip command (iproute2)"
    if not done.returncode:
        done = subprocess.run(["ip", "netns", "exec", name, "true"], capture_output=True,
                              check=False)
        subprocess.run(["ip", "netns", "del", name], check=False)
    return f"no network namespaces: {done.stderr.decode().strip()}" if done.returncode else None


class Seep:
    """A run of `seep live`, its stdout read line by line and its messages kept."""

    def __init__(self, lab, args, ready="watching ", program=(SEEP,)):
        self.child = subprocess.Popen(lab.inside("lap", *program, "live", *map(str, args)),
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      env=environment())
        self.out = self.err = b""
        if ready:
            self.wait_message(ready)

    def _read(self, seconds):
        files = [f for f in (self.child.stdout, self.child.stderr) if not f.closed]
        for file in select.select(files, [], [], seconds)[0]:
            data = os.read(file.fileno(), 65536)
            if not data:
                file.close()
            elif file is self.child.stdout:
                self.out += data
            else:
                self.err += data

    def wait(self, what):
        """Until what() is true; False when it takes too long."""
        end = time.monotonic() + WAIT
        while not what():
            if time.monotonic() > end or (self.child.stdout.closed and self.child.stderr.closed):
                return bool(what())
            self._read(0.2)
        return True

    def wait_message(self, text):
        return self.wait(lambda: text.encode() in self.err)

    def alerts(self, leak=None):
        """Alerts so far, from complete lines."""
        lines = self.out[:self.out.rfind(b"\n") + 1].splitlines()
        found = [r for r in map(json.loads, lines) if r["event_type"] == "alert"]
        return [a for a in found if not leak or a["leak"]["id"] == leak]

    def send(self, number):
        # `ip netns exec` has become seep itself by then.
        self.child.send_signal(number)

    def end(self, number=signal.SIGINT):
        """Ends it and returns the exit status."""
        if self.child.poll() is None:
            self.send(number)
        self.wait(lambda: self.child.stdout.closed and self.child.stderr.closed)
        try:
            return self.child.wait(WAIT)
        except subprocess.TimeoutExpired:
            self.child.kill()
            return None

    def __str__(self):
        return f"exit {self.child.poll()}\nstdout: {self.out[-1500:]!r}\nstderr: {self.err[-1500:]!r}"


class Lab:
    def __init__(self):
        self.started = []
        self.name = f"seep{os.getpid()}"

    def inside(self, space, *command):
        return ["ip", "netns", "exec", f"{self.name}-{space}", *map(os.fspath, command)]

    def run(self, space, command):
        """A command line in a namespace; its failure is the test's."""
        done = subprocess.run(self.inside(space, *command.split()), capture_output=True,
                              check=False)
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stderr.decode().strip()}")
        return done.stdout.decode()

    def set(self, space, name, value):
        """A network setting of the kernel (sysctl)."""
        command = f"echo {value} >/proc/sys/net/{name}"
        subprocess.run(self.inside(space, "sh", "-c", command), check=True)

    def cable(self, name, client, others, mac):
        """A link called `name` at both ends, its hardware addresses of RFC 9542 section 2.1.2."""
        ends = [f"{self.name}-{space}" for space in ("lap", "net")]
        subprocess.run(["ip", "link", "add", name, "netns", ends[0], "address",
                        f"00:00:5e:00:53:{mac:02x}", "type", "veth", "peer", "name", name, "netns",
                        ends[1], "address", f"00:00:5e:00:53:{mac + 1:02x}"], check=True)
        for space, addrs in (("lap", [client]), ("net", others)):
            for addr in filter(None, addrs):
                self.run(space, f"ip addr add {addr} dev {name}")
            self.run(space, f"ip link set {name} up")

    def tunnel(self, name):
        """A tun device that swallows what goes into it."""
        # TUNSETIFF with IFF_TUN and IFF_NO_PI; without a reader it would not carry anything.
        program = ("import fcntl, os, struct; fd = os.open('/dev/net/tun', os.O_RDWR); "
                   f"fcntl.ioctl(fd, 0x400454ca, struct.pack('16sH', b'{name}', 0x1001)); "
                   "print('there', flush=True)\nwhile True: os.read(fd, 2048)")
        self.start("lap", sys.executable, "-c", program).stdout.readline()
        self.run("lap", f"ip addr add 10.8.0.2/24 dev {name}")
        self.run("lap", f"ip link set {name} up")

    def start(self, space, *command):
        child = subprocess.Popen(self.inside(space, *command), stdout=subprocess.PIPE)
        self.started.append(child)
        return child

    def server(self, addr=SERVER, port=3478, mapped=REAL):
        child = self.start("net", sys.executable, HERE / "stun_server.py", addr, str(port), mapped)
        child.stdout.readline()  # it listens

    def ask(self, *options, addr=SERVER, port=3478):
        """A STUN exchange from the client; whether it was answered."""
        done = subprocess.run(self.inside("lap", sys.executable, HERE / "stun_client.py", *options,
                                          addr, str(port)), check=False)
        return done.returncode == 0

    def __enter__(self):
        try:
            self.make()
        except Exception:
            self.__exit__()
            raise
        return self

    def make(self):
        for space in ("lap", "net"):
            subprocess.run(["ip", "netns", "add", f"{self.name}-{space}"], check=True)
            self.run(space, "ip link set lo up")
            # No packets that the test did not ask for.
            for group in ("all", "default"):
                self.set(space, f"ipv6/conf/{group}/disable_ipv6", 1)
        self.cable("eth0", f"{CLIENT}/24", [f"{GATEWAY}/24", f"{SERVER}/24"], 1)
        self.run("lap", f"ip route add default via {GATEWAY}")

    def __exit__(self, *_):
        for child in self.started:
            child.kill()
            child.wait()
            child.stdout.close()
        for space in ("lap", "net"):
            subprocess.run(["ip", "netns", "del", f"{self.name}-{space}"], check=False)
