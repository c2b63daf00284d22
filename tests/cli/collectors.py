"""Outputs that go to a collector behind a socket: small collectors of our own, on this host only."""
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time

import build_pcap as build
from support import SEEP, TIMEOUT, environment, records, seep

LEAK_ARGS = ["--egress", build.EGRESS]
HEADER = re.compile(rb"<(\d+)>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) (\S+) seep - alert - ")
LOCAL = "127.0.0.1"
UNDER_WAY = 64  # messages that a collector may have read when it went
WAIT = 10


def leak(folder, count=1, name="leak.pcap"):
    """`count` clients of their own, a leak each."""
    path = folder / name
    path.write_bytes(build.pcap(frames(0, count)))
    return path


def frames(first, count):
    out = []
    for number in range(first, first + count):
        client = f"192.168.{number >> 8}.{number & 255}"
        txid = number.to_bytes(12, "big")
        answer = build.stun(build.BINDING_SUCCESS, txid, build.xor_mapped(build.ISP, 4711, txid))
        out += [build.ethernet_udp(client, 5000, build.SERVER, 3478,
                                   build.stun(build.BINDING_REQUEST, txid)),
                build.ethernet_udp(build.SERVER, 3478, client, 5000, answer)]
    return out


class Stream(threading.Thread):
    """Takes one connection after the other, and all that comes over them."""

    def __init__(self, listener, context=None):
        super().__init__(daemon=True)
        self.listener, self.context, self.parts = listener, context, []
        self.stopped, self.peer, self.idle = False, None, threading.Event()
        listener.settimeout(WAIT)
        self.start()

    def run(self):
        while not self.stopped:
            try:
                peer, _ = self.listener.accept()
                if self.context:
                    peer = self.context.wrap_socket(peer, server_side=True)
            except OSError:
                continue
            self.peer = peer
            self.idle.clear()
            part = bytearray()
            self.parts.append(part)
            try:
                while block := peer.recv(65536):
                    part += block
            except OSError:
                pass
            peer.close()
            self.idle.set()

    def stop(self):
        """Stops listening, then hangs up once what was sent is read."""
        self.stopped = True
        self.listener.close()
        if not self.peer:
            return
        try:
            self.peer.shutdown(socket.SHUT_WR)
        except OSError:  # the other side was first
            pass
        self.idle.wait(WAIT)


def tcp_listener(port=0, family=socket.AF_INET):
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("::1" if family == socket.AF_INET6 else LOCAL, port))
    listener.listen()
    return listener


def unix_listener(path, kind):
    listener = socket.socket(socket.AF_UNIX, kind)
    listener.bind(os.fspath(path))
    if kind == socket.SOCK_STREAM:
        listener.listen()
    return listener


def counted(stream):
    """The messages of a stream with octets counted; the last may be cut off."""
    stream, at, found = bytes(stream), 0, []
    while at < len(stream):
        space = stream.find(b" ", at)
        if not stream[at:space].isdigit():
            raise ValueError(f"no length: {stream[at:at + 40]!r}")
        end = space + 1 + int(stream[at:space])
        found.append(stream[space + 1:end])
        at = end
    return found


def datagrams(sock):
    sock.settimeout(0.5)
    found = []
    try:
        while True:
            found.append(sock.recv(65536))
    except OSError:
        return found


def alerts(out):
    return [r for r in records(out) if r["event_type"] == "alert"]


def local_name():
    """A bare root may have no file of host names."""
    try:
        socket.getaddrinfo("localhost", None)
        return "localhost"
    except socket.gaierror:
        return LOCAL


def check_messages(tally, case, messages, expected, under_way=0):
    """RFC 5424 messages, an EVE alert in each: those expected, each once. Of those under way when a
    collector went nobody knows whether it read them, so that many may come twice: none is lost."""
    heads = [HEADER.match(message) for message in messages]
    if not tally.check(messages and all(heads), f"{case}: RFC 5424", repr(messages[:1])):
        return
    bodies = [json.loads(m[head.end():]) for m, head in zip(messages, heads)]
    priority = {"critical": 21 * 8 + 2, "high": 21 * 8 + 3}
    wrong = [body for head, body in zip(heads, bodies)
             if int(head[1]) != priority[body["leak"]["severity"]]
             or head[2][:-1].decode() != body["timestamp"][:-5]]
    tally.check(not wrong, f"{case}: priority and time", str(wrong[:1]))
    told, due = ([(a["leak"]["finding_id"], a["leak"]["state"]) for a in some]
                 for some in (bodies, expected))
    once = sorted(set(told)) == sorted(due) and len(told) - len(due) <= under_way
    tally.check(once, f"{case}: every alert, once",
                f"{len(told)} messages, {len(set(told))} different; {len(due)} are due")


