"""tshark's view of a capture: asked once for all that any script here compares, and kept.

Starting tshark takes longer than reading most captures, so there is one run for each capture, with
the fields of every script. What it said is kept in build/tshark, named by a hash of tshark's
version, its arguments and the capture's bytes: nothing that is kept can be out of date.
"""
import concurrent.futures
import functools
import hashlib
import ipaddress
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from support import CORPUS, ROOT, corpus_or_skip, need_program  # noqa: E402

SECONDS = 300
PROCESSES = 2
AND = "\x01"  # between the values of a field
FIELDS = """
 frame.number frame.protocols frame.len frame.cap_len _ws.malformed
 ip.src ip.dst ipv6.src ipv6.dst ipv6.hlim udp.srcport udp.dstport tcp.srcport tcp.dstport
 tcp.flags.fin tcp.flags.reset tcp.analysis.retransmission
 stun.type stun.cookie stun.id stun.att.type stun.att.length stun.att.family
 stun.att.ipv4 stun.att.ipv6 stun.att.port stun.att.username stun.att.software stun.att.realm
 stun.att.error.class stun.att.error stun.att.error.reason stun.att.lifetime stun.att.transp
 stun.att.channelnum stun.channel stun.att.priority stun.att.tie-breaker stun.att.crc32.status
 stun.att.google.network_id stun.att.google.network_cost classicstun.type classicstun.id
 classicstun.att.type classicstun.att.ipv4 classicstun.att.port
 sdp.owner.address sdp.connection_info.address sdp.media sdp.media.port
 sdp.ice_candidate.foundation sdp.ice_candidate.componentid sdp.ice_candidate.transport
 sdp.ice_candidate.priority sdp.ice_candidate.address sdp.ice_candidate.port sdp.ice_candidate.type
 dns.id dns.flags.response dns.flags.opcode dns.flags.rcode dns.count.queries dns.count.answers
 dns.count.auth_rr dns.count.add_rr dns.count.zones dns.count.prerequisites dns.count.updates
 dns.qry.name dns.qry.type dns.resp.type dns.a dns.aaaa dns.flags.truncated
 dhcp.option.dhcp dhcp.option.router dhcp.option.domain_name_server dhcp.option.hostname
 dhcp.option.static_route.ip dhcp.option.static_route.router dhcp.option.classless_static_route
 dhcp.ip.your dhcp.option.dhcp_server_id dhcp.option.ip_address_lease_time
 arp.opcode arp.src.hw_mac arp.src.proto_ipv4 arp.dst.proto_ipv4 icmp.type icmpv6.type
 icmpv6.nd.ns.target_address icmpv6.nd.na.target_address icmpv6.opt.prefix
 icmpv6.opt.prefix.length icmpv6.opt.rdnss icmpv6.nd.ra.router_lifetime
 nat-pmp.external_ip portcontrol.map.rsp_assigned_ext_ip
 dhcpv6.msgtype dhcpv6.iaaddr.ip dhcpv6.dns_server dhcpv6.option.type
 tls.handshake.type tls.handshake.cipherspec tls.handshake.extensions_server_name
 tls.handshake.extensions_alpn_str
 dtls.handshake.type dtls.handshake.extensions_server_name dtls.handshake.extensions_alpn_str
 quic.version wg.type openvpn.opcode isakmp.exchangetype isakmp.version isakmp.flags isakmp.rspi
 isakmp.nextpayload esp.spi
 http.request.method http.response.code http.request.uri websocket.opcode websocket.fin
 sip.Method sip.Status-Code sip.CSeq.method
""".split()
BOOLEANS = ("True", "False")
NETWORK = ("ip", "ipv6")
QUOTING = ("icmp", "icmpv6")
COLUMN = {name: at for at, name in enumerate(FIELDS)}
PROTOCOLS = COLUMN["frame.protocols"]
# TCP is asked for its shape first, or TURN on port 80 would be HTTP; but DICOM takes answers of DNS
# for its own then.
COMMAND = ["tshark", "-n", "-o", "tcp.try_heuristic_first:TRUE", "--disable-heuristic", "dicom_tcp",
           "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", f"aggregator={AND}",
           *(word for name in FIELDS for word in ("-e", name))]


class Row:
    """One frame: each field a list of texts."""

    __slots__ = ("cells",)

    def __init__(self, cells):
        self.cells = cells

    def __getitem__(self, field):
        cell = self.cells[COLUMN[field]]
        return cell.split(AND) if cell else []

    @property
    def number(self):
        return int(self.cells[0])

    @property
    def layers(self):
        return self.cells[PROTOCOLS].split(":")

    def numbers(self, field):
        return [int(text, 0) if text not in BOOLEANS else int(text == "True")
                for text in self[field]]

    def network(self, layers=None):
        """(source, destination) of each network layer, from the outside."""
        values = {v: zip(self[f"{v}.src"], self[f"{v}.dst"]) for v in NETWORK}
        pairs = (next(values[v], None) for v in layers or self.layers if v in NETWORK)
        return [tuple(str(ipaddress.ip_address(a)) for a in pair) for pair in pairs if pair]

    def ends(self, transport):
        """(address, port) of the innermost source and destination."""
        ports = [self[f"{transport}.{end}port"][-1] for end in ("src", "dst")]
        return tuple(zip(self.network()[-1], map(int, ports)))

    def unquoted(self):
        """The layers up to where an ICMP error quotes another packet."""
        layers = self.layers
        quotes = [layers.index(q) for q in QUOTING if q in layers]
        return layers[:min(quotes)] if quotes else layers

    def quoted(self):
        """Is this an ICMP error that quotes a packet?"""
        return bool(set(self.layers[len(self.unquoted()):]) & set(NETWORK))


def captures():
    """All real captures."""
    return sorted(path for path in (CORPUS / "dev").rglob("*") if path.is_file())


def each(look, paths):
    """look(path) of all paths, in their order, several at a time."""
    with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        yield from pool.map(look, paths)


def need(tally, corpus=True):
    """Ends the script unless there are captures, tshark, and a program to test."""
    if corpus and not corpus_or_skip(tally):
        tally.finish()
    if not shutil.which("tshark"):
        tally.skip(tally.name, "tshark is not installed")
        tally.finish()
    need_program(tally)


@functools.cache
def _version():
    return subprocess.run(["tshark", "--version"], capture_output=True, check=True).stdout


def _kept(capture):
    """Where the view of a capture is kept."""
    name = hashlib.sha256(_version() + repr(COMMAND).encode() + capture.read_bytes()).hexdigest()
    return ROOT / "build" / "tshark" / f"{name}.tsv"


def _ask(capture):
    """What tshark says. It ends with an error when a capture is cut off, after all that is
    whole; but not by a signal."""
    done = subprocess.run([*COMMAND, "-r", capture], capture_output=True, timeout=SECONDS,
                          check=False)
    if done.returncode < 0:
        raise RuntimeError(f"tshark -r {capture}: {done.stderr[-500:]!r}")
    return done.stdout


def _text(capture):
    path = _kept(capture)
    if path.exists():
        return path.read_bytes()
    said = _ask(capture)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(said)
    os.replace(file.name, path)
    return said


def rows(capture, *protocols):
    """A Row for each frame; with `protocols`, for each that has one of these layers."""
    wanted = set(protocols)
    for line in _text(Path(capture)).decode("utf-8", "replace").split("\n"):
        cells = line.split("\t")
        if len(cells) == len(FIELDS) and \
                (not wanted or wanted.intersection(cells[PROTOCOLS].split(":"))):
            yield Row(cells)