def test_syslog_carriers(tally, folder):
    path = leak(folder, 20)
    expected = alerts(seep("replay", *LEAK_ARGS, "--json", path).out)
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((LOCAL, 0))
    dgram = unix_listener(folder / "dgram", socket.SOCK_DGRAM)
    for name, sock, dest in (("udp", udp, f"udp:{LOCAL}:{udp.getsockname()[1]}"),
                             ("unix, datagrams", dgram, f"unix:{folder}/dgram")):
        got = []
        reader = threading.Thread(target=lambda: got.extend(datagrams(sock)), daemon=True)
        reader.start()
        run = seep("replay", *LEAK_ARGS, "-o", f"syslog:{dest}", path)
        tally.check(run.status == 1 and not run.err, f"syslog over {name}", str(run))
        reader.join()
        check_messages(tally, name, got, expected)
        tally.check(max(map(len, got)) <= 2048, f"{name}: RFC 5424 section 6.1")
        sock.close()
    six = tcp_listener(family=socket.AF_INET6) if socket.has_ipv6 else tcp_listener()
    for name, listener, dest, split in (
            ("tcp", tcp_listener(), f"tcp:{local_name()}:{{}}", counted),
            ("tcp over IPv6", six, "tcp:[::1]:{}", counted),
            ("unix, stream", unix_listener(folder / "stream", socket.SOCK_STREAM),
             f"unix:{folder}/stream", lambda stream: bytes(stream).splitlines())):
        where = listener.getsockname()
        collector = Stream(listener)
        run = seep("replay", *LEAK_ARGS, "-o", "syslog:" + dest.format(where[1]), path)
        tally.check(run.status == 1 and not run.err, f"syslog over {name}", str(run))
        collector.stop()
        check_messages(tally, name, split(collector.parts[0]), expected)


def test_lines_to_collectors(tally, folder):
    """Other records go there as well: a line each."""
    path = leak(folder, 3)
    expected = seep("replay", *LEAK_ARGS, "--json", path).out
    for spec in ("unix:{}", "eve:unix:{}"):
        where = folder / f"socket{len(spec)}"
        collector = Stream(unix_listener(where, socket.SOCK_STREAM))
        run = seep("replay", *LEAK_ARGS, "-o", spec.format(where), path)
        collector.stop()
        tally.check(run.status == 1 and bytes(collector.parts[0]) == expected, f"-o {spec}",
                    str(run))
    collector = Stream(tcp_listener())
    port = collector.listener.getsockname()[1]
    run = seep("replay", *LEAK_ARGS, "-o", f"cef:tcp:{LOCAL}:{port}", path)
    collector.stop()
    lines = bytes(collector.parts[0]).splitlines()
    tally.check(run.status == 1 and lines and all(line.startswith(b"CEF:0|") for line in lines),
                "-o cef:tcp:", str(run))


def test_collector_addresses(tally, folder):
    path = leak(folder)
    for spec, status in (("syslog", 2), ("syslog:-", 2), ("syslog:/var/log/x", 2), ("unix", 2),
                         ("syslog:tcp:localhost", 2), ("syslog:tcp:localhost:", 2),
                         ("syslog:tcp:localhost:x", 2), ("syslog:tcp:::1:514", 2),
                         ("syslog:udp:[::1]514", 2), ("syslog:unix:", 2), ("junit:udp:x:1", 2),
                         ("text:tcp:localhost:514", 2), ("syslog:tcp:localhost:99999", 2), ("syslog:tcp:localhost:0", 2),
                         (f"syslog:unix:/{'x' * 150}", 3)):
        run = seep("replay", *LEAK_ARGS, "-o", spec, path)
        tally.check(run.status == status and run.messages and not run.out, f"-o {spec}", str(run))


def feed(child, some):
    child.stdin.write(some)
    child.stdin.flush()


def wait_for(condition):
    end = time.monotonic() + WAIT
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def packets(first, count):
    return build.pcap(frames(first, count))[len(build.pcap_header()):]


def test_collector_restarts(tally, folder):
    """It goes away, and comes back later: every alert arrives once, and another output has all."""
    file = folder / "eve.json"
    first = Stream(tcp_listener())
    port = first.listener.getsockname()[1]
    child = subprocess.Popen([SEEP, "replay", *LEAK_ARGS, "-o", f"syslog:tcp:{LOCAL}:{port}",
                              "-o", f"eve:{file}", "-"], stdin=subprocess.PIPE,
                             stderr=subprocess.PIPE, env=environment())
    batch = 400
    feed(child, build.pcap_header() + packets(0, batch))
    wait_for(lambda: first.parts and b'"closed"' not in first.parts[0] and len(first.parts[0]) > 0)
    first.stop()
    feed(child, packets(batch, batch))
    wait_for(lambda: file.stat().st_size > 0)
    second = Stream(tcp_listener(port))
    feed(child, packets(2 * batch, batch))
    _, err = child.communicate(timeout=TIMEOUT)
    second.stop()
    expected = alerts(file.read_bytes())
    wait_for(lambda: b'"stats"' in file.read_bytes())
    messages = [m for stream in (first, second) for part in stream.parts for m in counted(part)]
    tally.check(child.returncode == 1 and len({a["leak"]["finding_id"] for a in expected}) == 3 * batch,
                "a restart: the other output", f"exit {child.returncode}, {err!r}")
    whole = [m for m in messages if m.endswith(b"}")]
    check_messages(tally, "a restart", whole, expected, UNDER_WAY)
    tally.check(len(messages) - len(whole) <= 1, "a restart: at most one message was cut off")


def test_collector_absent(tally, folder):
    """Nobody listens: said once, counted, exit 3, and the file has everything."""
    path, file = leak(folder, 5), folder / "eve.json"
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    taken.bind((LOCAL, 0))  # and does not listen
    for carrier in (f"tcp:{LOCAL}:{taken.getsockname()[1]}", f"unix:{folder}/nosuch"):
        run = seep("replay", *LEAK_ARGS, "-o", f"syslog:{carrier}", "-o", f"eve:{file}", path)
        tally.check(run.status == 3 and len(run.messages) == 2 and b"did not arrive" in run.err,
                    f"absent: {carrier}", str(run))
    tally.check(len(alerts(file.read_bytes())) == 2 * len(alerts(
        seep("replay", *LEAK_ARGS, "--json", path).out)), "absent: the file has everything")


def test_slow_collector(tally, folder):
    """One that reads nothing for a while: nothing is lost, for saved packets can wait."""
    path = leak(folder, 4000)
    listener = tcp_listener()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    got = bytearray()

    def slowly():
        peer, _ = listener.accept()
        time.sleep(1)
        while block := peer.recv(65536):
            got.extend(block)
        peer.close()
    reader = threading.Thread(target=slowly, daemon=True)
    reader.start()
    run = seep("replay", *LEAK_ARGS, "-o", f"syslog:tcp:{LOCAL}:{listener.getsockname()[1]}", path)
    reader.join(WAIT)
    expected = alerts(seep("replay", *LEAK_ARGS, "--json", path).out)
    tally.check(run.status == 1 and not run.err, "a slow collector", str(run))
    check_messages(tally, "a slow collector", counted(bytes(got)), expected)


def certificate(folder, name):
    """A self-signed certificate for `name` and its key, or None."""
    if not shutil.which("openssl"):
        return None
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=test",
                    "-addext", f"subjectAltName={name}", "-keyout", folder / "key.pem",
                    "-out", folder / "cert.pem"], check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


def test_syslog_tls(tally, folder):
    files = certificate(folder, f"IP:{LOCAL}")
    if not files:
        tally.skip("syslog over TLS", "there is no openssl to make a certificate with")
        return
    path = leak(folder, 20)
    expected = alerts(seep("replay", *LEAK_ARGS, "--json", path).out)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    trusted = environment(SSL_CERT_FILE=os.fspath(files[0]))
    for name, env, host, status in (("known", trusted, LOCAL, 1), ("unknown", None, LOCAL, 3),
                                    ("of another", trusted, "localhost", 3)):
        collector = Stream(tcp_listener(), context)
        port = collector.listener.getsockname()[1]
        run = seep("replay", *LEAK_ARGS, "-o", f"syslog:tls:{host}:{port}", path, env=env)
        collector.stop()
        tally.check(run.status == status, f"TLS, a certificate that is {name}", str(run))
        if status == 1:
            tally.check(not run.err, "TLS: no messages", str(run))
            check_messages(tally, "TLS", counted(collector.parts[0]), expected)
        else:
            tally.check(b"TLS: " in run.err and not any(collector.parts),
                        f"TLS: nothing to a stranger ({name})", str(run))
